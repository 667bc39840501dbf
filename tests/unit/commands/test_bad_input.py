"""Whatever is wrong, the user reads one line that says what to change, and never a traceback."""

import sqlite3
from pathlib import Path

import pytest

from careloop.commands.plan import write_plan
from careloop.errors import SettingsError
from careloop.model.plan import Plan
from tests.unit.commands.conftest import SETTINGS, Call, Done


def assert_one_line(done: Done, *words: str) -> None:
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("careloop: ")
    assert done.err.count("\n") == 1
    for word in words:
        assert word in done.err


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        (
            "store: careloop.db",
            "stores: careloop.db",
            "careloop.yaml:1:1: stores",
            "no setting has this name",
        ),
        ("contact:", "contact: [", "careloop.yaml:1", "not YAML"),
        ("  reopen: {}", "  reopens: {}", "careloop.yaml:24:3", "no policy has this name"),
        ("  reopen: {}", "  reopen: {look_bak: 3}", "policies.reopen.look_bak", "no setting has this name"),
        ("  reopen: {}", "  reopen: {look_back: soon}", "policies.reopen.look_back", "integer"),
        ("kind: jira", "kind: yira", "instances.jira.kind", "is one of jira, servicenow"),
        ("env:JIRA_TOKEN", "secret", "instances.jira.auth.password", "does not stand in the file"),
        ("http://127.0.0.1:9", "https://other.example.com", "contact.non_production", "production: true"),
        ("projects: [ENG]", "projects: [eng]", "instances.jira.projects", "pattern"),
        ("instance: jira", "instance: yira", "sync.links.0.to.instance", "no instance is called 'yira'"),
    ],
)
def test_a_wrong_setting_is_named_with_file_line_and_what_to_do(
    folder: Path, call: Call, old: str, new: str, place: str, says: str
) -> None:
    assert old in SETTINGS
    (folder / "careloop.yaml").write_text(SETTINGS.replace(old, new))

    for command in (["plan"], ["status"], ["check"]):
        assert_one_line(call(*command), place, says)


def test_a_secret_that_is_missing_is_named_and_only_asked_for_where_it_is_used(
    folder: Path, call: Call
) -> None:
    (folder / "careloop.yaml").write_text(SETTINGS.replace("env:JIRA_TOKEN", "env:MISSING"))

    assert_one_line(call("plan"), "careloop.yaml:11", "instances.jira.auth.password", "MISSING is not set")
    assert call("status").code == 0
    assert call("check", "--print-rights").code == 0


def test_settings_that_are_not_there_are_asked_for(folder: Path, call: Call) -> None:
    assert_one_line(call("plan", "--config", "other.yaml"), "other.yaml", "careloop init")


def test_settings_that_are_no_text_are_refused(folder: Path, call: Call) -> None:
    (folder / "careloop.yaml").write_bytes(b"\xff\xfe\x00")

    assert_one_line(call("plan"), "careloop.yaml", "cannot be read")


@pytest.mark.parametrize("command", ["plan", "run", "check"])
def test_a_host_that_does_not_answer_is_named(call: Call, command: str) -> None:
    done = call(command)

    assert done.code == 1
    assert "no connection to 127.0.0.1; check instances." in done.out + done.err
    assert "Traceback" not in done.out + done.err


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "not json", '{"careloop_plan": 2}', '{"careloop_plan": 1, "changes": [{}]}']
)
def test_a_file_that_is_no_plan_is_refused(folder: Path, call: Call, content: str) -> None:
    (folder / "plan.json").write_text(content)

    assert_one_line(call("apply", "plan.json"), "plan.json", "is no plan", "careloop plan --out")


def test_a_plan_that_is_not_there_is_asked_for(call: Call) -> None:
    assert_one_line(call("apply", "plan.json"), "plan.json", "careloop plan --out plan.json")


def test_a_plan_that_cannot_be_kept_says_where(folder: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"missing/plan.json: the plan cannot be kept there: No such file"
    ):
        write_plan(Plan(), folder / "missing" / "plan.json")


