"""Turns the tree of a query into a test for issues.

A field without a value matches no operator but IS EMPTY: `assignee != x` leaves unassigned issues out, and so
does `NOT assignee = x`, since a negation is carried down to the clauses before anything is tested.
"""

from collections.abc import Callable
from datetime import datetime, time
from operator import ge, gt, le, lt
from typing import Any

from careloop.sandbox.jira.dates import from_millis
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.jql.dates import read_date
from careloop.sandbox.jira.jql.fields import Searchable, Searchables, values_of
from careloop.sandbox.jira.jql.functions import Asker, call
from careloop.sandbox.jira.jql.kinds import KINDS, choices
from careloop.sandbox.jira.jql.text import matcher
from careloop.sandbox.jira.jql.tree import And, Call, Clause, Empty, Literal, Node, Not, Or, Single
from careloop.sandbox.jira.model.issue import Issue

Test = Callable[[Issue], bool]
_OPPOSITES = {"=": "!=", "<": ">=", ">": "<=", "IN": "NOT IN", "IS": "IS NOT", "~": "!~"}
_OPPOSITES |= {opposite: operator for operator, opposite in _OPPOSITES.items()}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"<": lt, ">": gt, "<=": le, ">=": ge}
_UNRESOLVED = "unresolved"
_DATES = ("date", "datetime")
_FORMATS = (
    "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', "
    "or a period format e.g. '-5d', '4w 2d'."
)


class Evaluation:
    """Compiles queries for one asker; when `lenient`, what is unknown matches nothing instead of failing."""

    def __init__(self, searchables: Searchables, asker: Asker, *, lenient: bool) -> None:
        self._searchables = searchables
        self._asker = asker
        self._lenient = lenient

    def test(self, node: Node, *, negated: bool = False) -> Test:
        """Return whether an issue satisfies `node`, as a function; 400 for what a query may not ask."""
        match node:
            case Not(part):
                return self.test(part, negated=not negated)
            case And(parts) | Or(parts):
                tests = [self.test(part, negated=negated) for part in parts]
                joined = all if isinstance(node, And) is not negated else any
                return lambda issue: joined(test(issue) for test in tests)
            case Clause(field, operator, operands):
                return self._clause(field, _OPPOSITES[operator] if negated else operator, operands)

    def _clause(self, name: str, operator: str, operands: tuple[Single, ...]) -> Test:
        field = self._searchables.find(name)
        if field is None:
            return self._nothing(f"Field '{name}' does not exist or you do not have permission to view it.")
        if operator not in field.operators:
            raise Refused(400, f"The operator '{operator.lower()}' is not supported by the '{name}' field.")
        get = field.get
        if operator in ("IS", "IS NOT") or (operator in ("=", "!=") and isinstance(operands[0], Empty)):
            wanted = operator in ("IS", "=")
            return lambda issue: (not values_of(get(issue))) is wanted
        if operator in ("~", "!~"):
            return self._text(field, name, operator, operands[0])
        values, with_empty = self._values(field, name, operands)
        if values is None:
            return _no_issue
        if operator in _COMPARE:
            return self._comparison(field, operator, values)
        positive = operator in ("=", "IN")
        return _membership(self._own_values(field), values, with_empty=with_empty, positive=positive)

    def _own_values(self, field: Searchable) -> Callable[[Issue], tuple[Any, ...]]:
        """Return the values of a field as they compare: a day is its first moment on the account's clock."""
        get, zone = field.get, self._asker.zone
        if field.kind == "date":
            return lambda issue: tuple(datetime.combine(day, time(), zone) for day in values_of(get(issue)))
        return lambda issue: values_of(get(issue))

    def _text(self, field: Searchable, name: str, operator: str, operand: Single) -> Test:
        if not isinstance(operand, Literal):
            raise Refused(400, f"The operator '{operator}' needs a text for field '{name}'.")
        matches, get, wanted = matcher(operand.text), field.get, operator == "~"

        def test(issue: Issue) -> bool:
            texts = values_of(get(issue))
            return bool(texts) and any(matches(text) for text in texts) is wanted

        return test

    def _comparison(self, field: Searchable, operator: str, values: list[Any]) -> Test:
        compare, get = _COMPARE[operator], field.get
        if field.kind == "datetime":
            (bound,) = values
            return lambda issue: (value := get(issue)) is not None and compare(value, bound)
        if field.kind == "issue":
            limit = self._asker.store.issues[values[0]]
            return lambda issue: issue.project is limit.project and compare(issue.number, limit.number)
        own_values, rank = self._own_values(field), KINDS[field.kind].rank
        if field.kind == "date":
            rank = _as_it_is
        bounds = [rank(value) for value in values]
        return lambda issue: any(
            compare(rank(value), bound) for value in own_values(issue) for bound in bounds
        )

    def _values(
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
                    values += self._call(operand)
                case Literal():
                    values += self._literal(field, name, operand)
        return (values if values or with_empty else None), with_empty

    def _call(self, operand: Call) -> list[Any]:
        found = call(self._asker, operand.name, operand.arguments)
        if found is None:
            self._nothing(f"Unable to find JQL function '{operand.name}({', '.join(operand.arguments)})'.")
            return []
        return found

    def _literal(self, field: Searchable, name: str, operand: Literal) -> list[Any]:
        if field.kind in _DATES:
            return [self._date(name, operand)]
        if field.kind == "number":
            return [self._number(name, operand)]
        found = choices(self._asker.store, field.kind, operand.text)
        if not found:
            self._nothing(_unknown(field, name, operand.text))
        return found

    def _date(self, name: str, operand: Literal) -> Any:
        asker = self._asker
        try:
            when = from_millis(int(operand.text)) if operand.is_number else None
        except (OverflowError, ValueError):
            when = None
        when = when or read_date(operand.text, asker.zone, asker.now)
        if when is None:
            raise Refused(400, f"Date value '{operand.text}' for field '{name}' is invalid. {_FORMATS}")
        return when

    def _number(self, name: str, operand: Literal) -> float:
        try:
            return float(operand.text)
        except ValueError:
            message = f"Value '{operand.text}' is invalid for field '{name}'. The value must be a number."
            raise Refused(400, message) from None

    def _nothing(self, message: str) -> Test:
        if not self._lenient:
            raise Refused(400, message)
        return _no_issue


def _unknown(field: Searchable, name: str, text: str) -> str:
    if field.kind == "issue":
        return f"An issue with key '{text}' does not exist for field '{name}'."
    return f"The value '{text}' does not exist for the field '{name}'."


def _as_it_is(value: Any) -> Any:
    return value


def _no_issue(_: Issue) -> bool:
    return False


def _membership(
    own_values: Callable[[Issue], tuple[Any, ...]], values: list[Any], *, with_empty: bool, positive: bool
) -> Test:
    wanted = frozenset(values)
    if positive:
        return lambda issue: bool(wanted.intersection(own)) if (own := own_values(issue)) else with_empty
    return lambda issue: bool(own := own_values(issue)) and wanted.isdisjoint(own)
