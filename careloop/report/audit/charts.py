"""The charts of an audit as plain geometry: what is drawn, what to see in it, and the numbers behind it.

Places and sizes are percent of the drawing, so that it fits a phone, a desk and paper alike. Every vertical
axis begins at zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise
from math import ceil, log10

from careloop.report.audit.figures import Audit, Bar
from careloop.report.audit.spans import say_share, say_span
from careloop.report.words import say_count

LATEST_WEEKS = 156
"""More weeks than these three years are not drawn; the figures hold them all."""
_WIDEST = 12.0  # percent; few columns would else look like a wall
_NARROW = 0.75  # of its place is what a column takes
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it counts and how many, where it stands, and what is written below and above it."""

    at: str
    count: float
    left: float
    height: float
    below: str = ""
    above: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the grid: its height, and the number beside it."""

    height: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A column chart: what it shows, what to see in it, its axes and its columns.

    A line stands at the height that is `typical`. Without columns there is nothing to draw, and `says` gives
    the reason.
    """

    name: str
    title: str
    says: str
    across: str
    up: str
    columns: tuple[Column, ...] = ()
    width: float = 0
    ticks: tuple[Mark, ...] = ()
    typical: float | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lengths of time of the same matters: the official one beside the real one, in words and percent."""

    title: str
    says: str
    official: str = ""
    official_width: float = 0
    real: str = ""
    real_width: float = 0
    lengths: tuple[Bar, ...] = ()


def draw_charts(audit: Audit) -> tuple[Chart, ...]:
    """Return the column charts: closings, repeats, messages."""
    return _closings(audit), _repeats(audit), _messages(audit)


def _closings(audit: Audit) -> Chart:
    title = "When incidents are closed after they are resolved"
    across, up = "Full days between resolution and closing", "Incidents closed"
    bars = audit.series.closings_by_day
    if not bars:
        why = (
            audit.not_known.get("closed") or "of none of these it is known when they were resolved and closed"
        )
        return _blank("closings", title, why)
    most, total = _highest(bars), sum(bar.count for bar in bars)
    says = (
        "People close at all times; a timer closes after the same time, and makes one tall column. Counted "
        "from the resolution, "
        f"{most.count:,.0f} of {total:,.0f} ({say_share(most.count, total)}) were closed "
        f"{_full_days(most.at)} after it."
    )
    labels = _every(bars, (1, 5))
    return _draw(Chart(name="closings", title=title, says=says, across=across, up=up), bars, labels)


def _repeats(audit: Audit) -> Chart:
    days = audit.repeats.window_days
    title = f"How soon it came back, within {say_count(days, 'day')}"
    across, up = "Day after the resolution before", "Incidents that came back"
    bars = audit.series.repeats_by_day
    if not bars:
        why = audit.not_known.get("repeats")
        says = (
            "" if why else f"Nothing came back within {say_count(days, 'day')}, so there is nothing to draw."
        )
        return _blank("repeats", title, why or "", says)
    bars = (*bars, *(Bar(at=str(day), count=0) for day in range(len(bars) + 1, days + 1)))
    says = (
        f"Chance alone would spread them about evenly, half of them within {_half([1] * days)}. "
        f"Here half came back within {_half([bar.count for bar in bars])}, and {bars[0].count:,.0f} on the "
        "first day."
    )
    labels = _every(bars, (1, 7, 30))
    return _draw(Chart(name="repeats", title=title, says=says, across=across, up=up), bars, labels)


def _messages(audit: Audit) -> Chart:
    title = "How many messages asking would have meant"
    across, up = "Week", "Messages"
    found, bars = audit.switching_on, audit.series.messages_by_week
    if found is None or not bars:
        why = audit.not_known.get("switching_on")
        says = "" if why else "There was nobody who could have been asked, so there is nothing to draw."
        return _blank("messages", title, why or "", says)
    weeks = _fill_weeks(bars)
    says = (
        f"One message for each person and day with a resolution: {found.messages_a_week:,} in a typical week "
        f"(the line), {found.messages_in_busiest_week:,} in the busiest."
    )
    if len(weeks) > LATEST_WEEKS:
        says += f" Drawn are the last {LATEST_WEEKS} of {len(weeks):,} weeks."
        weeks = weeks[-LATEST_WEEKS:]
    chart = Chart(name="messages", title=title, says=says, across=across, up=up)
    return _draw(chart, weeks, _months(weeks), typical=found.messages_a_week)


def compare_times(audit: Audit) -> Pair:
    """Return the official time beside the real one, over the matters that came back."""
    title = "How long it took: in the official figure, and for the customer"
    over = audit.until_over
    if over is None or over.official_hours is None or over.real_hours is None:
        why = audit.not_known.get("until_over") or audit.not_known["until_over.real_hours"]
        return Pair(title, f"Not known, because {why}.")
    lengths = audit.series.chains_by_length
    twice = sum(int(bar.count) for bar in lengths if bar.at == "2")
    says = (
        f"The same matters, measured twice. Half of their {say_count(over.incidents, 'incident')} were "
        f"resolved within {say_span(over.official_hours)}: that is what reports show. Half of the "
        f"{say_count(over.chains, 'matter')} took longer than {say_span(over.real_hours)} from the first "
        f"opening to the last resolution: that is what customers lived through. {twice:,} took two "
        f"incidents, {over.chains - twice:,} took more."
    )
    longest = max(over.official_hours, over.real_hours) or 1
    return Pair(
        title,
        says,
        official=say_span(over.official_hours),
        official_width=_round(100 * over.official_hours / longest),
        real=say_span(over.real_hours),
        real_width=_round(100 * over.real_hours / longest),
        lengths=lengths,
    )


# --- geometry ---


def _draw(chart: Chart, bars: Sequence[Bar], below: Sequence[str], typical: float | None = None) -> Chart:
    """Return a chart with its columns; the highest one carries its number."""
    most = _highest(bars)
    steps = _steps(most.count)
    place = 100 / len(bars)
    width = min(place * _NARROW, _WIDEST)
    return Chart(
        name=chart.name,
        title=chart.title,
        says=chart.says,
        across=chart.across,
        up=chart.up,
        width=_round(width),
        columns=tuple(
            Column(
                at=bar.at,
                count=bar.count,
                left=_round(number * place + (place - width) / 2),
                height=_round(100 * bar.count / steps[-1]),
                below=label,
                above=f"{bar.count:,.0f}" if bar is most else "",
            )
            for number, (bar, label) in enumerate(zip(bars, below, strict=True))
        ),
        ticks=tuple(Mark(_round(100 * step / steps[-1]), f"{step:,}") for step in steps),
        typical=None if typical is None else _round(100 * typical / steps[-1]),
    )


def _blank(name: str, title: str, why: str, says: str = "") -> Chart:
    """Return a chart with nothing to draw, and the reason."""
    return Chart(name=name, title=title, says=says or f"Not known, because {why}.", across="", up="")


def _highest(bars: Iterable[Bar]) -> Bar:
    """Return the highest bar, the first of several."""
    return max(bars, key=lambda bar: bar.count)


def _steps(highest: float) -> range:
    """Return the round numbers of an axis from zero to the highest value or above it."""
    rough = max(highest / 4, 1)
    power = 10 ** int(log10(rough))
    steps = (power * factor for factor in (1, 2, 2.5, 5, 10))
    step = next(int(step) for step in steps if step >= rough and step == int(step))
    return range(0, step * ceil(highest / step) + 1, step)


def _every(bars: Sequence[Bar], steps: Iterable[int]) -> list[str]:
    """Return the days that are written below the axis: as many as stand beside each other on a phone."""
    step = next((step for step in steps if len(bars) <= 8 * step), len(bars) // 8)
    days = [bar.at for bar in bars]
    return [
        day if not day.isdigit() or int(day) % step == 0 or number == 0 else ""
        for number, day in enumerate(days)
    ]


def _months(weeks: Sequence[Bar]) -> list[str]:
    """Return what is written below weeks: the month that begins in it, where there is room."""
    days = [date.fromisoformat(bar.at) for bar in weeks]
    begins = [0, *(place for place, (one, other) in enumerate(pairwise(days), 1) if one.month != other.month)]
    shown = set(begins[:: ceil(len(begins) / 3)])
    return [f"{day:%b %Y}" if place in shown else "" for place, day in enumerate(days)]


def _fill_weeks(bars: Sequence[Bar]) -> tuple[Bar, ...]:
    """Return all weeks from the first to the last, those without a message too."""
    counts = {date.fromisoformat(bar.at): bar.count for bar in bars}
    first, last = min(counts), max(counts)
    days = (first + number * _WEEK for number in range((last - first) // _WEEK + 1))
    return tuple(Bar(at=day.isoformat(), count=counts.get(day, 0)) for day in days)


def _half(counts: Sequence[float]) -> str:
    """Return within how many days half of all came back."""
    total = sum(counts)
    day = next(day for day, count in enumerate(accumulate(counts), 1) if 2 * count >= total)
    return say_count(day, "day")


def _full_days(day: str) -> str:
    return (
        f"{day.rstrip('+')} days or more"
        if day.endswith("+")
        else "within a day"
        if day == "0"
        else say_count(int(day), "full day")
    )


def _round(number: float) -> float:
    """Return a percentage as exact as a screen shows it, the same on every machine."""
    return round(number, 3)
