"""Who wins where several want to write one field of one record: override, then policy, then sync."""

from collections.abc import Iterable, Mapping

from careloop.errors import RulesDisagree
from careloop.model.change import AnyChange, Transition, Update
from careloop.model.record import RecordRef

STATE = "the state"


def refuse_disagreement(changes: Iterable[AnyChange]) -> None:
    """Raise RulesDisagree when two policies want one field of one record to hold different values."""
    wanted: dict[tuple[RecordRef, str], tuple[AnyChange, str]] = {}
    for change in changes:
        for name, value in _writes(change).items():
            other, theirs = wanted.setdefault((change.subject, name), (change, value))
            if theirs != value:
                raise RulesDisagree(
                    f"{change.subject}: {other.rule} wants {name} to be {theirs!r} and {change.rule} "
                    f"{value!r}; change the settings of one of them, or override one for this problem"
                )


def is_vetoed(change: AnyChange, decided: Iterable[AnyChange]) -> bool:
    """Tell whether sync wants to write what a policy writes in the same plan; it merges again afterwards."""
    fields = _writes(change).keys()
    return any(other.subject == change.subject and fields & _writes(other).keys() for other in decided)


def _writes(change: AnyChange) -> Mapping[str, str]:
    """Return what a change overwrites: fields in the platform's own names, and the state."""
    match change:
        case Transition():
            return {**change.fields, STATE: change.native}
        case Update():
            return change.fields
        case _:
            return {}
