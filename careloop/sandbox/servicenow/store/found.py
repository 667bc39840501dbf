"""The rows that a query found."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import overload

from careloop.sandbox.servicenow.store.database import Row
from careloop.sandbox.servicenow.store.table import Table

Run = tuple[Table, Sequence[int]]
"""Slots of one table, in the order found."""


class Found(Sequence[Row]):
    """Rows in order, kept as runs of slots: a million of them cost eight megabytes, and a page nothing."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self._ends = list(accumulate(len(slots) for _, slots in runs))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Row]:
        return ((table, slot) for table, slots in self._runs for slot in slots)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            return self._between(start, stop) if step == 1 else [self[at] for at in range(start, stop, step)]
        at = range(len(self))[index]
        return self._between(at, at + 1)[0]

    def _between(self, start: int, stop: int) -> list[Row]:
        rows: list[Row] = []
        for (table, slots), end in zip(self._runs, self._ends, strict=True):
            begin = end - len(slots)
            if begin < stop and start < end:
                rows += [(table, slot) for slot in slots[max(start - begin, 0) : stop - begin]]
        return rows
