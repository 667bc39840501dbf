"""A list export gives what it can, with a reason for what it cannot, and never a zero in its place."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from careloop.errors import SettingsError
from careloop.report.audit.figures import Audit, Terms, audit_as_data
from careloop.report.audit.listing import read_lists
from careloop.report.audit.take import take_audit
from careloop.wiring import fixed_chance
from tests.unit.report.audit.logs import quiet, write_log

LABELS = (
    *("Number", "Opened", "Caller", "Short description", "State", "Category", "Subcategory", "Updated"),
    *("Resolved", "Resolved by", "Closed", "Closed by", "Reopen count", "Reassignment count", "Close code"),
)
ONE = {
    "Number": "INC1",
    "Opened": "2016-03-01 08:00:00",
    "Caller": "Abel Tuter",
    "Short description": "Mail, again",
    "State": "Closed",
    "Category": "Software",
    "Subcategory": "Email",
    "Updated": "2016-03-07 08:30:00",
    "Resolved": "2016-03-02 08:00:00",
    "Resolved by": "Beth Anglin",
    "Closed": "2016-03-07 08:30:00",
    "Closed by": "Beth Anglin",
    "Reopen count": "1",
    "Reassignment count": "4",
    "Close code": "Workaround provided",
}
OTHER = ONE | {
    "Number": "INC2",
    "Opened": "2016-03-03 08:00:00",
    "Resolved": "2016-03-04 08:00:00",
    "Reopen count": "0",
    "Reassignment count": "0",
    "Close code": "Solution provided",
}
Row = Mapping[str, str]


def audit_of(*paths: Path) -> Audit:
    return take_audit(read_lists(paths, quiet), Terms(), fixed_chance())


def take(
    folder: Path, rows: Iterable[Row], columns: Iterable[str] = LABELS, name: str = "list.csv", **form: Any
) -> Audit:
    return audit_of(write_log(folder / name, rows, columns, **form))


def test_a_list_gives_what_needs_no_history(tmp_path: Path) -> None:
    audit = take(tmp_path, [ONE, OTHER])

    assert (audit.incidents, audit.closed, audit.unreadable_rows) == (2, 2, 0)
    assert (audit.recorded_reopens, audit.incidents_with_recorded_reopen) == (1, 1)
    assert (audit.reassignments, audit.incidents_with_3plus_reassignments) == (4, 1)
    assert (audit.repeats.eligible, audit.repeats.same_subcategory) == (2, 1)
    assert audit.put_off is not None
    assert audit.put_off.incidents == 1
    assert audit.switching_on is not None
    assert audit.switching_on.of == 2


def test_what_needs_a_history_is_not_known(tmp_path: Path) -> None:
    data = audit_as_data(take(tmp_path, [ONE, OTHER]))

    for name in ("events", "top_closer", "observed_reopens", "resolved_while_waiting"):
        assert data[name] is None
        assert "history" in data["not_known"][name]


def test_every_null_has_its_reason(tmp_path: Path) -> None:
    data = audit_as_data(take(tmp_path, [ONE, OTHER], ("Number", "Opened")))
    figures = {name: value for name, value in data.items() if name not in ("source", "terms", "series")}

    nulls = [name for name, value in figures.items() if value is None]
    nulls += [
        f"{name}.{part}"
        for name, value in figures.items()
        if isinstance(value, dict)
        for part, inner in value.items()
        if inner is None
    ]
    assert len(nulls) > 10
    assert [name for name in nulls if not {name, name.split(".")[0]} & set(data["not_known"])] == []


def test_field_names_serve_as_well_as_labels(tmp_path: Path) -> None:
    names = {
        "Number": "number",
        "Opened": "opened_at",
        "Caller": "caller_id",
        "State": "state",
        "Category": "category",
        "Subcategory": "subcategory",
        "Resolved": "resolved_at",
        "Closed": "closed_at",
        "Reopen count": "reopen_count",
        "Close code": "close_code",
    }
    rows = [{names[label]: text for label, text in row.items() if label in names} for row in (ONE, OTHER)]

    audit = take(tmp_path, rows, names.values())

    assert (audit.closed, audit.repeats.same_subcategory, audit.recorded_reopens) == (2, 1, 1)


def many(closed_after: timedelta) -> list[Row]:
    """Return three incidents a day on ten days, closed after the same time."""
    days = (date(2016, 3, 1) + timedelta(count // 3) for count in range(30))
    return [
        ONE
        | {
            "Number": f"INC{count}",
            "Opened": f"{day} 08:00:00",
            "Resolved": f"{day} 09:00:00",
            "Closed": f"{day + closed_after} 09:20:00",
        }
        for count, day in enumerate(days)
    ]


def test_a_timer_is_estimated_from_the_most_frequent_distance(tmp_path: Path) -> None:
    found = take(tmp_path, many(timedelta(7))).closed_without_word

    assert found is not None
    assert (found.incidents, found.of, found.estimated) == (30, 30, True)
    assert found.hours_after_resolution == pytest.approx(7 * 24 + 1 / 3)


def test_who_closes_at_once_is_no_timer(tmp_path: Path) -> None:
    audit = take(tmp_path, many(timedelta(0)))

    assert audit.closed_without_word is None
    assert "frequent enough" in audit.not_known["closed_without_word"]


@pytest.mark.parametrize(("rows", "warned"), [(999, 0), (1000, 1), (1001, 0), (2000, 1)])
def test_an_export_of_a_round_number_of_rows_looks_cut_off(tmp_path: Path, rows: int, warned: int) -> None:
    audit = take(tmp_path, (ONE | {"Number": f"INC{count}"} for count in range(rows)))

    assert sum(f"exactly {rows:,} rows" in note for note in audit.notes) == warned


def test_several_files_are_one_list(tmp_path: Path) -> None:
    first = write_log(tmp_path / "march.csv", [ONE], LABELS)
    second = write_log(tmp_path / "april.csv", [OTHER], LABELS[:9], delimiter=";")

    audit = audit_of(first, second)

    assert (audit.incidents, audit.repeats.same_subcategory) == (2, 1)
    assert audit.source.names == ("march.csv", "april.csv")
    assert "reopen_count" in audit.not_known["recorded_reopens"]


def test_an_incident_in_two_files_counts_once_as_it_was_last(tmp_path: Path) -> None:
    later = ONE | {"Reopen count": "2", "Updated": "2016-04-01 08:00:00"}
    paths = [
        write_log(tmp_path / "new.csv", [later, OTHER], LABELS),
        write_log(tmp_path / "old.csv", [ONE, OTHER], LABELS),
    ]

    audit = audit_of(*paths)

    assert (audit.incidents, audit.recorded_reopens) == (2, 2)
    assert "old.csv: 1 row of incidents that were there already; the newest counts" in audit.notes
    assert "old.csv: 1 row left out as copies of others" in audit.notes
    assert audit_of(*reversed(paths)).recorded_reopens == 2


def test_each_file_has_its_own_order_of_dates(tmp_path: Path) -> None:
    american = ONE | {
        "Opened": "03/31/2016 08:00",
        "Resolved": "04/01/2016 08:00",
        "Closed": "",
        "Updated": "",
    }
    german = OTHER | {
        "Opened": "02.04.2016 08:00",
        "Resolved": "03.04.2016 08:00",
        "Closed": "",
        "Updated": "",
    }

    audit = audit_of(
        write_log(tmp_path / "us.csv", [american], LABELS), write_log(tmp_path / "de.csv", [german], LABELS)
    )

    assert audit.repeats.same_subcategory == 1
    assert any("us.csv: dates are read as month/day/year" in note for note in audit.notes)


def test_a_person_who_resolved_their_own_is_not_asked(tmp_path: Path) -> None:
    found = take(tmp_path, [ONE | {"Resolved by": "Abel Tuter"}]).switching_on

    assert found is not None
    assert found.because["resolved by the caller"] == 1


def test_a_file_that_fails_is_named_among_several(tmp_path: Path) -> None:
    good = write_log(tmp_path / "good.csv", [ONE], LABELS)
    empty = tmp_path / "empty.csv"
    empty.touch()

    with pytest.raises(SettingsError, match=r"empty\.csv: is empty"):
        audit_of(good, empty)
