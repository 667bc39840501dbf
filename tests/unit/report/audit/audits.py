"""Audits with figures of every kind: all known, none, some, and text that means harm."""

from dataclasses import replace
from datetime import UTC, datetime

from careloop.report.audit.figures import (
    Audit,
    Bar,
    ClosedWithoutWord,
    Kind,
    PutOff,
    Repeats,
    ResolvedWhileWaiting,
    Series,
    Source,
    SwitchingOn,
    Terms,
    TopCloser,
    Unreadable,
    UntilOver,
)

TOP = TopCloser(closings=10_009, share=0.9097, median_hours_after_resolution=121.3)
FULL = Audit(
    source=Source(
        kind=Kind.EVENTS,
        names=("a.csv", "b.csv"),
        first=datetime(2026, 1, 2, tzinfo=UTC),
        last=datetime(2026, 3, 4, tzinfo=UTC),
    ),
    terms=Terms(window_days=15, shared_above=51),
    events=70_001,
    incidents=12_007,
    closed=11_003,
    top_closer=TOP,
    recorded_reopens=171,
    incidents_with_recorded_reopen=143,
    observed_reopens=183,
    incidents_with_observed_reopen=157,
    repeats=Repeats(
        window_days=15, eligible=11_657, same_subcategory=1_181, same_symptom=487, expected_by_chance=459.3
    ),
    resolved_while_waiting=ResolvedWhileWaiting(incidents=2_267, of=12_001),
    reassignments=11_471,
    incidents_with_3plus_reassignments=1_367,
    unreadable_rows=3,
    closed_without_word=ClosedWithoutWord(
        incidents=10_037, of=11_003, hours_after_resolution=122.9, estimated=False
    ),
    until_over=UntilOver(chains=811, incidents=2_039, official_hours=5.7, real_hours=241.9),
    put_off=PutOff(incidents=613, without_date=577),
    switching_on=SwitchingOn(
        messages_a_week=773,
        messages_in_busiest_week=911,
        most_to_one_person_a_week=17,
        cannot_be_asked=619,
        of=12_553,
        because={"unknown caller": 19, "shared account": 600},
    ),
    series=Series(
        closings_by_day=(Bar(at="0", count=41), Bar(at="1", count=10_019), Bar(at="30+", count=59)),
        repeats_by_day=(Bar(at="1", count=327), Bar(at="2", count=92)),
        messages_by_week=(Bar(at="2026-01-05", count=911), Bar(at="2026-01-19", count=398)),
        chains_by_length=(Bar(at="2", count=593), Bar(at="3", count=218)),
    ),
    unreadable=(Unreadable(file="a.csv", line=471, why="it has no number"),),
    notes=("23 rows are odd",),
)
WHOLE = ("events", "closed", "top_closer", "recorded_reopens", "observed_reopens", "repeats")
FIRST = ("closed_without_word", "resolved_while_waiting", "until_over", "put_off", "switching_on")
UNKNOWN = Audit(
    source=Source(kind=Kind.INCIDENTS, names=("list.csv",)),
    terms=Terms(),
    incidents=3,
    repeats=Repeats(window_days=14),
    not_known={name: f"of reason {name}" for name in (*WHOLE, *FIRST, "reassignments")},
)
PARTLY = replace(
    FULL,
    top_closer=TopCloser(closings=4, share=0.5, median_hours_after_resolution=None),
    repeats=replace(FULL.repeats, same_symptom=None),
    closed_without_word=ClosedWithoutWord(incidents=0, of=8, hours_after_resolution=None, estimated=False),
    until_over=UntilOver(chains=0, incidents=0, official_hours=None, real_hours=None),
    put_off=PutOff(incidents=5, without_date=None),
    series=Series(),
    not_known={
        name: f"of reason {name}"
        for name in (
            *("top_closer.median_hours_after_resolution", "closed_without_word.hours_after_resolution"),
            *("repeats.same_symptom", "put_off.without_date", "until_over.real_hours"),
        )
    },
)
EMPTY = Audit(
    source=Source(kind=Kind.LIVE, names=()),
    terms=Terms(),
    repeats=UNKNOWN.repeats,
    not_known=UNKNOWN.not_known,
)
HOSTILE = "<script>alert('x')</script>\"&amp;"
NAMED = replace(FULL, terms=Terms(name_accounts=True), top_closer=replace(TOP, actor=HOSTILE))
