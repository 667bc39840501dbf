"""A real audit log gives exactly the figures that a script without a line in common with careloop gives."""

from pathlib import Path

import pytest

from careloop.report.audit.figures import Terms, audit_as_data
from careloop.report.audit.incident import Past
from careloop.report.audit.log import read_log
from careloop.report.audit.take import take_audit
from careloop.wiring import fixed_chance
from tests.unit.report.audit.logs import quiet


@pytest.fixture(scope="module")
def past(shared: Path) -> Past:
    return read_log(shared / "data" / "incident_event_log.csv.gz", quiet)


def test_every_figure_comes_out_exactly(past: Past) -> None:
    data = audit_as_data(take_audit(past, Terms(name_accounts=True), fixed_chance()))

    expected = {
        "events": 70_262,
        "incidents": 12_380,
        "closed": 12_379,
        "recorded_reopens": 169,
        "incidents_with_recorded_reopen": 142,
        "observed_reopens": 169,
        "incidents_with_observed_reopen": 142,
        "resolved_while_waiting": {"incidents": 2_266, "of": 12_368},
        "reassignments": 11_474,
        "incidents_with_3plus_reassignments": 1_365,
        "unreadable_rows": 0,
    }
    assert {name: data[name] for name in expected} == expected
    assert data["top_closer"] == {
        "closings": 12_249,
        "share": 12_249 / 12_379,
        "median_hours_after_resolution": 120.55,
        "actor": "Updated by 908",
    }
    assert data["closed_without_word"]["incidents"] == 12_249
    assert set(data["not_known"]) == {"put_off"}


@pytest.mark.parametrize(
    ("window", "same_subcategory", "same_symptom"), [(7, 826, 328), (14, 1_171, 484), (30, 1_582, 681)]
)
def test_repeats_come_out_exactly(past: Past, window: int, same_subcategory: int, same_symptom: int) -> None:
    repeats = take_audit(past, Terms(window_days=window), fixed_chance()).repeats

    assert (repeats.eligible, repeats.same_subcategory, repeats.same_symptom) == (
        11_754,
        same_subcategory,
        same_symptom,
    )
    if window == 14:
        assert repeats.expected_by_chance is not None
        assert 429 <= repeats.expected_by_chance <= 478


def test_chance_is_the_same_each_time(past: Past) -> None:
    one, other = (take_audit(past, Terms(), fixed_chance()).repeats for _ in range(2))

    assert one == other
