"""A parsed query as JSON, and its pieces written back as a query can hold them (Jira OpenAPI, JqlQuery)."""

import re
from typing import Any

from careloop.sandbox.jira.jql.properties import read_name
from careloop.sandbox.jira.jql.tokens import reserved_words
from careloop.sandbox.jira.jql.tree import And, Call, Clause, Empty, Literal, Node, Not, Or, Query, Single

_PLAIN = re.compile(r"[\w.-]+$")
_CUSTOM = re.compile(r"cf\[\d+\]$")
_SPELLING = {"!~": "~="}
"""The document calls the operator !~ so."""


def show_query(query: Query) -> dict[str, Any]:
    """Return the structure of a query."""
    shown: dict[str, Any] = {}
    if query.where:
        shown["where"] = _node(query.where)
    if query.order:
        fields = [
            {"field": _field(sort.field), "direction": "desc" if sort.descending else "asc"}
            for sort in query.order
        ]
        shown["orderBy"] = {"fields": fields}
    return shown


def quote(text: str) -> str:
    """Return a word as a query can hold it, in quotation marks where it needs them."""
    if _PLAIN.match(text) and text.casefold() not in reserved_words():
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _node(node: Node) -> dict[str, Any]:
    match node:
        case And(parts):
            return {"operator": "and", "clauses": [_node(part) for part in parts]}
        case Or(parts):
            return {"operator": "or", "clauses": [_node(part) for part in parts]}
        case Not(part):
            return {"operator": "not", "clauses": [_node(part)]}
        case Clause():
            return _clause(node)


def _clause(clause: Clause) -> dict[str, Any]:
    operator = _SPELLING.get(clause.operator, clause.operator).lower()
    shown: dict[str, Any] = {"field": _field(clause.field), "operator": operator}
    if clause.operands:
        shown["operand"] = _operand(clause.operands, listed=clause.listed)
    if clause.operator.startswith(("WAS", "CHANGED")):
        shown["predicates"] = [
            {"operator": name.lower(), "operand": _operand(operands, listed=len(operands) > 1)}
            for name, operands in clause.predicates
        ]
    return shown


def _operand(operands: tuple[Single, ...], *, listed: bool) -> dict[str, Any]:
    if not listed:
        return _single(operands[0])
    inside = ", ".join(_encoded(operand) for operand in operands)
    return {"values": [_single(operand) for operand in operands], "encodedOperand": f"({inside})"}


def _single(operand: Single) -> dict[str, Any]:
    match operand:
        case Call(name, arguments):
            return {"function": name, "arguments": list(arguments), "encodedOperand": _encoded(operand)}
        case Literal(text):
            return {"value": text, "encodedValue": _encoded(operand)}
        case Empty():
            return {"keyword": "empty"}


def _encoded(operand: Single) -> str:
    match operand:
        case Call(name, arguments):
            return f"{name}({', '.join(quote(argument) for argument in arguments)})"
        case Literal(text):
            return quote(text)
        case Empty():
            return "empty"


def _field(name: str) -> dict[str, Any]:
    if known := read_name(name):
        entity = {"entity": "issue", "key": known.key, "path": known.path}
        return {"name": name, "encodedName": name, "property": [entity]}
    return {"name": name, "encodedName": name if _CUSTOM.match(name) else quote(name)}
