"""A store speaks to the instances it belongs to, and to no others."""

import pytest

from careloop.errors import StoreNotOurs
from careloop.model.decision import Decision
from tests.unit.sync.office import Office, note


def test_the_first_run_binds_the_store_to_its_instances(office: Office) -> None:
    office.cycle()

    assert office.store.identities() == {"servicenow": "fake:servicenow", "jira": "fake:jira"}


def test_a_clone_of_an_instance_is_refused_before_anything_is_read_or_written(office: Office) -> None:
    office.cycle()
    office.whim.decide = lambda case: Decision(changes=(note(case),))
    ref = office.open_incident()
    office.servicenow.identity = "a clone"

    with pytest.raises(StoreNotOurs, match=r"instances\.servicenow: .* a clone answers .*'careloop bind'"):
        office.cycle()
    assert office.store.get_record(ref) is None
    assert office.servicenow.written == []


def test_an_instance_that_is_added_later_is_bound_too(office: Office) -> None:
    jira = office.connectors.pop("jira")
    scopes = office.terms.scopes
    office.change_terms(scopes=scopes[:1], links=())
    office.cycle()
    office.connectors["jira"] = jira
    office.change_terms(scopes=scopes)
    office.cycle()

    assert set(office.store.identities()) == {"servicenow", "jira"}


def test_a_cycle_tells_what_it_cost(office: Office) -> None:
    cycle = office.cycle()

    assert all(cost.requests > 0 for cost in cycle.traffic.values())
    assert set(cycle.traffic) == {"servicenow", "jira"}
