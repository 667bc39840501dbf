"""The reports that are looked at: an ordinary one, one that knows little, and one with absurd values."""

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from careloop.demo.past import write_past
from careloop.demo.story import START
from careloop.report.audit.figures import Audit, Terms, Unreadable
from careloop.report.audit.listing import read_lists
from careloop.report.audit.log import read_log
from careloop.report.audit.page import audit_as_page
from careloop.report.audit.take import take_audit
from careloop.wiring import fixed_chance
from pictures.exports import write_list, write_little

MANY = 10_000_000
LONG = "export of all incidents of every company and region " * 4 + "final-final_v2_" + "x" * 90 + ".csv"


def make_reports(log: Path | None) -> Iterator[tuple[str, str]]:
    """Yield each report by its name, as HTML: of a log, or of the demo's past where there is none."""
    if log is not None:
        yield "report", _page(_take(log))
        return
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log.csv"
        write_past(log, START, fixed_chance())
        whole = _take(log)
        yield "report", _page(whole)
        yield "list", _page(_take_lists(write_list(Path(folder) / "incident.csv", log)))
        yield "little", _page(_take(write_little(Path(folder) / "tickets.csv")))
    yield "absurd", _page(_exaggerate(whole))


def _take(log: Path) -> Audit:
    return take_audit(read_log(log, _tell_nobody), Terms(), fixed_chance())


def _take_lists(*lists: Path) -> Audit:
    return take_audit(read_lists(lists, _tell_nobody), Terms(), fixed_chance())


def _page(audit: Audit) -> str:
    return audit_as_page(audit, version("careloop"))


def _exaggerate(audit: Audit) -> Audit:
    """Return an audit with numbers, names and lists as long as they may ever get."""
    series = audit.series
    bars = {name: getattr(series, name) for name in ("closings_by_day", "repeats_by_day", "messages_by_week")}
    more = {
        name: tuple(replace(bar, count=bar.count * MANY) for bar in found) for name, found in bars.items()
    }
    asking = audit.switching_on
    return replace(
        audit,
        source=replace(audit.source, names=(LONG,) * 3),
        events=MANY * 6,
        incidents=MANY,
        reassignments=MANY,
        series=replace(series, **more),
        switching_on=asking and replace(asking, messages_a_week=MANY, messages_in_busiest_week=MANY * 100),
        unreadable_rows=MANY,
        unreadable=tuple(Unreadable(file=LONG, line=line, why="it has no number") for line in range(2, 22)),
        notes=(*audit.notes, f"no heading was found for {LONG}"),
    )


def _tell_nobody(what: str, done: int, total: int | None) -> None:
    pass
