"""An audit as plain data: the keys that scripts rely on, and no name that nobody asked for."""

from dataclasses import fields, replace

import pytest

from careloop.report.audit.cautions import cautions
from careloop.report.audit.definitions import define
from careloop.report.audit.figures import Audit, Kind, Repeats, Source, Terms, TopCloser, audit_as_data

AUDIT = Audit(
    source=Source(kind=Kind.EVENTS, names=("log.csv",)),
    terms=Terms(),
    incidents=4,
    top_closer=TopCloser(closings=3, share=0.75, median_hours_after_resolution=None),
    repeats=Repeats(window_days=14),
    not_known={"events": "there is no history"},
)
PROMISED = {
    *("events", "incidents", "closed", "top_closer", "recorded_reopens", "incidents_with_recorded_reopen"),
    *("observed_reopens", "incidents_with_observed_reopen", "repeats", "resolved_while_waiting"),
    *("reassignments", "incidents_with_3plus_reassignments", "unreadable_rows", "not_known"),
}


def test_an_audit_has_every_key_that_is_promised() -> None:
    data = audit_as_data(AUDIT)

    assert set(data) >= PROMISED
    assert set(data["repeats"]) == {f.name for f in fields(Repeats)}
    assert data["not_known"] == {"events": "there is no history"}
    assert data["events"] is None


def test_an_account_is_named_only_where_it_was_asked_for() -> None:
    assert audit_as_data(AUDIT)["top_closer"] == {
        "closings": 3,
        "share": 0.75,
        "median_hours_after_resolution": None,
    }
    assert AUDIT.top_closer is not None
    named = replace(AUDIT, top_closer=replace(AUDIT.top_closer, actor="system"))
    assert audit_as_data(named)["top_closer"]["actor"] == "system"


@pytest.mark.parametrize("name", ["window", "shared"])
def test_definitions_hold_the_numbers_that_were_asked_for(name: str) -> None:
    asked = Terms(window_days=2127, shared_above=2128)
    told = " ".join(one.says for one in define(asked).values())

    assert str({"window": 2127, "shared": 2128}[name]) in told
    assert "{" not in told


def test_a_definition_belongs_to_a_figure() -> None:
    data = audit_as_data(AUDIT)

    for name in define(Terms()):
        head, _, rest = name.partition(".")
        assert head in data
        assert not rest or rest in data[head]


def test_a_note_begins_like_a_sentence_unless_with_the_name_of_a_file() -> None:
    source = Source(kind=Kind.INCIDENTS, names=("may.csv",))
    audit = Audit(
        source=source,
        terms=Terms(),
        repeats=Repeats(window_days=14),
        notes=("may.csv was cut off", "three rows are odd"),
    )

    assert list(cautions(audit)) == ["may.csv was cut off.", "Three rows are odd."]
