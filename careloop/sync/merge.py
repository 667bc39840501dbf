"""Three-way merge of one value: what each side holds, and what both last agreed on."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from careloop.model.change import BaseValue
from careloop.model.mapping import Direction, FieldRule, StateRule

Translate = Callable[[str, str], str | None]
"""Turns one side's value into the other's, given what the other side holds; None when it has no counterpart.
"""

NEVER = "\x00"
"""Stands in a base for a value that was never agreed on, so that whatever a side holds counts as changed."""


class Outcome(StrEnum):
    """What a merge comes to.

    Nothing, both hold the same anew, write one side, ask a person, or what is new has no counterpart.
    """

    STILL = "still"
    AGREED = "agreed"
    WRITE_RIGHT = "write_right"
    WRITE_LEFT = "write_left"
    CONFLICT = "conflict"
    UNMAPPED_LEFT = "unmapped_left"
    UNMAPPED_RIGHT = "unmapped_right"
    UNMAPPED_BOTH = "unmapped_both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The outcome for one field, and what both sides hold once it is done."""

    outcome: Outcome
    base: BaseValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """One mapped field: its name, its direction, and how values cross."""

    name: str
    direction: Direction
    rightward: Translate
    leftward: Translate


def merge(sides: Sides, left: str, right: str, base: BaseValue | None) -> Merged:
    """Decide one field.

    A value equal to its side's base is no change: that is the whole echo rule. When both sides changed,
    nobody's words are overwritten: it is a conflict, even where values travel one way only, unless neither
    value could be written to the other side anyway. Without a base, an empty side is filled, a one-way rule
    decides, and two different values are a conflict.
    """
    if base is None:
        return _first(sides, left, right)
    left_changed, right_changed = not _same(left, base.left), not _same(right, base.right)
    here = BaseValue(field=sides.name, left=left, right=right)
    if not left_changed and not right_changed:
        return Merged(outcome=Outcome.STILL, base=here)
    if _equal(sides, left, right):
        return Merged(outcome=Outcome.AGREED, base=here)
    if left_changed and right_changed:
        stuck = sides.rightward(left, right) is None and sides.leftward(right, left) is None
        return Merged(outcome=Outcome.UNMAPPED_BOTH if stuck else Outcome.CONFLICT, base=here)
    return _cross(sides, left, right, rightward=left_changed)


def field_sides(rule: FieldRule) -> Sides:
    """Return how a field rule's values cross."""
    back: dict[str, str] = {}
    for left, right in rule.values.items():
        back.setdefault(right, left)

    def rightward(value: str, _: str) -> str | None:
        return rule.values.get(value) if rule.values and value else value

    def leftward(value: str, _: str) -> str | None:
        return back.get(value) if rule.values and value else value

    return Sides(name=rule.left, direction=rule.direction, rightward=rightward, leftward=leftward)


def state_sides(rules: tuple[StateRule, ...]) -> Sides:
    """Return how states cross; a state that no rule names has no counterpart."""

    def rightward(value: str, held: str) -> str | None:
        allowed = [
            r.right for r in rules if r.left == value and r.direction in (Direction.BOTH, Direction.FORWARD)
        ]
        return held if held in allowed else next(iter(allowed), None)

    def leftward(value: str, held: str) -> str | None:
        allowed = [
            r.left for r in rules if r.right == value and r.direction in (Direction.BOTH, Direction.BACKWARD)
        ]
        return held if held in allowed else next(iter(allowed), None)

    return Sides(name="state", direction=Direction.BOTH, rightward=rightward, leftward=leftward)


def _first(sides: Sides, left: str, right: str) -> Merged:
    here = BaseValue(field=sides.name, left=left, right=right)
    if _equal(sides, left, right):
        return Merged(outcome=Outcome.AGREED, base=here)
    if sides.direction is Direction.BOTH and left and right:
        return Merged(outcome=Outcome.CONFLICT, base=here)
    if sides.direction is Direction.BOTH:
        return _cross(sides, left, right, rightward=bool(left))
    return _cross(sides, left, right, rightward=sides.direction is Direction.FORWARD)


def _cross(sides: Sides, left: str, right: str, *, rightward: bool) -> Merged:
    allowed = (Direction.BOTH, Direction.FORWARD if rightward else Direction.BACKWARD)
    here = BaseValue(field=sides.name, left=left, right=right)
    if sides.direction not in allowed:
        return Merged(outcome=Outcome.AGREED, base=here)
    value = sides.rightward(left, right) if rightward else sides.leftward(right, left)
    if value is None:
        return Merged(outcome=Outcome.UNMAPPED_LEFT if rightward else Outcome.UNMAPPED_RIGHT, base=here)
    if rightward:
        return Merged(outcome=Outcome.WRITE_RIGHT, base=BaseValue(field=sides.name, left=left, right=value))
    return Merged(outcome=Outcome.WRITE_LEFT, base=BaseValue(field=sides.name, left=value, right=right))


def _equal(sides: Sides, left: str, right: str) -> bool:
    there, back = sides.rightward(left, right), sides.leftward(right, left)
    return (there is not None and _same(there, right)) or (back is not None and _same(back, left))


def _same(one: str, other: str) -> bool:
    """Line ends and blank space at the end are not a change: platforms rewrite them as they please."""
    return one == other or _tidy(one) == _tidy(other)


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).rstrip()
