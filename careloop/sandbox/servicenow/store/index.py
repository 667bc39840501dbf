"""Indices over the slots of one table."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence

_FEW = 64


class OrderIndex:
    """Slots in the order of one column and then of sys_id; arrivals are sorted in when they are needed."""

    def __init__(self, keys: list[str], ids: list[str], slots: Iterable[int] = ()) -> None:
        self._keys = keys
        self._ids = ids
        self._slots = array("l")
        self._pending: list[int] = list(slots)

    def add(self, slot: int) -> None:
        """Take in a slot under the values it has now."""
        self._pending.append(slot)

    def extend(self, slots: Iterable[int]) -> None:
        """Take in many slots."""
        self._pending += slots

    def discard(self, slot: int) -> None:
        """Forget a slot; call it while the slot still has the values it was added with."""
        self.settle()
        position = self._position(*self.key(slot))
        if position < len(self._slots) and self._slots[position] == slot:
            del self._slots[position]

    def between(self, low: tuple[str, str] | None, high: tuple[str, str] | None) -> Sequence[int]:
        """Return the slots with low <= (value, sys_id) < high, in order; None leaves a side open."""
        self.settle()
        start = self._position(*low) if low else 0
        stop = self._position(*high) if high else len(self._slots)
        return self._slots[start:stop]

    def key(self, slot: int) -> tuple[str, str]:
        """Return what a slot is sorted by."""
        return self._keys[slot], self._ids[slot]

    def sort(self, slots: Iterable[int]) -> list[int]:
        """Return these slots in order."""
        ordered = sorted(slots, key=self._ids.__getitem__)
        ordered.sort(key=self._keys.__getitem__)  # stable, and far cheaper than pairs as keys
        return ordered

    def settle(self) -> None:
        """Sort in what has arrived."""
        if len(self._pending) > _FEW:
            self._slots = array("l", self.sort([*self._slots, *self._pending]))
        else:
            for slot in self._pending:
                self._slots.insert(self._position(*self.key(slot)), slot)
        self._pending.clear()

    def _position(self, value: str, sys_id: str) -> int:
        return bisect_left(self._slots, (value, sys_id), key=self.key)


class EqualIndex:
    """Slots by the exact value of one column; slots without a value are left out."""

    def __init__(self) -> None:
        self._slots: dict[str, list[int]] = {}

    def add(self, value: str, slot: int) -> None:
        """Take in a slot under a value."""
        if value:
            self._slots.setdefault(value, []).append(slot)

    def discard(self, value: str, slot: int) -> None:
        """Forget the slot under that value."""
        if value:
            self._slots[value].remove(slot)

    def get(self, value: str) -> Sequence[int]:
        """Return the slots that hold the value, oldest first."""
        return self._slots.get(value, ())
