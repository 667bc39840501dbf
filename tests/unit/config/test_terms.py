"""From the settings file to what sync and policies work by."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from careloop.config.terms import make_scopes, make_terms
from careloop.errors import SettingsError
from careloop.model.mapping import Direction
from careloop.model.rules import Pilot
from careloop.sync.terms import Terms
from tests.unit.config.conftest import Read, link, working

LEFT_AUDIT = datetime(2026, 2, 3, 4, tzinfo=UTC)


def terms(read: Read, **told: Any) -> Terms:
    """Return the terms of working settings with some sections replaced."""
    return make_terms(read(working() | told), {}, {"confirmed_closure": LEFT_AUDIT})


def closure(**told: Any) -> dict[str, Any]:
    return {"policies": {"confirmed_closure": told}}


@pytest.mark.parametrize(
    ("since", "zone", "moment"),
    [
        (None, "UTC", LEFT_AUDIT),
        (date(2026, 1, 1), "UTC", datetime(2026, 1, 1, tzinfo=UTC)),
        (date(2026, 1, 1), "America/New_York", datetime(2026, 1, 1, 5, tzinfo=UTC)),
        (date(2026, 7, 1), "Europe/Berlin", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-01-01", "UTC", datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, 8), "Asia/Tokyo", datetime(2025, 12, 31, 23, tzinfo=UTC)),  # noqa: DTZ001 - as in YAML
        ("2026-01-01T08:00:00+02:00", "Asia/Tokyo", datetime(2026, 1, 1, 6, tzinfo=UTC)),
    ],
)
def test_since_in_the_file_wins_and_a_date_begins_where_the_organisation_is(
    read: Read, since: Any, zone: str, moment: datetime
) -> None:
    told = closure(since=since) if since else closure()
    [promise] = terms(read, contact={"hours": {"zone": zone}}, **told).promises

    assert promise.rules.since == moment


def test_hours_days_and_holidays_are_the_organisations(read: Read) -> None:
    hours = {
        "days": ["tue", "mon"],
        "from": "08:30",
        "to": "16:00",
        "holidays": "DE-BY",
        "closed": [date(2026, 3, 4)],
    }
    made = terms(read, contact={"hours": hours}).contact.hours

    assert (made.days, made.start, made.end) == ((0, 1), time(8, 30), time(16))
    assert {date(2026, 3, 4), date(2026, 12, 25), date(2026, 1, 6)} <= made.closed


@pytest.mark.parametrize("name", ["XX", "DE-ZZ", "nowhere"])
def test_a_calendar_that_nobody_knows_is_refused(read: Read, name: str) -> None:
    with pytest.raises(SettingsError, match=rf"contact\.hours\.holidays: no calendar is called '{name}'"):
        terms(read, contact={"hours": {"holidays": name}})


def test_a_pilot_restricts_only_what_it_names(read: Read) -> None:
    [promise] = terms(read, **closure(pilot={"groups": ["Desk"], "categories": ["network"]})).promises

    assert promise.rules.pilot == Pilot(groups=frozenset({"Desk"}), categories=frozenset({"network"}))


def test_phrases_and_names_are_compared_in_lower_case(read: Read) -> None:
    made = terms(read, phrases={"yes": ["It WORKS"]}, never_ask={"categories": ["Security"]})

    assert made.promises[0].rules.phrases.yes == ("it works",)
    assert made.promises[0].rules.never_ask.categories == {"security"}


def test_a_link_is_named_after_its_ends_unless_it_has_a_name(read: Read) -> None:
    values = {"1": "Highest"}
    fields = [{"from": "priority", "to": "priority", "direction": "forward", "values": values}]
    links = [link(fields=fields), link(name="tasks")]
    first, second = terms(read, sync={"links": links}).links

    assert (first.name, second.name) == ("incident-ENG", "tasks")
    assert (first.fields[0].direction, first.fields[0].values) == (Direction.FORWARD, values)


def test_what_links_and_policies_look_at_is_read(read: Read) -> None:
    fields = [{"from": "short_description", "to": "summary"}]
    ends = {"from": {"instance": "servicenow", "table": "incident", "query": "active=true"}}
    incident, project = make_scopes(read(working() | {"sync": {"links": [link(fields=fields, **ends)]}}))

    assert "short_description" in incident.fields
    assert "summary" in project.fields
    assert incident.selections == {"incident-ENG": "active=true"}
    assert project.selections == {}


@pytest.mark.parametrize(
    ("contact", "production", "closed"),
    [
        ({}, False, True),
        ({}, True, False),
        ({"non_production": "send"}, False, False),
        ({"non_production": "redirect"}, False, True),
    ],
)
def test_nobody_is_contacted_from_an_instance_that_is_not_in_production(
    read: Read, contact: dict[str, str], *, production: bool, closed: bool
) -> None:
    data = working() | {"contact": contact}
    data["instances"]["servicenow"]["production"] = production

    made = make_terms(read(data), {}, {})
    assert ("servicenow" in made.closed_channels) is closed


def test_any_setting_that_decides_has_every_problem_looked_at_again(read: Read) -> None:
    plain = terms(read).hash

    assert terms(read).hash == plain
    assert terms(read, limits={"changes": 1}).hash == plain
    for told in (
        closure(window=5),
        closure(mode="ask"),
        closure(pilot={"groups": ["Desk"]}),
        {"sync": {"mode": "act", "links": [link()]}},
        {"sync": {"links": [link(create=True)]}},
        {"contact": {"phone": "+00 000 0000"}},
        {"contact": {"budget": {"per_person": 1}}},
        {"never_ask": {"accounts": ["kiosk"]}},
        {"phrases": {"yes": ["fine"]}},
    ):
        assert terms(read, **told).hash != plain, told
