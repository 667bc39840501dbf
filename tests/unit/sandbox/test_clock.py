from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.sandbox.clock import Clock

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Stopwatch:
    """A source of seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_it_stands_still_until_it_is_moved() -> None:
    clock = Clock(START)
    clock.advance(60)
    assert clock.now() == START + minutes(1)
    assert clock.frozen


def test_it_flows_with_its_source_and_a_move_is_added() -> None:
    watch = Stopwatch()
    clock = Clock(START, watch)
    watch.seconds += 30
    clock.advance(60)
    watch.seconds += 30
    assert clock.now() == START + minutes(2)


def test_a_frozen_clock_ignores_its_source_and_flows_on_from_where_it_stood() -> None:
    watch = Stopwatch()
    clock = Clock(START, watch)
    clock.freeze()
    watch.seconds += 600
    assert clock.now() == START
    clock.flow()
    watch.seconds += 60
    assert clock.now() == START + minutes(1)


def test_a_clock_without_a_source_cannot_flow() -> None:
    with pytest.raises(ValueError, match="source"):
        Clock(START).flow()


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        Clock(START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="zone"):
        Clock(START).move_to(START.replace(tzinfo=None))


def test_now_is_in_utc_whatever_zone_it_was_set_in() -> None:
    clock = Clock(START)
    clock.move_to(datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=2))))
    assert (clock.now(), clock.now().tzinfo) == (START + timedelta(hours=1), UTC)


@given(st.lists(st.integers(0, 100), max_size=8), st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_one_long_jump_and_many_short_ones_leave_the_same_history(due: list[int], steps: list[int]) -> None:
    def run(moves: list[int]) -> list[tuple[int, datetime]]:
        clock, history = Clock(START), list[tuple[int, datetime]]()

        def note(number: int, when: datetime) -> None:
            history.append((number, clock.now()))

        for number, at in enumerate(due):
            clock.at(START + minutes(at), partial(note, number))
        for move in moves:
            clock.advance(60 * move)
        return history

    assert run(steps) == run([sum(steps)])


def test_a_job_runs_at_its_own_time_and_may_plan_the_next() -> None:
    clock, seen = Clock(START), list[datetime]()

    def job(when: datetime) -> None:
        seen.append(when)
        if len(seen) < 3:
            clock.at(when + minutes(10), job)

    clock.at(START + minutes(10), job)
    clock.advance(3600)
    assert seen == [START + minutes(10), START + minutes(20), START + minutes(30)]
    assert clock.now() == START + minutes(60)


def test_what_runs_every_hour_goes_on_running_after_the_clock_was_set_back() -> None:
    clock = Clock(START)
    ran: list[datetime] = []

    def run(when: datetime) -> None:
        ran.append(when)
        clock.at(when + timedelta(hours=1), run)

    clock.at(START + timedelta(hours=1), run)
    past = START - timedelta(days=30)
    clock.move_to(past)
    assert ran == []
    clock.advance(7200)
    assert ran == [past + timedelta(hours=1), past + timedelta(hours=2)]


def test_jobs_that_fell_due_while_time_flowed_run_on_catching_up() -> None:
    watch = Stopwatch()
    clock, seen = Clock(START, watch), list[datetime]()
    clock.at(START + minutes(1), seen.append)
    watch.seconds += 90
    assert seen == []
    clock.catch_up()
    assert seen == [START + minutes(1)]
    assert clock.now() == START + minutes(1.5)


def test_reset_goes_back_to_the_start_and_forgets_jobs() -> None:
    watch = Stopwatch()
    clock, seen = Clock(START, watch), list[datetime]()
    clock.at(START + minutes(1), seen.append)
    clock.advance(30)
    clock.freeze()
    clock.reset()
    assert (clock.now(), clock.frozen) == (START, False)
    clock.advance(600)
    assert seen == []
