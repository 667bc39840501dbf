"""A suggested shadow reopen that a person accepts: the new incident becomes part of the old problem."""

from pathlib import Path

from careloop.sync.link import join_by_hand
from careloop.sync.run import run_cycle
from tests.simulation.first_slice import Story
from tests.simulation.office import Office, say_nothing


def test_an_accepted_return_is_one_problem_and_suggested_no_more(tmp_path: Path) -> None:
    office = Office(tmp_path)
    story = Story(office)
    story.call()
    story.resolve()
    office.wait(minutes=5)
    story.cycle()
    old = story.incident
    office.wait(minutes=5)
    story.call()
    paul = story.instance.act("paul.adeyemi")
    for incident in (old, story.incident):
        paul.update("incident", incident, {"subcategory": "disk"})
    office.wait(minutes=5)
    assert "shadow_reopen" in {finding.what for finding in story.cycle().plan.findings}

    with office.house() as house:
        desk = house.desk(say_nothing)
        (first,) = house.store.find_records("INC0010001")
        (second,) = house.store.find_records("INC0010002")
        join_by_hand(house.store, desk.terms, second, first, office.clock.now())
        run_cycle(desk)

        homes = house.store.problems_of([first.ref, second.ref])
        (look,) = house.store.looks([homes[first.ref]])
    assert homes[second.ref] == homes[first.ref]
    assert not [f for f in look.findings if f.what == "shadow_reopen" and f.waits]