def test_apply_wants_a_file_or_a_yes(call: Call) -> None:
    assert_one_line(call("apply"), "--yes")


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", "INC99"],
        ["answer", "INC99", "yes", "--by", "anna"],
        ["override", "INC99", "keep_open", "--reason", "x"],
        [
            "deferral",
            "add",
            "INC99",
            "--owner",
            "a",
            "--promised-to",
            "b",
            "--until",
            "2027-01-01",
            "--reason",
            "x",
        ],
        ["link", "INC99", "ENG-1"],
    ],
)
def test_an_unknown_number_is_named_with_what_to_do(call: Call, arguments: list[str]) -> None:
    assert_one_line(call(*arguments), "INC99: no record with this number is known", "careloop run")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["plam"], "No such command 'plam'"),
        (["plan", "--formt", "json"], "No such option"),
        (["plan", "--format", "xml"], "'xml' is not one of"),
        (["explain"], "Missing argument"),
        (["answer", "INC1", "maybe", "--by", "x"], "'maybe' is not one of"),
        (["override", "INC1", "hurry", "--reason", "x"], "Invalid value for 'action': 'hurry' is not one of"),
        (["deferral", "decide", "INC1", "forget", "--reason", "x"], "'forget' is not one of"),
        (["run", "--every", "soon"], "write a number and s, m or h"),
        (["run", "--every", "0s"], "write a number and s, m or h"),
        (["retry", "abcd1234"], "no write that waits has this key"),
        (["conflicts", "keep", "c1", "left"], "no open conflict has this key"),
        (["conflicts", "keep", "c1", "middle"], "'middle' is not one of"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(call: Call, arguments: list[str], says: str) -> None:
    assert_one_line(call(*arguments), says)


def test_a_store_that_is_no_database_is_named(folder: Path, call: Call) -> None:
    (folder / "careloop.db").write_text("hello " * 1000)

    assert_one_line(call("status"), "careloop.db", "no SQLite database")


def test_a_store_in_a_folder_that_is_not_there_is_named(folder: Path, call: Call) -> None:
    (folder / "careloop.yaml").write_text(SETTINGS.replace("careloop.db", "missing/careloop.db"))

    assert_one_line(call("status"), "careloop.db", "does its folder exist")


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\xff\xfe", b"number\nINC1\n"])
def test_an_event_log_that_is_none_is_named(folder: Path, call: Call, content: bytes) -> None:
    (folder / "log.csv").write_bytes(content)

    assert_one_line(call("sandbox", "--events", "log.csv"), "log.csv: is no audit log")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"servicenow": {}}', '{"servicenow": 1, "jira": 2}'])
def test_a_ready_file_that_is_none_is_named(folder: Path, call: Call, content: str) -> None:
    (folder / "ready.json").write_text(content)

    assert_one_line(call("init", "new.yaml", "--sandbox", "ready.json"), "ready.json: is no ready file")
    assert not (folder / "new.yaml").exists()


def test_no_arguments_show_the_help(call: Call) -> None:
    done = call()

    assert done.code == 0
    assert "plan" in done.out


def test_a_fault_of_ours_is_one_line_and_leaves_a_report(folder: Path, call: Call) -> None:
    call("status")
    with sqlite3.connect(folder / "careloop.db") as database:
        database.execute("DROP TABLE look")
    database.close()

    assert_one_line(call("status"), "this is a bug", "careloop-bug.txt")
    assert "Traceback" in (folder / "careloop-bug.txt").read_text()
    assert "pretend" not in (folder / "careloop-bug.txt").read_text()


def test_the_report_of_a_fault_lies_beside_the_settings_that_were_named(folder: Path, call: Call) -> None:
    (folder / "other").mkdir()
    (folder / "careloop.yaml").rename(folder / "other" / "mine.yaml")
    call("status", "-c", "other/mine.yaml")
    with sqlite3.connect(folder / "other" / "careloop.db") as database:
        database.execute("DROP TABLE look")
    database.close()

    assert_one_line(call("status", "-c", "other/mine.yaml"), "this is a bug", "other/careloop-bug.txt")
    assert (folder / "other" / "careloop-bug.txt").is_file()
