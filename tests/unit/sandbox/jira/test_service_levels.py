"""Service levels: office hours by a switch, and what queries ask about them."""

from datetime import UTC, datetime, timedelta

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Refused, Site
from careloop.sandbox.jira.service.levels import Cycle, measure

FRIDAY = datetime(2026, 3, 6, 16, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(FRIDAY)


@pytest.fixture
def key(site: Site) -> str:
    return site.act("gina.rossi").raise_request("Report a problem", "No mail")


def ongoing(site: Site, key: str) -> Cycle:
    """Return the running cycle of the time to resolution, whose goal is 24 hours."""
    issue = site.store.issue(key)
    assert issue is not None
    cycle = measure(site.store, issue)[0].ongoing
    assert cycle is not None
    return cycle


def test_the_clock_runs_day_and_night_by_default(site: Site, clock: Clock, key: str) -> None:
    clock.advance(65 * 3600)  # Monday at nine
    cycle = ongoing(site, key)
    assert (cycle.elapsed, cycle.within_hours) == (timedelta(hours=65), True)
    assert cycle.breach == FRIDAY + timedelta(hours=24)


def test_in_office_hours_nights_and_weekends_do_not_count(site: Site, clock: Clock, key: str) -> None:
    site.switches.sla_calendar = "office"
    assert ongoing(site, key).within_hours
    clock.advance(2 * 3600)
    cycle = ongoing(site, key)
    assert (cycle.elapsed, cycle.within_hours) == (timedelta(hours=1), False)
    clock.advance(64 * 3600)  # Monday at ten
    cycle = ongoing(site, key)
    assert (cycle.elapsed, cycle.within_hours) == (timedelta(hours=2), True)
    assert cycle.breach == datetime(2026, 3, 11, 16, tzinfo=UTC)  # an hour, two days of eight, seven hours


def test_an_answer_tells_whether_the_calendar_holds(site: Site, clock: Clock, key: str) -> None:
    site.switches.sla_calendar = "office"
    clock.advance(7200)
    shown = site.act("eva.lind").get(key)["fields"]["customfield_10030"]["ongoingCycle"]
    assert (shown["withinCalendarHours"], shown["elapsedTime"]["millis"]) == (False, 3_600_000)


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ('"Time to resolution" = breached()', ["HELP-1"]),
        ('"Time to resolution" != breached()', ["HELP-2"]),
        ('"Time to resolution" = everbreached() AND key = HELP-1', ["HELP-1"]),
        ('"Time to resolution" = running()', ["HELP-1", "HELP-2"]),
        ('"Time to resolution" = completed()', []),
        ('"Time to first response" = completed()', ["HELP-2"]),
        ('"Time to resolution" < remaining("1h")', ["HELP-1"]),
        ('"Time to resolution" > elapsed("4h")', ["HELP-1"]),
        ('NOT "Time to resolution" > elapsed("4h")', ["HELP-2"]),
        ('project = ENG AND "Time to resolution" != breached()', []),
    ],
)
def test_queries_find_requests_by_their_service_levels(
    site: Site, clock: Clock, key: str, jql: str, keys: list[str]
) -> None:
    site.act("bot").create_issue("ENG", "Bug", "Printer jams")
    clock.advance(25 * 3600)
    site.act("gina.rossi").raise_request("Report a problem", "No sound")
    site.act("eva.lind").comment("HELP-2", "On it")
    assert site.act("bot").search(f"{jql} ORDER BY key") == keys


@pytest.mark.parametrize(
    "jql",
    [
        '"Time to resolution" < breached()',
        '"Time to resolution" = elapsed("2h")',
        '"Time to resolution" > elapsed(soon)',
        '"Time to resolution" IN (breached())',
        "assignee = breached()",
    ],
)
def test_what_makes_no_sense_of_a_service_level_is_refused(site: Site, key: str, jql: str) -> None:
    with pytest.raises(Refused):
        site.act("eva.lind").search(jql)
