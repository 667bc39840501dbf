"""Lists that are looked up by id and by name."""

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    """Anything with an id and a name."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class Register(Generic[T]):
    """Items in their configured order, found by id or, whatever the case, by name."""

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._by_id = {item.id: item for item in items}

    def __iter__(self) -> Iterator[T]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __getitem__(self, item_id: str) -> T:
        return self._by_id[item_id]

    def add(self, item: T) -> T:
        """Take in an item, in the place of one with the same id."""
        self._by_id[item.id] = item
        return item

    def remove(self, item: T) -> None:
        """Give up an item."""
        del self._by_id[item.id]

    def reorder(self, ids: Iterable[str]) -> None:
        """Bring the items into the order of these ids; the others stay behind them."""
        rank = {item_id: place for place, item_id in enumerate(ids)}
        self._by_id = dict(sorted(self._by_id.items(), key=lambda pair: rank.get(pair[0], len(rank))))

    def by_id(self, item_id: object) -> T | None:
        return self._by_id.get(str(item_id))

    def named(self, name: str) -> list[T]:
        """Return every item of this name."""
        wanted = name.casefold()
        return [item for item in self if item.name.casefold() == wanted]

    def find(self, reference: str) -> list[T]:
        """Return the items of this name, or else the one with this id."""
        found = self._by_id.get(reference)
        return self.named(reference) or ([found] if found else [])
