"""A reading of an instance survives being stopped at any moment, and says nothing twice."""

import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from careloop.errors import SettingsError, Unreachable
from careloop.model.history import HistoryPage, RecordHistory, StateChange
from careloop.model.page import Scope, Unread
from careloop.model.record import State
from careloop.report.audit.figures import Audit, ResolvedWhileWaiting, Terms
from careloop.report.audit.live import take_past
from careloop.report.audit.reading import Reading
from careloop.report.audit.take import take_audit
from careloop.wiring import fixed_chance
from tests.unit.report.audit.logs import quiet

SCOPE = Scope(instance="desk", container="incident")
DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


def history(number: str, *states: State | None, **more: object) -> RecordHistory:
    """Return an incident that went through states, a day apart."""
    changes = tuple(
        StateChange(at=DAY + timedelta(place), before=before, after=after, native="x", actor=f"agent {place}")
        for place, (before, after) in enumerate(pairwise(states), start=1)
    )
    plain = {"opened_at": DAY, "resolved_at": DAY + timedelta(1), "requester": "p1", "category": "a"}
    return RecordHistory(
        number=number,
        began=states[0],
        state=states[-1],
        native_state="x",
        changes=changes,
        **{"subcategory": "b", **plain, **more},  # type: ignore[arg-type] # any field of it
    )


def page(cursor: str, *histories: RecordHistory, unread: tuple[Unread, ...] = ()) -> HistoryPage:
    return HistoryPage(histories=histories, cursor=cursor, unread=unread, total=10)


class Instance:
    """Hands out pages after a cursor; where a page is None the connection is lost."""

    def __init__(self, *pages: HistoryPage | None) -> None:
        self._pages = pages
        self.cursors: list[str] = []

    def audited(self, scope: Scope) -> Mapping[str, tuple[str, ...]]:
        return {}

    def histories(self, scope: Scope, cursor: str) -> Iterator[HistoryPage]:
        self.cursors.append(cursor)
        for one in self._pages:
            if one is None:
                raise Unreachable("gone")
            if one.cursor > cursor:
                yield one


def audit_of(reading: Reading) -> Audit:
    return take_audit(take_past("desk", reading.pages()), Terms(), fixed_chance())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "reading.jsonl"


A = history("INC1", State.NEW, State.AWAITING_CALLER, State.RESOLVED, State.CLOSED)
B = history("INC2", State.NEW, State.RESOLVED, State.IN_PROGRESS)


def test_a_reading_that_was_stopped_goes_on_where_it_was(place: Path) -> None:
    lost, whole = Instance(page("1", A), None), Instance(page("1", A), page("2", B))

    with pytest.raises(Unreachable):
        Reading(place, SCOPE).read_on(lost, SCOPE, quiet)
    reading = Reading(place, SCOPE)
    reading.read_on(whole, SCOPE, quiet)

    assert whole.cursors == ["1"]
    audit = audit_of(reading)
    assert (audit.incidents, audit.closed, audit.observed_reopens) == (2, 1, 1)
    assert audit.resolved_while_waiting == ResolvedWhileWaiting(incidents=1, of=2)


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_page_that_a_crash_cut_off_is_read_again(place: Path, cut: int) -> None:
    instance = Instance(page("1", A), page("2", B))
    Reading(place, SCOPE).read_on(instance, SCOPE, quiet)
    place.write_bytes(place.read_bytes()[:-cut])

    reading = Reading(place, SCOPE)
    reading.read_on(instance, SCOPE, quiet)

    assert instance.cursors == ["", "1"]
    assert audit_of(reading).incidents == 2
    assert place.read_bytes().count(b"\n") == 3


def test_what_is_read_later_replaces_what_was_read_before(place: Path) -> None:
    Reading(place, SCOPE).read_on(Instance(page("1", A, B)), SCOPE, quiet)
    reading = Reading(place, SCOPE)
    closed = history("INC2", State.NEW, State.RESOLVED, State.IN_PROGRESS, State.CLOSED)
    reading.read_on(Instance(page("2", closed)), SCOPE, quiet)

    audit = audit_of(reading)

    assert (audit.incidents, audit.closed, audit.observed_reopens) == (2, 2, 1)
    assert audit.switching_on is not None
    assert audit.switching_on.of == 3


