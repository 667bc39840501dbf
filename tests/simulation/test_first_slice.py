"""The first story, undisturbed and ended at every write."""

from pathlib import Path

import pytest

from careloop.sandbox.faults import Fault
from careloop.wiring import policies
from tests.simulation.executioner import Executioner
from tests.simulation.first_slice import NO, Story
from tests.simulation.office import Office, on_jira

WRITES = 8
"""How many writes the undisturbed story makes; the first test holds this number to the truth."""


@pytest.fixture(params=["cloud", "dc"])
def office(tmp_path: Path, request: pytest.FixtureRequest) -> Office:
    settings = on_jira(request.param)
    known = {policy.name for policy in policies()} | {"defaults"}
    settings["policies"] = {name: keys for name, keys in settings["policies"].items() if name in known}
    return Office(tmp_path, settings=settings)


def assert_told_once(story: Story) -> None:
    """Everything happened, and nothing happened twice."""
    ask, thanks = story.comments()
    assert "Does it work now?" in ask
    assert "open again" in thanks
    (note,) = story.work_notes()
    assert NO in note
    told, words = story.issue_comments()
    assert "resolved" in told
    assert NO in words
    assert story.moves() == ["2", "6", "2"]
    assert story.issue_moves() == ["In Progress"]


def test_a_no_reopens_the_incident_and_reaches_the_engineers(office: Office) -> None:
    story = Story(office)

    story.tell()

    assert_told_once(story)
    assert len(story.executioner.writes) == WRITES


def test_a_second_plan_on_the_same_facts_is_empty(office: Office) -> None:
    story = Story(office)

    story.tell()

    assert story.plan_size() == 0


@pytest.mark.parametrize("after", [False, True], ids=["before it is sent", "before its answer is kept"])
@pytest.mark.parametrize("at", range(1, WRITES + 1))
def test_a_process_that_dies_at_any_write_says_and_does_everything_once(
    office: Office, at: int, *, after: bool
) -> None:
    story = Story(office, Executioner(at=at, after=after))

    story.tell()

    assert story.executioner.struck
    assert_told_once(story)
    assert story.plan_size() == 0


def test_an_issue_whose_create_lost_its_answer_is_made_once_and_hears_the_no(office: Office) -> None:
    story = Story(office)
    office.sandbox.faults.add(Fault(kind="answer_lost", path="/issue$", method="POST"))

    story.tell()

    assert len(story.issues()) == 1
    assert_told_once(story)
