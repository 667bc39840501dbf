"""Plays working days on one incident: agents and customers act, the policies are kept after every step."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from careloop.model.change import AddComment, AnyChange, Create, Purpose, Transition
from careloop.model.decision import Decision, Wish
from careloop.model.record import Record, RecordRef, State
from careloop.model.rules import Mode, Rules
from careloop.policies import BUILTIN
from tests.unit.policies.incident import INC, Problem, an_incident, on, rules

TEXTS = (
    "Works",
    "Not yet",
    "Call me",
    "it is still broken",
    "works now, thanks",
    "Thanks a lot!",
    "I am not sure",
    "Why did it happen?",
    "partly",
    "Out of office until 20 March 2026",
)
_OPEN = (State.IN_PROGRESS, State.AWAITING_CALLER)


@dataclass(frozen=True)
class _Move:
    out_of: tuple[State, ...]
    to: State
    by: str


_MOVES = {
    "resolve": _Move(_OPEN, State.RESOLVED, "ben"),
    "close": _Move((*_OPEN, State.RESOLVED), State.CLOSED, "robot"),
    "wait": _Move((State.IN_PROGRESS,), State.AWAITING_CALLER, "ben"),
    "work": _Move((State.AWAITING_CALLER,), State.IN_PROGRESS, "ben"),
    "reopen": _Move((State.RESOLVED,), State.IN_PROGRESS, "anna"),
    "withdraw": _Move((*_OPEN, State.RESOLVED), State.CLOSED, "anna"),
}
ACTIONS = (*_MOVES, "say", "ask", "machine", "phone", "nothing")

random_days = settings(max_examples=40)  # each example is a fortnight of work, kept after every step
steps = st.lists(
    st.tuples(st.integers(1, 60), st.sampled_from(ACTIONS), st.sampled_from(TEXTS)), min_size=1, max_size=14
)


@dataclass
class Play:
    """A problem with its clock; `keep` evaluates every policy and does what they want, as apply would."""

    rules: Rules[Any] = field(default_factory=rules)
    problem: Problem = field(default_factory=Problem)
    now: datetime = field(default_factory=lambda: on(2, 9))
    done: set[str] = field(default_factory=set)
    wishes: list[tuple[datetime, Wish]] = field(default_factory=list)
    changes: list[AnyChange] = field(default_factory=list)

    @property
    def record(self) -> Record:
        return list(self.problem.records.values())[-1]

    def step(self, hours: int, action: str, text: str) -> None:
        """Let time pass and something happen, as far as the record's state allows it."""
        self.now += timedelta(hours=hours)
        ref, state = self.record.ref, self.record.state
        if (move := _MOVES.get(action)) and state in move.out_of:
            self.problem.move(move.to, self.now, move.by, ref)
        elif action in ("say", "machine"):
            self.problem.say(text, self.now, ref=ref, automatic=action == "machine")
        elif action == "ask":
            self.problem.say("Does page 2 print?", self.now, "ben", ref=ref)
        elif action == "phone":
            self.problem.answer("yes", self.now, "clara", attested=True)

    def decide(self) -> list[Decision]:
        """Evaluate every policy."""
        known = {policy.name: replace(self.rules, settings=policy.settings()) for policy in BUILTIN}
        return [policy.decide(self.problem.case, self.now, known[policy.name]) for policy in BUILTIN]

    def keep(self) -> None:
        """Do once what the policies want now."""
        for decision in self.decide():
            for wish in decision.wishes:
                self._send(wish)
            for change in decision.changes:
                self._make(change)

    def _send(self, wish: Wish) -> None:
        in_time = wish.not_before <= self.now and (wish.not_after is None or self.now <= wish.not_after)
        if self.rules.mode is Mode.AUDIT or not in_time or f"contact {wish.cause}" in self.done:
            return
        self.done.add(f"contact {wish.cause}")
        self.wishes.append((self.now, wish))
        self.problem.contact(Purpose(wish.purpose), self.now, wish.cause, wish.person, wish.record)

    def _make(self, change: AnyChange) -> None:
        if self.rules.mode is Mode.AUDIT or change.key in self.done:
            return
        self.done.add(change.key)
        self.changes.append(change)
        match change:
            case Transition():
                self.problem.move(change.state, self.now, "robot", change.subject)
            case AddComment():
                self.problem.say(
                    change.body, self.now, "robot", ref=change.subject, audience="internal", ours=change.key
                )
            case Create():
                ref = RecordRef("sn", "incident", f"{len(self.problem.records) + 1:032}")
                self.problem.records[ref] = an_incident(
                    ref=ref, number=f"INC{ref.id[-7:]}", parent=INC.id, opened_at=self.now, updated=self.now
                )
            case _:
                raise AssertionError(change)


def play(script: list[tuple[int, str, str]], **values: Any) -> Play:
    """Play a script, keeping the promises after each step."""
    played = Play(rules=rules(**values))
    for hours, action, text in script:
        played.step(hours, action, text)
        played.keep()
    return played
