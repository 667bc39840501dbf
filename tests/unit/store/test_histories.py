"""What holds for every history of records and events, in whatever order they arrive."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from careloop.model.event import EventKind
from careloop.model.plan import Look
from careloop.model.record import Record
from careloop.store import SqlStore, open_store
from careloop.testing.examples import MONDAY, incident, make_event, make_record

IDS = "1234"
ids = st.sampled_from(IDS)
steps = st.one_of(
    st.tuples(st.just("happen"), ids, ids),
    st.tuples(st.just("join"), ids, ids),
    st.tuples(st.just("look"), ids, ids),
    st.tuples(st.just("look_again"), ids, ids),
)


@cache
def blank() -> bytes:
    """Return a store with nothing in it; making its tables takes longer than playing a history."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "careloop.db"
        open_store(path, installation="here").close()
        return path.read_bytes()


@contextmanager
def new_store() -> Iterator[tuple[SqlStore, Path]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "careloop.db"
        path.write_bytes(blank())
        with closing(open_store(path, installation="here")) as store:
            yield store, path


def play(store: SqlStore, history: list[tuple[str, str, str]]) -> None:
    """Let a history happen to four incidents, each a problem of its own at first."""
    store.save_records([make_record(incident(id)) for id in IDS])
    store.put_in_problem([(incident(id), id) for id in IDS])
    for number, (what, one, other) in enumerate(history):
        problem = store.problems_of([incident(one)])[incident(one)]
        match what:
            case "happen":
                store.append([make_event(incident(one), f"happened:{number}")], MONDAY)
            case "join":
                store.put_in_problem([(incident(other), problem)])
                joined = make_event(
                    incident(other), f"joined:{number}", kind=EventKind.JOINED, problem=problem
                )
                store.append([joined], MONDAY)
            case "look":
                seen = store.last_events([problem])[problem]
                store.save_looks([Look(problem=problem, due_at=None, seen_event=seen, rules_hash="rules")])
            case "look_again":
                store.look_again([problem])


def state(store: SqlStore) -> dict[str, tuple[list[Record], int]]:
    """Return what is worked out: which problems there are, their records, their newest events."""
    homes = set(store.problems_of([incident(id) for id in IDS]).values())
    records, newest = store.records_of(homes), store.last_events(homes)
    return {home: (records[home], newest[home]) for home in homes}


@settings(max_examples=30)
@given(st.lists(steps, max_size=20))
def test_state_rebuilt_from_records_and_events_is_the_same(history: list[tuple[str, str, str]]) -> None:
    with new_store() as (store, path):
        play(store, history)
        before = state(store)
        with closing(sqlite3.connect(path)) as vandal, vandal:
            vandal.execute("DELETE FROM problem")
            vandal.execute("INSERT INTO problem VALUES ('ghost', 7)")
            vandal.execute(
                "UPDATE record SET problem = NULL FROM event"
                " WHERE record.id = event.record AND event.kind = 'joined'"
            )

        store.rebuild()

        assert state(store) == before
        assert store.problems_to_look_at(MONDAY, "rules") == sorted(before)


@settings(max_examples=30)
@given(st.lists(steps, max_size=20))
def test_a_problem_rests_only_while_a_look_has_seen_all_of_it(history: list[tuple[str, str, str]]) -> None:
    with new_store() as (store, _):
        play(store, history)
        resting: set[str] = set()
        homes = dict(zip(IDS, IDS, strict=True))
        for what, one, other in history:
            if what == "look":
                resting.add(homes[one])
            elif what == "join":
                if homes[other] != homes[one]:
                    resting.discard(homes[other])
                    homes[other] = homes[one]
                resting.discard(homes[one])
            else:
                resting.discard(homes[one])

        assert store.problems_to_look_at(MONDAY, "rules") == sorted(set(homes.values()) - resting)
        assert store.last_events(homes.values()) == {
            problem: max((event.seq for event in store.events_of([problem]).get(problem, [])), default=0)
            for problem in homes.values()
        }


@settings(max_examples=30)
@given(
    st.lists(st.integers(0, 5), min_size=1, unique=True).flatmap(
        lambda versions: st.lists(st.lists(st.sampled_from(versions), max_size=4), max_size=4).map(
            lambda batches: [*batches, versions]
        )
    )
)
def test_the_newest_version_stays_in_whatever_order_versions_arrive(batches: list[list[int]]) -> None:
    with new_store() as (store, _):
        for batch in batches:
            store.save_records(
                make_record(incident("1"), version=str(n), updated=MONDAY + timedelta(seconds=n))
                for n in batch
            )

        held = store.get_record(incident("1"))
        assert held is not None
        assert held.version == str(max(batches[-1]))


@settings(max_examples=30)
@given(st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=6), st.permutations(range(10)))
def test_a_journal_holds_the_same_whatever_arrives_how_often_and_in_which_order(
    batches: list[list[int]], last: list[int]
) -> None:
    with new_store() as (store, _):
        store.save_records([make_record(incident("1"))])
        store.put_in_problem([(incident("1"), "1")])
        added = [
            store.append(
                [make_event(incident("1"), f"e{n}", MONDAY + timedelta(hours=n // 2)) for n in batch], MONDAY
            )
            for batch in [*batches, last]
        ]

        assert sum(added) == store.count_events() == 10
        assert [event.source_key for event in store.events_of(["1"])["1"]] == [f"e{n}" for n in range(10)]


def erase(path: Path, *statements: str) -> None:
    """Erase what can be erased, as the erasing of a person will."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_erased_text_changes_no_fact_and_does_not_come_back(tmp_path: Path) -> None:
    said = make_event(incident("1"), "comment:1", text="Call me on my private number.", audience="public")
    with closing(open_store(tmp_path / "careloop.db", installation="here")) as store:
        store.save_records([make_record(incident("1"))])
        store.put_in_problem([(incident("1"), "1")])
        store.append([said], MONDAY)

        erase(tmp_path / "careloop.db", "DELETE FROM event_text")
        store.append([said], MONDAY)

        [event] = store.events_of(["1"])["1"]
        assert (event.text, event.data, event.actor) == (None, said.data, said.actor)


def test_statements_do_not_grow_with_what_is_asked_for(tmp_path: Path) -> None:
    many = [incident(str(number)) for number in range(40_000)]
    with closing(open_store(tmp_path / "careloop.db", installation="here")) as store:
        store.save_records([make_record(many[0])])

        assert set(store.get_records(many)) == {many[0]}
