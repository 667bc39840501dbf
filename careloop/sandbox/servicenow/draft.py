"""A record on its way into the database."""

from collections.abc import Mapping

from careloop.sandbox.servicenow.store.dictionary import TableType


class Draft:
    """What a record was and what it is about to be; rules read and change it before it is stored.

    `entries` are the texts for its journal columns by column name. `before` is empty for a new record.
    """

    def __init__(
        self, type: TableType, before: Mapping[str, str], values: dict[str, str], entries: dict[str, str]
    ) -> None:
        self.type = type
        self.before = before
        self.entries = entries
        self._values = values

    @property
    def is_new(self) -> bool:
        return not self.before

    def __getitem__(self, name: str) -> str:
        return self._values[name] if name in self._values else self.before.get(name, "")

    def __setitem__(self, name: str, value: str) -> None:
        self._values[name] = value

    def changes(self, name: str) -> bool:
        """Return whether the column gets another value than it had."""
        return self[name] != self.before.get(name, "")

    def changes_to(self, name: str, value: str) -> bool:
        """Return whether the column gets this value and did not have it."""
        return self.changes(name) and self[name] == value

    def add_one(self, name: str) -> None:
        """Count a counter up."""
        self[name] = str(int(self[name] or 0) + 1)

    def changed(self) -> dict[str, str]:
        """Return the values that differ from what is stored."""
        return {name: value for name, value in self._values.items() if value != self.before.get(name, "")}
