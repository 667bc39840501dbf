"""Whatever a file is, careloop says in one line what is wrong with it, and guesses nothing in silence."""

import gzip
import os
import zipfile
from pathlib import Path

import pytest

from careloop.errors import SettingsError
from careloop.report.audit.figures import Audit, Terms
from careloop.report.audit.log import read_log
from careloop.report.audit.moments import Order
from careloop.report.audit.take import take_audit
from careloop.wiring import fixed_chance
from tests.unit.report.audit.logs import COLUMNS, audit_of, quiet, solved, write_log

GOOD = solved("INC1", "13/3/2016 08:00", "14/3/2016 08:00", "19/3/2016 08:30", caller_id="Zoë Ångström")
PLAIN = "number,state,sys_updated_on\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "log.csv", GOOD)


def write(folder: Path, content: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path) -> str:
    """Return what careloop says of a file that it cannot use."""
    with pytest.raises(SettingsError) as caught:
        read_log(path, quiet)
    said = str(caught.value)
    assert said.startswith(str(path))
    assert "\n" not in said
    return said


def add(log: Path, line: str) -> Audit:
    """Return the audit of a good log with one more line."""
    with log.open("a", encoding="utf-8") as stream:
        stream.write(line)
    return audit_of(log)


def good_line(**changes: str) -> str:
    return ",".join((GOOD[0] | {"number": "INC2"} | changes)[name] for name in COLUMNS) + "\n"


# --- what cannot be used at all ---


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (PLAIN.encode(), "no row below its heading"),
        (b"number,category\nINC1,x\n", "has no column incident_state ('State'), sys_updated_on ('Updated')"),
        (b"PK\x03\x04 a workbook", "is a spreadsheet or an archive; export it as CSV"),
        (b"\xd0\xcf\x11\xe0 a workbook", "is a spreadsheet or an archive; export it as CSV"),
        (b"<html>\n<body>Log in</body>\n</html>\n", "its headings are '<html>'"),
        (b"\x1f\x8b\x00 nothing that was packed", "is damaged"),
        (f"{PLAIN}INC1,New,yesterday\n".encode(), "no row can be read; the first, in line 2"),
        (b"number,Number,state,sys_updated_on\n", "has two columns"),
        (f'{PLAIN}INC1,"New,2016-03-01\nINC2,New,2016-03-01\n'.encode(), "opens in line 2 is never closed"),
        (b"number,state,sys_updated_on\nINC1,\x81,2016-03-01\n", "is not text in"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(
    tmp_path: Path, content: bytes, says: str
) -> None:
    assert says in refusal(write(tmp_path, content))


def test_headings_in_another_language_are_shown_beside_those_that_are_needed(tmp_path: Path) -> None:
    said = refusal(write(tmp_path, "Nummer;Status;Geöffnet\nINC1;Neu;1.3.2016\n"))

    assert "'Nummer', 'Status', 'Geöffnet'" in said
    assert "number ('Number')" in said
    assert "English labels" in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "log.csv")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


def test_what_can_be_read_only_once_is_refused_before_it_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log.csv")

    assert "is no file on a disk" in refusal(tmp_path / "log.csv")


