"""What statuses mean, and the way between them."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.connectors.jira.settings import ProjectSettings
from careloop.connectors.jira.states import Status, read_state
from careloop.connectors.jira.workflow import next_status
from careloop.model.record import RecordKind, State

ISSUE, REQUEST = RecordKind.ISSUE, RecordKind.SERVICE_REQUEST
PLAIN = ProjectSettings(key="ENG")


def state(name: str, category: str, resolution: str = "", kind: RecordKind = ISSUE) -> State:
    return read_state(Status("1", name, category), resolution, kind, PLAIN)


@pytest.mark.parametrize(
    ("name", "category", "expected"),
    [
        ("To Do", "new", State.NEW),
        ("Coding", "indeterminate", State.IN_PROGRESS),
        ("Waiting for customer", "indeterminate", State.AWAITING_CALLER),
        ("PENDING", "indeterminate", State.ON_HOLD),
        ("Deferred", "new", State.DEFERRED),
    ],
)
def test_open_work_is_told_by_category_and_by_well_known_names(
    name: str, category: str, expected: State
) -> None:
    assert state(name, category) is expected


def test_what_is_done_is_proposed_to_customers_and_settled_among_engineers() -> None:
    assert state("Done", "done", "Done", REQUEST) is State.RESOLVED
    assert state("Done", "done", "Done", ISSUE) is State.CLOSED
    assert state("Closed", "done", "Done", REQUEST) is State.CLOSED


def test_what_nobody_will_do_is_canceled() -> None:
    assert state("Done", "done", "Won't Do") is State.CANCELED
    assert state("Closed", "done", "Duplicate", REQUEST) is State.CANCELED


def test_a_name_never_overrules_the_category_it_contradicts() -> None:
    assert state("Closed", "indeterminate") is State.IN_PROGRESS
    assert state("Pending", "done") is State.CLOSED


def test_a_resolution_left_over_does_not_end_open_work() -> None:
    assert state("In Progress", "indeterminate", "Won't Do", REQUEST) is State.IN_PROGRESS


def test_the_settings_have_the_last_word() -> None:
    project = ProjectSettings(key="ENG", states={"Done": State.RESOLVED})

    assert read_state(Status("1", "Done", "done"), "Won't Do", ISSUE, project) is State.RESOLVED


WORKFLOW = {
    "To Do": ("In Progress",),
    "In Progress": ("Review", "To Do"),
    "Review": ("In Progress", "Done"),
    "Done": ("To Do",),
}


@pytest.mark.parametrize(
    ("start", "target", "first"),
    [
        ("to do", "DONE", "In Progress"),
        ("Review", "Done", "Done"),
        ("Done", "Review", "To Do"),
        ("Done", "Nowhere", ""),
        ("Nowhere", "Done", ""),
    ],
)
def test_the_next_status_is_the_first_on_the_way(start: str, target: str, first: str) -> None:
    assert next_status(WORKFLOW, start, target) == first


graphs = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef")).map(tuple))


@given(graphs, st.sampled_from("abcdef"), st.sampled_from("abcdef"))
def test_following_the_next_status_arrives_by_the_shortest_way(
    graph: Mapping[str, tuple[str, ...]], start: str, target: str
) -> None:
    distance = shortest(graph, start, target)
    steps, place = 0, start
    while steps == 0 or place != target:
        place = next_status(graph, place, target)
        if not place:
            break
        steps += 1
    assert (steps if place else None) == distance


def shortest(graph: Mapping[str, tuple[str, ...]], start: str, target: str) -> int | None:
    """Return the length of the shortest way of at least one step, by brute force."""
    places = {start}
    for length in range(1, 8):
        places = {after for place in places for after in graph.get(place, ())}
        if target in places:
            return length
    return None
