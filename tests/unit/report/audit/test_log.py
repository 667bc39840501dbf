"""An audit log gives the same figures whatever the order of its rows, and says what is odd about it."""

import gzip
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.report.audit.figures import Audit, Repeats, ResolvedWhileWaiting
from tests.unit.report.audit.logs import COLUMNS, Event, audit_of, solved, story, write_log

BACK_AND_FORTH = story(
    "INC1",
    ("New", "1/3/2016 08:00", "desk"),
    ("Awaiting User Info", "1/3/2016 09:00", "desk"),
    ("Resolved", "2/3/2016 09:00", "desk"),
    ("Active", "3/3/2016 09:00", "desk"),
    ("Resolved", "4/3/2016 09:00", "desk"),
    ("Closed", "9/3/2016 09:30", "timer"),
    ("Active", "10/3/2016 09:30", "desk"),
    ("Closed", "11/3/2016 09:30", "other"),
    reopen_count="2",
    reassignment_count="3",
)
CAME_BACK = [
    *solved("INC2", "1/3/2016 08:00", "2/3/2016 08:00", "7/3/2016 08:30", caller_id="Caller 2"),
    *solved("INC3", "16/3/2016 08:00", "17/3/2016 08:00", "22/3/2016 08:30", caller_id="Caller 2"),
]
EVERYTHING = [*BACK_AND_FORTH, *CAME_BACK]


def take(folder: Path, events: Iterable[Event]) -> Audit:
    return audit_of(write_log(folder / "log.csv", events))


def comparable(audit: Audit) -> dict[str, object]:
    """Return the figures without what was noticed about the rows."""
    return {name: getattr(audit, name) for name in Audit.__slots__ if name not in ("notes", "unreadable")}


def test_states_are_followed_from_event_to_event(tmp_path: Path) -> None:
    audit = take(tmp_path, BACK_AND_FORTH)

    assert (audit.events, audit.incidents, audit.closed) == (8, 1, 1)
    assert (audit.observed_reopens, audit.incidents_with_observed_reopen) == (2, 1)
    assert (audit.recorded_reopens, audit.incidents_with_recorded_reopen) == (2, 1)
    assert (audit.reassignments, audit.incidents_with_3plus_reassignments) == (3, 1)
    assert audit.resolved_while_waiting == ResolvedWhileWaiting(incidents=1, of=1)
    assert audit.unreadable_rows == 0


def test_who_closed_first_counts_from_the_last_resolution(tmp_path: Path) -> None:
    top = audit_of(write_log(tmp_path / "log.csv", BACK_AND_FORTH), name_accounts=True).top_closer

    assert top is not None
    assert (top.actor, top.closings, top.share) == ("timer", 1, 1.0)
    assert top.median_hours_after_resolution == 5 * 24 + 0.5


@pytest.mark.parametrize(
    ("opened", "repeats"),
    [
        ("2/3/2016 08:00", 0),  # not after it
        ("2/3/2016 08:01", 1),
        ("16/3/2016 08:00", 1),  # fourteen days to the minute
        ("16/3/2016 08:01", 0),
    ],
)
def test_a_repeat_begins_within_the_window_after_a_resolution(
    tmp_path: Path, opened: str, repeats: int
) -> None:
    first = solved("INC1", "1/3/2016 08:00", "2/3/2016 08:00", "7/3/2016 08:30")
    second = solved("INC2", opened, "29/3/2016 08:00", "30/3/2016 08:00")

    found = take(tmp_path, [*first, *second]).repeats

    assert (found.eligible, found.same_subcategory) == (2, repeats)