def test_a_packed_file_that_was_cut_off_is_not_taken_for_the_whole(tmp_path: Path, log: Path) -> None:
    packed = gzip.compress(log.read_bytes() * 50)

    assert "ends in the middle" in refusal(write(tmp_path, packed[: len(packed) // 2], "log.csv.gz"))
    assert "is damaged" in refusal(write(tmp_path, packed[:-8] + bytes(8), "log.csv.gz"))


def test_a_real_workbook_is_noticed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "log.xlsx", "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")

    assert "is a spreadsheet" in refusal(tmp_path / "log.xlsx")


# --- how it is written ---


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_separators_are_found_by_the_heading(tmp_path: Path, delimiter: str) -> None:
    assert audit_of(write_log(tmp_path / "log.csv", GOOD, delimiter=delimiter)).closed == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_with_and_without_a_mark(tmp_path: Path, encoding: str) -> None:
    audit = audit_of(write_log(tmp_path / "log.csv", GOOD, encoding=encoding))

    assert (audit.closed, audit.unreadable_rows, audit.notes) == (1, 0, ())


def test_what_is_no_unicode_is_read_as_windows_1252_and_said(tmp_path: Path) -> None:
    audit = audit_of(write_log(tmp_path / "log.csv", GOOD, encoding="cp1252"))

    assert audit.closed == 1
    assert "log.csv: is not UTF-8 and was read as Windows-1252; check names with accents" in audit.notes


def test_bytes_that_are_no_unicode_are_noticed_far_down_as_well(tmp_path: Path) -> None:
    events = [event for count in range(500) for event in solved(f"INC{count}", *["1/3/2016 08:00"] * 3)]
    log = write_log(tmp_path / "log.csv", [*events, *GOOD], encoding="cp1252")

    assert any("Windows-1252" in note for note in audit_of(log).notes)


def test_lines_may_end_as_on_windows(log: Path) -> None:
    log.write_bytes(log.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    assert audit_of(log).unreadable_rows == 0


# --- dates ---


def dated(folder: Path, *dates: str) -> Path:
    lines = [f"INC{place},New,{text}\n" for place, text in enumerate(dates)]
    return write(folder, PLAIN + "".join(lines))


def test_dates_with_the_month_first_are_read_so_once_one_proves_it(tmp_path: Path) -> None:
    past = read_log(dated(tmp_path, "3/4/2016 1:00 PM", "3/25/2016 2:00 AM"), quiet)

    assert [one.updated for one in past.incidents] == [1_457_096_400, 1_458_871_200]
    assert any("read as month/day/year, as '3/25/2016' shows" in note for note in past.notes)


@pytest.mark.parametrize("dates", [("3/4/2016", "13/4/2016", "4/13/2016"), ("4/13/2016", "13/4/2016")])
def test_dates_in_two_orders_are_refused_with_one_of_each(tmp_path: Path, dates: tuple[str, ...]) -> None:
    said = refusal(dated(tmp_path, *dates))

    assert "'13/4/2016'" in said
    assert "'4/13/2016'" in said
    assert "--dates" in said


def test_who_says_the_order_gets_the_others_listed(tmp_path: Path) -> None:
    past = read_log(dated(tmp_path, "3/4/2016", "13/4/2016", "4/13/2016"), quiet, Order.DAY_FIRST)

    assert (len(past.incidents), past.unreadable_rows) == (2, 1)
    assert past.unreadable[0].line == 4
    assert "day-first" in past.unreadable[0].why


def test_an_order_that_nothing_proves_is_said(tmp_path: Path) -> None:
    assert any("'3/4/2016'" in note for note in read_log(dated(tmp_path, "3/4/2016"), quiet).notes)
    assert read_log(dated(tmp_path, "3/3/2016", "2016-03-04", "4.3.2016"), quiet).notes[1:] == []


@pytest.mark.parametrize(
    "text",
    [
        "2016-02-30",
        "29/2/2015",
        "2016-03-01 24:00",
        "2016-03-01 13:00 PM",
        "1/3/16",
        "1-3/2016",
        "01:00",
        "2250-01-01",
    ],
)
def test_a_time_that_does_not_exist_is_none(tmp_path: Path, text: str) -> None:
    assert read_log(dated(tmp_path, "2016-03-01", text), quiet).unreadable_rows == 1


@pytest.mark.parametrize(
    "text",
    [
        "2016-03-04T13:00:00Z",
        "2016-03-04 14:00:00.123+01:00",
        "04.03.2016 13:00",
        "4/3/2016 01:00:00 pm",
        "2016/3/4 13:00",
    ],
)
def test_a_time_is_read_in_many_forms(tmp_path: Path, text: str) -> None:
    (one,) = read_log(dated(tmp_path, text), quiet).incidents

    assert one.updated == 1_457_096_400


# --- rows ---


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("INC2,New,true\n", f"it holds 3 values where the heading has {len(COLUMNS)}"),
        (good_line(number="?"), "no number"),
        (good_line(number="x" * 1_000_000), "its number has 1,000,000 characters"),
        (good_line(sys_updated_at="?"), "does not say when"),
        (good_line(sys_updated_at="soon"), "'soon' is no time"),
        (good_line(opened_at="30/2/2016 08:00"), "'30/2/2016' is no date"),
        (good_line(reopen_count="many"), "'many' is no count"),
        (good_line(sys_mod_count="-1"), "'-1' is no count"),
        (good_line(category='"a"b'), "expected after"),
    ],
)
def test_a_row_that_cannot_be_read_is_counted_and_listed_and_in_no_figure(
    log: Path, line: str, why: str
) -> None:
    before = audit_of(log)

    audit = add(log, line)

    assert (audit.events, audit.incidents, audit.unreadable_rows) == (before.events, before.incidents, 1)
    (listed,) = audit.unreadable
    assert (listed.file, listed.line) == ("log.csv", 5)
    assert why in listed.why
    assert len(listed.why) < 200


def test_a_row_among_disordered_ones_is_counted_once(log: Path) -> None:
    with log.open("a", encoding="utf-8") as stream:
        stream.write(good_line(number="INC1", sys_updated_at="1/3/2016 08:00"))
        stream.write(good_line(number="INC1", closed_at="never"))

    audit = audit_of(log)

    assert (audit.events, audit.unreadable_rows) == (4, 1)


def test_a_field_of_a_million_characters_does_no_harm(log: Path) -> None:
    audit = add(log, good_line(closed_code="x" * 1_000_000))

    assert (audit.events, audit.unreadable_rows) == (4, 0)
    assert max(map(len, audit.not_known["put_off"].split(","))) < 200


def test_an_empty_line_is_no_row(log: Path) -> None:
    assert add(log, "\n\n").unreadable_rows == 0


def test_only_the_first_rows_that_cannot_be_read_are_listed(log: Path) -> None:
    audit = add(log, "x\n" * 500)

    assert audit.unreadable_rows == 500
    assert [row.line for row in audit.unreadable] == list(range(5, 15))


def test_progress_is_told_on_a_long_log(tmp_path: Path) -> None:
    events = [event for count in range(2000) for event in solved(f"INC{count}", *["1/3/2016 08:00"] * 3)]
    told: list[tuple[str, int, int | None]] = []

    def tell(what: str, done: int, total: int | None) -> None:
        told.append((what, done, total))

    log = write_log(tmp_path / "log.csv", events)
    take_audit(read_log(log, tell), Terms(), fixed_chance())

    assert told
    assert all(0 < done <= (total or 0) == log.stat().st_size for _, done, total in told)
