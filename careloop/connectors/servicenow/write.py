"""Changes as writes to the Table API: what belongs together goes out in one call."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from careloop.connectors.servicenow.client import Client, Row
from careloop.connectors.servicenow.history import JOURNAL
from careloop.connectors.servicenow.pages import Pages
from careloop.connectors.servicenow.query import both, equals
from careloop.connectors.servicenow.records import OUR_KEY, OURS, SEPARATOR, references
from careloop.errors import Refused, RightMissing
from careloop.model.change import AddComment, AnyChange, Contact, Create, Link, Transition, Update
from careloop.model.comment import Audience
from careloop.model.intent import short_reference
from careloop.model.mark import find_mark, sign

NAMESPACE = uuid.UUID("5d0b9c7e-52f4-5c0e-9a55-1f6f2a3c8d41")
COMMENTS, WORK_NOTES = "comments", "work_notes"
_CODE = re.compile(r"\[(/?code\])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Write:
    """One call: to which row what is written; `texts` go to journals, which read as empty afterwards."""

    table: str
    id: str
    values: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, str]:
        """Return everything that is sent."""
        return {**self.values, **self.texts}

    def refused(self, row: Row) -> dict[str, str]:
        """Return what the row holds instead of what was sent, by column."""
        return {
            name: row.get(name, "")
            for name, value in self.values.items()
            if name != "sys_id" and _plain(row.get(name)) != _plain(value)
        }


@dataclass(frozen=True, slots=True)
class Said:
    """What a journal holds: the sys_id of our entry, empty when there is none, and how many there are.

    `count` is None where not all can be read.
    """

    entry: str
    count: int | None


def _plain(value: str | None) -> str | None:
    return None if value is None else "\n".join(value.split("\r\n")).strip()


def chosen_id(key: str) -> str:
    """Return the sys_id of the record that a create makes: the same change always makes the same record."""
    return uuid.uuid5(NAMESPACE, key).hex


def compose(change: AnyChange) -> Write:
    """Return the call a change amounts to; raises Refused for one that ServiceNow cannot carry."""
    match change:
        case Create():
            id = chosen_id(change.key)
            ours = {"correlation_id": short_reference(change.key), "correlation_display": OUR_KEY}
            return Write(change.container, id, {"sys_id": id, **ours, **change.fields})
        case Update():
            return _at(change, change.fields)
        case Transition():
            texts = {WORK_NOTES: change.note, COMMENTS: change.message}
            signed = {name: _word(text, change) for name, text in texts.items() if text}
            return _at(change, {"state": change.native, **change.fields}, signed)
        case AddComment():
            element = COMMENTS if change.audience is Audience.PUBLIC else WORK_NOTES
            return _at(change, {}, {element: _word(change.body, change)})
        case Contact(channel="comment"):
            return _at(change, {}, {COMMENTS: _word(change.message, change)})
        case Link():
            return _at(change, {"correlation_id": change.title, "correlation_display": OURS})
        case _:
            raise Refused(f"{change.subject}: ServiceNow does not carry a {change.kind} by {change.channel}")


def _word(text: str, change: AnyChange) -> str:
    """Return a text as it is written: signed, and with nothing in it that a journal would render as HTML."""
    return sign(_CODE.sub(r"[ \1", text), change.key)


def _at(change: AnyChange, values: Mapping[str, str], texts: Mapping[str, str] | None = None) -> Write:
    return Write(change.subject.table, change.subject.id, values, texts or {})


class Writer:
    """Sends writes and finds the journal entries they made."""

    def __init__(self, client: Client, pages: Pages) -> None:
        self._client = client
        self._pages = pages

    def prepare(self, change: AnyChange) -> Write:
        """Return the call a change amounts to now: a reference joins those that are already there."""
        write = compose(change)
        if not isinstance(change, Link):
            return write
        held = self._client.get(write.table, write.id, ("correlation_id", "correlation_display"))
        numbers = references(held)
        if held.get("correlation_id") and held.get("correlation_display") not in (OURS, OUR_KEY):
            says = f"{write.table} {write.id} is correlated with {held['correlation_id']} by another system"
            raise Refused(f"{says}; clear its correlation_id if that is over")
        joined = SEPARATOR.join(dict.fromkeys((*numbers, change.title)))
        return replace(write, values={**write.values, "correlation_id": joined})

    def send(self, change: AnyChange, write: Write) -> Row:
        """Send a change and return the row that the answer tells of; a platform may choose the sys_id."""
        answered: Row = {}
        if isinstance(change, Create):
            answered = self._client.post(write.table, write.body)
        elif write.body:
            answered = self._client.patch(write.table, write.id, write.body)
        return {**answered, "sys_id": answered.get("sys_id") or write.id}

    def look(self, write: Write, reference: str) -> Said:
        """Look for the journal entry with our reference among those of the journal that a write goes to.

        Customers quote our texts when they answer: the oldest entry is the one that was quoted.
        """
        query = both(equals("element_id", write.id), equals("element", min(write.texts)))
        try:
            found = self._pages.all("sys_journal_field", query, JOURNAL, "sys_created_on")
        except RightMissing:
            return Said("", None)
        ours = (row["sys_id"] for row in found.rows if find_mark(row.get("value", "")) == reference)
        return Said(next(ours, ""), None if found.hidden else len(found.rows))
