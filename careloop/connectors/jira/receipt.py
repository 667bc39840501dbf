"""What a write left behind, as read back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from careloop.connectors.jira.fields import same
from careloop.connectors.jira.reader import Reader
from careloop.connectors.jira.workflow import equal
from careloop.errors import AnswerLost, FixSettings, RecordFailed, TryAgain
from careloop.model.change import AnyChange, Create, Transition, Update
from careloop.model.intent import Receipt
from careloop.model.record import Record


@contextmanager
def after_writing(what: str) -> Iterator[None]:
    """Turn every failure that would be tried again into AnswerLost, since something has been written."""
    try:
        yield
    except AnswerLost:
        raise
    except TryAgain as error:
        raise AnswerLost(f"{what} was written to, then: {error}") from error


def read_receipt(reader: Reader, id: str, change: AnyChange, native_id: str = "") -> Receipt:
    """Return the issue as it is after a write, and what Jira did not take over.

    What cannot be read at all, now or later, is missing from the receipt; TryAgain passes.
    """
    fields = change.fields if isinstance(change, Create | Update | Transition) else {}
    try:
        record = reader.read_back(id, tuple(fields))
    except (RecordFailed, FixSettings):
        return Receipt(native_id=native_id)
    return Receipt(record=record, native_id=native_id, refused=_refused(change, fields, record))


def differences(record: Record, fields: Mapping[str, str]) -> dict[str, str]:
    """Return what an issue holds instead of each of these values that it does not hold."""
    return {name: record.fields[name] for name, text in fields.items() if not same(record.fields[name], text)}


def _refused(change: AnyChange, fields: Mapping[str, str], record: Record) -> dict[str, str]:
    refused = differences(record, fields)
    if isinstance(change, Transition) and not equal(record.native_state, change.native):
        refused["status"] = record.native_state
    return refused
