"""What platforms and copies get wrong ends in one line that says what to change; the rest goes on."""

import shutil

import pytest
from filelock import FileLock

from careloop.sandbox.faults import Fault
from tests.acceptance.shop import Done, Shop


def assert_one_line(done: Done, *words: str) -> None:
    assert (done.code, done.out) == (1, "")
    assert done.err.count("\n") == 1, done.err
    for word in words:
        assert word in done.err


def test_wrong_credentials_name_the_setting(shop: Shop) -> None:
    (shop.folder / "servicenow.secret").write_text("wrong\n")

    assert_one_line(shop.careloop("plan"), "servicenow", "instances.servicenow.auth")


def test_a_wrong_token_names_the_setting(shop: Shop) -> None:
    (shop.folder / "jira.secret").write_text("wrong\n")

    assert_one_line(shop.careloop("plan"), "jira", "instances.jira.auth")


@pytest.mark.parametrize("platform", ["servicenow", "jira"])
def test_a_web_page_instead_of_an_api_names_the_address(shop: Shop, platform: str) -> None:
    shop.sandbox.faults.add(Fault(kind="html", rate=1, code=200, platform=platform))  # type: ignore[arg-type]  # a Literal

    assert_one_line(shop.careloop("plan"), platform, f"instances.{platform}.url")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (403, "check --print-rights lists"),
        (404, "is not there, or hidden"),
        (500, "the next run tries again"),
    ],
)
def test_a_plain_http_error_is_told_with_what_comes_next(shop: Shop, code: int, says: str) -> None:
    shop.sandbox.faults.add(Fault(kind="status", rate=1, code=code, platform="servicenow"))

    assert_one_line(shop.careloop("plan"), "servicenow", says)


def test_check_names_the_instance_that_does_not_work_and_looks_at_the_other(shop: Shop) -> None:
    (shop.folder / "jira.secret").write_text("wrong\n")
    settings = shop.folder / "careloop.yaml"
    settings.write_text(settings.read_text().replace("clock: platform\n", ""))

    done = shop.careloop("check")

    assert done.code == 1
    assert "ok       incident: rows" in done.out
    assert "BLOCKING" in done.out.split("\njira\n")[1]


def test_absurd_records_are_read_and_the_others_go_on(shop: Shop) -> None:
    shop.call("", by="omar.haddad", category="", assigned_to="", caller_id="")
    shop.call("\u202e” \x07 ${7*7} <b> ^ORstate=7 " + "x" * 500, contact_type="owl", priority="9")
    shop.call("Printer jams", state="99")
    fine = shop.call("Mail is slow")
    shop.resolve(fine)
    shop.wait(minutes=5)

    done = shop.careloop("run", "--format", "json")

    assert done.code in (0, 3), done.err
    assert done.data["pulled"][0]["read"] == 4
    assert len(shop.texts(fine, "comments")) == 1


def test_a_second_run_is_refused_while_one_holds_the_lock(shop: Shop) -> None:
    with FileLock(shop.folder / "careloop.db.lock"):
        for command in (["plan"], ["run"], ["apply", "--yes"]):
            assert_one_line(shop.careloop(*command), "another careloop holds")
        assert shop.careloop("status").code == 0


def test_a_copied_store_writes_nothing_until_it_is_bound(shop: Shop) -> None:
    incident = shop.call("Printer jams")
    shop.wait(minutes=5)
    shop.careloop("run")
    copy = shop.folder / "copy"
    copy.mkdir()
    for name in ("careloop.yaml", "careloop.db", "servicenow.secret", "jira.secret"):
        shutil.copy(shop.folder / name, copy / name)
    shop.resolve(incident)
    shop.wait(minutes=5)

    assert_one_line(shop.careloop("run", folder=copy), "careloop bind")
    assert shop.texts(incident, "comments") == []
    assert shop.careloop("bind", folder=copy).code == 0
    assert shop.careloop("run", folder=copy).code == 0
    assert len(shop.texts(incident, "comments")) == 1


def test_a_plan_that_is_too_large_is_refused_whole_with_both_counts(shop: Shop) -> None:
    for n in range(3):
        shop.resolve(shop.call(f"Matter {n}"))
    shop.wait(minutes=5)
    settings = shop.folder / "careloop.yaml"
    settings.write_text(settings.read_text().replace("changes: 200", "changes: 0"))

    planned = shop.careloop("plan", "--out", "plan.json")
    assert planned.code == 2
    assert "too many: nothing of it will be done" in planned.out
    assert_one_line(shop.careloop("apply", "plan.json"), "the plan has 1 changes, the limit is 0", "'limits'")
