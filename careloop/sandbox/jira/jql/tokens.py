"""Splits a query into tokens."""

import re
from functools import cache
from typing import NamedTuple

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.configuration import read

_SYMBOLS = ("!=", "!~", "<=", ">=", "&&", "||", "=", "~", "<", ">", "(", ")", ",", "[", "]", "!", "&", "|")
_WORD = re.compile(r"""(?:\\.|[^\s"'\\=!<>()~,\[\]|&{}*/%+^$#@?;])+""")
_RESERVED_CHARACTERS = "{}*/%+^$#@?;"
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r"}
_ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ALLOWED_ESCAPES = set("tnr\\'\" ")
_KEYWORDS = frozenset(
    ["and", "or", "not", "in", "is", "empty", "null", "order", "by", "asc", "desc", "was", "changed"]
)


class Token(NamedTuple):
    """A piece of the query: `kind` is "word", "string", "end", or the symbol itself."""

    kind: str
    text: str
    offset: int

    def is_word(self, *words: str) -> bool:
        """Return whether this is one of these unquoted words, whatever its case."""
        return self.kind == "word" and self.text.lower() in words


@cache
def reserved_words() -> frozenset[str]:
    """Return the words that must be quoted to be values or fields (Atlassian docs, reserved words of JQL)."""
    return frozenset(read("jql_reserved_words"))


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a query, the last of kind "end"; 400 for what cannot stand in one."""
    tokens = []
    offset = 0
    while True:
        while offset < len(text) and text[offset].isspace():
            offset += 1
        token, after = _next(text, offset)
        tokens.append(token)
        if token.kind == "end":
            return tokens
        offset = after


def mistake(text: str, offset: int, message: str) -> Refused:
    """Return the 400 for a query that is wrong at `offset`."""
    line = text.count("\n", 0, offset) + 1
    character = offset - text.rfind("\n", 0, offset)
    return Refused(400, f"Error in the JQL Query: {message} (line {line}, character {character})")


def _next(text: str, offset: int) -> tuple[Token, int]:
    if offset == len(text):
        return Token("end", "", offset), offset
    if text[offset] in "\"'":
        return _quoted(text, offset)
    for symbol in _SYMBOLS:
        if text.startswith(symbol, offset):
            return Token(symbol, symbol, offset), offset + len(symbol)
    word = _WORD.match(text, offset)
    if word is None:
        raise _illegal(text, offset)
    return Token("word", _unescape(text, offset, word[0]), offset), word.end()


def _illegal(text: str, offset: int) -> Refused:
    character = text[offset]
    if character in _RESERVED_CHARACTERS:
        advice = f"You must enclose it in a string or use the escape '\\u{ord(character):04x}' instead."
        return mistake(text, offset, f"The character '{character}' is a reserved JQL character. {advice}")
    return mistake(text, offset, f"'{text[offset : offset + 2]}' is an illegal JQL escape sequence.")


def _quoted(text: str, offset: int) -> tuple[Token, int]:
    quote, end = text[offset], offset + 1
    while end < len(text) and text[end] != quote:
        end += 2 if text[end] == "\\" else 1
    if end >= len(text):
        rest = text[offset + 1 :]
        if not rest:
            raise mistake(text, offset, "The quoted string has not been completed.")
        raise mistake(text, offset, f"The quoted string '{rest}' has not been completed.")
    return Token("string", _unescape(text, offset, text[offset + 1 : end]), offset), end + 1


def _unescape(text: str, offset: int, raw: str) -> str:
    def replace(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) > 1:
            return chr(int(code[1:], 16))
        if code not in _ALLOWED_ESCAPES:
            advice = "The valid escape sequences are \\', \\\", \\t, \\n, \\r, \\\\, '\\ ' and \\uXXXX."
            raise mistake(text, offset, f"'\\{code}' is an illegal JQL escape sequence. {advice}")
        return _ESCAPES.get(code, code)

    return _ESCAPED.sub(replace, raw) if "\\" in raw else raw


def is_reserved(token: Token) -> bool:
    """Return whether an unquoted word may not stand for a field or a value."""
    return token.is_word(*reserved_words())


def is_keyword(token: Token) -> bool:
    """Return whether an unquoted word belongs to the grammar itself."""
    return token.is_word(*_KEYWORDS)
