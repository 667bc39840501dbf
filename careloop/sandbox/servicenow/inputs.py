"""What a writer may put in: from JSON or form values to what is stored."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from careloop.sandbox.servicenow.passwords import hash_password
from careloop.sandbox.servicenow.session import DAY, STORED, Session, User, stored
from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.store.dictionary import DATES, NUMBERS, Column

_TRUE = frozenset({"true", "1", "yes"})
_ID = re.compile(r"[0-9A-Za-z]{32}")


def accept(
    db: Database,
    table: str,
    fields: Mapping[str, Any],
    session: Session,
    *,
    display: bool,
    loose_choices: bool,
) -> dict[str, str]:
    """Return the stored form of the fields; what the table lacks or cannot hold is left out without a word.

    With `display` the values are read as a person would type them: choice labels, names of referenced
    records, times in the user's own zone and format. An empty value clears a column, except one with choices.
    Source: ServiceNow docs c_TableAPI.md (`sysparm_input_display_value`).
    """
    columns = db.dictionary[table].columns
    accepted: dict[str, str] = {}
    for name, plain in fields.items():
        column = columns.get(name)
        if column is None or column.type == "journal_list":
            continue
        text = _text(plain)
        value = _from_display(db, column, text, session) if display else text
        value = _stored_form(column, value, loose_choices=loose_choices) if value is not None else None
        if value is not None:
            accepted[name] = value
    return accepted


def _text(plain: Any) -> str:
    match plain:
        case None:
            return ""
        case bool():
            return "true" if plain else "false"
        case {"value": value}:
            return _text(value)
        case _:
            return str(plain)


def _from_display(db: Database, column: Column, text: str, session: Session) -> str | None:
    if not text:
        return text
    if column.choices:
        return next((c.value for c in column.choices if text in (c.label, c.value)), text)
    if column.is_reference and column.reference in db.dictionary:
        if db.refer(column, text):
            return text
        shown = {db.dictionary[column.reference].display: text}
        row = next(db.where(column.reference, **shown), None)
        return row[0].value(row[1], column.key or "sys_id") if row else None
    return _from_typed(text, column.type, session.user) if column.type in DATES else text


def _from_typed(text: str, type: str, user: User) -> str | None:
    """Return the stored form of a date as the user writes it, or as it is stored; None for anything else."""
    is_day = type == "glide_date"
    typed = (user.date_format, DAY) if is_day else (f"{user.date_format} {user.time_format}", STORED)
    for pattern in (*typed, user.date_format):
        try:
            moment = datetime.strptime(text, pattern).replace(tzinfo=user.zone)
        except ValueError:
            continue
        return moment.strftime(DAY) if is_day else stored(moment)
    return None


def _stored_form(column: Column, text: str, *, loose_choices: bool) -> str | None:
    if column.choices:
        return text if text and (loose_choices or column.label_of(text) is not None) else None
    if column.type == "password":
        return hash_password(text)
    if column.type == "GUID":
        return text if _ID.fullmatch(text) else None
    if column.type == "boolean":
        return "true" if text.lower() in _TRUE else "false"
    if not text or column.is_journal:
        return text
    try:
        if column.type in NUMBERS:
            return _number(text, whole=column.type == "integer")
        if column.type == "glide_date":
            return datetime.fromisoformat(text).strftime(DAY)
        if column.type in ("glide_date_time", "due_date", "glide_duration", "timer"):
            return stored(datetime.fromisoformat(text).replace(tzinfo=UTC))
    except ValueError:
        return None
    return text[: column.length] if column.type in ("string", "html") else text


def _number(text: str, *, whole: bool) -> str:
    """Return a number as it is stored; a whole one without its fraction; ValueError for what is no number."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return str(int(number)) if whole else text
