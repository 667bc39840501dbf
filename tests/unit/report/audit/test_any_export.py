"""Whatever an export lacks, text and page can be read, and what is missing is not known with a reason."""

import itertools
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.report.audit.export import name_of
from careloop.report.audit.figures import audit_as_data
from careloop.report.audit.page import audit_as_page
from careloop.report.audit.text import audit_as_text
from tests.unit.report.audit.logs import COLUMNS, audit_of, solved, write_log

NEEDED = ("number", "incident_state", "sys_updated_at")
OTHERS = tuple(column for column in COLUMNS if column not in NEEDED)
LOG = [
    *solved("INC1", "1/3/2016 08:00", "2/3/2016 08:00", "7/3/2016 08:30"),
    *solved("INC2", "3/3/2016 08:00", "4/3/2016 08:00", "9/3/2016 08:30"),
    *solved(
        "INC3", "16/3/2016 08:00", "17/3/2016 08:00", "22/3/2016 08:30", closed_code="Workaround provided"
    ),
]


def without_a_reason(data: Mapping[str, Any]) -> list[str]:
    """Return the figures that are not known and do not say why."""
    figures = [(name, value) for name, value in data.items() if name not in {"source", "terms", "series"}]
    nested = [
        (f"{name}.{key}", one)
        for name, value in figures
        if isinstance(value, dict)
        for key, one in value.items()
    ]
    reasons = data["not_known"]
    return [
        name
        for name, value in itertools.chain(figures, nested)
        if value is None and name not in reasons and name.partition(".")[0] not in reasons
    ]


@given(left_out=st.sets(st.sampled_from(OTHERS)), blank=st.sets(st.sampled_from(OTHERS)))
def test_every_figure_is_known_or_says_why_not_and_every_form_can_be_read(
    left_out: set[str], blank: set[str]
) -> None:
    events = [{**event, **dict.fromkeys(blank, "?")} for event in LOG]
    with TemporaryDirectory() as folder:
        log = write_log(Path(folder) / "log.csv", events, [one for one in COLUMNS if one not in left_out])
        audit = audit_of(log)

    assert without_a_reason(audit_as_data(audit)) == []
    for told in (audit_as_text(audit), audit_as_page(audit, "1.2.3")):
        assert told.count("not known") >= bool(audit.not_known)
        assert "None" not in told


@pytest.mark.parametrize(
    ("column", "unknown"),
    [
        ("caller_id", ("repeats.eligible", "until_over", "switching_on")),
        ("category", ("repeats.same_subcategory", "until_over")),
        ("opened_at", ("repeats.eligible", "until_over")),
        ("resolved_at", ("repeats.same_subcategory", "until_over")),
        ("u_symptom", ("repeats.same_symptom",)),
        ("reopen_count", ("recorded_reopens", "incidents_with_recorded_reopen")),
        ("reassignment_count", ("reassignments", "incidents_with_3plus_reassignments")),
    ],
)
def test_a_column_that_says_nothing_makes_no_zero(
    tmp_path: Path, column: str, unknown: tuple[str, ...]
) -> None:
    log = write_log(tmp_path / "log.csv", [{**event, column: "?"} for event in LOG])
    data = audit_as_data(audit_of(log))

    for name in unknown:
        whole, _, part = name.partition(".")
        assert (data[whole] or {}).get(part) is None if part else data[whole] is None
        assert data["not_known"].get(name) or data["not_known"][whole]


def test_a_file_name_in_another_encoding_can_be_shown() -> None:
    name = name_of(Path(os.fsdecode(b"exports/St\xf6rungen.csv")))

    assert name.encode() == b"St?rungen.csv"
