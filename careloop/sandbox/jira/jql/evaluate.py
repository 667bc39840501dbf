"""Turns the tree of a query into a test for issues.

A field without a value matches no operator but IS EMPTY: `assignee != x` leaves unassigned issues out, and so
does `NOT assignee = x`, since a negation is carried down to the clauses before anything is tested.
"""

from collections.abc import Callable
from datetime import datetime, time
from operator import ge, gt, le, lt
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.jql import functions, levels, past
from careloop.sandbox.jira.jql.asker import Asker
from careloop.sandbox.jira.jql.fields import Searchable, Searchables, values_of
from careloop.sandbox.jira.jql.kinds import HISTORY, KINDS
from careloop.sandbox.jira.jql.operands import Operands, window
from careloop.sandbox.jira.jql.parser import parse
from careloop.sandbox.jira.jql.properties import KIND, comparable
from careloop.sandbox.jira.jql.tree import And, Call, Clause, Empty, Literal, Node, Not, Or, Predicate, Single
from careloop.sandbox.jira.model.filter import Filter
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.text_search import matcher

Test = Callable[[Issue], bool]
_OPPOSITES = {"=": "!=", "<": ">=", ">": "<=", "IN": "NOT IN", "IS": "IS NOT", "~": "!~"}
_OPPOSITES |= {"WAS": "WAS NOT", "WAS IN": "WAS NOT IN", "CHANGED": "NOT CHANGED"}
_OPPOSITES |= {opposite: operator for operator, opposite in _OPPOSITES.items()}
_SAVED = frozenset({"filter", "request", "savedfilter", "searchrequest"})
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"<": lt, ">": gt, "<=": le, ">=": ge}


class Evaluation:
    """Compiles queries for one asker; when `lenient`, what is unknown matches nothing instead of failing."""

    def __init__(self, searchables: Searchables, asker: Asker, *, lenient: bool) -> None:
        self._searchables = searchables
        self._asker = asker
        self._lenient = lenient
        self._operands = Operands(asker, lenient=lenient)
        self._open: list[Filter] = []

    def test(self, node: Node, *, negated: bool = False) -> Test:
        """Return whether an issue satisfies `node`, as a function; 400 for what a query may not ask."""
        match node:
            case Not(part):
                return self.test(part, negated=not negated)
            case And(parts) | Or(parts):
                tests = self._every(parts, negated=negated)
                joined = all if isinstance(node, And) is not negated else any
                return lambda issue: joined(test(issue) for test in tests)
            case Clause():
                return self._clause(node, _OPPOSITES[node.operator] if negated else node.operator)

    def _every(self, parts: tuple[Node, ...], *, negated: bool) -> list[Test]:
        """Return the test of each part; 400 with what is wrong in any of them."""
        tests: list[Test] = []
        messages: list[str] = []
        for part in parts:
            try:
                tests.append(self.test(part, negated=negated))
            except Refused as refusal:
                messages += refusal.messages
        if messages:
            raise Refused(400, *dict.fromkeys(messages))
        return tests

    def _clause(self, clause: Clause, operator: str) -> Test:
        name, operands = clause.field, clause.operands
        if name.casefold() in _SAVED:
            return self._saved(clause, wanted=operator in ("=", "IN"))
        field = self._find(name)
        if field is None:
            return _no_issue
        if clause.operator not in field.operators:
            raise _unsupported(clause)
        if clause.operator in HISTORY:
            return self._past(field, clause, wanted="NOT" not in operator)
        get = field.getter(self._asker)
        if operator in ("IS", "IS NOT") or (operator in ("=", "!=") and isinstance(operands[0], Empty)):
            wanted = operator in ("IS", "=")
            return lambda issue: (not values_of(get(issue))) is wanted
        if operator in ("~", "!~"):
            return self._text(field, name, operator, operands[0])
        _check_list(clause)
        values, with_empty = self._operands.values(field, name, operands)
        if values is None or (operator in _COMPARE and not values):
            return _no_issue
        if field.kind == levels.KIND:
            test = values[0].test(operator)
            return lambda issue: test(get(issue))
        if operator in _COMPARE:
            return self._comparison(field, operator, values)
        positive = operator in ("=", "IN")
        return _membership(self._own_values(field), values, with_empty=with_empty, positive=positive)

    def _find(self, name: str) -> Searchable | None:
        """Return the field of this name; for an unknown one 400, or None when lenient."""
        field = self._searchables.find(name)
        hidden = self._asker.store.switches.properties_in_jql == "none"
        if field is not None and not (hidden and field.kind == KIND):
            return field
        if self._lenient:
            return None
        raise Refused(400, f"Field '{name}' does not exist or you do not have permission to view it.")

    def _saved(self, clause: Clause, *, wanted: bool) -> Test:
        """Return the test of saved searches, named by id or name."""
        if clause.operator not in ("=", "!=", "IN", "NOT IN"):
            raise _unsupported(clause)
        known = self._asker.store.filters_for(self._asker.user)
        tests = []
        for operand in clause.operands:
            text = operand.text if isinstance(operand, Literal) else ""
            found = [one for one in known if text in (one.id, one.name)]
            if not found:
                raise Refused(400, f"The value '{text}' does not exist for the field '{clause.field}'.")
            tests.append(self._opened(found[0]))
        return lambda issue: any(test(issue) for test in tests) is wanted

    def _opened(self, saved: Filter) -> Test:
        if saved in self._open:
            raise Refused(400, f"The filter '{saved.name}' refers to itself.")
        self._open.append(saved)
        where = parse(saved.jql, bare_words=self._asker.store.is_cloud).where
        test = self.test(where) if where else _every_issue
        self._open.pop()
        return test

    def _past(self, field: Searchable, clause: Clause, *, wanted: bool) -> Test:
        """Return the test of WAS, CHANGED and their opposites."""
        source = field.field
        if source is None:
            raise _unsupported(clause)
        parts = {predicate.name: predicate for predicate in clause.predicates}
        when = window(self._operands, parts)

        def known(predicate: Predicate | None) -> frozenset[str | None] | None:
            return predicate and self._operands.identities(field, clause.field, predicate.operands)

        if clause.operator == "CHANGED":
            test = past.changed(source, known(parts.get("FROM")), known(parts.get("TO")), when)
        else:
            values = self._operands.identities(field, clause.field, clause.operands)
            test = past.was(source, values, when, cloud=self._asker.store.is_cloud)
        return test if wanted else lambda issue: not test(issue)

    def _own_values(self, field: Searchable) -> Callable[[Issue], tuple[Any, ...]]:
        """Return the values of a field as they compare: a day is its first moment on the account's clock."""
        get, zone = field.getter(self._asker), self._asker.zone
        if field.kind == "date":
            return lambda issue: tuple(datetime.combine(day, time(), zone) for day in values_of(get(issue)))
        return lambda issue: values_of(get(issue))

    def _text(self, field: Searchable, name: str, operator: str, operand: Single) -> Test:
        if not isinstance(operand, Literal):
            raise Refused(400, f"The operator '{operator}' needs a text for field '{name}'.")
        if not operand.text.strip():
            raise Refused(400, f"The field '{name}' does not support searching for an empty string.")
        matches, get, wanted = matcher(operand.text, name), field.getter(self._asker), operator == "~"

        def test(issue: Issue) -> bool:
            texts = [text for text in values_of(get(issue)) if isinstance(text, str)]
            return bool(texts) and any(matches(text) for text in texts) is wanted

        return test

    def _comparison(self, field: Searchable, operator: str, values: list[Any]) -> Test:
        compare, get = _COMPARE[operator], field.getter(self._asker)
        if field.kind == "datetime":
            (bound,) = values
            return lambda issue: (value := get(issue)) is not None and compare(value, bound)
        if field.kind == "issue":
            limit = self._asker.store.issues[values[0]]
            return lambda issue: issue.project is limit.project and compare(issue.number, limit.number)
        if field.kind == KIND:
            return _property_comparison(field, compare, values)
        own_values, rank = self._own_values(field), KINDS[field.kind].rank
        if field.kind == "date":
            rank = _as_it_is
        bounds = [rank(value) for value in values]
        return lambda issue: any(
            compare(rank(value), bound) for value in own_values(issue) for bound in bounds
        )


