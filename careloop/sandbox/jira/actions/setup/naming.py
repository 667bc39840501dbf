"""The names of schemes, screens and the like, each of which is given once."""

from collections.abc import Iterable, Mapping
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.register import Named

LENGTH = 255


def read_name(
    others: Iterable[Named],
    asked: Mapping[str, Any],
    itself: object = None,
    *,
    length: int = LENGTH,
    taken: int = 400,
) -> str:
    """Return the name in a request; 400 when it is missing or too long, `taken` when another has it."""
    name = str(asked.get("name") or "").strip()
    if not name:
        raise Refused(400, errors={"name": "The name must be given."})
    if len(name) > length:
        raise Refused(400, errors={"name": f"The name must not exceed {length} characters."})
    if any(one is not itself and one.name.casefold() == name.casefold() for one in others):
        raise Refused(taken, errors={"name": f"The name '{name}' is used already."})
    return name
