"""The audit trail: one row of `sys_audit` per changed column of an audited table."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

from careloop.sandbox.servicenow.store.database import Database, Row
from careloop.sandbox.servicenow.store.dictionary import TableType

JOURNAL_ADDITION = "JOURNAL FIELD ADDITION"
"""What stands as the old value where a journal got an entry (seen in many public exports of sys_audit)."""


def audit(
    db: Database,
    type: TableType,
    sys_id: str,
    changes: Mapping[str, tuple[str, str]],
    *,
    user_name: str,
    stamp: str,
    checkpoint: str,
) -> None:
    """Record changes (column to old and new value) of one update; stamps of the platform itself are left out.

    `checkpoint` is the record's update count after the change. Columns: ServiceNow docs
    c_UnderstandingTheSysAuditTable.md.
    """
    if not type.audited:
        return
    common = {
        "tablename": type.name,
        "documentkey": sys_id,
        "user": user_name,
        "sys_created_on": stamp,
        "sys_created_by": user_name,
        "record_checkpoint": checkpoint,
    }
    for name, (old, new) in changes.items():
        if not name.startswith("sys_"):
            db.insert("sys_audit", {**common, "fieldname": name, "oldvalue": old, "newvalue": new})


def audit_delete(db: Database, row: Row, *, user_name: str, stamp: str) -> None:
    """Keep what is about to be deleted as a row of `sys_audit_delete`, whole and as XML in `payload`."""
    table, slot = row
    held = table.row(slot).items()
    fields = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in held if value)
    db.insert(
        "sys_audit_delete",
        {
            "tablename": table.name,
            "documentkey": table.value(slot, "sys_id"),
            "display_value": table.value(slot, table.type.display),
            "payload": f'<?xml version="1.0" encoding="UTF-8"?><{table.name}>{fields}</{table.name}>',
            "sys_created_on": stamp,
            "sys_created_by": user_name,
            "sys_updated_on": stamp,
            "sys_updated_by": user_name,
            "sys_mod_count": "0",
        },
    )
