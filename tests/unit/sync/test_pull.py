"""What was pulled becomes records and entries once, in whatever order and however often it comes."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from careloop.errors import SettingsError, Unreachable
from careloop.model.event import Event, Quality
from careloop.model.intent import SUCCESSION
from careloop.model.page import Page, Scope, Snapshot, Unread
from careloop.model.record import Record, RecordRef
from careloop.sync.link import join, make_pair
from careloop.sync.pull import absorb, pull
from careloop.sync.run import pull_all
from careloop.testing.fake_connector import FakeConnector, Fault
from tests.unit.sync.office import LINK, Office, say_nothing

TITLE = "short_description"


def blind_office(folder: Path) -> Office:
    """Return an office whose histories cannot be read."""
    return Office(folder, observed=False, link=None)


def events(office: Office, ref: RecordRef) -> list[Event]:
    problem = office.store.problems_of([ref])[ref]
    return office.store.events_of([problem]).get(problem, [])


def moves(office: Office, ref: RecordRef) -> list[tuple[str, str]]:
    return [(e.get("from"), e.get("to")) for e in events(office, ref) if e.kind == "state_changed"]


# --- where history cannot be read --------------------------------------------------------------------------


def test_a_difference_is_told_once_names_nobody_and_says_that_it_was_worked_out(tmp_path: Path) -> None:
    office = blind_office(tmp_path)
    ref = office.open_incident()
    pull_all(office.desk)
    office.servicenow.move(ref, "2", by="ben")
    for _ in range(3):
        pull_all(office.desk, afresh=True)

    [moved] = [event for event in events(office, ref) if event.kind == "state_changed"]
    assert (moved.get("from"), moved.get("to"), moved.actor) == ("new", "in_progress", None)
    assert moved.quality is Quality.INFERRED
    office.store.close()


@pytest.mark.parametrize(
    ("native", "told"),
    [
        ("1", []),
        ("2", [("new", "in_progress")]),
        ("6", [("new", "resolved")]),
        ("7", [("new", "resolved"), ("resolved", "closed")]),
    ],
)
def test_a_record_that_was_made_in_a_state_came_there_from_new(
    tmp_path: Path, native: str, told: list[tuple[str, str]]
) -> None:
    office = blind_office(tmp_path)
    resolved = office.clock.now() if native in "67" else None
    ref = office.servicenow.open_record(
        "incident", {TITLE: "x"}, native=native, resolved_at=resolved, close_code="Solved"
    )
    pull_all(office.desk)

    assert moves(office, ref) == told
    given = [event.get("code") for event in events(office, ref) if event.kind == "resolution_given"]
    assert given == (["Solved"] if native in "67" else [])
    assert [event.kind.value for event in events(office, ref)].count("opened") == 1
    office.store.close()


def test_closed_without_a_word_about_resolving_is_closed_only(tmp_path: Path) -> None:
    office = blind_office(tmp_path)
    ref = office.servicenow.open_record("incident", {TITLE: "x"}, native="7")
    pull_all(office.desk)

    assert moves(office, ref) == [("new", "closed")]
    office.store.close()


@pytest.mark.parametrize("observed", [True, False])
def test_an_older_version_never_wins_nor_tells_of_a_way_back(tmp_path: Path, *, observed: bool) -> None:
    office = Office(tmp_path, observed=observed, link=None)
    ref = office.open_incident()
    old = office.servicenow.fetch([ref], office.terms.scopes[0])
    office.clock.wait(minutes=5)
    office.servicenow.move(ref, "2")
    pull_all(office.desk)
    known = events(office, ref)
    absorb(old, office.store, office.clock.now(), ())

    assert office.store.get_record(ref) == office.incident(ref)
    assert events(office, ref) == known
    office.store.close()


def test_several_moves_between_two_looks_are_one_difference(tmp_path: Path) -> None:
    office = blind_office(tmp_path)
    ref = office.open_incident()
    pull_all(office.desk)
    for native in ("2", "6", "2"):
        office.servicenow.move(ref, native)
    pull_all(office.desk)
    office.servicenow.move(ref, "6")
    pull_all(office.desk)

    assert moves(office, ref) == [("new", "in_progress"), ("in_progress", "resolved")]
    office.store.close()


# --- cursors -----------------------------------------------------------------------------------------------


def test_reading_everything_again_changes_nothing(office: Office) -> None:
    ref = office.open_incident()
    office.servicenow.move(ref, "2")
    office.servicenow.say(ref, "Hello")
    pull_all(office.desk)
    before, count = events(office, ref), office.store.count_events()
    again = pull_all(office.desk, afresh=True)

    assert (events(office, ref), office.store.count_events()) == (before, count)
    assert [(one.read, one.changed, one.events) for one in again] == [(1, 0, 0), (0, 0, 0)]


def test_a_cursor_of_another_query_is_refused_until_all_is_read_again(office: Office) -> None:
    office.open_incident()
    pull_all(office.desk)
    scope = replace(office.terms.scopes[0], query="active=true")
    office.change_terms(scopes=(scope,))

    with pytest.raises(SettingsError, match=r"servicenow/incident: its query was .* --read-again"):
        pull_all(office.desk)
    pull_all(office.desk, afresh=True)
    pull_all(office.desk)


def test_a_walk_that_breaks_off_keeps_what_it_read_and_goes_on_there(office: Office) -> None:
    refs = [office.open_incident() for _ in range(7)]
    walk = office.servicenow.changes
    scope = office.terms.scopes[0]

    class Broken:
        """A way to the platform that ends after one page."""

        def changes(self, scope: object, cursor: str) -> object:
            yield next(iter(walk(office.terms.scopes[0], cursor)))
            raise Unreachable("no connection could be made")

    with pytest.raises(Unreachable):
        pull(Broken(), scope, office.store, office.clock, say_nothing)  # type: ignore[arg-type] # walks only
    assert len(office.store.get_records(refs)) == office.servicenow.page_size
    rest = pull(office.servicenow, scope, office.store, office.clock, say_nothing)
    assert (rest.read, len(office.store.get_records(refs))) == (4, 7)


# --- what belongs together ---------------------------------------------------------------------------------


def snapshot(record: Record) -> Page:
    return Page(snapshots=(Snapshot(record=record, observed=True),), cursor="")


@pytest.mark.parametrize("names", ["left", "right", "both"])
@pytest.mark.parametrize("first", ["left", "right"])
def test_records_that_name_each_other_are_joined_whichever_comes_first(
    office: Office, names: str, first: str
) -> None:
    left, right = office.open_incident(), office.open_issue()
    if names in ("left", "both"):
        office.servicenow.edit(left, references=("eng-1",))
    if names in ("right", "both"):
        office.jira.edit(right, references=("INCIDENT-1",))
    records = [office.incident(left), office.issue(right)]
    for record in records if first == "left" else reversed(records):
        absorb(snapshot(record), office.store, office.clock.now(), (LINK,))

    assert [(pair.left, pair.right) for pair in office.store.pairs_of([left])] == [(left, right)]
    assert office.store.problems_of([left, right]) == {left: str(left), right: str(left)}
    joined = [event for event in events(office, left) if event.kind == "joined"]
    assert len(joined) == 1


def test_a_name_that_a_record_gets_later_joins_it(office: Office) -> None:
    left, right = office.open_incident(), office.open_issue()
    office.cycle()
    office.servicenow.edit(left, references=("ENG-1",))
    office.cycle()

    assert [pair.right for pair in office.store.pairs_of([left])] == [right]


def test_records_that_no_rule_ties_are_not_joined(office: Office) -> None:
    left, other = office.open_incident(), office.open_incident()
    office.servicenow.edit(left, references=("INCIDENT-2",))
    office.cycle()

    assert office.store.pairs_of([left]) == []
    assert len(set(office.store.problems_of([left, other]).values())) == 2


def test_two_tables_of_one_instance_are_tied_the_right_way_round(office: Office) -> None:
    rule = replace(
        LINK,
        left_instance="servicenow",
        left_container="incident",
        right_instance="servicenow",
        right_container="problem",
    )
    left = office.open_incident()
    problem = replace(
        office.incident(left), ref=RecordRef("servicenow", "problem", "9"), container="problem", number="PRB9"
    )
    absorb(snapshot(problem), office.store, office.clock.now(), (rule,))
    named = replace(office.incident(left), references=("PRB9",))
    absorb(snapshot(named), office.store, office.clock.now(), (rule,))

    assert [(pair.left, pair.right) for pair in office.store.pairs_of([left])] == [(left, problem.ref)]


def test_a_record_with_others_in_its_problem_is_not_torn_out_of_it(office: Office) -> None:
    main, child, stranger = office.open_incident(), office.open_incident(), office.open_incident()
    office.cycle()
    join(office.store, make_pair(SUCCESSION, main, child), office.clock.now())
    join(office.store, make_pair(SUCCESSION, stranger, main), office.clock.now())

    assert office.store.problems_of([main, child]) == {main: str(main), child: str(main)}


def test_a_change_of_one_side_has_the_problems_of_all_partners_looked_at(office: Office) -> None:
    left, right = office.linked()
    other = office.open_incident(requester=office.servicenow.add_person("omar").id)
    office.cycle()
    join(office.store, make_pair(LINK.name, other, right), office.clock.now())
    office.settle()
    office.whim.asked.clear()
    office.jira.edit(right)
    office.cycle()

    assert sorted(set(office.whim.asked)) == sorted([str(left), str(other)])


# --- a platform that is away -------------------------------------------------------------------------------


def test_a_platform_that_does_not_answer_ends_the_run_clearly_and_loses_nothing(office: Office) -> None:
    left = office.hand_over()
    office.jira.break_down(Fault.UNREACHABLE)
    with pytest.raises(Unreachable, match="no connection"):
        office.cycle()
    office.jira.recover()
    office.settle()

    assert len(office.jira.records) == 1
    assert len(office.store.pairs_of([left])) == 1


def test_what_was_pulled_before_a_platform_failed_is_joined_afterwards(office: Office) -> None:
    office.open_issue()
    office.cycle()
    left = office.open_incident(references=("ENG-1",))
    pull(office.servicenow, office.terms.scopes[0], office.store, office.clock, say_nothing, links=(LINK,))
    office.clock.wait(hours=1)
    office.cycle()

    assert len(office.store.pairs_of([left])) == 1
    assert timedelta(0) < office.clock.now() - office.incident(left).created


# --- what the settings come to ask for ---------------------------------------------------------------------


def test_what_unchanged_records_lack_is_named_until_everything_is_read_again(office: Office) -> None:
    office.open_incident()
    pull_all(office.desk)
    servicenow, jira = office.terms.scopes
    wider = replace(servicenow, fields=(TITLE, "urgency"), selections={LINK.name: "urgency=1"})
    office.change_terms(scopes=(wider, jira))
    lacks = ("urgency", f"the answer whether they belong to link {LINK.name}")

    assert [one.lacks for one in pull_all(office.desk)] == [lacks, ()]
    assert [one.lacks for one in pull_all(office.desk)] == [lacks, ()]
    assert [one.lacks for one in pull_all(office.desk, afresh=True)] == [(), ()]
    assert [one.lacks for one in pull_all(office.desk)] == [(), ()]


def test_what_the_settings_no_longer_ask_for_is_lacking_nowhere(office: Office) -> None:
    pull_all(office.desk)
    office.change_terms(scopes=tuple(replace(scope, fields=()) for scope in office.terms.scopes))

    assert [one.lacks for one in pull_all(office.desk)] == [(), ()]


def test_a_cursor_that_another_careloop_kept_says_what_to_do(office: Office) -> None:
    office.store.set_cursor("servicenow/incident", "7", "incident?")

    with pytest.raises(SettingsError, match="--read-again"):
        pull_all(office.desk)
    pull_all(office.desk, afresh=True)


# --- what cannot be made sense of ---------------------------------------------------------------------------


@dataclass(kw_only=True)
class Puzzling(FakeConnector):
    """A platform with records of which nobody can make sense."""

    puzzles: set[RecordRef] = field(default_factory=set)
    fetched: list[RecordRef] = field(default_factory=list)

    def changes(self, scope: Scope, cursor: str) -> Iterator[Page]:
        yield from map(self._spoil, super().changes(scope, cursor))

    def fetch(self, refs: Sequence[RecordRef], scope: Scope) -> Page:
        self.fetched += refs
        return self._spoil(super().fetch(refs, scope))

    def _spoil(self, page: Page) -> Page:
        clear = tuple(one for one in page.snapshots if one.record.ref not in self.puzzles)
        strange = {one.record.ref for one in page.snapshots} & self.puzzles
        unread = (
            Unread(instance=r.instance, container=r.table, id=r.id, why="state 77") for r in sorted(strange)
        )
        return replace(page, snapshots=clear, unread=tuple(unread))


def test_what_could_not_be_read_is_said_by_every_run_and_read_as_soon_as_it_makes_sense(
    tmp_path: Path,
) -> None:
    office = Office(tmp_path, make=Puzzling)
    assert isinstance(office.servicenow, Puzzling)
    with closing(office.store):
        strange, gone, plain = (office.open_incident() for _ in range(3))
        office.servicenow.puzzles = {strange, gone}
        assert [len(one.unread) for one in pull_all(office.desk)] == [2, 0]
        office.servicenow.delete(gone)
        assert [one.id for one in pull_all(office.desk)[0].unread] == [strange.id]
        assert office.store.get_record(strange) is None

        office.servicenow.puzzles.clear()
        assert [one.unread for one in pull_all(office.desk)] == [(), ()]
        assert office.store.get_record(strange) is not None
        office.servicenow.fetched.clear()
        pull_all(office.desk)
        assert office.servicenow.fetched == []
        assert office.store.get_record(plain) is not None