def _property_comparison(field: Searchable, compare: Callable[[Any, Any], bool], values: list[Any]) -> Test:
    """Return whether a number is on the right side of a number, or a moment of a moment."""
    bounds = [bound for value in values if (bound := comparable(value)) is not None]

    def test(issue: Issue) -> bool:
        own = [one for value in values_of(field.get(issue)) if (one := comparable(value)) is not None]
        return any(type(one) is type(bound) and compare(one, bound) for one in own for bound in bounds)

    return test


def _check_list(clause: Clause) -> None:
    """Refuse a function that yields a list where one value is wanted, and the other way round."""
    first = clause.operands[0]
    function = functions.find(first.name) if isinstance(first, Call) and len(clause.operands) == 1 else None
    if function is None or clause.listed:
        return
    wants_list = clause.operator in ("IN", "NOT IN")
    if function.is_list is not wants_list:
        wrong = "non-list" if wants_list else "list"
        raise Refused(
            400,
            f"Operator '{clause.operator.lower()}' does not support the {wrong} value '{first}' "
            f"for field '{clause.field}'.",
        )


def _unsupported(clause: Clause) -> Refused:
    operator, name = clause.operator.lower(), clause.field
    if clause.operator in HISTORY:
        return Refused(400, f"History searches do not support the '{name}' field.")
    return Refused(400, f"The operator '{operator}' is not supported by the '{name}' field.")


def _as_it_is(value: Any) -> Any:
    return value


def _every_issue(_: Issue) -> bool:
    return True


def _no_issue(_: Issue) -> bool:
    return False


def _membership(
    own_values: Callable[[Issue], tuple[Any, ...]], values: list[Any], *, with_empty: bool, positive: bool
) -> Test:
    wanted = frozenset(values)
    if positive:
        return lambda issue: bool(wanted.intersection(own)) if (own := own_values(issue)) else with_empty
    return lambda issue: bool(own := own_values(issue)) and wanted.isdisjoint(own)
