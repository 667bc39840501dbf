"""Charts: axes that begin at zero, columns as high as what they count, and no week left out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.report.audit.charts import LATEST_WEEKS, Chart, compare_times, draw_charts
from careloop.report.audit.figures import Audit, Bar, Series
from tests.unit.report.audit.audits import FULL, PARTLY, UNKNOWN


def chart(audit: Audit, name: str) -> Chart:
    return next(one for one in draw_charts(audit) if one.name == name)


def with_series(**series: tuple[Bar, ...]) -> Audit:
    return replace(FULL, series=Series(**series))


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=31).filter(any))
def test_columns_stand_in_proportion_on_an_axis_from_zero(counts: list[int]) -> None:
    bars = tuple(Bar(at=str(day), count=count) for day, count in enumerate(counts))
    drawn = chart(with_series(closings_by_day=bars), "closings")

    top = int(drawn.ticks[-1].label.replace(",", ""))
    assert (drawn.ticks[0].label, drawn.ticks[0].height) == ("0", 0)
    assert max(counts) <= top < 2 * max(counts) + 4
    assert 2 <= len(drawn.ticks) <= 6
    for column, count in zip(drawn.columns, counts, strict=True):
        assert column.count == count
        assert column.height == pytest.approx(100 * count / top, abs=0.001)
        assert 0 <= column.left <= column.left + drawn.width <= 100.001


def test_the_highest_column_alone_carries_its_number() -> None:
    drawn = chart(FULL, "closings")

    assert [column.above for column in drawn.columns] == ["", "10,019", ""]
    assert "10,019 of 10,119 (99.0 %) were closed 1 full day after it" in drawn.says


def test_days_without_a_repeat_are_drawn_up_to_the_end_of_the_window() -> None:
    drawn = chart(FULL, "repeats")

    assert [column.at for column in drawn.columns] == [str(day) for day in range(1, 16)]
    assert [column.below for column in drawn.columns if column.below] == ["1", "7", "14"]


def test_a_week_without_a_message_is_a_gap_and_not_left_out() -> None:
    drawn = chart(FULL, "messages")

    assert [(one.at, one.count) for one in drawn.columns] == [
        ("2026-01-05", 911),
        ("2026-01-12", 0),
        ("2026-01-19", 398),
    ]
    assert drawn.typical == pytest.approx(77.3)


def test_what_is_too_long_to_draw_is_said() -> None:
    long = (Bar(at="1970-01-05", count=1), Bar(at="2026-01-05", count=2))
    drawn = chart(with_series(messages_by_week=long), "messages")

    assert len(drawn.columns) == LATEST_WEEKS
    assert drawn.columns[-1].at == "2026-01-05"
    assert f"the last {LATEST_WEEKS} of 2,923 weeks" in drawn.says


@pytest.mark.parametrize(("audit", "says"), [(UNKNOWN, "Not known, because of reason"), (PARTLY, "nothing")])
def test_where_nothing_can_be_drawn_the_reason_stands(audit: Audit, says: str) -> None:
    drawn = draw_charts(audit)

    assert [one.columns for one in drawn] == [(), (), ()]
    assert says in chart(audit, "repeats").says.replace("Nothing", "nothing")


def test_the_real_time_stands_beside_the_official_one_on_one_scale() -> None:
    times = compare_times(FULL)

    assert (times.official, times.real) == ("5.7 hours", "10.1 days")
    assert times.real_width == 100
    assert times.official_width == pytest.approx(100 * 5.7 / 241.9, abs=0.001)
    assert "593 took two incidents, 218 took more" in times.says