@pytest.mark.parametrize(
    ("attributes", "eligible", "same_subcategory", "same_symptom"),
    [
        ({}, 2, 1, 1),
        ({"u_symptom": "Symptom 2"}, 2, 1, 0),
        ({"u_symptom": "?"}, 2, 1, 0),
        ({"subcategory": "Subcategory 2"}, 2, 0, 0),
        ({"category": "Category 2"}, 2, 0, 0),
        ({"subcategory": "?"}, 1, 0, 0),
        ({"caller_id": "Caller 2"}, 2, 0, 0),
        ({"caller_id": "?"}, 1, 0, 0),
    ],
)
def test_a_repeat_is_of_the_same_caller_and_kind(
    tmp_path: Path, attributes: dict[str, str], eligible: int, same_subcategory: int, same_symptom: int
) -> None:
    first = solved("INC1", "1/3/2016 08:00", "2/3/2016 08:00", "7/3/2016 08:30")
    second = solved("INC2", "3/3/2016 08:00", "4/3/2016 08:00", "9/3/2016 08:30", **attributes)

    repeats = take(tmp_path, [*first, *second]).repeats

    assert repeats == Repeats(
        window_days=14,
        eligible=eligible,
        same_subcategory=same_subcategory,
        same_symptom=same_symptom,
        expected_by_chance=repeats.expected_by_chance,
    )


def test_attributes_are_those_of_the_last_event(tmp_path: Path) -> None:
    first = solved("INC1", "1/3/2016 08:00", "2/3/2016 08:00", "7/3/2016 08:30")
    second = solved("INC2", "3/3/2016 08:00", "4/3/2016 08:00", "9/3/2016 08:30")
    second[0]["subcategory"] = second[1]["subcategory"] = "Subcategory 2"
    second[0]["caller_id"] = "Caller 9"

    assert take(tmp_path, [*first, *second]).repeats.same_subcategory == 1


def test_a_shared_account_is_no_person(tmp_path: Path) -> None:
    events = [
        event
        for day in range(1, 4)
        for event in solved(f"INC{day}", f"{day}/3/2016 08:00", f"{day}/3/2016 09:00", "9/3/2016 08:00")
    ]
    log = write_log(tmp_path / "log.csv", events)

    assert audit_of(log, shared_above=3).repeats.same_subcategory == 2
    shared = audit_of(log, shared_above=2)
    assert (shared.repeats.eligible, shared.repeats.same_subcategory) == (0, None)
    assert "shared account" in shared.not_known["repeats"]
    assert shared.switching_on is not None
    assert shared.switching_on.because["shared account"] == 3


def test_a_matter_lasts_from_the_first_opening_to_the_last_resolution(tmp_path: Path) -> None:
    over = take(tmp_path, CAME_BACK).until_over

    assert over is not None
    assert (over.chains, over.incidents) == (1, 2)
    assert (over.official_hours, over.real_hours) == (24, 16 * 24)


@given(order=st.permutations(range(len(EVERYTHING))))
def test_any_order_of_rows_gives_the_same_figures(order: list[int]) -> None:
    with TemporaryDirectory() as folder:
        straight = take(Path(folder), EVERYTHING)
        mixed = take(Path(folder), [EVERYTHING[place] for place in order])

    assert comparable(mixed) == comparable(straight)


@given(
    places=st.lists(st.integers(0, len(EVERYTHING) - 1), max_size=8), where=st.sampled_from(["top", "end"])
)
def test_copies_of_rows_change_nothing_but_a_note(places: list[int], where: str) -> None:
    copies = [EVERYTHING[place] for place in places]
    with TemporaryDirectory() as folder:
        once = take(Path(folder), EVERYTHING)
        twice = take(Path(folder), [*EVERYTHING, *copies] if where == "end" else [*copies, *EVERYTHING])

    assert comparable(twice) == comparable(once)
    assert any(note.startswith(f"{len(places)} row") for note in twice.notes) == bool(places)


def test_copies_are_found_among_rows_of_one_minute_without_a_count_of_updates(tmp_path: Path) -> None:
    turns = (("New", "1/3/2016 08:00", "desk"), ("Active", "1/3/2016 08:00", "desk"))
    new, active, closed = story("INC1", *turns, ("Closed", "2/3/2016 08:00", "desk"))
    columns = [name for name in COLUMNS if name != "sys_mod_count"]

    audit = audit_of(write_log(tmp_path / "log.csv", [closed, new, active, new], columns))

    assert audit.events == 3
    assert "1 row left out as copies of others" in audit.notes


def test_rows_out_of_order_are_said(tmp_path: Path) -> None:
    notes = take(tmp_path, list(reversed(BACK_AND_FORTH))).notes

    assert "rows of 1 incident put in order of time" in notes


