"""Settings are checked once, as they are read, and every fault has its place."""

from typing import Any

import pytest

from careloop.errors import SettingsError
from careloop.model.rules import Mode
from tests.unit.config.conftest import Read, link, working


def refusal(read: Read, path: str, value: Any) -> str:
    """Return the error of settings in which one value is another, without the name of the folder."""
    data = working()
    *above, last = path.split(".")
    inside = data
    for part in above:
        inside = inside.setdefault(part, {})
    inside[last] = value
    with pytest.raises(SettingsError) as refused:
        read(data)
    return str(refused.value).partition("careloop.yaml:")[2]


def test_working_settings_work(read: Read) -> None:
    settings = read(working())

    assert [instance.name for instance in settings.instances] == ["servicenow", "jira"]
    assert [section.policy.name for section in settings.policies] == ["confirmed_closure"]
    assert settings.store == str(settings.path.parent / "careloop.db")


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("sinc", 1, "sinc: no setting has this name here"),
        ("contact.hour", 1, "contact.hour: no setting has this name here"),
        ("policies.confirmed_closure.remind", 1, "policies.confirmed_closure.remind: no setting"),
        ("policies.confirmed", {}, "policies.confirmed: no policy has this name; there are"),
        ("policies.defaults.windo", 1, "policies.defaults.windo: no setting has this name here"),
        ("policies.confirmed_closure.window", "most", "confirmed_closure.window: input should be"),
        ("policies.confirmed_closure.window", -1, "confirmed_closure.window: must not be negative"),
        ("policies.deferred_scope.remind_before", [30, -7], "remind_before: must not be negative"),
        ("policies.confirmed_closure.mode", "acting", "must be 'audit', 'ask' or 'act'"),
        ("sync.mode", "acting", "sync.mode: must be 'audit' or 'act'"),
        ("policies.defaults.since", "soon", "policies.defaults.since"),
        ("instances", {}, "instances"),
        ("instances.jira", "nothing", "instances.jira: input should be a valid dictionary"),
        ("instances.jira.kind", "bugzilla", "instances.jira.kind: is one of jira, servicenow"),
        ("instances.jira.kind", ["jira"], "instances.jira.kind: is one of jira, servicenow"),
        ("instances.a/b", {"kind": "jira"}, "instances.a/b: a name of an instance holds no slash"),
        ("instances.jira.url", "no address", "instances.jira.url"),
        ("instances.jira.url", "http://[::1", "instances.jira.url"),
        ("instances.jira.auth", {"type": "bearer"}, "instances.jira.auth.token: is missing"),
        ("instances.jira.auth", {"type": "magic"}, "instances.jira.auth"),
        ("contact.hours.zone", "Mars/Olympus", "no time zone is called 'Mars/Olympus'"),
        ("contact.hours.zone", "", "no time zone is called ''"),
        ("contact.hours.days", [], "name at least one day"),
        ("contact.hours.days", ["monday"], "contact.hours.days.0: must be 'mon'"),
        ("contact.hours.from", "18:00", "'from' must be earlier than 'to'"),
        ("contact.budget.per_person", -1, "contact.budget.per_person"),
        ("limits.share", 2, "limits.share"),
        ("phrases.no", [False], "phrases.no.0: input should be a valid string"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(read: Read, path: str, value: Any, says: str) -> None:
    assert says in refusal(read, path, value)


def test_the_place_is_that_of_the_wrong_value(read: Read) -> None:
    data = """instances:
  jira: {kind: jira, url: "http://127.0.0.1:1", auth: {type: basic, user: a, password: "env:JIRA_TOKEN"}}
contact:
  hours:
    from: "09:00"
    to: 17:00
"""
    with pytest.raises(
        SettingsError, match=r"careloop\.yaml:6:\d+: contact\.hours\.to: write the time in quotes"
    ):
        read(data)


# --- links -------------------------------------------------------------------------------------------------

FIELD = {"from": "short_description", "to": "summary"}


@pytest.mark.parametrize(
    ("links", "says"),
    [
        ([link(to={"instance": "jura", "project": "ENG"})], "0.to.instance: no instance is called 'jura'"),
        ([link(to={"instance": "jira"})], "0.to: name a table or a project"),
        ([link(to={"instance": "jira", "project": "OPS"})], "0.to: OPS is not read; add it to the tables"),
        ([link(), link()], "1: two links are called 'incident-ENG'; give each a 'name' of its own"),
        ([link(name="a"), link(name="a")], "1: two links are called 'a'"),
        ([link(fields=[FIELD, FIELD])], "0.fields.1: short_description or summary is mapped twice"),
        ([link(fields=[FIELD, FIELD | {"from": "description"}])], "0.fields.1: description or summary"),
        ([link(fields=[{"from": "state", "to": "status"}])], "0.fields.0: states are mapped under 'states'"),
        ([link(fields=[{"from": "a"}])], "0.fields.0.to: is missing"),
        ([link(fields=[FIELD | {"direction": "up"}])], "direction: must be 'both', 'forward'"),
        ([link(states=[{"from": 2, "to": "Done"}])], "0.states.0.from: input should be a valid string"),
        ([link(comments={"public": True})], "0.comments.public"),
    ],
)
def test_a_link_that_cannot_be_kept_is_refused(read: Read, links: list[Any], says: str) -> None:
    assert says in refusal(read, "sync.links", links)


def test_links_between_the_same_ends_have_names(read: Read) -> None:
    data = working()
    data["sync"]["links"] = [link(name="bugs"), link(name="tasks")]

    assert len(read(data).root.sync.links) == 2


# --- this machine and others -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://127.8.8.8", True),
        ("http://localhost:8080", True),
        ("http://LOCALHOST", True),
        ("http://[::1]:8080", True),
        ("https://jira.example.com", False),
        ("https://127.0.0.1.example.com", False),
        ("https://localhost.example.com", False),
        ("http://0.0.0.0:8080", False),
        ("http://10.0.0.1", False),
    ],
)
def test_what_is_for_sandboxes_works_on_this_machine_only(read: Read, url: str, *, here: bool) -> None:
    for told, says in (
        ({"clock": "platform"}, "clock: 'platform' is for sandboxes on this machine, but jira is elsewhere"),
        ({"contact": {"non_production": "send"}}, "contact.non_production: 'send' is for sandboxes"),
    ):
        data = working() | told
        data["instances"]["jira"]["url"] = url
        if here:
            read(data)
        else:
            with pytest.raises(SettingsError, match=says):
                read(data)


