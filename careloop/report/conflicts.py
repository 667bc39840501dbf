"""Fields that two people changed on both sides of a pair, with all three texts."""

from collections.abc import Iterable
from typing import Any

from careloop.model.intent import Conflict, Pair
from careloop.ports import Store
from careloop.report.names import Names
from careloop.report.words import say_time


def pairs_in(conflicts: Iterable[Conflict], store: Store) -> dict[str, Pair]:
    """Return the pairs that conflicts are in, by id."""
    return store.get_pairs({conflict.pair for conflict in conflicts})


def conflict_as_data(conflict: Conflict, pair: Pair, names: Names) -> dict[str, Any]:
    """Return one conflict for JSON, with the text of each side and what both last agreed on."""
    return {
        "id": conflict.id,
        "field": conflict.field,
        "left": {"number": names.number(pair.left), "text": conflict.left},
        "right": {"number": names.number(pair.right), "text": conflict.right},
        "base": conflict.base,
        "found_at": conflict.found_at.isoformat(),
        "kept": conflict.kept or None,
    }


def conflict_as_text(conflict: Conflict, pair: Pair, names: Names) -> str:
    """Return one conflict with its three texts, below one another."""
    found = f"{conflict.id}  {conflict.field}, found {say_time(conflict.found_at)}"
    lines = [
        f"      left   {names.number(pair.left)}: {conflict.left!r}",
        f"      right  {names.number(pair.right)}: {conflict.right!r}",
        f"      before {conflict.base!r}",
    ]
    return "\n".join([found, *lines])