def test_within_one_minute_the_count_of_updates_decides(tmp_path: Path) -> None:
    at_once = story(
        "INC1", *((state, "1/3/2016 08:00", "desk") for state in ("New", "Resolved", "Active", "Resolved"))
    )

    assert take(tmp_path, [at_once[2], at_once[0], at_once[3], at_once[1]]).observed_reopens == 1


def test_a_state_that_is_unknown_is_no_change(tmp_path: Path) -> None:
    events = story(
        "INC1",
        ("Resolved", "1/3/2016 08:00", "desk"),
        ("?", "1/3/2016 09:00", "desk"),
        ("Closed", "2/3/2016 08:00", "desk"),
    )

    assert take(tmp_path, events).observed_reopens == 0


def test_numbers_of_states_and_hold_reasons_are_understood(tmp_path: Path) -> None:
    events = story("INC1", *((s, f"{day}/3/2016 08:00", "desk") for day, s in enumerate("13627", start=1)))
    for event in events:
        event["hold_reason"] = "1" if event["incident_state"] == "3" else ""
    log = write_log(tmp_path / "log.csv", events, (*COLUMNS, "hold_reason"))

    audit = audit_of(log)

    assert audit.resolved_while_waiting == ResolvedWhileWaiting(incidents=1, of=1)
    assert (audit.closed, audit.observed_reopens) == (1, 1)


def test_a_state_of_ones_own_counts_as_open_and_is_said(tmp_path: Path) -> None:
    events = story(
        "INC1",
        ("Resolved", "1/3/2016 08:00", "desk"),
        ("With supplier", "2/3/2016 08:00", "desk"),
    )

    audit = take(tmp_path, events)

    assert audit.observed_reopens == 1
    assert any("'With supplier'" in note for note in audit.notes)


def test_states_in_another_language_are_not_known_rather_than_zero(tmp_path: Path) -> None:
    turns = (("Neu", "1/3/2016 08:00", "desk"), ("Geschlossen", "2/3/2016 08:00", "desk"))
    audit = take(tmp_path, story("INC1", *turns))

    for name in ("closed", "observed_reopens", "top_closer", "resolved_while_waiting", "switching_on"):
        assert getattr(audit, name) is None
        assert "'Geschlossen'" in audit.not_known[name]


@pytest.mark.parametrize(
    ("without", "unknown"),
    [
        ("sys_updated_by", "top_closer"),
        ("reopen_count", "recorded_reopens"),
        ("reassignment_count", "reassignments"),
        ("caller_id", "switching_on"),
        ("closed_code", "put_off"),
        ("resolved_at", "until_over"),
    ],
)
def test_a_figure_without_its_column_is_not_known(tmp_path: Path, without: str, unknown: str) -> None:
    columns = [name for name in COLUMNS if name != without]
    audit = audit_of(write_log(tmp_path / "log.csv", EVERYTHING, columns))

    assert getattr(audit, unknown) is None
    assert without.replace("closed_code", "close_code") in audit.not_known[unknown]


def test_repeats_without_symptoms_are_still_counted(tmp_path: Path) -> None:
    columns = [name for name in COLUMNS if name != "u_symptom"]
    audit = audit_of(write_log(tmp_path / "log.csv", CAME_BACK, columns))

    assert (audit.repeats.same_subcategory, audit.repeats.same_symptom) == (1, None)
    assert "u_symptom" in audit.not_known["repeats.same_symptom"]


def test_where_no_symptom_is_filled_in_it_is_not_known_how_many_were_alike(tmp_path: Path) -> None:
    audit = take(tmp_path, [{**event, "u_symptom": "?"} for event in CAME_BACK])

    assert (audit.repeats.same_subcategory, audit.repeats.same_symptom) == (1, None)
    assert audit.not_known["repeats.same_symptom"] == "nothing is filled in as u_symptom"


def test_times_that_run_backwards_are_said_and_left_out(tmp_path: Path) -> None:
    backwards = solved("INC1", "5/3/2016 08:00", "4/3/2016 08:00", "9/3/2016 08:00")

    notes = take(tmp_path, backwards).notes

    assert any(note.startswith("1 incident resolved before being opened") for note in notes)


