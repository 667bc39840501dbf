"""The log of an instance that has been up for some hours."""

from datetime import timedelta

from careloop.sandbox.servicenow.data import load
from careloop.sandbox.servicenow.session import parse_stored, stored
from careloop.sandbox.servicenow.store.database import Database

COUNT = 500
EVERY = timedelta(seconds=45)


def plant_log(db: Database, stamp: str) -> None:
    """Insert rows of `syslog`, the newest written at `stamp`; the lines go round and round."""
    lines, last = load("log"), parse_stored(stamp)
    for number in range(COUNT):
        line = lines[number % len(lines)]
        db.insert(
            "syslog",
            {
                "sys_id": f"{number:032x}",
                "level": line["level"],
                "source": line["source"],
                "message": line["message"].format(number=number),
                "sequence": f"{number:08x}",
                "sys_created_on": stored(last - EVERY * (COUNT - 1 - number)),
                "sys_created_by": "system",
            },
        )
