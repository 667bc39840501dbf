"""Conditions on rows of other tables: how many refer to a row (`RLQUERY`), or whether one does (`JOIN`)."""

import operator as op
import re
from collections import Counter

from careloop.sandbox.servicenow.query.encoded import parse
from careloop.sandbox.servicenow.query.match import Test, compile_condition
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.store.table import Table

_COUNTED = re.compile(
    r"(?P<table>\w+)\.(?P<column>\w+),(?P<relation>>=|<=|!=|=|>|<)(?P<count>\d+)(?:,m2m)?(?:[,^](?P<rest>.*))?",
    re.DOTALL,
)
_JOINED = re.compile(
    r"(?P<own>\w+)\.(?P<own_column>\w+)=(?P<table>\w+)\.(?P<column>\w+)!(?P<rest>.*)", re.DOTALL
)
_RELATIONS = {">=": op.ge, "<=": op.le, "!=": op.ne, "=": op.eq, ">": op.gt, "<": op.lt}


def compile_related(db: Database, table: Table, text: str, session: Session) -> Test | None:
    """Return the test for `other.column,>=1[,m2m][^conditions]`; None when it is invalid for this table.

    Source: ServiceNow docs c_EncodedQueryStrings.md; PySNC's documentation of `add_rl_query`.
    """
    head = _COUNTED.fullmatch(text)
    held = _values(db, head, session) if head else None
    if head is None or held is None:
        return None
    counts = Counter(held)
    relation, wanted, ids = _RELATIONS[head["relation"]], int(head["count"]), table.column("sys_id")
    return lambda slot: relation(counts[ids[slot]], wanted)


def compile_join(db: Database, table: Table, text: str, session: Session) -> Test | None:
    """Return the test for `own.column=other.column!conditions`; None when it is invalid for this table.

    The conditions are those of the other table. Source: PySNC's documentation of `add_join_query`.
    """
    head = _JOINED.fullmatch(text)
    if not head or head["own"] not in db.dictionary.lineage(table.name):
        return None
    if head["own_column"] not in table.type.columns:
        return None
    held = _values(db, head, session)
    if held is None:
        return None
    known, own = frozenset(held) - {""}, table.column(head["own_column"])
    return lambda slot: own[slot] in known


def _values(db: Database, head: re.Match[str], session: Session) -> list[str] | None:
    """Return a column of the other table's rows that meet its conditions; None when one is invalid."""
    if not db.dictionary.find_column(head["table"], head["column"]):
        return None
    groups = parse(head["rest"] or "").groups
    found: list[str] = []
    for other in db.family(head["table"]):
        compiled = [
            [[compile_condition(db, other, c, session) for c in any_of] for any_of in group]
            for group in groups
        ]
        if any(test is None for group in compiled for any_of in group for test in any_of):
            return None
        held = other.column(head["column"])
        found += (held[slot] for slot in other.slots() if not compiled or _meets(compiled, slot))
    return found


def _meets(groups: list[list[list[Test | None]]], slot: int) -> bool:
    return any(all(any(test and test(slot) for test in any_of) for any_of in group) for group in groups)
