"""The short reference that every text of ours carries, so that we know it again on any platform."""

import re

from careloop.model.intent import short_reference

_MARK = re.compile(r"\[ref ([0-9a-f]{10})\]")


def sign(text: str, key: str) -> str:
    """Return a text with the reference of its change on a last line of its own."""
    return f"{text.rstrip()}\n\n[ref {short_reference(key)}]"


def find_mark(text: str) -> str:
    """Return the reference a text carries, or an empty text; the last counts, since people quote above."""
    marks = _MARK.findall(text)
    return marks[-1] if marks else ""


def strip_mark(text: str) -> str:
    """Return a text without our reference."""
    return _MARK.sub("", text).rstrip()
