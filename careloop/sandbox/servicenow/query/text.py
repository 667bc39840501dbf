"""Searching for words, wherever in a record they stand: `123TEXTQUERY321=words`.

    words   = all_of { ("OR" | "|") all_of }
    all_of  = word { [ "AND" ] word }               in any order, in any columns
    word    = letters | '"' phrase '"'              in any case; * or % stands for any letters

Sources: ServiceNow docs c_EncodedQueryStrings.md for the variable, c_PhraseSearches.md, c_BooleanOperators.md
and c_Wildcards.md for the words. What is looked through is a guess: the columns for text, without choices and
journals. There is no index and no score, no stop word and no stem, and no NOT.
"""

import re
from collections.abc import Iterable

from careloop.sandbox.servicenow.query.match import Test
from careloop.sandbox.servicenow.store.dictionary import Column
from careloop.sandbox.servicenow.store.table import Table

_WORD = re.compile(r'"[^"]*"|\||[^\s|]+')


def is_text(column: Column) -> bool:
    """Return whether a search for words looks through a column."""
    return column.type in ("string", "html") and not column.choices


def compile_text(table: Table, columns: Iterable[str], words: str) -> Test | None:
    """Return the test for rows that hold these words in some of the columns; None for no word at all."""
    alternatives = [group for group in _groups(words) if group]
    if not alternatives:
        return None
    held = [table.column(name) for name in columns if len(table.column(name))]

    def meets(slot: int) -> bool:
        texts = [column[slot] for column in held if column[slot]]
        return any(all(any(map(word.search, texts)) for word in group) for group in alternatives)

    return meets


def _groups(words: str) -> list[list[re.Pattern[str]]]:
    groups: list[list[re.Pattern[str]]] = [[]]
    for word in _WORD.findall(words):
        if word in ("OR", "|"):
            groups.append([])
        elif word != "AND" and word.strip('"'):
            groups[-1].append(_pattern(word.strip('"')))
    return groups


def _pattern(word: str) -> re.Pattern[str]:
    inner = re.sub(r"\\\*|%", r"\\S*", re.escape(word))
    return re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE)
