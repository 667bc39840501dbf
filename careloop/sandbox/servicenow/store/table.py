"""Rows of one table, stored as columns."""

from collections.abc import Iterable, Mapping, Sequence
from sys import intern
from typing import overload

from careloop.sandbox.servicenow.store.dictionary import TableType
from careloop.sandbox.servicenow.store.index import EqualIndex, OrderIndex


class _Blank(Sequence[str]):
    """A column in which no row has a value."""

    @overload
    def __getitem__(self, slot: int) -> str: ...
    @overload
    def __getitem__(self, slot: slice) -> Sequence[str]: ...
    def __getitem__(self, slot: int | slice) -> str | Sequence[str]:
        return ""

    def __len__(self) -> int:
        return 0


_BLANK = _Blank()
_ORDERED = frozenset({"sys_id", "number", "sys_created_on", "sys_updated_on"})
"""Columns that clients page by; the order of each is kept once somebody has asked for it."""
_PROSE = 100
"""Columns for longer texts than this hold hardly any value twice, and neither do ids and numbers."""


class Table:
    """Rows by slot number, one list of strings per column that ever held a value.

    A column costs nothing until a row needs it and values that many rows share are stored once, so that a
    million incidents fit in memory. Slots are never reused; a deleted row leaves an empty one behind.
    """

    def __init__(self, type: TableType) -> None:
        self.type = type
        self._size = 0
        self._columns: dict[str, list[str]] = {"sys_id": [], type.ordered_by: []}
        self._slots: dict[str, int] = {}
        prose = {column.name for column in type.columns.values() if column.length > _PROSE}
        self._unique = frozenset({"sys_id", "number"} | prose)
        self._equal = {name: EqualIndex() for name in type.indexed}
        self._orders: dict[str, OrderIndex] = {}
        self.order = self._ordered(type.ordered_by)

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def name(self) -> str:
        return self.type.name

    def slots(self) -> Iterable[int]:
        """Return the slots of all rows, oldest first."""
        return self._slots.values()

    def find(self, sys_id: str) -> int | None:
        """Return the slot of a row, or None."""
        return self._slots.get(sys_id)

    def column(self, name: str) -> Sequence[str]:
        """Return the values of a column by slot; it is live, so do not keep it over a write."""
        return self._columns.get(name, _BLANK)

    @property
    def columns(self) -> Mapping[str, Sequence[str]]:
        """The values of every column that a row has a value in; they are live."""
        return self._columns

    def equal(self, name: str) -> EqualIndex | None:
        """Return the index for exact values of a column, where there is one."""
        return self._equal.get(name)

    def ordered_by(self, name: str) -> OrderIndex | None:
        """Return the index for a column's order, where there is one; built when it is first asked for."""
        if name in self._orders:
            return self._orders[name]
        return self._ordered(name) if name in _ORDERED and name in self._columns else None

    def value(self, slot: int, name: str) -> str:
        """Return one stored value."""
        column = self._columns.get(name)
        return column[slot] if column is not None else ""

    def row(self, slot: int) -> dict[str, str]:
        """Return all stored values of a row by column name."""
        return {name: self.value(slot, name) for name in self.type.columns}

    def insert(self, values: Mapping[str, str]) -> int:
        """Append a row (sys_id among its values) and return its slot; unknown columns are left out."""
        slot, self._size = self._size, self._size + 1
        for name, column in self._columns.items():
            value = values.get(name, "")
            column.append(value if name in self._unique else intern(value))
        for name, value in values.items():
            if value and name not in self._columns:
                self._put(slot, name, value)
        self._slots[values["sys_id"]] = slot
        for order in self._orders.values():
            order.add(slot)
        for name, index in self._equal.items():
            index.add(self.value(slot, name), slot)
        return slot

    def extend(self, count: int, columns: Mapping[str, Sequence[str]]) -> None:
        """Append many rows by column (sys_id among them); equal values should be one object in memory."""
        start, self._size = self._size, self._size + count
        for name in (*self._columns, *(name for name in columns if name not in self._columns)):
            column = self._columns.setdefault(name, [""] * start)
            column += columns[name] if name in columns else [""] * count
        slots = range(start, self._size)
        self._slots.update(zip(columns["sys_id"], slots, strict=True))
        for order in self._orders.values():
            order.extend(slots)
        for name, index in self._equal.items():
            for slot, value in zip(slots, columns.get(name, ()), strict=False):
                index.add(value, slot)

    def change(self, slot: int, values: Mapping[str, str]) -> None:
        """Overwrite some values of a row."""
        moved = [order for name, order in self._orders.items() if name in values]
        for order in moved:
            order.discard(slot)
        for name, value in values.items():
            if index := self._equal.get(name):
                index.discard(self.value(slot, name), slot)
                index.add(value, slot)
            self._put(slot, name, value)
        for order in moved:
            order.add(slot)

    def delete(self, slot: int) -> None:
        """Take a row out."""
        for order in self._orders.values():
            order.discard(slot)
        for name, index in self._equal.items():
            index.discard(self.value(slot, name), slot)
        del self._slots[self.value(slot, "sys_id")]
        for column in self._columns.values():
            column[slot] = ""

    def _ordered(self, name: str) -> OrderIndex:
        index = OrderIndex(self._columns[name], self._columns["sys_id"], self._slots.values())
        self._orders[name] = index
        return index

    def _put(self, slot: int, name: str, value: str) -> None:
        if name in self.type.columns:
            column = self._columns.setdefault(name, [])
            column += [""] * (self._size - len(column))
            column[slot] = value if name in self._unique else intern(value)
