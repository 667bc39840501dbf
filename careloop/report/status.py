"""How things stand, gathered from the store."""

from collections.abc import Mapping
from dataclasses import dataclass

from careloop.model.intent import Conflict, Intent, IntentState, Pair
from careloop.model.plan import Held
from careloop.ports import Store
from careloop.report.conflicts import pairs_in
from careloop.report.figures import Tally, tally
from careloop.report.letters import LETTERS
from careloop.sync.terms import Terms


@dataclass(frozen=True, kw_only=True)
class Status:
    """What stands.

    `unanswered` are writes whose answer was lost; `planned` is what is held until its time comes.
    """

    terms: Terms
    tally: Tally
    unanswered: tuple[Intent, ...]
    planned: tuple[Held, ...]
    letters: tuple[Intent, ...]
    conflicts: tuple[Conflict, ...]
    pairs: Mapping[str, Pair]
    someone_must_act: bool


def someone_must_act(store: Store) -> bool:
    """Tell whether a letter, a conflict or a finding waits for a person."""
    return bool(store.intents(*LETTERS) or store.conflicts() or store.someone_waits())


def take_status(store: Store, terms: Terms) -> Status:
    """Read how things stand as the last run left them; nothing is evaluated anew."""
    looks = store.looks()
    conflicts = store.conflicts()
    return Status(
        terms=terms,
        tally=tally(looks),
        unanswered=tuple(store.intents(IntentState.SENT.value)),
        planned=tuple(sorted((held for look in looks for held in look.held if held.until), key=_when)),
        letters=tuple(store.intents(*LETTERS)),
        conflicts=tuple(conflicts),
        pairs=pairs_in(conflicts, store),
        someone_must_act=someone_must_act(store),
    )


def _when(held: Held) -> tuple[str, str]:
    return (held.until.isoformat() if held.until else "", held.source_key)
