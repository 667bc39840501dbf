"""What one call has written, noted so that it can be taken back and done again."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

Values = Mapping[str, str]


class Step(NamedTuple):
    """One write to one row: the values it replaced and those it left; None stands for no row at all."""

    table: str
    sys_id: str
    before: Values | None
    after: Values | None


class Transaction:
    """The writes of one call in their order, and what is to be done once they hold for good."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.then: list[Callable[[], object]] = []

    def touches(self, sys_id: str) -> bool:
        """Return whether something was written to this row."""
        return any(step.sys_id == sys_id for step in self.steps)
