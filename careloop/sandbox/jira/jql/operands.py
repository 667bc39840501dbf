"""What the values in a query stand for: literals, functions and the dates of predicates."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from careloop.sandbox.jira.actions.issue.changelog import identify
from careloop.sandbox.jira.dates import from_millis
from careloop.sandbox.jira.durations import read_duration
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.jql.asker import Asker
from careloop.sandbox.jira.jql.dates import read_date
from careloop.sandbox.jira.jql.fields import Searchable
from careloop.sandbox.jira.jql.functions import call, find
from careloop.sandbox.jira.jql.kinds import KINDS, choices
from careloop.sandbox.jira.jql.past import Window
from careloop.sandbox.jira.jql.tree import Call, Empty, Literal, Predicate, Single

_UNRESOLVED = "unresolved"
_DATES = ("date", "datetime")
_FORMATS = (
    "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', "
    "or a period format e.g. '-5d', '4w 2d'."
)


class Operands:
    """Reads the values of a query for one asker; when `lenient`, what is unknown stands for nothing."""

    def __init__(self, asker: Asker, *, lenient: bool) -> None:
        self.asker = asker
        self._lenient = lenient

    def values(
        self, field: Searchable, name: str, operands: tuple[Single, ...]
    ) -> tuple[list[Any] | None, bool]:
        """Return what operands stand for (None: nothing can satisfy them), and whether one is EMPTY."""
        values: list[Any] = []
        with_empty = False
        for operand in operands:
            match operand:
                case Empty():
                    with_empty = True
                case Literal(text) if field.kind == "resolution" and text.casefold() == _UNRESOLVED:
                    with_empty = True
                case Call():
                    values += self._call(operand, name, KINDS[field.kind].type)
                case Literal():
                    values += self._literal(field, name, operand)
        return (values if values or with_empty else None), with_empty

    def identities(self, field: Searchable, name: str, operands: tuple[Single, ...]) -> frozenset[str | None]:
        """Return how the history knows what operands stand for, None among them for EMPTY."""
        values, with_empty = self.values(field, name, operands)
        cloud = self.asker.store.is_cloud
        found = {identify(value, cloud=cloud)[0] for value in values or ()}
        return frozenset(found | {None}) if with_empty else frozenset(found)

    def people(self, operands: tuple[Single, ...]) -> list[Any]:
        """Return the accounts that operands name; 400 for one that does not exist."""
        found: list[Any] = []
        for operand in operands:
            if isinstance(operand, Literal):
                named = choices(self.asker, "user", operand.text)
                if not named:
                    self._unknown(f"The user '{operand.text}' does not exist.")
                found += named
            elif isinstance(operand, Call):
                found += self._call(operand, "BY", KINDS["user"].type)
        return found

    def date(self, name: str, operand: Single) -> datetime:
        """Return the instant an operand stands for; 400 when it stands for none."""
        asker = self.asker
        if isinstance(operand, Call):
            if found := self._call(operand, name, KINDS["datetime"].type):
                moment: datetime = found[0]
                return moment
        elif isinstance(operand, Literal):
            try:
                when = from_millis(int(operand.text)) if operand.is_number else None
            except (OverflowError, ValueError):
                when = None
            when = when or read_date(operand.text, asker.zone, asker.now)
            if when is not None:
                return when
        text = getattr(operand, "text", "EMPTY")
        raise Refused(400, f"Date value '{text}' for field '{name}' is invalid. {_FORMATS}")

    def _call(self, operand: Call, name: str, kind: str) -> list[Any]:
        """Return what a function yields; 400 unless it yields what a field holds."""
        function = find(operand.name)
        if function is None:
            self._unknown(f"Unable to find JQL function '{operand.name}({', '.join(operand.arguments)})'.")
            return []
        if function.type != kind:
            raise Refused(
                400, f"A value provided by the function '{operand.name}' is invalid for the field '{name}'."
            )
        return call(self.asker, function, operand)

    def _literal(self, field: Searchable, name: str, operand: Literal) -> list[Any]:
        if field.kind in _DATES:
            return [self.date(name, operand)]
        if field.kind == "number":
            return [_number(name, operand)]
        if field.kind == "duration":
            return [_duration(name, operand)]
        found = choices(self.asker, field.kind, operand.text, field.field)
        if not found:
            self._unknown(_unknown(field, name, operand.text))
        return found

    def _unknown(self, message: str) -> None:
        if not self._lenient:
            raise Refused(400, message)


def window(operands: Operands, parts: Mapping[str, Predicate]) -> Window:
    """Return the time and the people that the predicates of a clause narrow it to."""
    starts: list[datetime] = []
    ends: list[datetime] = []
    if "ON" in parts:
        zone = operands.asker.zone
        local = operands.date("ON", parts["ON"].operands[0]).astimezone(zone)
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        starts.append(day)
        ends.append(day + timedelta(days=1))
    if "DURING" in parts:
        first, last = (operands.date("DURING", operand) for operand in parts["DURING"].operands)
        starts.append(first)
        ends.append(last)
    if "AFTER" in parts:
        starts.append(operands.date("AFTER", parts["AFTER"].operands[0]))
    if "BEFORE" in parts:
        ends.append(operands.date("BEFORE", parts["BEFORE"].operands[0]))
    people = frozenset(operands.people(parts["BY"].operands)) if "BY" in parts else None
    return Window(max(starts, default=None), min(ends, default=None), people)


def _number(name: str, operand: Literal) -> float:
    try:
        return float(operand.text)
    except ValueError:
        message = f"Value '{operand.text}' is invalid for field '{name}'. The value must be a number."
        raise Refused(400, message) from None


def _duration(name: str, operand: Literal) -> int:
    seconds = read_duration(operand.text)
    if seconds is None:
        raise Refused(400, f"Duration value '{operand.text}' for field '{name}' is invalid.")
    return seconds


def _unknown(field: Searchable, name: str, text: str) -> str:
    if field.kind == "issue":
        return f"An issue with key '{text}' does not exist for field '{name}'."
    return f"The value '{text}' does not exist for the field '{name}'."
