"""The parameters of a Table API call (ServiceNow docs c_TableAPI.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from careloop.sandbox.servicenow.data import load
from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.store.dictionary import Column, TableType
from careloop.sandbox.servicenow.values import Display

LIMIT = 10_000
_PREFIX = "sysparm_"
_VIEWS: Mapping[str, list[str]] = load("views")


@dataclass(frozen=True)
class Params:
    """What was asked for, with the defaults of what was not."""

    query: str
    fields: tuple[str, ...]
    view: str
    limit: int
    offset: int
    display: Display
    links: bool
    count: bool
    pagination: bool
    input_display: bool

    def columns(self, table: TableType) -> Sequence[str]:
        """Return the columns asked for: by name, by a view, or else all; some may not exist.

        The views desktop and mobile (both: together) are the same few columns for every table that has them;
        other names count as none. What a view of an instance shows, its admins decide.
        """
        if self.fields:
            return self.fields
        views = ("desktop", "mobile") if self.view == "both" else (self.view,)
        listed = {name: None for view in views for name in _VIEWS.get(view, ())}
        return (
            [name for name in table.columns if name in listed or name == table.display]
            if listed
            else tuple(table.columns)
        )


def read_params(db: Database, table: str, plain: Mapping[str, str]) -> Params:
    """Return the parameters of a call; values that make no sense count as not given."""
    display = plain.get("sysparm_display_value", "").lower()
    query = plain.get("sysparm_query") or _query_of_fields(db, table, plain)
    return Params(
        query=query,
        fields=tuple(name.strip() for name in plain.get("sysparm_fields", "").split(",") if name.strip()),
        view=plain.get("sysparm_view", ""),
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
    """Compare with what was meant: a choice by its label in any case, a record by its name or user id."""
    label = value.casefold()
    meant = next((choice.value for choice in column.choices if label == choice.label.casefold()), value)
    if column.is_reference and value and not db.refer(column, value):
        target = db.dictionary[column.reference]
        named = next(db.where(target.name, **{target.display: value}), None)
        path = f"{path}.{target.display if named or 'user_name' not in target.columns else 'user_name'}"
    return f"{path}={meant.replace('^', '^^')}"
