"""What a person says is one problem: two counterparts, or an old matter and its return."""

import pytest

from careloop.errors import PersonMustAct, SettingsError
from careloop.model.event import EventKind
from careloop.model.intent import RETURN
from careloop.model.record import RecordRef
from careloop.sync.link import join_by_hand, part_by_hand
from tests.unit.sync.office import LINK, Office


def join(office: Office, one: RecordRef, other: RecordRef) -> str:
    held = office.store.get_records([one, other])
    pair = join_by_hand(office.store, office.terms, held[one], held[other], office.clock.now())
    return pair.rule


def homes(office: Office, *refs: RecordRef) -> set[str]:
    return set(office.store.problems_of(refs).values())


def test_the_newer_record_continues_the_older_whichever_is_named_first(office: Office) -> None:
    older = office.open_incident()
    office.clock.wait(hours=1)
    newer = office.open_incident()
    office.cycle()

    assert join(office, newer, older) == RETURN
    assert [(pair.left, pair.right) for pair in office.store.pairs_of([older])] == [(older, newer)]
    assert homes(office, older, newer) == {str(older)}


def test_what_belongs_to_a_return_comes_along(office: Office) -> None:
    older = office.open_incident()
    office.settle()
    office.clock.wait(hours=1)
    newer, issue = office.linked()
    assert homes(office, older, newer, issue) == {str(older), str(newer)}
    join(office, newer, older)

    assert homes(office, older, newer, issue) == {str(older)}
    office.store.rebuild()
    assert homes(office, older, newer, issue) == {str(older)}


def test_a_return_is_kept_in_step_with_its_own_issue_and_with_nothing_else(office: Office) -> None:
    older = office.open_incident("No sound")
    office.clock.wait(hours=1)
    newer, issue = office.linked("Silent again")
    join(office, newer, older)
    office.settle()
    office.servicenow.edit(older, {"short_description": "No sound in room 4"})
    office.settle()

    assert (office.incident(newer).title, office.issue(issue).title) == ("Silent again", "Silent again")


def test_saying_it_twice_changes_nothing(office: Office) -> None:
    older = office.open_incident()
    office.clock.wait(hours=1)
    newer = office.open_incident()
    office.cycle()
    join(office, older, newer)
    known = office.store.count_events()
    office.clock.wait(hours=1)
    join(office, older, newer)

    assert office.store.count_events() == known


def test_records_of_two_customers_are_no_return_of_one_another(office: Office) -> None:
    mine = office.open_incident()
    theirs = office.open_incident(requester=office.servicenow.add_person("omar").id)
    office.cycle()

    with pytest.raises(SettingsError, match="no link rule ties"):
        join(office, mine, theirs)
    assert len(homes(office, mine, theirs)) == 2


def test_two_matters_are_kept_apart_on_the_newer_record(office: Office) -> None:
    older = office.open_incident()
    office.clock.wait(hours=1)
    newer = office.open_incident()
    office.cycle()
    held = office.store.get_records([older, newer])
    part_by_hand(office.store, held[newer], held[older], office.clock.now())

    (entry,) = office.store.events_on([newer], [EventKind.PARTED])[newer]
    assert entry.get("other") == str(older)
    assert len(homes(office, older, newer)) == 2


def test_one_problem_is_not_torn_apart(office: Office) -> None:
    older = office.open_incident()
    office.clock.wait(hours=1)
    newer = office.open_incident()
    office.cycle()
    join(office, older, newer)
    held = office.store.get_records([older, newer])

    with pytest.raises(PersonMustAct, match="one problem already"):
        part_by_hand(office.store, held[older], held[newer], office.clock.now())


def test_counterparts_are_paired_under_the_rule_between_their_places(office: Office) -> None:
    incident = office.open_incident()
    issue = office.open_issue()
    office.cycle()

    assert join(office, issue, incident) == LINK.name
    assert homes(office, incident, issue) == {str(incident)}
