"""A person chooses between two texts, and the next merge writes the chosen one to the other side."""

from datetime import datetime
from typing import Literal

from careloop.errors import UnknownNumber
from careloop.model.change import BaseValue
from careloop.model.event import Event, EventKind
from careloop.model.intent import Conflict, Pair
from careloop.ports import Store
from careloop.sync.merge import NEVER

Side = Literal["left", "right"]


def find_conflict(store: Store, id: str) -> tuple[Conflict, Pair]:
    """Return an open conflict and the pair it is in; raises UnknownNumber."""
    for conflict in store.conflicts():
        if conflict.id == id:
            return conflict, store.get_pairs([conflict.pair])[conflict.pair]
    raise UnknownNumber(f"{id}: no open conflict has this id; 'careloop conflicts' lists them")


def keep_side(store: Store, id: str, side: Side, now: datetime, actor: str | None = None) -> Conflict:
    """Settle a conflict for one side; the text of the other stays readable in the store.

    The base says afterwards that only the kept side changed. If either side has been edited since, the next
    merge finds that out, and it is a conflict again. Raises UnknownNumber.
    """
    conflict, pair = find_conflict(store, id)
    left, right = (NEVER, conflict.right) if side == "left" else (conflict.left, NEVER)
    told = Event(
        kind=EventKind.CONFLICT,
        record=pair.left if side == "left" else pair.right,
        occurred_at=now,
        source_key=f"conflict:{conflict.id}:{side}",
        actor=actor,
        data={"conflict": conflict.id, "field": conflict.field, "kept": side},
    )
    with store.transaction():
        store.settle_conflict(id, side)
        store.save_bases(pair.id, [BaseValue(field=conflict.field, left=left, right=right)])
        store.append([told], now)
        store.look_again(set(store.problems_of([pair.left, pair.right]).values()))
    return conflict
