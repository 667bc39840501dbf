"""The main job through the installed command: look, plan, apply, hear the answer, act on it, explain it."""

import contextlib
import signal
import subprocess
import sys

from tests.acceptance.shop import Shop

NO = "It is still broken, the paper jams after two pages."


def test_a_new_user_goes_from_check_to_an_answered_question(shop: Shop) -> None:
    incident = shop.call("Printer jams")
    number = shop.row(incident)["number"]
    shop.resolve(incident)
    shop.wait(minutes=5)

    assert shop.careloop("check").code == 0
    planned = shop.careloop("plan", "--out", "plan.json")
    assert planned.code == 2
    assert f"{number} Printer jams: ask Omar Haddad - {number} was resolved" in planned.out
    assert shop.texts(incident, "comments") == []

    applied = shop.careloop("apply", "plan.json")
    assert (applied.code, applied.err) == (0, "")
    (ask,) = shop.texts(incident, "comments")
    assert "Does it work now?" in ask
    assert shop.careloop("apply", "plan.json").out.count("skipped") >= 1
    assert len(shop.texts(incident, "comments")) == 1

    shop.change("omar.haddad", incident, comments=NO)
    shop.wait(minutes=5)
    assert shop.careloop("run").code == 0
    assert (shop.row(incident)["state"], len(shop.texts(incident, "work_notes"))) == ("2", 1)

    told = shop.careloop("explain", number, "--format", "json").data
    assert (told["state"], told["proposal"]["answers"][0]["reading"]) == ("open", "no")
    assert [e["role"] for e in told["events"] if e["kind"] == "commented" and e["text"] == NO] == ["customer"]


def test_a_no_reaches_the_engineers_and_a_second_plan_is_empty(shop: Shop) -> None:
    incident = shop.call("Printer jams", group="Engineering")
    shop.wait(minutes=5)
    assert shop.careloop("run").code == 0
    (issue,) = shop.sandbox.jira.act("bot@example.com").search("project = ENG")
    shop.resolve(incident)
    shop.wait(minutes=5)
    assert shop.careloop("run").code == 0
    shop.change("omar.haddad", incident, comments=NO)

    for _ in range(4):
        shop.wait(minutes=12)
        assert shop.careloop("run").code == 0
    shop.wait(minutes=12)
    comments = [str(c["body"]) for c in shop.sandbox.jira.act("bot@example.com").comments(issue)]
    assert any(NO in comment for comment in comments)
    second = shop.careloop("plan", "--format", "json")
    assert (second.code, second.data["changes"]) == (0, [])


def test_what_was_closed_behind_a_customers_back_is_found_and_she_is_asked_all_the_same(shop: Shop) -> None:
    incident = shop.call("Printer jams")
    shop.resolve(incident)
    shop.change("ines.lund", incident, state="7")
    shop.wait(minutes=5)
    shop.careloop("run")

    figures = shop.careloop("status", "--format", "json").data["figures"]
    assert figures["closed_without_word"]["problems"] == 1
    assert len(shop.texts(incident, "comments")) == 1


def test_a_question_of_the_customer_waits_for_a_person(shop: Shop) -> None:
    incident = shop.call("Printer jams")
    shop.resolve(incident)
    shop.wait(minutes=5)
    shop.careloop("run")
    shop.change("omar.haddad", incident, comments="What does the blue light mean?")
    shop.wait(minutes=5)

    assert shop.careloop("run").code == 3
    status = shop.careloop("status", "--format", "json")
    assert status.code == 3
    assert [one["what"] for one in status.data["waiting"]] == ["triage"]


def test_settings_come_from_init_and_are_not_written_over(shop: Shop) -> None:
    done = shop.careloop("init", "other.yaml", "--sandbox", "ready.json")
    assert (done.code, done.err) == (0, "")
    assert shop.careloop("init", "other.yaml").code == 1
    assert shop.careloop("init", "other.yaml", "--sandbox", "missing.json", "--force").code == 1

    assert shop.careloop("plan", "--config", "other.yaml").code == 0


def test_the_time_and_the_words_of_the_last_run_are_known_without_a_platform(shop: Shop) -> None:
    incident = shop.call("Printer jams")
    number = str(shop.row(incident)["number"])
    shop.resolve(incident)
    shop.wait(minutes=5)
    shop.careloop("run")
    settings = shop.folder / "careloop.yaml"
    for half in ("servicenow", "jira"):  # nobody answers there
        settings.write_text(settings.read_text().replace(shop.addresses[half]["url"], "http://127.0.0.1:9"))

    assert shop.careloop("answer", number, "no", "--by", "omar.haddad", "--phone").code == 0
    told = shop.careloop("explain", number, "--format", "json").data
    assert told["events"][-1]["at"].startswith("2026-03-02T09:35")
    assert "reopen it" in told["next"]["what"]


def hear_interrupts() -> None:
    """Undo what a shell does to jobs in the background: they and all that they start ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupt(process: subprocess.Popen[str]) -> str:
    """Press Ctrl-C, again where Python has dropped it with an object it was clearing away; return stderr."""
    for _ in range(5):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=10)[1]
    process.kill()
    raise AssertionError("five interrupts have not stopped it")


def test_run_every_repeats_until_it_is_stopped_and_says_that_nothing_is_lost(shop: Shop) -> None:
    command = [sys.executable, "-m", "careloop", "run", "--every", "1s"]
    with subprocess.Popen(
        command,
        cwd=shop.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_interrupts,  # noqa: PLW1509 - the runner has no threads, and nothing else does this
    ) as process:
        assert process.stdout is not None
        rounds = (line for line in process.stdout if line.startswith("read servicenow/incident"))
        next(rounds)
        next(rounds)
        said = interrupt(process)

    assert process.returncode == 1
    assert said.endswith("careloop: stopped; what was done is recorded, the next run goes on from there\n")
