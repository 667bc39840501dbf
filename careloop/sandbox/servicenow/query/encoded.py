"""Encoded queries: from text to groups of conditions.

    query     = group { "^NQ" group } [ "^EQ" ]         groups are alternatives
    group     = any_of { "^" any_of }                   all of them hold
    any_of    = condition { "^OR" condition }           one of them holds
    condition = column operator value                   "^^" in a value is one caret
              | "RLQUERY" table "." column "," relation count [ ",m2m" ] [ "^" query ] "^ENDRLQUERY"
              | [ "GOTO" ] "123TEXTQUERY321=" words
              | "JOIN" table "." column "=" table "." column "!" query

ORDERBY and ORDERBYDESC may stand anywhere and order the whole. Grammar: ServiceNow docs
r_OpAvailableFiltersQueries.md, c_EncodedQueryStrings.md and GlideStringUtilScopedAPI.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

RELATED = "RLQUERY"
"""Operator of a condition on related rows; its value is `table.column,>=1[,m2m][^conditions]`."""
JOIN = "JOIN"
"""Operator of a condition on rows of a joined table; its value is `table.column=table.column!conditions`."""
TEXT = "123TEXTQUERY321"
"""Operator of a search for words, `GOTO` before it or not; its value are the words."""

_ALIASES = {
    "CONTAINS": "LIKE",
    "*": "LIKE",
    "%": "ENDSWITH",
    "!*": "NOT LIKE",
    "NOTLIKE": "NOT LIKE",
    "DOES NOT CONTAIN": "NOT LIKE",
    "NOTIN": "NOT IN",
    "EMPTYSTRING": "ISEMPTY",
    "EMPTY": "ISEMPTY",
    "NOTEMPTY": "ISNOTEMPTY",
}
_OPERATORS = (
    *("=", "!=", "<", "<=", ">", ">=", "STARTSWITH", "ENDSWITH", "LIKE", "NOT LIKE", "IN", "NOT IN"),
    *("BETWEEN", "ISEMPTY", "ISNOTEMPTY", "ANYTHING", "SAMEAS", "NSAMEAS", "DYNAMIC", "IN_HIERARCHY"),
    "IN_HIERARCHY_DYNAMIC",
    *("ON", "NOTON", "DATEPART", "RELATIVEGT", "RELATIVEGE", "RELATIVELT", "RELATIVELE", "RELATIVEEE"),
    *(
        "MORETHAN",
        "LESSTHAN",
        "INSTANCEOF",
        "GT_FIELD",
        "LT_FIELD",
        "GT_OR_EQUALS_FIELD",
        "LT_OR_EQUALS_FIELD",
    ),
    *("VALCHANGES", "CHANGESFROM", "CHANGESTO"),
    *_ALIASES,
)
_CONDITION = re.compile(
    r"(?P<column>[a-z0-9_.]+)"
    rf"(?P<operator>{'|'.join(re.escape(word) for word in sorted(_OPERATORS, key=len, reverse=True))})"
    r"(?P<value>.*)",
    re.DOTALL,
)
_RELATED = re.compile(r"(?<=RLQUERY).*?(?=\^ENDRLQUERY)")
_JOINED = re.compile(r"(?:(?<=\^)|\A)JOIN\w+\.\w+=\w+\.\w+!.*?(?=\^ORDERBY|\^NQ|\^JOIN|\^EQ|\Z)", re.DOTALL)
_CARET, _INNER = "\0", "\1"


class Condition(NamedTuple):
    """One comparison; an unreadable one has an empty operator and its text as value."""

    column: str
    operator: str
    value: str


class Order(NamedTuple):
    """One column to sort by."""

    column: str
    descending: bool


AnyOf = tuple[Condition, ...]
Group = tuple[AnyOf, ...]


@dataclass(frozen=True)
class Query:
    """Alternatives of groups, and the order; no groups at all means every row."""

    groups: tuple[Group, ...]
    order: tuple[Order, ...]


@lru_cache(maxsize=512)
def parse(text: str) -> Query:
    """Return the query of an encoded text; never fails, what cannot be read is marked in its conditions."""
    groups: list[list[list[Condition]]] = [[]]
    order: list[Order] = []
    for word, rest in _terms(text):
        if word == "ORDER":
            descending = rest.startswith("DESC")
            order.append(Order(rest.removeprefix("DESC"), descending))
            continue
        if word == "NQ":
            groups.append([])
        if not rest:
            continue
        if word == "OR" and groups[-1]:
            groups[-1][-1].append(_condition(rest))
        else:
            groups[-1].append([_condition(rest)])
    filled = (tuple(tuple(any_of) for any_of in group) for group in groups if group)
    return Query(tuple(filled), tuple(order))


def _terms(text: str) -> Iterator[tuple[str, str]]:
    """Yield each term as its leading word (AND, OR, NQ or ORDER) and what follows."""
    for enclosed in (_RELATED, _JOINED):
        text = enclosed.sub(lambda found: found[0].replace("^", _INNER), text)
    for escaped in text.replace("^^", _CARET).split("^"):
        term = escaped.replace(_CARET, "^")
        if term == "EQ":
            return
        if term.startswith("ORDERBY"):
            yield "ORDER", term.removeprefix("ORDERBY")
        elif term.startswith(("GROUPBY", "TRENDBY", "ENDRLQUERY")):
            continue
        elif term.startswith(("OR", "NQ")):
            yield term[:2], term[2:]
        elif term:
            yield "AND", term


def _condition(text: str) -> Condition:
    for word in (RELATED, JOIN):
        if text.startswith(word):
            return Condition("sys_id", word, text.removeprefix(word).replace(_INNER, "^"))
    if text.removeprefix("GOTO").startswith(f"{TEXT}="):
        return Condition("sys_id", TEXT, text.partition("=")[2])
    found = _CONDITION.fullmatch(text)
    if not found:
        return Condition("", "", text)
    operator = found["operator"]
    return Condition(found["column"], _ALIASES.get(operator, operator), found["value"])
