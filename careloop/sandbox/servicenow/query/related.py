"""Conditions on how many rows of another table refer to a row (`RLQUERY` in encoded queries)."""

import operator as op
import re
from collections import Counter

from careloop.sandbox.servicenow.query.encoded import parse
from careloop.sandbox.servicenow.query.match import Test, compile_condition
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.store.table import Table

_HEAD = re.compile(
    r"(?P<table>\w+)\.(?P<column>\w+),(?P<relation>>=|<=|!=|=|>|<)(?P<count>\d+)(?:[,^](?P<rest>.*))?"
)
_RELATIONS = {">=": op.ge, "<=": op.le, "!=": op.ne, "=": op.eq, ">": op.gt, "<": op.lt}


def compile_related(db: Database, table: Table, text: str, session: Session) -> Test | None:
    """Return the test for `other.column,>=1[,conditions]`; None when it is invalid for this table.

    Source: ServiceNow docs c_EncodedQueryStrings.md.
    """
    head = _HEAD.fullmatch(text)
    if not head or not db.dictionary.find_column(head["table"], head["column"]):
        return None
    groups = parse(head["rest"] or "").groups
    counts: Counter[str] = Counter()
    for other in db.family(head["table"]):
        compiled = [
            [[compile_condition(db, other, c, session) for c in any_of] for any_of in group]
            for group in groups
        ]
        if any(test is None for group in compiled for any_of in group for test in any_of):
            return None
        held = other.column(head["column"])
        counts.update(
            held[slot]
            for slot in other.slots()
            if not compiled
            or any(all(any(t and t(slot) for t in any_of) for any_of in group) for group in compiled)
        )
    relation, wanted, ids = _RELATIONS[head["relation"]], int(head["count"]), table.column("sys_id")
    return lambda slot: relation(counts[ids[slot]], wanted)
