"""What tables and columns there are: types, references, choices, defaults and inheritance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

JOURNALS = frozenset({"journal_input", "journal_list", "journal"})
NUMBERS = frozenset({"integer", "decimal", "currency"})
DATES = frozenset({"glide_date_time", "glide_date", "due_date"})


class Choice(NamedTuple):
    """One entry of a choice list; `depends_on` is the value of the column it belongs under, or empty."""

    value: str
    label: str
    depends_on: str = ""


@dataclass(frozen=True)
class Column:
    """One column as the dictionary defines it; every stored value is a string, empty when there is none.

    A reference holds the other row's sys_id or, where there is a `key`, its value in that column.
    """

    name: str
    type: str = "string"
    label: str = ""
    reference: str = ""
    key: str = ""
    length: int = 40
    default: str = ""
    read_only: bool = False
    choices: tuple[Choice, ...] = ()

    @property
    def is_reference(self) -> bool:
        return self.type in ("reference", "domain_id") and self.reference != ""

    @property
    def is_secret(self) -> bool:
        """Whether it holds a password, which nobody may read or search for."""
        return self.type in ("password", "password2")

    @property
    def holds_roles(self) -> bool:
        """Whether it stands for the roles of a user or group, which are found by it and not read from it."""
        return self.type == "user_roles"

    @property
    def is_journal(self) -> bool:
        return self.type in JOURNALS

    def label_of(self, value: str) -> str | None:
        """Return the label of a choice value, or None when the list does not have it."""
        return next((choice.label for choice in self.choices if choice.value == value), None)


@dataclass
class TableType:
    """One table with the columns it has itself and those it inherits."""

    name: str
    label: str
    parent: str
    display: str
    audited: bool
    prefix: str
    digits: int
    closed_states: frozenset[str]
    state_alias: str
    ordered_by: str
    indexed: frozenset[str]
    columns: Mapping[str, Column] = field(repr=False)


_STAMPS = (
    Column("sys_id", "GUID", "Sys ID", length=32, read_only=True),
    Column("sys_created_on", "glide_date_time", "Created", read_only=True),
    Column("sys_created_by", "string", "Created by", read_only=True),
)
_UPDATE_STAMPS = (
    Column("sys_updated_on", "glide_date_time", "Updated", read_only=True),
    Column("sys_updated_by", "string", "Updated by", read_only=True),
    Column("sys_mod_count", "integer", "Updates", read_only=True),
    Column("sys_tags", "related_tags", "Tags", read_only=True),
)


class Dictionary:
    """All table types by name; loaded from plain data in any order."""

    def __init__(self, tables: Mapping[str, Any], choices: Mapping[str, Any]) -> None:
        self._types: dict[str, TableType] = {}
        self._children: dict[str, list[str]] = {}
        for name in tables:
            self._define(name, tables, choices)

    def __contains__(self, name: str) -> bool:
        return name in self._types

    def __getitem__(self, name: str) -> TableType:
        return self._types[name]

    def get(self, name: str) -> TableType | None:
        """Return a table type, or None."""
        return self._types.get(name)

    def __iter__(self) -> Iterator[TableType]:
        return iter(self._types.values())

    def lineage(self, name: str) -> tuple[str, ...]:
        """Return the table and its ancestors, nearest first."""
        parent = self._types[name].parent
        return (name, *self.lineage(parent)) if parent else (name,)

    def family(self, name: str) -> tuple[str, ...]:
        """Return the table and everything that extends it."""
        return (name, *(cousin for child in self._children.get(name, ()) for cousin in self.family(child)))

    def walk(self, table: str, path: str) -> list[Column] | None:
        """Return the columns along a path such as `caller_id.company.name`; None when a step fails."""
        steps: list[Column] = []
        for name in path.split("."):
            column = self._types[table].columns.get(name) if table in self._types else None
            if column is None:
                return None
            steps.append(column)
            table = column.reference
        return steps

    def find_column(self, table: str, path: str) -> Column | None:
        """Return the column at the end of a path, or None."""
        steps = self.walk(table, path)
        return steps[-1] if steps else None

    def column(self, table: str, path: str) -> Column:
        """Return the column at the end of a path; LookupError when there is none."""
        column = self.find_column(table, path)
        if column is None:
            raise LookupError(f"{table} has no column {path}")
        return column

    def add_table(self, name: str, label: str, parent: str) -> None:
        """Take in a new table without columns of its own; `parent` may be empty."""
        self._define(name, {name: {"label": label, "extends": parent, "columns": {}}}, {})

    def add_columns(self, table: str, *columns: Column) -> None:
        """Give a table, and those that extend it, more columns, as an admin does with `u_` fields."""
        for member in self.family(table):
            known = self._types[member].columns
            self._types[member].columns = {**known, **{column.name: column for column in columns}}

    def set_choices(self, table: str, name: str, choices: tuple[Choice, ...]) -> None:
        """Give a column another choice list, in its table and wherever the column is inherited as it is."""
        old = self._types[table].columns[name]
        new = replace(old, choices=choices)
        for member in self.family(table):
            known = self._types[member].columns
            if known[name] == old:
                self._types[member].columns = {**known, name: new}

    def _define(self, name: str, tables: Mapping[str, Any], choices: Mapping[str, Any]) -> None:
        """Take in a table, its parent first."""
        if name in self._types:
            return
        plain = tables[name]
        if above := plain.get("extends", ""):
            self._define(above, tables, choices)
        parent = self._types.get(above)
        stamps = _STAMPS if plain.get("stamps") == "created" else _STAMPS + _UPDATE_STAMPS
        columns = dict(parent.columns) if parent else {column.name: column for column in stamps}
        for column in plain["columns"]:
            columns[column] = _column(column, plain["columns"][column])
        for column, entries in choices.get(name, {}).items():
            listed = tuple(Choice(*entry) for entry in entries)
            columns[column] = replace(columns[column], choices=listed)
        prefix, digits = plain.get("number", ("", 0))
        self._types[name] = TableType(
            name=name,
            label=plain["label"],
            parent=above,
            display=plain.get("display") or (parent.display if parent else ""),
            audited=plain.get("audit", parent.audited if parent else False),
            prefix=prefix,
            digits=digits,
            closed_states=frozenset(plain.get("closed_states", ())),
            state_alias=plain.get("state_alias", ""),
            ordered_by="sys_updated_on" if "sys_updated_on" in columns else "sys_created_on",
            indexed=frozenset(plain.get("index", ())) | (parent.indexed if parent else frozenset()),
            columns=columns,
        )
        if parent:
            self._children.setdefault(parent.name, []).append(name)


def _column(name: str, plain: Mapping[str, Any]) -> Column:
    fields = {"label": name.replace("_", " ").capitalize(), **plain}
    return Column(name, **fields)
