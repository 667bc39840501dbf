"""What every store promises about records, people and cursors."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from careloop.errors import RecordMissing
from careloop.model.dialect import Dialect
from careloop.model.person import Person, PersonKind
from careloop.model.plan import Look
from careloop.model.record import Record, RecordKind, State
from careloop.ports import Store
from careloop.testing.examples import MONDAY, incident, issue, make_record

FULL = Record(
    ref=incident("1"),
    container="incident",
    number="INC0010001",
    kind=RecordKind.INCIDENT,
    state=State.RESOLVED,
    native_state="6",
    version="7",
    updated=MONDAY + timedelta(microseconds=1),
    created=MONDAY - timedelta(days=2),
    title="Grüße: “printer” 🖨 on fire\x00",
    requester="p1",
    affected="p2",
    opened_by="p3",
    assignee="p4",
    group="g1",
    resolver="p4",
    opened_at=MONDAY - timedelta(days=2),
    resolved_at=MONDAY - timedelta(hours=1),
    closed_at=datetime(1969, 7, 20, tzinfo=UTC),
    close_code="Solved",
    close_notes="Put out.",
    category="hardware",
    subcategory="printer",
    service="printing",
    contact_type="phone",
    priority="1",
    parent="INC0010000",
    labels=("deferred", "fire"),
    due=date(2026, 4, 1),
    released=True,
    domain="global",
    url="https://example.com/incident/1",
    matches=("link",),
    fields={"short_description": "fire", "empty": ""},
)


class RecordsContract:
    """Promises of `careloop.ports.Records`."""

    def test_a_record_comes_back_exactly_as_it_was_saved(self, store: Store) -> None:
        store.save_records([FULL])

        assert store.get_record(FULL.ref) == FULL

    def test_an_unknown_record_is_missing(self, store: Store) -> None:
        store.save_records([make_record(incident("1"))])

        assert store.get_record(incident("2")) is None
        assert set(store.get_records([incident("1"), incident("2")])) == {incident("1")}

    def test_saving_tells_what_was_new_and_nothing_the_second_time(self, store: Store) -> None:
        records = [make_record(incident("1")), make_record(issue("1"))]

        assert set(store.save_records(records)) == {incident("1"), issue("1")}
        assert store.save_records(records) == []

    @pytest.mark.parametrize("at_once", [True, False])
    def test_an_older_version_never_overwrites_a_newer_one(self, store: Store, *, at_once: bool) -> None:
        newer = make_record(incident("1"), updated=MONDAY, title="newer")
        older = make_record(incident("1"), updated=MONDAY - timedelta(seconds=1), title="older")

        for batch in [[newer, older]] if at_once else [[newer], [older]]:
            store.save_records(batch)

        assert store.get_record(incident("1")) == newer
        assert store.save_records([older]) == []

    def test_a_newer_version_overwrites_an_older_one(self, store: Store) -> None:
        store.save_records([make_record(incident("1"), title="older")])
        newer = make_record(incident("1"), updated=MONDAY + timedelta(microseconds=1), title="newer")

        assert store.save_records([newer]) == [incident("1")]
        assert store.get_record(incident("1")) == newer

    def test_another_version_of_the_same_second_overwrites(self, store: Store) -> None:
        store.save_records([make_record(incident("1"), version="1", title="one")])
        other = make_record(incident("1"), version="2", title="two")

        assert store.save_records([other]) == [incident("1")]
        assert store.get_record(incident("1")) == other

    def test_the_same_version_read_with_more_of_its_fields_is_kept(self, store: Store) -> None:
        store.save_records([make_record(incident("1"), fields={"a": "1"})])
        fuller = make_record(incident("1"), fields={"a": "1", "b": "2"})

        assert store.save_records([fuller]) == [incident("1")]
        assert store.get_record(incident("1")) == fuller

    def test_a_number_is_found_on_every_instance_in_any_letter_case(self, store: Store) -> None:
        here, there = make_record(incident("1"), number="Inc1"), make_record(issue("9"), number="INC1")
        store.save_records([here, there, make_record(incident("10"), number="INC10")])

        assert {found.ref for found in store.find_records("inc1")} == {incident("1"), issue("9")}
        assert store.find_records("INC2") == []

    def test_the_records_of_a_problem_come_oldest_first(self, store: Store) -> None:
        young = make_record(incident("1"), opened_at=MONDAY)
        old = make_record(issue("2"), opened_at=MONDAY - timedelta(days=1))
        store.save_records([young, old])
        store.put_in_problem([(young.ref, "a"), (old.ref, "a")])

        assert store.records_of(["a", "b"]) == {"a": [old, young]}
        assert store.problems_of([young.ref, old.ref]) == {young.ref: "a", old.ref: "a"}

    def test_a_record_is_found_by_what_it_names_now(self, store: Store) -> None:
        store.save_records([make_record(incident("1"), references=("ENG-7", "ENG-8"))])
        store.save_records([make_record(incident("2"), references=("ENG-7",))])
        assert [found.ref for found in store.records_naming(["eng-7"])] == [incident("1"), incident("2")]

        store.save_records([make_record(incident("1"), version="2", references=("ENG-8",))])
        assert [found.ref for found in store.records_naming(["ENG-7", "ENG-9"])] == [incident("2")]
        assert [found.ref for found in store.records_naming(["ENG-8"])] == [incident("1")]

    def test_a_record_has_no_problem_until_it_is_put_in_one(self, store: Store) -> None:
        store.save_records([make_record(incident(id)) for id in "123"])
        store.put_in_problem([(incident("2"), "a")])

        assert store.problems_of([incident("1"), incident("2"), incident("3")]) == {incident("2"): "a"}

    def test_a_new_version_stays_in_its_problem(self, store: Store) -> None:
        old = make_record(incident("1"))
        store.save_records([old])
        store.put_in_problem([(old.ref, "a")])
        new = replace(old, updated=MONDAY + timedelta(hours=1))
        store.save_records([new])

        assert store.records_of(["a"]) == {"a": [new]}

    def test_a_moved_record_leaves_its_old_problem(self, store: Store) -> None:
        record = make_record(incident("1"))
        store.save_records([record])
        store.put_in_problem([(record.ref, "a")])
        store.put_in_problem([(record.ref, "b")])

        assert store.records_of(["a", "b"]) == {"b": [record]}
        assert store.problems_to_look_at(MONDAY, "rules") == ["b"]

    def test_a_record_never_saved_cannot_be_put_in_a_problem(self, store: Store) -> None:
        store.save_records([make_record(incident("1"))])

        with pytest.raises(RecordMissing, match="servicenow/incident/2"):
            store.put_in_problem([(incident("1"), "a"), (incident("2"), "a")])

        assert store.problems_of([incident("1")]) == {}

    def test_earlier_records_are_told_by_requester_oldest_first(self, store: Store) -> None:
        store.save_records(
            [
                FULL,
                make_record(incident("2"), requester="p1", opened_at=MONDAY - timedelta(days=9)),
                make_record(incident("3"), requester="p2"),
                make_record(incident("4")),
            ]
        )
        store.put_in_problem([(FULL.ref, "a")])

        earlier = store.earlier_records(["p1", "p9"])

        assert list(earlier) == ["p1"]
        assert [line.ref for line in earlier["p1"]] == [incident("2"), FULL.ref]
        told = earlier["p1"][1]
        assert (told.problem, told.number, told.opened_at, told.resolved_at) == (
            "a", FULL.number, FULL.opened_at, FULL.resolved_at,
        )  # fmt: skip
        assert (told.category, told.subcategory, told.service) == ("hardware", "printer", "printing")
        assert (told.title, told.group) == (FULL.title, "g1")

    def test_an_earlier_record_tells_on_what_ground_its_problem_was_last_seen_closed(
        self, store: Store
    ) -> None:
        store.save_records([FULL, make_record(incident("2"), requester="p1")])
        store.put_in_problem([(FULL.ref, "a"), (incident("2"), "b")])
        store.save_looks(
            [Look(problem="a", due_at=None, seen_event=0, rules_hash="rules", basis="confirmed")]
        )

        bases = {line.problem: line.basis for line in store.earlier_records(["p1"])["p1"]}

        assert bases == {"a": "confirmed", "b": ""}

    def test_a_problem_is_open_until_its_oldest_record_is_closed_or_canceled(self, store: Store) -> None:
        states = [State.NEW, State.ON_HOLD, State.RESOLVED, State.CLOSED, State.CANCELED]
        records = [make_record(incident(state), state=state) for state in states]
        younger = make_record(issue("1"), state=State.NEW, opened_at=MONDAY + timedelta(days=1))
        store.save_records([*records, younger])
        store.put_in_problem([(record.ref, record.ref.id) for record in records])
        store.put_in_problem([(younger.ref, State.CLOSED)])

        assert store.count_open_problems() == 3

    def test_people_come_back_as_they_were_saved_last(self, store: Store) -> None:
        person = Person(
            id="p1", instance="servicenow", native="u1", account="ada", name="Ada Example",
            email="ada@example.com", active=False, kind=PersonKind.SHARED, zone="Europe/Berlin",
            language="de", groups=frozenset({"g1", "g2"}), delegates=frozenset({"p2"}), vip=True, left=True,
            bounced=True, away_until=MONDAY,
        )  # fmt: skip
        store.save_people([replace(person, name="Ada Before"), person])

        assert store.get_people(["p1", "p2"]) == {"p1": person}

        store.save_people([replace(person, email="")])
        assert store.get_people(["p1"])["p1"].email == ""

    def test_a_person_is_found_by_user_name_mail_address_or_platform_id(self, store: Store) -> None:
        ada = Person(id="p1", instance="servicenow", native="u1", account="ada", email="Ada@example.com")
        bob = Person(id="p2", instance="servicenow", native="u2", account="bob", email="bob@example.com")
        store.save_people([ada, bob])

        for name in ("ADA", "ada@example.com", "u1", "p1"):
            assert store.find_people(name) == [ada]
        assert store.find_people("eve") == []
        assert store.find_people("") == []

    def test_a_cursor_is_kept_with_the_query_it_belongs_to(self, store: Store) -> None:
        assert store.get_cursor("servicenow/incident") is None

        store.set_cursor("servicenow/incident", "1", "incident?active=true")
        store.set_cursor("servicenow/incident", "2", "incident?")

        assert store.get_cursor("servicenow/incident") == ("2", "incident?")
        assert store.get_cursor("jira/ENG") is None

    def test_how_containers_say_the_common_words_is_known_without_asking(self, store: Store) -> None:
        incidents = Dialect(kind=RecordKind.INCIDENT, states={State.CLOSED: "7"}, names={"title": "text"})
        issues = Dialect(kind=RecordKind.ISSUE, public_comments=False)
        store.save_dialects({("servicenow", "incident"): incidents, ("jira", "ENG"): incidents})
        store.save_dialects({("jira", "ENG"): issues})

        assert store.dialects() == {("servicenow", "incident"): incidents, ("jira", "ENG"): issues}

    def test_nothing_asked_for_is_nothing_found(self, store: Store) -> None:
        store.save_records([make_record(incident("1"))])

        assert store.save_records([]) == []
        assert (store.get_records([]), store.records_of([]), store.problems_of([])) == ({}, {}, {})
        assert (store.earlier_records([]), store.get_people([])) == ({}, {})
