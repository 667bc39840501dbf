"""Business hours over weekends, holidays and clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.calendars import (
    add_business_days,
    close_of_day,
    hours_of,
    is_open,
    local_date,
    next_open,
    start_of,
)
from careloop.model.hours import Hours
from careloop.model.person import Person

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo")
BERLIN = Hours(zone="Europe/Berlin")

times = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is drawn


@st.composite
def some_hours(draw: st.DrawFn) -> Hours:
    start = draw(st.integers(0, 22))
    end = draw(st.integers(start + 1, 23))
    return Hours(
        zone=draw(st.sampled_from(ZONES)),
        days=tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1)))),
        start=time(start, draw(st.sampled_from((0, 15, 30)))),
        end=time(end, 45),
        closed=frozenset(draw(st.sets(st.dates(date(2024, 1, 1), date(2028, 12, 31)), max_size=20))),
    )


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@given(some_hours(), times)
def test_the_next_open_moment_is_open_and_never_earlier(hours: Hours, at: datetime) -> None:
    begin = next_open(hours, at)
    assert begin >= at
    assert is_open(hours, begin)
    assert next_open(hours, begin) == begin


@given(some_hours(), times)
def test_an_open_moment_is_its_own_next_open_moment(hours: Hours, at: datetime) -> None:
    assert (next_open(hours, at) == at) == is_open(hours, at)


@given(some_hours(), times)
def test_work_ends_after_it_began_and_is_over_then(hours: Hours, at: datetime) -> None:
    end = close_of_day(hours, at)
    assert end > next_open(hours, at)
    assert not is_open(hours, end)


@given(some_hours(), times, st.integers(0, 15))
def test_added_days_end_within_hours_and_grow_with_their_number(
    hours: Hours, at: datetime, days: int
) -> None:
    due = add_business_days(hours, at, days)
    assert is_open(hours, due)
    assert add_business_days(hours, at, days + 1) > due >= at


@given(some_hours(), times, times, st.integers(0, 5))
def test_who_starts_later_is_never_due_earlier(
    hours: Hours, one: datetime, other: datetime, days: int
) -> None:
    first, second = sorted((one, other))
    assert add_business_days(hours, first, days) <= add_business_days(hours, second, days)


@given(some_hours(), st.dates(date(2024, 1, 1), date(2028, 1, 1)))
def test_a_day_starts_within_hours_on_the_day_or_after(hours: Hours, day: date) -> None:
    begin = start_of(hours, day)
    assert is_open(hours, begin)
    assert local_date(hours, begin) >= day


def test_the_wall_clock_stays_the_same_when_the_clocks_go_forward() -> None:
    friday = datetime(2026, 3, 27, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    due = add_business_days(BERLIN, friday, 1)
    assert due == datetime(2026, 3, 30, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    assert due - friday.astimezone(UTC) == timedelta(days=3, hours=-1)


def test_the_wall_clock_stays_the_same_when_the_clocks_go_back() -> None:
    friday = datetime(2026, 10, 23, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert add_business_days(BERLIN, friday, 1) == utc(2026, 10, 26, 8, 30)


def test_hours_that_the_clock_change_swallows_are_no_working_day() -> None:
    night = Hours(zone="Europe/Berlin", days=(0, 1, 2, 3, 4, 5, 6), start=time(2, 30), end=time(3))
    assert is_open(night, utc(2026, 3, 28, 1, 40))
    assert next_open(night, utc(2026, 3, 28, 3)) == utc(2026, 3, 30, 0, 30)


def test_holidays_and_weekends_do_not_count() -> None:
    hours = Hours(closed=frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
    assert add_business_days(hours, utc(2026, 4, 2, 10), 1) == utc(2026, 4, 7, 10)
    assert next_open(hours, utc(2026, 4, 2, 17)) == utc(2026, 4, 7, 9)


def test_the_closing_minute_is_closed() -> None:
    assert is_open(Hours(), utc(2026, 3, 2, 9))
    assert not is_open(Hours(), utc(2026, 3, 2, 17))


def test_hours_that_never_open_are_refused() -> None:
    with pytest.raises(ValueError, match="no working day"):
        next_open(Hours(start=time(17), end=time(9)), utc(2026, 3, 2))


@pytest.mark.parametrize(
    ("zone", "expected"), [("Asia/Tokyo", "Asia/Tokyo"), ("", "UTC"), ("Mars/Base", "UTC"), ("../x", "UTC")]
)
def test_a_person_is_met_in_their_own_zone_where_it_is_known(zone: str, expected: str) -> None:
    person = Person(id="p", instance="sn", native="p", zone=zone)
    assert hours_of(person, Hours()).zone == expected


def test_nobody_is_met_in_the_zone_of_the_organisation() -> None:
    assert hours_of(None, BERLIN) == BERLIN
