import random
import shlex
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from careloop.sandbox.jira.errors import Refused as RefusedByJira
from careloop.sandbox.play.day import ACTS, WorkingDay
from careloop.sandbox.play.script import perform
from careloop.sandbox.servicenow.errors import Refused as RefusedByServiceNow
from careloop.sandbox.world import Sandbox

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def play(seed: int, steps: int = 80) -> tuple[Sandbox, list[str]]:
    """Return a sandbox after some random acts, and their script."""
    sandbox = Sandbox(START, seed=seed)
    day = WorkingDay(sandbox, random.Random(seed))
    return sandbox, [line for _ in range(steps) for line in (day.step(), day.pass_time())]


def remember(sandbox: Sandbox) -> list[Any]:
    """Return all that a client could see."""
    admin, bot = sandbox.servicenow.act("admin"), sandbox.jira.act("admin")
    tables = ("incident", "sys_journal_field", "sys_audit", "sys_email")
    issues = [
        (bot.get(key), bot.comments(key), bot.history(key)) for key in bot.search("project in (ENG, HELP)")
    ]
    return [*(admin.query(table, "ORDERBYsys_id") for table in tables), issues, sandbox.clock.now()]


def incident(sandbox: Sandbox) -> dict[str, str]:
    [row] = sandbox.servicenow.act("admin").query("incident")
    return row


@pytest.mark.parametrize("seed", range(5))
def test_a_script_plays_the_same_day_again(seed: int) -> None:
    played, script = play(seed)
    again = Sandbox(START, seed=seed)
    for line in script:
        perform(again, line)
    assert remember(again) == remember(played)


def test_the_same_seed_draws_the_same_day_and_another_seed_another() -> None:
    assert play(1)[1] == play(1)[1] != play(2)[1]


def test_reset_makes_the_script_playable_again() -> None:
    sandbox, script = play(3)
    before = remember(sandbox)
    sandbox.reset()
    for line in script:
        perform(sandbox, line)
    assert remember(sandbox) == before


def test_every_act_comes_up_and_none_is_refused() -> None:
    verbs = {
        (words[1], words[-1])
        for seed in range(30)
        for line in play(seed)[1]
        if len(words := shlex.split(line)) > 2
    }
    for act in ACTS:
        _, verb, *rest = shlex.split(act["line"])
        last = rest[-1]
        assert any(verb == seen and ("{" in last or last == word) for seen, word in verbs), act["line"]


def test_everybody_plays_a_part() -> None:
    actors = {shlex.split(line)[0] for seed in range(10) for line in play(seed)[1]} - {"wait"}
    assert actors >= {"lena.moreau", "paul.adeyemi", "ines.lund", "ada.keller", "eva.lind", "gina.rossi"}
    assert actors.isdisjoint({"admin", "bot", "careloop", "monitoring"})


def test_time_passes_a_minute_at_least_and_no_longer_than_asked() -> None:
    sandbox = Sandbox(START)
    day = WorkingDay(sandbox, random.Random(0))
    for _ in range(20):
        before = sandbox.clock.now()
        assert day.pass_time(longest=120) == f"wait {int((sandbox.clock.now() - before).total_seconds())}"
        assert timedelta(minutes=1) <= sandbox.clock.now() - before <= timedelta(minutes=2)


def test_a_story_can_be_written_by_hand() -> None:
    sandbox = Sandbox(START)
    for line in (
        "lena.moreau reports network/vpn 'The VPN drops'",
        "mei.tanaka takes INC0010001",
        "mei.tanaka assigns INC0010001 Engineering 'Looks like the gateway'",
        "jonas.beck asks INC0010001 'Since when?'",
        "lena.moreau says INC0010001 'Since Monday'",
        "jonas.beck resolves INC0010001 'Solution provided' 'Replaced the certificate'",
        "wait 3600",
        "lena.moreau reopens INC0010001 'Still broken'",
        "ada.keller opens ENG Bug 'Gateway certificate'",
        "ada.keller takes ENG-1",
        "ada.keller moves ENG-1 Done Done",
        "ada.keller defers ENG-1 30 gina.rossi",
        "gina.rossi requests HELP 'No mail'",
        "eva.lind notes HELP-1 'Looks like the quota'",
        "eva.lind says HELP-1 'We are on it'",
        "gina.rossi moves HELP-1 'Mark as done'",
    ):
        perform(sandbox, line)
    row = incident(sandbox)
    assert (row["state"], row["reopen_count"], row["category"], row["subcategory"]) == (
        "2",
        "1",
        "network",
        "vpn",
    )
    assert row["reopened_time"] == "2026-03-02 10:00:00"
    fields = sandbox.jira.act("ada.keller").get("ENG-1")["fields"]
    assert (fields["status"]["name"], fields["assignee"]["displayName"]) == ("Done", "Ada Keller")
    assert (fields["labels"], fields["customfield_10050"]) == (["deferred"], "2026-04-01")
    assert [c["body"] for c in sandbox.jira.act("gina.rossi").comments("HELP-1")] == ["We are on it"]
    assert sandbox.jira.act("eva.lind").get("HELP-1")["fields"]["resolution"]["name"] == "Done"


def test_what_a_platform_refuses_comes_out() -> None:
    sandbox = Sandbox(START)
    perform(sandbox, "lena.moreau reports network/vpn 'The VPN drops'")
    perform(sandbox, "ada.keller opens ENG Bug 'Gateway'")
    with pytest.raises(RefusedByServiceNow):
        perform(sandbox, "paul.adeyemi closes INC0010001 'Solution provided' 'Done'")
    with pytest.raises(RefusedByJira):
        perform(sandbox, "ada.keller moves ENG-1 Reopen")
    assert incident(sandbox)["state"] == "1"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", ValueError),
        ("lena.moreau sighs", ValueError),
        ("lena.moreau juggles INC0010001", ValueError),
        ("lena.moreau says INC0010001", ValueError),
        ("ada.keller resolves ENG-1 x y", ValueError),
        ("lena.moreau says INC0010001 'unbalanced", ValueError),
        ("wait long", ValueError),
        ("nobody reports network/vpn x", LookupError),
        ("lena.moreau says INC0099999 x", LookupError),
        ("nobody opens ENG Bug x", LookupError),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(line: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        perform(Sandbox(START), line)
