"""The words in which reports speak of what careloop does."""

from collections.abc import Iterable
from datetime import UTC, datetime

from careloop.model.change import AddComment, AnyChange, Contact, Create, Link, Purpose, Transition, Update
from careloop.model.comment import Audience
from careloop.report.names import Names

CONTACTS = {
    Purpose.ASK: "ask {person}",
    Purpose.REMINDER: "remind {person}",
    Purpose.LAPSE: "tell {person} that we stopped asking",
    Purpose.THANKS: "tell {person} that it is open again",
    Purpose.QUESTION: "remind {person} of our question",
    Purpose.DEFERRAL_NOTICE: "tell {person} what becomes of what was put off",
    Purpose.DEFERRAL_DECISION: "tell {person} what was decided",
}
CONTACTED = {
    Purpose.ASK: "asked {person} whether it works",
    Purpose.REMINDER: "reminded {person}",
    Purpose.LAPSE: "told {person} that it stops asking",
    Purpose.THANKS: "told {person} that it is open again",
    Purpose.QUESTION: "reminded {person} of our question",
    Purpose.DEFERRAL_NOTICE: "told {person} what becomes of what was put off",
    Purpose.DEFERRAL_DECISION: "told {person} what was decided",
}
MOVES = {Purpose.REOPEN: "reopen it", Purpose.CLOSE: "close it"}


def say_contact(purpose: Purpose, person: str) -> str:
    """Return in a few words what a contact does."""
    return CONTACTS.get(purpose, "write to {person}").format(person=person)


def say_contacted(purpose: Purpose, person: str) -> str:
    """Return in a few words what a contact did."""
    return CONTACTED.get(purpose, "wrote to {person}").format(person=person)


def say_change(change: AnyChange, names: Names) -> str:
    """Return in a few words what a change does."""
    match change:
        case Contact():
            return say_contact(change.purpose, names.person(change.person))
        case Create():
            what = change.issue_type or "record"
            successor = " that continues it" if change.purpose is Purpose.SUCCESSOR else ""
            return f"create a {what} in {change.container}{successor}"
        case Update():
            return f"set {say_list(sorted(change.fields))}"
        case Transition():
            return MOVES.get(change.purpose, f"move it to {say_state(change.state)}")
        case AddComment():
            what = "comment" if change.audience is Audience.PUBLIC else "work note"
            return f"{'copy' if change.source else 'add'} a {what}"
        case Link():
            return f"refer to {change.title}"


def say_state(state: str) -> str:
    """Return a state as people write it."""
    return str(state).replace("_", " ")


def say_list(words: Iterable[str]) -> str:
    """Return words with commas and an and."""
    listed = list(words)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}" if listed else ""


def say_time(at: datetime) -> str:
    """Return a time to the minute, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def say_until(until: datetime | None) -> str:
    """Return until when something is held."""
    return f"until {say_time(until)}" if until else "until something changes"


def say_count(count: int, what: str, plural: str = "") -> str:
    """Return a number with what is counted."""
    return f"{count:,} {what if count == 1 else plural or what + 's'}"


def indent(text: str, by: int = 4) -> str:
    """Return a text moved to the right."""
    return "\n".join(" " * by + line if line.strip() else "" for line in text.strip().split("\n"))
