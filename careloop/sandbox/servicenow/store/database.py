"""All tables of the instance as plain rows, without rules or rights."""

import random
from collections.abc import Iterator, Mapping, Sequence

from careloop.sandbox.servicenow.store.dictionary import Dictionary
from careloop.sandbox.servicenow.store.table import Table

FIRST_NUMBER = 10_000
"""Numbers count up from here, so the first incident is INC0010001."""

Row = tuple[Table, int]
"""A row is its table and its slot there."""


class Database:
    """Tables by name; `version` grows with every write, so that a result is good as long as it stays."""

    def __init__(self, dictionary: Dictionary, seed: int) -> None:
        self.dictionary = dictionary
        self.version = 0
        self._seed = seed
        self._chance: dict[str, random.Random] = {}
        self._tables = {type.name: Table(type) for type in dictionary}
        self._counters: dict[str, int] = {}

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]

    def family(self, name: str) -> list[Table]:
        """Return the tables whose rows belong to `name`: itself and all that extend it."""
        return [self._tables[member] for member in self.dictionary.family(name)]

    def find(self, table: str, sys_id: str) -> Row | None:
        """Return the row with that id in the table or one that extends it."""
        if table in self.dictionary:
            for member in self.family(table):
                if (slot := member.find(sys_id)) is not None:
                    return member, slot
        return None

    def where(self, table: str, /, **equal: str) -> Iterator[Row]:
        """Yield the rows of the table (and those extending it) whose stored values are all equal to these."""
        for member in self.family(table):
            slots = next((i.get(v) for k, v in equal.items() if (i := member.equal(k))), member.slots())
            for slot in tuple(slots):
                if all(member.value(slot, name) == value for name, value in equal.items()):
                    yield member, slot

    def display(self, table: str, sys_id: str) -> str:
        """Return the display value of a referenced row, empty when it does not exist."""
        row = self.find(table, sys_id)
        return row[0].value(row[1], row[0].type.display) if row else ""

    def insert(self, table: str, values: Mapping[str, str]) -> Row:
        """Store a row, with a new sys_id where it brings none."""
        self.version += 1
        target = self._tables[table]
        return target, target.insert(
            values if values.get("sys_id") else {**values, "sys_id": self.new_id(table)}
        )

    def extend(self, table: str, count: int, columns: Mapping[str, Sequence[str]]) -> None:
        """Store many rows at once, by column; see `Table.extend`."""
        self.version += 1
        self._tables[table].extend(count, columns)

    def change(self, row: Row, values: Mapping[str, str]) -> None:
        """Overwrite some values of a row."""
        self.version += 1
        row[0].change(row[1], values)

    def delete(self, row: Row) -> None:
        """Take a row out."""
        self.version += 1
        row[0].delete(row[1])

    def new_id(self, table: str) -> str:
        """Return a fresh sys_id; each table draws its own, so that no rule changes ids elsewhere."""
        if table not in self._chance:
            self._chance[table] = random.Random(f"{self._seed} {table}")
        return f"{self._chance[table].getrandbits(128):032x}"

    def next_number(self, table: str) -> str:
        """Return the next number of a numbered table, such as INC0010001; empty where rows have none."""
        type = self.dictionary[table]
        if not type.prefix:
            return ""
        self._counters[table] = self._counters.get(table, FIRST_NUMBER) + 1
        return f"{type.prefix}{self._counters[table]:0{type.digits}d}"

    def reserve_number(self, table: str, number: str) -> None:
        """Let the counter go on behind a number that came from elsewhere."""
        digits = number.removeprefix(self.dictionary[table].prefix)
        if digits.isdigit():
            self._counters[table] = max(self._counters.get(table, FIRST_NUMBER), int(digits))
