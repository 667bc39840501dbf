"""What an audit remembers of each incident: some eighty bytes, however many events it has."""

import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter

from careloop.report.audit.figures import Kind, Unreadable
from careloop.report.audit.servicenow import PUT_OFF_CODES, UNKNOWN, Stage

SHOWN_UNREADABLE = 10
MOST_CODES = MOST_FOREIGN = 1000


@dataclass(slots=True)
class Incident:
    """One incident as far as it was read; attributes are those of its last event.

    Times are seconds since 1970, names are numbers given by `Names`; 0 is unknown. `revision` and `digest`
    tell the last event from a copy of it. `closer` and `closing` are of the first event that enters Closed;
    `back` counts changes from Resolved or Closed to any other state.
    """

    ordinal: int
    updated: int = 0
    revision: int = 0
    digest: int = 0
    stage: int = Stage.UNKNOWN
    opened: int = 0
    resolved: int = 0
    closed: int = 0
    caller: int = 0
    matter: int = 0
    symptom: int = 0
    closer: int = 0
    closing: int = 0
    reopens: int = 0
    reassignments: int = 0
    back: int = 0
    events: int = 0
    was_resolved: bool = False
    was_closed: bool = False
    from_waiting: bool = False
    by_caller: bool = False
    put_off: bool = False
    dated: bool = False


_LAYOUT = struct.Struct("<IIIqB12I6?")
_values = attrgetter(*Incident.__slots__)


class Incidents:
    """All incidents by number, each as a few bytes."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[Incident]:
        """Yield every incident in the order of ordinals."""
        for held in self._held.values():
            yield Incident(*_LAYOUT.unpack(held))

    def numbered(self) -> Iterator[tuple[str, Incident]]:
        """Yield every incident with its number, in the order of ordinals."""
        return zip(self._held, self, strict=True)

    def take(self, number: str) -> Incident:
        """Return what is known of an incident, or a new one."""
        held = self._held.get(number)
        return Incident(*_LAYOUT.unpack(held)) if held else Incident(len(self._held))

    def keep(self, number: str, incident: Incident) -> None:
        """Remember an incident as it is now."""
        self._held[number] = _LAYOUT.pack(*_values(incident))


class Names:
    """Numbers for texts, in the order in which they came; 0 is unknown."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = dict.fromkeys(UNKNOWN, 0)

    def __len__(self) -> int:
        return len(self._numbers) - len(UNKNOWN)

    def number(self, text: str) -> int:
        """Return the number of a text."""
        return self._numbers.setdefault(text, len(self._numbers) - len(UNKNOWN) + 1)

    def text(self, number: int) -> str:
        """Return the text with a number."""
        return next(text for text, given in self._numbers.items() if given == number)


@dataclass(slots=True)
class Resolutions:
    """When IT said that something was solved: ordinals of incidents, and seconds since 1970."""

    incidents: "array[int]" = field(default_factory=lambda: array("I"))
    times: "array[int]" = field(default_factory=lambda: array("I"))

    def add(self, incident: int, at: int) -> None:
        """Remember one."""
        self.incidents.append(incident)
        self.times.append(at)

    def without(self, incidents: Iterable[int]) -> "Resolutions":
        """Return those of all other incidents."""
        left, gone = Resolutions(), set(incidents)
        for incident, at in zip(self.incidents, self.times, strict=True):
            if incident not in gone:
                left.add(incident, at)
        return left


@dataclass(slots=True, kw_only=True)
class Past:
    """What was read of an organisation's incidents, and what could not be.

    `columns` are those that were there, `counted` those of counts that were filled in anywhere, `codes` the
    close codes that were seen. `no_history` says why there
    is none, `no_events` why updates cannot be counted; both are empty otherwise.
    """

    kind: Kind
    names: tuple[str, ...]
    columns: frozenset[str] = frozenset()
    events: int | None = None
    no_history: str = ""
    no_events: str = ""
    incidents: Incidents = field(default_factory=Incidents)
    resolutions: Resolutions = field(default_factory=Resolutions)
    callers: Names = field(default_factory=Names)
    accounts: Names = field(default_factory=Names)
    matters: Names = field(default_factory=Names)
    symptoms: Names = field(default_factory=Names)
    counted: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    foreign_states: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    unreadable_rows: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)

    def matter(self, category: str, subcategory: str) -> int:
        """Return the number of what an incident is about; 0 where a part of it is unknown."""
        known = category not in UNKNOWN and subcategory not in UNKNOWN
        return self.matters.number(f"{category}\0{subcategory}") if known else 0

    def puts_off(self, code: str) -> bool:
        """Tell whether a close code says that something is left to do, and remember having seen it."""
        if code not in UNKNOWN and len(self.codes) < MOST_CODES:
            self.codes.add(code)
        return code.strip().casefold() in PUT_OFF_CODES

    def notice(self, state: str) -> None:
        """Remember a state that is none of the platform's own."""
        if len(self.foreign_states) < MOST_FOREIGN:
            self.foreign_states.add(state)

    def refuse(self, file: str, line: int, why: str) -> None:
        """Count a row that cannot be read, and list it among the first ones."""
        self.unreadable_rows += 1
        if len(self.unreadable) < SHOWN_UNREADABLE:
            self.unreadable.append(Unreadable(file=file, line=line, why=why))
