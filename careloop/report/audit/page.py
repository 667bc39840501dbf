"""An audit as one HTML file: nothing is loaded from anywhere, nothing runs, everything can be printed."""

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from careloop.report.audit.advice import advise
from careloop.report.audit.cautions import cautions
from careloop.report.audit.charts import compare_times, draw_charts
from careloop.report.audit.definitions import define
from careloop.report.audit.entries import entries
from careloop.report.audit.figures import Audit, Kind
from careloop.report.audit.headlines import LEDE, NOT_KNOWN, TITLE, headlines, say_day, say_extent, say_source
from careloop.report.words import say_count

_ROOM = 100
_UNIT = re.compile(r"(?<=\d) (?=%|hours?\b|days?\b)")
_HOW = {Kind.EVENTS: ("--events FILE",), Kind.INCIDENTS: ("--incidents FILE",), Kind.LIVE: ()}
_WHAT = {Kind.EVENTS: "An audit log", Kind.INCIDENTS: "A list export", Kind.LIVE: "The instance, read-only"}


def audit_as_page(audit: Audit, version: str) -> str:
    """Return an audit as an HTML file of its own, by this version of careloop."""
    return _template().render(
        audit=audit,
        version=version,
        title=TITLE,
        lede=LEDE,
        source=say_source(audit) if _is_short(audit.source.names) else say_extent(audit),
        headlines=headlines(audit),
        definitions=define(audit.terms),
        not_known=NOT_KNOWN,
        steps=advise(audit),
        window=say_count(audit.terms.window_days, "day"),
        charts=draw_charts(audit),
        times=compare_times(audit),
        entries=entries(audit),
        cautions=tuple(cautions(audit)),
        what=_WHAT[audit.source.kind],
        command=_again(audit),
        say_day=say_day,
    )


def _is_short(names: tuple[str, ...]) -> bool:
    """Tell whether names have room in the heading; further below all stand in full."""
    return sum(map(len, names)) <= _ROOM


def _again(audit: Audit) -> tuple[str, ...]:
    """Return the command that takes this audit again, in parts that stay on one line."""
    named = ("--name-accounts",) if audit.terms.name_accounts else ()
    return (
        "careloop audit",
        *_HOW[audit.source.kind],
        f"--window {audit.terms.window_days}",
        f"--shared-account-above {audit.terms.shared_above}",
        *named,
        "--format html",
        "--out audit.html",
    )


def _keep_together(value: object) -> object:
    """Return a text in which no line ends between a number and its unit."""
    return _UNIT.sub("\u00a0", value) if type(value) is str else value


@cache
def _template() -> Template:
    templates = Environment(
        loader=PackageLoader("careloop.report.audit", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_keep_together,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("audit.html")
