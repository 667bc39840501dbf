"""The job that closes resolved incidents when their time is up."""

from datetime import datetime, timedelta

from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.records import Records
from careloop.sandbox.servicenow.rules.incident import CLOSED, RESOLVED
from careloop.sandbox.servicenow.session import SYSTEM, Session, stored
from careloop.sandbox.servicenow.store.database import Database

DAYS = "glide.ui.autoclose.time"
BY_RESOLUTION = "com.snc.incident.autoclose.basedon.resolved_at"
EVERY = timedelta(hours=1)


def close_resolved(db: Database, records: Records, properties: Properties, now: datetime) -> int:
    """Close what has been resolved (or untouched, by property) for long enough; return how many.

    Zero days turn the job off and accepted major incidents are left alone. The resolver stands as the closer
    in `closed_by` although nobody closed; the stamps and the audit trail say `system`. Sources: ServiceNow
    docs configure-incident-auto-close.md, support article KB0552820; `closed_by` as the base script has it.
    """
    days = properties.read(DAYS)
    if not days.isdigit() or days == "0":
        return 0
    clock = "resolved_at" if properties.flag(BY_RESOLUTION) else "sys_updated_on"
    limit = stored(now - timedelta(days=int(days)))
    session = Session(SYSTEM, now)
    due = [
        (table, slot)
        for table, slot in db.where("incident", state=RESOLVED)
        if "" < table.value(slot, clock) <= limit and table.value(slot, "major_incident_state") != "accepted"
    ]
    for table, slot in due:
        records.update(
            session, (table, slot), {"state": CLOSED, "closed_by": table.value(slot, "resolved_by")}
        )
    return len(due)
