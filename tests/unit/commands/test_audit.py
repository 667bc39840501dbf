"""`careloop audit`: a first screen that needs no manual, and nothing but a file."""

import re
from pathlib import Path

import orjson
import pytest

from tests.unit.commands.conftest import Call
from tests.unit.report.audit.logs import solved, write_log

LOG = [
    *solved("INC1", "1/3/2016 08:00", "2/3/2016 08:00", "7/3/2016 08:30"),
    *solved("INC2", "16/3/2016 08:00", "17/3/2016 08:00", "22/3/2016 08:30"),
]


@pytest.fixture
def log(folder: Path) -> str:
    (folder / "careloop.yaml").unlink()
    write_log(folder / "log.csv", LOG)
    return "log.csv"


def test_a_file_needs_neither_settings_nor_a_store(folder: Path, call: Call, log: str) -> None:
    done = call("audit", "--events", log)

    assert (done.code, done.err) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == ["log.csv"]


def test_the_first_screen_fits_eighty_columns_and_says_what_is_not_known(call: Call, log: str) -> None:
    printed = call("audit", "--events", log).out

    assert max(map(len, printed.splitlines())) <= 80
    first = printed.split("Also in the data")[0]
    assert "50.0 %  came back under a new number within 14 days" in first
    assert " not known  put off without a date" in first
    assert "\x1b" not in printed


def test_numbers_of_the_call_reach_the_figures(call: Call, log: str) -> None:
    wide = orjson.loads(call("audit", "--events", log, "--format", "json", "--window", "15").out)
    narrow = orjson.loads(call("audit", "--events", log, "--format", "json", "--window", "13").out)
    alone = orjson.loads(
        call("audit", "--events", log, "--format", "json", "--shared-account-above", "1").out
    )

    assert wide["repeats"]["window_days"] == 15
    assert [one["repeats"]["same_subcategory"] for one in (wide, narrow, alone)] == [1, 0, None]


@pytest.mark.parametrize("format", ["text", "json", "html"])
def test_an_account_is_named_only_when_asked_for(call: Call, log: str, format: str) -> None:
    command = ("audit", "--events", log, "--format", format)

    assert "timer" not in call(*command).out.replace("a timer", "")
    assert "timer" in call(*command, "--name-accounts").out.replace("a timer", "")


@pytest.mark.parametrize("format", ["json", "html"])
def test_the_audit_can_be_kept_in_a_file(folder: Path, call: Call, log: str, format: str) -> None:
    printed = call("audit", "--events", log, "--format", format).out
    done = call("audit", "--events", log, "--format", format, "--out", "audit.file")

    assert "audit.file" in done.out
    assert (folder / "audit.file").read_text() == printed


def test_the_command_on_the_page_takes_the_same_audit_again(folder: Path, call: Call, log: str) -> None:
    terms = ("--window", "15", "--shared-account-above", "7", "--name-accounts")
    printed = call("audit", "--events", log, *terms, "--format", "html").out
    (shown,) = re.findall(r"<code>careloop (.*?)</code>", re.sub(r"</?span>", "", printed))

    done = call(*shown.replace("FILE", log).split())

    assert (done.code, done.err) == (0, "")
    assert (folder / "audit.html").read_text(encoding="utf-8") == printed


def test_a_file_that_cannot_be_written_is_named(call: Call, log: str) -> None:
    done = call("audit", "--events", log, "--out", "missing/audit.txt")

    assert done.code == 1
    assert "missing/audit.txt" in done.err


LISTED = {"Number": "INC1", "Opened": "2016-03-01 08:00:00"}


def test_one_option_takes_several_list_exports(folder: Path, call: Call) -> None:
    write_log(folder / "march.csv", [LISTED], LISTED)
    write_log(folder / "april.csv", [LISTED | {"Number": "INC2"}], LISTED)

    done = call("audit", "--incidents", "march.csv", "april.csv", "--format", "json")

    assert (done.code, orjson.loads(done.out)["incidents"]) == (0, 2)


def test_without_settings_or_an_export_both_ways_are_named(folder: Path, call: Call) -> None:
    (folder / "careloop.yaml").unlink()

    done = call("audit")

    assert done.code == 1
    assert "careloop init" in done.err
    assert "--events FILE" in done.err
    assert done.err.count("\n") == 1


def test_the_fields_of_a_live_audit_are_listed_without_a_secret_or_a_request(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SERVICENOW_PASSWORD")

    done = call("audit", "--print-fields")

    assert (done.code, done.err) == (0, "")
    assert "incident: caller_id, category" in done.out
    assert "sys_audit: sys_id, documentkey" in done.out
    for text in ("short_description", "comments", "close_notes", "sys_user", "email"):
        assert text not in done.out


def test_an_instance_without_incidents_is_named(call: Call) -> None:
    assert "no instance jira has a table of incidents" in call("audit", "--instance", "jira").err


def test_where_there_are_several_tables_one_is_to_be_named(folder: Path, call: Call) -> None:
    login = "auth: {type: token, token: env:JIRA_TOKEN}"
    second = f"  other:\n    kind: servicenow\n    url: http://127.0.0.1:9\n    {login}\n"
    text = (folder / "careloop.yaml").read_text()
    (folder / "careloop.yaml").write_text(text.replace("  jira:\n", f"{second}  jira:\n"))

    assert "(other/incident, servicenow/incident): name one with --instance" in call("audit").err


def test_an_instance_that_does_not_answer_is_named_and_leaves_no_store(folder: Path, call: Call) -> None:
    done = call("audit")

    assert done.code == 1
    assert done.err.startswith("careloop: servicenow: ")
    assert not (folder / "careloop.db").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["april.csv"],
        ["--events", "log.csv", "--incidents", "april.csv"],
        ["--events", "log.csv", "april.csv"],
    ],
)
def test_one_kind_of_export_is_named(call: Call, arguments: list[str]) -> None:
    done = call("audit", *arguments)

    assert done.code == 1
    assert "--events FILE" in done.err
    assert "--incidents FILE" in done.err


def test_a_file_that_cannot_be_used_ends_in_one_line(folder: Path, call: Call) -> None:
    (folder / "log.csv").write_text("Nummer;Status\nINC1;Neu\n")

    done = call("audit", "--events", "log.csv")

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("careloop: log.csv: has no column number ('Number')")
    assert done.err.count("\n") == 1


def test_rows_that_cannot_be_read_are_listed(folder: Path, call: Call, log: str) -> None:
    with (folder / log).open("a", encoding="utf-8") as stream:
        stream.write("INC3,New\n")

    assert "log.csv, line 8: it holds 2 values" in call("audit", "--events", log).out