def test_a_reading_of_something_else_begins_anew(place: Path) -> None:
    Reading(place, SCOPE).read_on(Instance(page("1", A)), SCOPE, quiet)

    other = Reading(place, Scope(instance="desk", container="incident", query="active=true"))

    assert (other.cursor, list(other.pages())) == ("", [])


def test_a_reading_can_be_begun_again(place: Path) -> None:
    Reading(place, SCOPE).read_on(Instance(page("1", A)), SCOPE, quiet)

    assert Reading(place, SCOPE, again=True).cursor == ""


@pytest.mark.parametrize("content", [b"no reading\n", b"", b'{"careloop_audit":1'])
def test_a_file_that_is_no_reading_is_not_read_on(place: Path, content: bytes) -> None:
    place.write_bytes(content)

    if content.endswith(b"\n"):
        with pytest.raises(SettingsError, match="--read-again"):
            Reading(place, SCOPE)
    else:
        assert Reading(place, SCOPE).cursor == ""


def test_a_page_that_was_spoilt_is_said(place: Path) -> None:
    Reading(place, SCOPE).read_on(Instance(page("1", A)), SCOPE, quiet)
    place.write_bytes(place.read_bytes().replace(b'"number"', b'"nmbr"'))

    with pytest.raises(SettingsError, match="--read-again"):
        list(Reading(place, SCOPE).pages())


def test_nobody_else_may_read_it(place: Path) -> None:
    Reading(place, SCOPE)

    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_a_place_where_nothing_can_be_kept_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="missing"):
        Reading(tmp_path / "missing" / "reading.jsonl", SCOPE)


def test_progress_is_told_with_what_there_is_to_read(place: Path) -> None:
    told: list[tuple[str, int, int | None]] = []

    def tell(what: str, done: int, total: int | None) -> None:
        told.append((what, done, total))

    Reading(place, SCOPE).read_on(Instance(page("1", A), page("2", B)), SCOPE, tell)

    assert told == [("reading desk/incident", 1, 10), ("reading desk/incident", 2, 10)]


# --- what it says ---


def take(*histories: RecordHistory, unread: tuple[Unread, ...] = ()) -> Audit:
    return take_audit(take_past("desk", [page("1", *histories, unread=unread)]), Terms(), fixed_chance())


def test_who_closed_is_the_one_in_the_history() -> None:
    past = take_past("desk", [page("1", A)])
    top = take_audit(past, Terms(name_accounts=True), fixed_chance()).top_closer

    assert top is not None
    assert (top.actor, top.median_hours_after_resolution) == ("agent 3", 48)


def test_without_any_history_what_needs_one_is_not_known() -> None:
    silent = history("INC1", State.CLOSED, whole=False, closed_at=DAY + timedelta(6))

    audit = take(silent)

    assert audit.closed == 1
    for name in ("top_closer", "observed_reopens", "resolved_while_waiting"):
        assert getattr(audit, name) is None
        assert "--print-fields" in audit.not_known[name]
    assert audit.switching_on is not None
    assert audit.switching_on.of == 1


def test_a_history_that_is_not_whole_is_said() -> None:
    audit = take(A, history("INC2", State.CLOSED, whole=False))

    assert audit.closed == 2
    assert any("the history of 1 incident is not whole" in note for note in audit.notes)


def test_a_field_that_is_hidden_makes_its_figure_unknown() -> None:
    audit = take(history("INC1", State.NEW, hidden=("symptom", "requester", "reopens")))

    assert "u_symptom" not in audit.not_known["repeats"]
    assert "caller_id, or it is hidden from our account" in audit.not_known["repeats"]
    assert "reopen_count" in audit.not_known["recorded_reopens"]


def test_a_state_that_nobody_knows_counts_as_open_and_is_said() -> None:
    audit = take(history("INC1", State.RESOLVED, None))

    assert audit.observed_reopens == 1
    assert any("'x'" in note for note in audit.notes)


def test_a_record_that_cannot_be_read_is_counted_once() -> None:
    unread = Unread(instance="desk", container="incident", id="1", why="INC9: its state is empty")

    audit = take(A, unread=(unread, unread))

    assert audit.unreadable_rows == 1
    assert audit.unreadable[0].why == "INC9: its state is empty"


def test_events_are_not_made_up() -> None:
    assert take(A).events is None
    assert "every update" in take(A).not_known["events"]
