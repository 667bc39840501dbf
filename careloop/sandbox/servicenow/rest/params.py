"""The parameters of a Table API call (ServiceNow docs c_TableAPI.md)."""

from collections.abc import Mapping
from dataclasses import dataclass

from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.store.dictionary import Column
from careloop.sandbox.servicenow.values import Display

LIMIT = 10_000
_PREFIX = "sysparm_"


@dataclass(frozen=True)
class Params:
    """What was asked for, with the defaults of what was not."""

    query: str
    fields: tuple[str, ...]
    limit: int
    offset: int
    display: Display
    links: bool
    count: bool
    pagination: bool
    input_display: bool


def read_params(db: Database, table: str, plain: Mapping[str, str]) -> Params:
    """Return the parameters of a call; values that make no sense count as not given."""
    display = plain.get("sysparm_display_value", "").lower()
    query = plain.get("sysparm_query") or _query_of_fields(db, table, plain)
    return Params(
        query=query,
        fields=tuple(name.strip() for name in plain.get("sysparm_fields", "").split(",") if name.strip()),
        limit=_number(plain.get("sysparm_limit"), LIMIT),
        offset=_number(plain.get("sysparm_offset"), 0),
        display="all" if display == "all" else "true" if display == "true" else "false",
        links=not _flag(plain, "sysparm_exclude_reference_link"),
        count=not _flag(plain, "sysparm_no_count"),
        pagination=not _flag(plain, "sysparm_suppress_pagination_header"),
        input_display=_flag(plain, "sysparm_input_display_value"),
    )


def _flag(plain: Mapping[str, str], name: str) -> bool:
    return plain.get(name, "").lower() == "true"


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default


def _query_of_fields(db: Database, table: str, plain: Mapping[str, str]) -> str:
    """Turn `field=value` parameters into a query; they take display values as well as stored ones."""
    terms = []
    for path, value in plain.items():
        column = None if path.startswith(_PREFIX) else db.dictionary.find_column(table, path)
        if column:
            terms.append(_term(db, column, path, value))
    return "^".join(terms)


def _term(db: Database, column: Column, path: str, value: str) -> str:
    meant = next((choice.value for choice in column.choices if value == choice.label), value)
    if column.is_reference and value and not db.find(column.reference, value):
        path = f"{path}.{db.dictionary[column.reference].display}"
    return f"{path}={meant.replace('^', '^^')}"
