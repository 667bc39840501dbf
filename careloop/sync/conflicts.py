"""A person chooses between two texts, and the next merge writes the chosen one to the other side."""

from datetime import datetime
from typing import Literal

from careloop.model.change import BaseValue
from careloop.model.event import Event, EventKind
from careloop.model.intent import Conflict, Pair
from careloop.ports import Store
from careloop.sync.merge import NEVER

Side = Literal["left", "right"]


def keep_side(
    store: Store, conflict: Conflict, pair: Pair, side: Side, now: datetime, actor: str | None = None
) -> None:
    """Settle a conflict of a pair for one side; the text of the other stays readable in the store.

    The base says afterwards that only the kept side changed. If either side has been edited since, the next
    merge finds that out, and it is a conflict again.
    """
    left, right = (NEVER, conflict.right) if side == "left" else (conflict.left, NEVER)
    told = Event(
        kind=EventKind.CONFLICT,
        record=pair.left if side == "left" else pair.right,
        occurred_at=now,
        source_key=f"conflict:{conflict.id}:{conflict.found_at.isoformat()}:{side}",
        actor=actor,
        data={"conflict": conflict.id, "field": conflict.field, "kept": side},
    )
    with store.transaction():
        store.settle_conflict(conflict.id, side)
        store.save_bases(pair.id, [BaseValue(field=conflict.field, left=left, right=right)])
        store.append([told], now)
        store.look_again(set(store.problems_of([pair.left, pair.right]).values()))
