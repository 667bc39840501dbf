"""Parses a query: NOT binds tighter than AND, AND tighter than OR."""

from functools import lru_cache

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.jql.properties import PROPERTY
from careloop.sandbox.jira.jql.tokens import Token, is_keyword, is_reserved, mistake, tokenize
from careloop.sandbox.jira.jql.tree import (
    And,
    Call,
    Clause,
    Empty,
    Literal,
    Node,
    Not,
    Or,
    Predicate,
    Query,
    Single,
    Sort,
)

_OPERATORS = ("=", "!=", "<", ">", "<=", ">=", "~", "!~")
_VALID = "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'"
_LISTS = ("IN", "NOT IN", "WAS IN", "WAS NOT IN")
_PREDICATES = ("after", "before", "by", "during", "on")
_MOVES = ("from", "to")


@lru_cache(maxsize=256)
def parse(text: str, *, bare_words: bool = True) -> Query:
    """Return the tree of a query; 400 with the platform's words and the place where it goes wrong.

    With `bare_words` a word or string without an operator is a text search, as Jira Cloud reads it.
    """
    return _Parser(text, bare_words=bare_words).query()


class _Parser:
    def __init__(self, text: str, *, bare_words: bool) -> None:
        self._text = text
        self._bare_words = bare_words
        self._tokens = tokenize(text)
        self._position = 0

    def query(self) -> Query:
        where = None if self._at_order() or self._peek().kind == "end" else self._either()
        order = self._order() if self._at_order() else ()
        if self._peek().kind != "end":
            expected = "',', 'ASC' or 'DESC'" if order else "either 'OR' or 'AND'"
            raise self._expecting(expected)
        return Query(where, order)

    def _either(self) -> Node:
        parts = [self._all()]
        while self._take_word("or") or self._take("||", "|"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Node:
        parts = [self._negatable()]
        while self._take_word("and") or self._take("&&", "&"):
            parts.append(self._negatable())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _negatable(self) -> Node:
        if self._take_word("not") or self._take("!"):
            return Not(self._negatable())
        if self._take("("):
            inside = self._either()
            self._demand(")", "')'")
            return inside
        return self._clause()

    def _clause(self) -> Node:
        start = self._peek()
        field = self._field()
        operator = self._operator()
        if operator is None:
            if self._bare_words and start.kind in ("word", "string") and self._at_clause_end():
                return Clause("text", "~", (Literal(start.text, True),))
            raise self._expecting("operator", f" The valid operators are {_VALID}.")
        if operator == "CHANGED":
            return Clause(field, operator, (), self._predicates(*_PREDICATES, *_MOVES))
        listed = self._peek().kind == "("
        operands = self._list_for(field, operator) if operator in _LISTS else self._one_for(field, operator)
        if operator.startswith("WAS"):
            return Clause(field, operator, operands, self._predicates(*_PREDICATES), listed=listed)
        if operator in ("IS", "IS NOT") and not isinstance(operands[0], Empty):
            raise Refused(400, f"The operator '{operator.lower()}' is not supported by the '{field}' field.")
        return Clause(field, operator, operands, listed=listed)

    def _predicates(self, *names: str) -> tuple[Predicate, ...]:
        """Return what follows WAS or CHANGED: DURING takes two dates, the others a value or a list."""
        found = []
        while self._peek().is_word(*names):
            name = self._next().text.upper()
            listed = self._peek().kind == "("
            operands = self._operands() if listed else (self._operand(),)
            if (name == "DURING") is not (len(operands) == 2) and name in ("DURING", "AFTER", "BEFORE", "ON"):
                raise self._expecting("two dates" if name == "DURING" else "one date")
            found.append(Predicate(name, operands))
        return tuple(found)

    def _field(self) -> str:
        token = self._next()
        if token.kind == "word" and token.text.lower() == "cf" and self._peek().kind == "[":
            return self._custom_field()
        self._check_word(token, "a field name", "a field")
        if token.kind == "word" and token.text.casefold() == PROPERTY and self._peek().kind == "[":
            return token.text + self._property()
        return token.text

    def _property(self) -> str:
        """Return the key and the path of an issue property: `[key].path`."""
        self._next()
        key = self._next()
        self._check_word(key, "the key of a property", "a key")
        self._demand("]", "']'")
        follows = self._peek().kind == "word" and self._peek().text.startswith(".")
        return f"[{key.text}]{self._next().text if follows else ''}"

    def _custom_field(self) -> str:
        self._next()
        number = self._next()
        if not number.text.isdecimal():
            raise mistake(self._text, number.offset, "Custom field identifiers must be positive integers.")
        self._demand("]", "']'")
        return f"cf[{number.text}]"

    def _operator(self) -> str | None:
        if self._take_word("in"):
            return "IN"
        if self._take_word("is"):
            return "IS NOT" if self._take_word("not") else "IS"
        if self._take_word("was"):
            negated = " NOT" if self._take_word("not") else ""
            return f"WAS{negated} IN" if self._take_word("in") else f"WAS{negated}"
        if self._take_word("changed"):
            return "CHANGED"
        if self._peek().is_word("not") and self._peek(1).is_word("in"):
            self._position += 2
            return "NOT IN"
        token = self._take(*_OPERATORS)
        return token.kind if token else None

    def _list_for(self, field: str, operator: str) -> tuple[Single, ...]:
        """Return the operands of IN and its like: a list in parentheses, or a function that yields one."""
        if self._peek().kind == "(":
            return self._operands()
        operand = self._operand()
        if isinstance(operand, Call):
            return (operand,)
        shown = f'"{operand.text}"' if isinstance(operand, Literal) else "EMPTY"
        reason = f"does not support the non-list value '{shown}' for field '{field}'."
        raise Refused(400, f"Operator '{operator.lower()}' {reason}")

    def _one_for(self, field: str, operator: str) -> tuple[Single, ...]:
        """Return the only operand of an operator that takes no list."""
        start = self._peek()
        if start.kind != "(":
            return (self._operand(),)
        self._operands()
        shown = self._text[start.offset : self._tokens[self._position - 1].offset + 1]
        reason = f"does not support the list value '{shown}' for field '{field}'."
        raise Refused(400, f"Operator '{operator.lower()}' {reason}")

    def _operands(self) -> tuple[Single, ...]:
        self._demand("(", "'('")
        operands = [self._operand()]
        while self._take(","):
            operands.append(self._operand())
        self._demand(")", "either ',' or ')'")
        return tuple(operands)

    def _operand(self) -> Single:
        token = self._next()
        if token.is_word("empty", "null"):
            return Empty()
        if token.kind in ("word", "string") and self._peek().kind == "(":
            return Call(token.text, self._arguments())
        self._check_word(token, "either a value, list or function", "a value")
        return Literal(token.text, token.kind == "string")

    def _arguments(self) -> tuple[str, ...]:
        self._next()
        arguments: list[str] = []
        while not self._take(")"):
            if arguments:
                self._demand(",", "either ',' or ')'")
            token = self._next()
            self._check_word(token, "a function argument", "an argument")
            arguments.append(token.text)
        return tuple(arguments)

    def _order(self) -> tuple[Sort, ...]:
        self._next()
        if not self._take_word("by"):
            raise self._expecting("'BY'")
        sorts = [self._sort()]
        while self._take(","):
            sorts.append(self._sort())
        return tuple(sorts)

    def _sort(self) -> Sort:
        field = self._field()
        if self._take_word("desc"):
            return Sort(field, True)
        self._take_word("asc")
        return Sort(field, False)

    def _at_order(self) -> bool:
        return self._peek().is_word("order")

    def _at_clause_end(self) -> bool:
        token = self._peek()
        return token.kind in ("end", ")", "&&", "||", "&", "|") or token.is_word("and", "or", "order")

    def _peek(self, ahead: int = 0) -> Token:
        return self._tokens[min(self._position + ahead, len(self._tokens) - 1)]

    def _next(self) -> Token:
        token = self._peek()
        self._position += 1
        return token

    def _take(self, *kinds: str) -> Token | None:
        return self._next() if self._peek().kind in kinds else None

    def _take_word(self, word: str) -> Token | None:
        return self._next() if self._peek().is_word(word) else None

    def _demand(self, kind: str, expected: str) -> None:
        if not self._take(kind):
            raise self._expecting(expected)

    def _expecting(self, expected: str, advice: str = "") -> Refused:
        token = self._peek()
        if token.kind == "end":
            message = f"Expecting {expected} before the end of the query.{advice}"
        else:
            message = f"Expecting {expected} but got '{token.text}'.{advice}"
        return mistake(self._text, token.offset, message)

    def _check_word(self, token: Token, expected: str, use: str) -> None:
        """Refuse the token just taken unless it is a word that needs no quotes, or has them."""
        if token.kind not in ("word", "string") or is_keyword(token):
            self._position -= 1
            quotes = f" You must surround '{token.text}' in quotation marks to use it as {use}."
            raise self._expecting(expected, quotes if token.kind == "word" else "")
        if is_reserved(token):
            advice = "You must surround it in quotation marks to use it in a query."
            raise mistake(self._text, token.offset, f"'{token.text}' is a reserved JQL word. {advice}")
