"""All tables of the instance as plain rows, without rules or rights."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from careloop.sandbox.servicenow.store.dictionary import Column, Dictionary
from careloop.sandbox.servicenow.store.table import Table
from careloop.sandbox.servicenow.store.transaction import Step, Transaction, Values

FIRST_NUMBER = 10_000
"""Numbers count up from here, so the first incident is INC0010001."""

Row = tuple[Table, int]
"""A row is its table and its slot there."""


class Database:
    """Tables by name; `version` grows with every write, so that a result is good as long as it stays.

    Queries tell capital letters from small ones unless it `ignores_case`.

    What is written can be noted as a transaction, hidden from everybody, and shown again. The tables hold
    nothing but what may be seen, so that reading costs the same whether or not something is hidden.
    """

    def __init__(self, dictionary: Dictionary, seed: int) -> None:
        self.dictionary = dictionary
        self.version = 0
        self.ignores_case: Callable[[], bool] = lambda: False
        self._seed = seed
        self._chance: dict[str, random.Random] = {}
        self._tables = {type.name: Table(type) for type in dictionary}
        self._counters: dict[str, int] = {}
        self._noted: Transaction | None = None
        self._hidden: list[Transaction] = []

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]

    def add_table(self, name: str, label: str, parent: str) -> None:
        """Make an empty table; see `Dictionary.add_table`."""
        self.version += 1
        self.dictionary.add_table(name, label, parent)
        self._tables[name] = Table(self.dictionary[name])

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
        """Yield the rows of a table (and those extending it) whose values are all equal to these by now."""
        for member in self.family(table):
            slots = next((i.get(v) for k, v in equal.items() if (i := member.equal(k))), member.slots())
            slots = tuple(slots)  # whoever asks may write in between
            for name, value in equal.items():
                column = member.column(name)
                slots = [slot for slot in slots if column[slot] == value]
            yield from ((member, slot) for slot in slots)

    def refer(self, column: Column, value: str) -> Row | None:
        """Return the row that a reference leads to, or None."""
        if not column.key or column.reference not in self.dictionary:
            return self.find(column.reference, value)
        return next(self.where(column.reference, **{column.key: value}), None) if value else None

    def shown(self, column: Column, value: str) -> str:
        """Return the display value of the row that a reference leads to, empty when there is none."""
        row = self.refer(column, value)
        return row[0].value(row[1], row[0].type.display) if row else ""

    def display(self, table: str, sys_id: str) -> str:
        """Return the display value of a row, empty when it does not exist."""
        row = self.find(table, sys_id)
        return row[0].value(row[1], row[0].type.display) if row else ""

    def insert(self, table: str, values: Mapping[str, str]) -> Row:
        """Store a row, with a new sys_id where it brings none."""
        self.version += 1
        target = self._tables[table]
        stored = values if values.get("sys_id") else {**values, "sys_id": self.new_id(table)}
        if self._noted:
            self._noted.steps.append(Step(table, stored["sys_id"], None, stored))
        return target, target.insert(stored)

    def extend(self, table: str, count: int, columns: Mapping[str, Sequence[str]]) -> None:
        """Store many rows at once, by column; see `Table.extend`."""
        self.version += 1
        self._tables[table].extend(count, columns)

    def change(self, row: Row, values: Mapping[str, str]) -> None:
        """Overwrite some values of a row."""
        self.version += 1
        table, slot = row
        if self._noted:
            before = {name: table.value(slot, name) for name in values}
            self._noted.steps.append(Step(table.name, table.value(slot, "sys_id"), before, values))
        table.change(slot, values)

    def delete(self, row: Row) -> None:
        """Take a row out."""
        self.version += 1
        table, slot = row
        if self._noted:
            self._noted.steps.append(Step(table.name, table.value(slot, "sys_id"), table.row(slot), None))
        table.delete(slot)

    @contextmanager
    def noting(self) -> Iterator[Transaction]:
        """Note what is written while the block lasts."""
        self._noted = Transaction()
        try:
            yield self._noted
        finally:
            self._noted = None

    def finally_do(self, act: Callable[[], object]) -> None:
        """Do something outside the tables once what is being written holds for good: at once, or later."""
        if self._noted:
            self._noted.then.append(act)
        else:
            act()

    def hide(self, transaction: Transaction) -> None:
        """Take back what was noted until it is shown."""
        self._hidden.append(transaction)
        for table, sys_id, before, after in reversed(transaction.steps):
            self._move(table, sys_id, after, before)

    def show(self, transaction: Transaction) -> None:
        """Do again what is hidden; nothing where it no longer is."""
        if transaction not in self._hidden:
            return
        self._hidden.remove(transaction)
        for table, sys_id, before, after in transaction.steps:
            self._move(table, sys_id, before, after)
        for act in transaction.then:
            act()

    def settle(self, sys_id: str) -> None:
        """Show what is hidden about a row: who is about to write to it has to wait for that."""
        for transaction in [hidden for hidden in self._hidden if hidden.touches(sys_id)]:
            self.show(transaction)

    def _move(self, table: str, sys_id: str, old: Values | None, new: Values | None) -> None:
        """Bring a row from one state to another; what somebody has done to it meanwhile stays."""
        self.version += 1
        target = self._tables[table]
        slot = target.find(sys_id)
        if slot is None:
            if old is None and new is not None:
                target.insert(new)
        elif new is None:
            target.delete(slot)
        elif old is not None:
            target.change(slot, new)

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
