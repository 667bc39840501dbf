"""The few script expressions that may stand as a value in a query or as a column's default."""

import re
from datetime import datetime

from careloop.sandbox.servicenow.query import dates
from careloop.sandbox.servicenow.session import Session, stored

PREFIX = "javascript:"

_CALL = re.compile(r"(?:gs\.)?(?P<name>\w+(?:\(\)\.\w+)*)\((?P<arguments>[^()]*)\);?")


def evaluate(text: str, session: Session) -> str | None:
    """Return the value of a text after `javascript:`; None when the sandbox does not know the expression."""
    found = _CALL.fullmatch(text.strip())
    if not found:
        return None
    name = found["name"]
    arguments = [part.strip().strip("'\"") for part in found["arguments"].split(",") if part.strip()]
    match name:
        case "getUserID" | "getUser().getID":
            return session.user.sys_id
        case "getUserName" | "getUser().getName":
            return session.user.user_name
        case "getUserDisplayName" | "getUser().getDisplayName":
            return session.user.name
        case "getMyGroups" | "getUser().getMyGroups":
            return ",".join(sorted(session.user.groups))
        case "nowDateTime" | "now" | "nowNoTZ":
            return session.stamp
        case "yesterday":
            return _moment("daysAgo", ["1"], session)
        case "datePart":
            return ",".join(arguments)
        case "dateGenerate":
            return _generate(arguments, session)
    return _moment(name, arguments, session)


def _moment(name: str, arguments: list[str], session: Session) -> str | None:
    try:
        count = int(arguments[0]) if arguments else 0
        moment = dates.named(name, count, session.now.astimezone(session.user.zone))
        return stored(moment) if moment else None
    except (ValueError, OverflowError):  # no number, or a time that no calendar reaches
        return None


def _generate(arguments: list[str], session: Session) -> str | None:
    """A day and a time of day (or `start`, `end`) in the user's own zone."""
    day, clock = [*arguments, "00:00:00"][:2] if arguments else ("", "")
    clock = {"start": "00:00:00", "end": "23:59:59"}.get(clock, clock)
    try:
        local = datetime.fromisoformat(day if len(day) > 10 else f"{day} {clock}")
    except ValueError:
        return None
    return stored(local.replace(tzinfo=session.user.zone))
