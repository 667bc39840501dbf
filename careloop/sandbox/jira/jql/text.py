"""Text search: words in any order, phrases in quotes, and the wildcards * and ?."""

import re
from collections.abc import Callable

_TERM = re.compile(r'"([^"]+)"|(\S+)')


def matcher(wanted: str) -> Callable[[str], bool]:
    """Return a test whether a text holds every word and phrase; case does not count, words match whole."""
    patterns = [_pattern(phrase or word, exact=bool(phrase)) for phrase, word in _TERM.findall(wanted)]
    tests = [pattern.search for pattern in patterns if pattern]
    return lambda text: bool(tests) and all(test(text) for test in tests)


def _pattern(term: str, *, exact: bool) -> re.Pattern[str] | None:
    words = re.findall(r"[\w*?]+" if not exact else r"\w+", term)
    if not words:
        return None
    shapes = [re.escape(word).replace(r"\*", r"\w*").replace(r"\?", r"\w") for word in words]
    return re.compile(r"(?<!\w)" + r"\W+".join(shapes) + r"(?!\w)", re.IGNORECASE)