def an_organisation(days: int, gap: timedelta, who: str = "timer") -> list[Event]:
    """Return three incidents a day, closed the same time after their resolution."""
    events: list[Event] = []
    for count in range(3 * days):
        day = date(2016, 3, 1) + timedelta(count // 3)
        closed = f"{day + gap:%d/%m/%Y} 10:15"
        opened, resolved = f"{day:%d/%m/%Y} 08:00", f"{day:%d/%m/%Y} 09:00"
        events += solved(f"INC{count}", opened, resolved, closed, caller_id=f"Caller {count}")
    return events


def test_an_account_that_always_closes_after_the_same_time_is_a_timer(tmp_path: Path) -> None:
    found = take(tmp_path, an_organisation(10, timedelta(5))).closed_without_word

    assert found is not None
    assert (found.incidents, found.of, found.estimated) == (30, 30, False)
    assert found.hours_after_resolution == 5 * 24 + 1.25


def test_who_tidies_up_one_afternoon_is_no_timer(tmp_path: Path) -> None:
    found = take(tmp_path, an_organisation(9, timedelta(5))).closed_without_word

    assert found is not None
    assert (found.incidents, found.of, found.hours_after_resolution) == (0, 27, None)


def test_messages_to_one_person_on_one_day_are_one(tmp_path: Path) -> None:
    events = [
        *solved("INC1", "7/3/2016 08:00", "7/3/2016 09:00", "20/3/2016 08:00"),
        *solved("INC2", "7/3/2016 08:00", "7/3/2016 10:00", "20/3/2016 08:00"),
        *solved("INC3", "7/3/2016 08:00", "13/3/2016 23:00", "20/3/2016 08:00"),
        *solved("INC4", "7/3/2016 08:00", "14/3/2016 00:00", "20/3/2016 08:00"),
        *solved("INC5", "7/3/2016 08:00", "14/3/2016 00:00", "20/3/2016 08:00", caller_id="agent"),
        *solved("INC6", "7/3/2016 08:00", "14/3/2016 00:00", "20/3/2016 08:00", caller_id="?"),
    ]

    found = take(tmp_path, events).switching_on

    assert found is not None
    assert (found.messages_in_busiest_week, found.most_to_one_person_a_week) == (2, 2)
    assert (found.cannot_be_asked, found.of) == (2, 6)
    assert found.because == {"unknown caller": 1, "shared account": 0, "resolved by the caller": 1}


@pytest.mark.parametrize(
    ("code", "due", "expected"),
    [("Workaround provided", "", (1, 1)), ("Known error", "2016-04-01", (1, 0)), ("User error", "", (0, 0))],
)
def test_what_was_put_off_wants_a_date(
    tmp_path: Path, code: str, due: str, expected: tuple[int, int]
) -> None:
    events = [{**event, "closed_code": code, "due_date": due} for event in BACK_AND_FORTH]
    found = audit_of(write_log(tmp_path / "log.csv", events, (*COLUMNS, "due_date"))).put_off

    assert found is not None
    assert (found.incidents, found.without_date) == expected


def test_without_a_column_for_dates_it_is_not_known_how_many_have_none(tmp_path: Path) -> None:
    events = [{**event, "closed_code": "Workaround provided"} for event in BACK_AND_FORTH]

    audit = take(tmp_path, events)

    assert audit.put_off is not None
    assert (audit.put_off.incidents, audit.put_off.without_date) == (1, None)
    assert "due_date" in audit.not_known["put_off.without_date"]


def test_a_log_may_be_packed_whatever_its_name(tmp_path: Path) -> None:
    plain = write_log(tmp_path / "log.csv", EVERYTHING)
    packed = tmp_path / "log.export"
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    assert audit_of(packed).events == len(EVERYTHING)


def test_a_list_export_by_mistake_is_noticed(tmp_path: Path) -> None:
    audit = take(tmp_path, [CAME_BACK[2], CAME_BACK[5]])

    assert any("--incidents" in note for note in audit.notes)
