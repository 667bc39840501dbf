"""Journal texts as the platform displays them."""

from datetime import UTC, datetime

import pytest

from careloop.connectors.servicenow.journal import Style, read_entries

UTC_STYLE = Style.of({})


def entries(text: str, style: Style = UTC_STYLE) -> list[tuple[str, str, str]]:
    return [
        (row["sys_created_on"], row["author"], row["value"])
        for row in read_entries("a1", "comments", text, style)
    ]


def test_entries_come_apart_with_their_blank_lines() -> None:
    text = (
        "2026-01-05 10:00:00 - Ines Lund (Additional comments)\nFixed.\n\nPlease try.\n\n"
        "2026-01-05 09:00:00 - Jonas Beck (Additional comments)\nMail is down\n\n"
    )
    assert entries(text) == [
        ("2026-01-05 10:00:00", "Ines Lund", "Fixed.\n\nPlease try."),
        ("2026-01-05 09:00:00", "Jonas Beck", "Mail is down"),
    ]


def test_a_line_that_only_looks_like_a_heading_stays_text() -> None:
    text = (
        "2026-01-05 09:00:00 - Jonas Beck (Additional comments)\nI read this:\n"
        "2026-01-05 08:00:00 - Ines Lund (Additional comments)\nDone\n\n"
        "2026-01-06 08:00:00 - Ines Lund (Additional comments)\nlater than its own entry\n\n"
    )
    assert len(entries(text)) == 1


@pytest.mark.parametrize(
    ("account", "shown"),
    [
        ({"date_format": "dd/MM/yyyy", "time_format": "HH:mm:ss"}, "24/08/2026 18:47:52"),
        ({"date_format": "MM-dd-yyyy", "time_format": "hh:mm:ss a"}, "08-24-2026 06:47:52 PM"),
        ({"date_format": "dd-MMM-yyyy", "time_format": "HH:mm:ss"}, "24-Aug-2026 18:47:52"),
        ({"time_zone": "Europe/Berlin"}, "2026-08-24 20:47:52"),
    ],
)
def test_times_are_read_in_the_zone_and_format_of_our_account(account: dict[str, str], shown: str) -> None:
    style = Style.of(account)
    read = style.read(shown)
    assert read is not None
    assert read.astimezone(UTC) == datetime(2026, 8, 24, 18, 47, 52, tzinfo=UTC)


def test_a_zone_nobody_knows_counts_as_utc() -> None:
    assert Style.of({"time_zone": "Mars/Base"}).zone.key == "UTC"


def test_an_empty_journal_has_no_entries() -> None:
    assert entries("") == []


def test_the_same_entry_has_the_same_id_every_time() -> None:
    text = "2026-01-05 09:00:00 - Jonas Beck (Additional comments)\nMail is down\n\n"
    ids = [next(read_entries("a1", "comments", text, UTC_STYLE))["sys_id"] for _ in range(2)]
    assert ids[0] == ids[1]