@pytest.mark.parametrize("instance", ["servicenow", "jira"])
def test_an_address_that_only_looks_like_this_machine_is_none(read: Read, instance: str) -> None:
    data = working()
    data["instances"][instance]["url"] = "https://127.0.0.1@jira.example.com"
    with pytest.raises(SettingsError, match=rf"instances\.{instance}\.url"):
        read(data)


def test_a_production_instance_elsewhere_may_be_contacted_from(read: Read) -> None:
    data = working()
    data["contact"] = {"non_production": "send"}
    data["instances"]["jira"] |= {"url": "https://jira.example.com", "production": True}

    assert read(data).root.contact.non_production == "send"


# --- policies ----------------------------------------------------------------------------------------------


def test_a_policy_has_the_defaults_and_what_it_says_itself(read: Read) -> None:
    data = working()
    data["policies"] = {
        "defaults": {"mode": "ask", "approved_by": "owner@example.com", "pilot": {"groups": ["Desk"]}},
        "confirmed_closure": {"mode": "act", "window": 5},
        "awaiting_caller": None,
    }
    closure, waiting = read(data).policies

    assert (closure.common.mode, waiting.common.mode) == (Mode.ACT, Mode.ASK)
    assert closure.common.approved_by == waiting.common.approved_by == "owner@example.com"
    assert closure.common.pilot.groups == ("Desk",)
    assert closure.own.window == 5


def test_a_policy_that_is_not_named_is_not_kept(read: Read) -> None:
    data = working()
    data["policies"] = {"defaults": {"mode": "audit"}}

    assert read(data).policies == ()


def test_a_database_url_is_an_address_of_its_own(read: Read) -> None:
    data = working()
    data["store"] = "sqlite:///somewhere/careloop.db"

    assert read(data).store == "sqlite:///somewhere/careloop.db"
