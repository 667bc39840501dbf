"""Text search: words and phrases, AND, OR, NOT, + and -, the wildcards * and ?.

Words are found in their other endings too: a search for "jam" finds "jams" (Atlassian docs, search syntax for
text fields). What Lucene adds (fuzziness, boosts, proximity) is read and has no effect.
"""

import re
from collections.abc import Callable

from careloop.sandbox.jira.errors import Refused

Found = Callable[[str], bool]
_TERM = re.compile(r'([+!-]?)(?:"([^"]+)"(?:~\d+)?|(\S+))')
_MODIFIERS = re.compile(r"[~^][\d.]*$")
_ENDINGS = ("ing", "ed", "es", "s", "e")
_SHORTEST_STEM = 3


def matcher(wanted: str, field: str = "text") -> Found:
    """Return a test whether a text holds what is wanted; case does not count.

    400 for a term that starts with a wildcard.
    """
    choices = [_all_of(terms, field) for terms in _alternatives(wanted)]
    tests = [choice for choice in choices if choice]
    return lambda text: any(all(test(text) for test in choice) for choice in tests)


def _alternatives(wanted: str) -> list[list[tuple[bool, str, bool]]]:
    """Return the terms between each OR, as whether they are negated, the term, and whether it is a phrase."""
    groups: list[list[tuple[bool, str, bool]]] = [[]]
    negated = False
    for sign, phrase, word in _TERM.findall(wanted):
        if word in ("AND", "&&"):
            continue
        if word in ("OR", "||"):
            groups.append([])
        elif word == "NOT":
            negated = True
        else:
            groups[-1].append((negated or sign in ("-", "!"), phrase or word, bool(phrase)))
            negated = False
    return groups


def _all_of(terms: list[tuple[bool, str, bool]], field: str) -> list[Found]:
    tests: list[Found] = []
    for negated, term, phrase in terms:
        pattern = _pattern(term, field, exact=phrase)
        if pattern and negated:
            tests.append(lambda text, pattern=pattern: not pattern.search(text))  # type: ignore[misc]  # as Found
        elif pattern:
            tests.append(lambda text, pattern=pattern: bool(pattern.search(text)))  # type: ignore[misc]  # as Found
    return tests


def _pattern(term: str, field: str, *, exact: bool) -> re.Pattern[str] | None:
    if not exact and term[0] in "*?":
        raise Refused(
            400, f"The text query '{term}' for field '{field}' is not allowed to start with '{term[0]}'."
        )
    words = re.findall(r"\w+" if exact else r"[\w*?]+", term if exact else _MODIFIERS.sub("", term))
    if not words:
        return None
    shapes = [re.escape(w) if exact else _shape(w) for w in words]
    return re.compile(r"(?<!\w)" + r"\W+".join(shapes) + r"(?!\w)", re.IGNORECASE)


def _shape(word: str) -> str:
    if "*" in word or "?" in word:
        return re.escape(word).replace(r"\*", r"\w*").replace(r"\?", r"\w")
    for ending in _ENDINGS:
        if word.lower().endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return re.escape(word[: -len(ending)]) + r"(?:ing|ed|es|s|e)?"
    return re.escape(word) + (r"(?:ing|ed|es|s|e)?" if len(word) >= _SHORTEST_STEM else "")
