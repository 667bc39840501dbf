"""Webhooks: who may have them, what they send, and what becomes of it."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.clock import Clock
from careloop.sandbox.faults import Fault, Faults
from careloop.sandbox.jira import Site
from careloop.sandbox.jira.rest.site_info import CLOUD_ID
from careloop.sandbox.jira.webhooks.delivery import RETRY_AFTER, sign
from tests.integration.sandbox.jira.caller import URL, Caller

ADMIN = "/rest/webhooks/1.0/webhook"
DYNAMIC = f"/ex/jira/{CLOUD_ID}/rest/api/3/webhook"
INBOX = "http://127.0.0.1:9/inbox"
ISSUE_EVENTS = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"]


class Receiver:
    """Takes messages, answering with a status of its choice."""

    def __init__(self) -> None:
        self.status: int | None = 200
        self.got: list[tuple[str, dict[str, Any], dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int | None:
        self.got.append((url, json.loads(body) if body else {}, headers))
        return self.status

    @property
    def events(self) -> list[str]:
        return [body["webhookEvent"] for _, body, _ in self.got]

    @property
    def identifiers(self) -> list[str]:
        return [headers["X-Atlassian-Webhook-Identifier"] for _, _, headers in self.got]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def faults(clock: Clock) -> Faults:
    return Faults(clock)


@pytest.fixture
def site(clock: Clock, faults: Faults) -> Site:
    return Site(clock, faults=faults)


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


@pytest.fixture
def app(site: Site) -> Caller:
    """How an OAuth 2.0 app of Ada calls: a bearer token, through the gateway."""
    session = requests.Session()
    session.mount(URL, AsgiAdapter(site.app))
    session.headers["Authorization"] = f"Bearer {site.act('ada.keller').user.token}"
    return Caller(session)


def set_up(admin: Caller, **more: Any) -> dict[str, Any]:
    asked = {"name": "Ours", "url": INBOX, "events": [*ISSUE_EVENTS, "comment_created"], **more}
    return dict(admin.ok("POST", ADMIN, asked))


def test_an_administrator_sets_up_changes_and_removes_a_webhook(admin: Caller) -> None:
    jql = {"issue-related-events-section": "project = ENG"}
    made = set_up(admin, filters=jql, secret="hush")
    assert (made["isSigned"], made["enabled"], made["excludeBody"], made["filters"]) == (
        True,
        True,
        False,
        jql,
    )
    assert "secret" not in made
    path = made["self"].removeprefix(URL)
    assert admin.ok("GET", ADMIN) == [made] == [admin.ok("GET", path)]
    changed = admin.ok("PUT", path, {"name": "Renamed", "enabled": False})
    assert (changed["name"], changed["enabled"], changed["events"]) == ("Renamed", False, made["events"])
    assert admin("DELETE", path).status_code == 204
    assert admin("GET", path).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"url": "nowhere"},
        {"events": ["issue_painted"]},
        {"filters": {"issue-related-events-section": "project = = ENG"}},
    ],
)
def test_a_wrong_webhook_is_refused(admin: Caller, wrong: dict[str, Any]) -> None:
    asked = {"name": "Ours", "url": INBOX, "events": ISSUE_EVENTS, **wrong}
    assert admin("POST", ADMIN, asked).status_code == 400


def test_others_have_no_business_with_webhooks(calls_of: Callable[[str], Caller]) -> None:
    assert calls_of("ada.keller")("GET", ADMIN).status_code == 403


def test_the_life_of_an_issue_is_told(admin: Caller, site: Site, receiver: Receiver) -> None:
    set_up(admin)
    key = site.act("ada.keller").create_issue("ENG", "Bug", "Printer jams")
    site.act("bruno.silva").edit(key, summary="Printer jams again")
    site.act("bruno.silva").comment(key, "I see it too")
    site.act("admin").delete(key)
    site.office.deliver(receiver)
    assert receiver.events == [
        "jira:issue_created",
        "jira:issue_updated",
        "comment_created",
        "jira:issue_deleted",
    ]
    created, updated, commented, _ = [body for _, body, _ in receiver.got]
    assert (created["issue"]["key"], created["issue_event_type_name"]) == (key, "issue_created")
    assert created["issue"]["fields"]["summary"] == "Printer jams"  # as it was at that moment
    assert "emailAddress" not in created["user"]
    (item,) = updated["changelog"]["items"]
    assert (item["field"], item["toString"]) == ("summary", "Printer jams again")
    assert (commented["comment"]["body"], commented["issue"]["key"]) == ("I see it too", key)
    assert created["timestamp"] == 1_772_442_000_000


def test_the_kind_of_an_update_follows_from_what_changed(
    admin: Caller, site: Site, receiver: Receiver
) -> None:
    set_up(admin)
    ada = site.act("ada.keller")
    key = ada.create_issue("ENG", "Bug", "Printer jams")
    ada.edit(key, assignee={"accountId": ada.user.account_id})
    ada.transition(key, "Start work")
    ada.transition(key, "Done", resolution={"name": "Done"})
    ada.transition(key, "Reopen")
    site.office.deliver(receiver)
    kinds = [body["issue_event_type_name"] for _, body, _ in receiver.got]
    assert kinds == ["issue_created", "issue_assigned", "issue_generic", "issue_resolved", "issue_reopened"]


def test_only_issues_that_the_filter_finds_are_told(admin: Caller, site: Site, receiver: Receiver) -> None:
    set_up(admin, filters={"issue-related-events-section": "project = ENG AND labels = urgent"})
    site.act("ada.keller").create_issue("ENG", "Bug", "Calm")
    key = site.act("ada.keller").create_issue("ENG", "Bug", "Hot", labels=["urgent"])
    site.office.deliver(receiver)
    assert [body["issue"]["key"] for _, body, _ in receiver.got] == [key]


def test_the_signature_is_made_over_the_raw_body() -> None:
    # the vector that Atlassian publishes
    expected = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    assert sign(b"Hello World!", "It's a Secret to Everybody") == expected


def test_a_signed_webhook_signs_and_another_does_not(admin: Caller, site: Site) -> None:
    signatures = []

    def take(url: str, body: bytes, headers: dict[str, str]) -> int:
        digest = hmac.new(b"hush", body, hashlib.sha256).hexdigest()
        signatures.append(headers.get("X-Hub-Signature") == f"sha256={digest}")
        return 200

    set_up(admin, secret="hush")
    set_up(admin)
    site.act("ada.keller").create_issue("ENG", "Bug", "Printer jams")
    site.office.deliver(take)
    assert signatures == [True, False]


def test_addresses_name_the_issue_and_bodies_can_be_left_out(
    admin: Caller, site: Site, receiver: Receiver
) -> None:
    set_up(admin, url=INBOX + "/${project.key}/${issue.key}", excludeBody=True)
    site.act("ada.keller").create_issue("ENG", "Bug", "Printer jams")
    site.office.deliver(receiver)
    ((url, body, _),) = receiver.got
    assert (url, body) == (f"{INBOX}/ENG/ENG-1", {})


@pytest.mark.parametrize("status", [None, 408, 409, 425, 429, 500, 503])
def test_a_message_is_tried_five_more_times_under_one_identifier(
    admin: Caller, site: Site, clock: Clock, receiver: Receiver, status: int | None
) -> None:
    set_up(admin)
    site.act("ada.keller").create_issue("ENG", "Bug", "Printer jams")
    receiver.status = status
    site.office.deliver(receiver)
    for pause in RETRY_AFTER:
        clock.advance(pause.total_seconds() - 1)
        assert site.office.deliver(receiver) == []
        clock.advance(1)
        site.office.deliver(receiver)
    clock.advance(timedelta(days=1).total_seconds())
    assert site.office.deliver(receiver) == []
    assert len(set(receiver.identifiers)) == 1
    retries = [headers.get("X-Atlassian-Webhook-Retry") for _, _, headers in receiver.got]
    assert retries == [None, "1", "2", "3", "4", "5"]


@pytest.mark.parametrize("status", [200, 204, 302, 400, 404, 410])
def test_a_message_that_was_taken_or_refused_for_good_is_sent_once(
    admin: Caller, site: Site, clock: Clock, receiver: Receiver, status: int
) -> None:
    set_up(admin)
    site.act("ada.keller").create_issue("ENG", "Bug", "Printer jams")
    receiver.status = status
    site.office.deliver(receiver)
    clock.advance(timedelta(days=1).total_seconds())
    assert site.office.deliver(receiver) == []
    assert len(receiver.got) == 1


def test_a_filter_by_key_hears_of_the_issue_that_goes(admin: Caller, site: Site, receiver: Receiver) -> None:
    key = site.act("ada.keller").create_issue("ENG", "Task", "Move out")
    set_up(admin, events=["jira:issue_deleted"], filters={"issue-related-events-section": f"key = {key}"})
    site.act("admin").delete(key)
    site.office.deliver(receiver)
    assert [body["issue"]["key"] for _, body, _ in receiver.got] == [key]


def test_what_follows_from_a_deletion_comes_later_in_the_secondary_flow(
    admin: Caller, site: Site, clock: Clock, receiver: Receiver
) -> None:
    set_up(admin, events=["jira:issue_deleted"])
    parent = site.act("ada.keller").create_issue("ENG", "Task", "Move out")
    site.act("ada.keller").create_issue("ENG", "Sub-task", "Pack", parent={"key": parent})
    site.act("admin").delete(parent)
    site.office.deliver(receiver)
    assert [body["issue"]["key"] for _, body, _ in receiver.got] == [parent]
    clock.advance(15 * 60)
    site.office.deliver(receiver)
    flows = [headers["X-Atlassian-Webhook-Flow"] for _, _, headers in receiver.got]
    assert flows == ["Primary", "Secondary"]


def test_nothing_is_sent_to_another_machine(admin: Caller, site: Site, receiver: Receiver) -> None:
    set_up(admin, url="https://example.com/inbox")
    site.act("ada.keller").create_issue("ENG", "Bug", "Printer jams")
    (tried,) = site.office.deliver(receiver)
    assert (receiver.got, tried.sent, tried.status) == ([], False, None)


def test_messages_get_lost_come_twice_and_overtake_each_other(
    admin: Caller, site: Site, clock: Clock, faults: Faults, receiver: Receiver
) -> None:
    set_up(admin)
    ada = site.act("ada.keller")
    faults.add(Fault("webhook_loss"))
    faults.add(Fault("webhook_duplicate"))
    faults.add(Fault("webhook_reorder"))
    for number in range(1, 5):
        ada.create_issue("ENG", "Bug", f"Bug {number}")
    site.office.deliver(receiver)
    clock.advance(60)
    site.office.deliver(receiver)
    keys = [body["issue"]["key"] for _, body, _ in receiver.got]
    assert keys == ["ENG-2", "ENG-2", "ENG-4", "ENG-3"]
    assert len(set(receiver.identifiers)) == 3


def register(app: Caller, **more: Any) -> Any:
    row = {"events": ["jira:issue_created", "jira:issue_updated"], "jqlFilter": "project = ENG", **more}
    found = app.ok("POST", DYNAMIC, {"url": INBOX, "webhooks": [row]})
    return found["webhookRegistrationResult"][0]


def test_an_app_registers_refreshes_and_drops_webhooks(app: Caller, clock: Clock) -> None:
    number = register(app)["createdWebhookId"]
    (shown,) = app.ok("GET", DYNAMIC)["values"]
    assert (shown["id"], shown["jqlFilter"], shown["url"]) == (number, "project = ENG", INBOX)
    month = timedelta(days=30)
    assert shown["expirationDate"] == round((clock.now() + month).timestamp() * 1000)
    clock.advance(timedelta(days=29).total_seconds())
    fresh = app.ok("PUT", f"{DYNAMIC}/refresh", {"webhookIds": [number]})
    assert fresh["expirationDate"] == round((clock.now() + month).timestamp() * 1000)
    assert app("DELETE", DYNAMIC, {"webhookIds": [number, 99]}).status_code == 202
    assert app.ok("GET", DYNAMIC)["values"] == []


def test_a_dynamic_webhook_ends_after_thirty_days(
    app: Caller, site: Site, clock: Clock, receiver: Receiver
) -> None:
    register(app)
    clock.advance(timedelta(days=30).total_seconds())
    site.act("ada.keller").create_issue("ENG", "Bug", "Printer jams")
    site.office.deliver(receiver)
    assert receiver.got == []
    assert app.ok("GET", DYNAMIC)["values"] == []


def test_only_apps_register_dynamic_webhooks(admin: Caller, app: Caller, site: Site) -> None:
    assert admin("GET", "/rest/api/3/webhook").status_code == 403
    assert app("GET", "/rest/api/3/webhook").status_code == 401  # a bearer is good at the gateway only
    site.switches.dynamic_webhooks = "anybody"
    assert admin("GET", "/rest/api/3/webhook").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"jqlFilter": ""}, "empty"),
        ({"jqlFilter": "summary ~ jam"}, "summary"),
        ({"jqlFilter": "project > ENG"}, "project"),
        ({"events": []}, "event"),
        ({"events": ["project_created"]}, "project_created"),
    ],
)
def test_each_registration_fails_by_itself(app: Caller, wrong: dict[str, Any], said: str) -> None:
    (message, *_) = register(app, **wrong)["errors"]
    assert said in message
    assert "createdWebhookId" in register(app)


def test_an_app_has_one_address(app: Caller) -> None:
    register(app)
    row = {"events": ["jira:issue_created"], "jqlFilter": "project = ENG"}
    found = app.ok("POST", DYNAMIC, {"url": f"{INBOX}/other", "webhooks": [row]})
    assert INBOX in found["webhookRegistrationResult"][0]["errors"][0]


def test_a_registration_wants_some_fields_only(app: Caller, site: Site, receiver: Receiver) -> None:
    number = register(app, fieldIdsFilter=["summary"], events=["jira:issue_updated"])["createdWebhookId"]
    key = site.act("ada.keller").create_issue("ENG", "Bug", "Printer jams")
    site.act("ada.keller").edit(key, labels=["a"])
    site.act("ada.keller").edit(key, summary="Printer jams again")
    site.office.deliver(receiver)
    ((_, body, _),) = receiver.got
    assert body["changelog"]["items"][0]["field"] == "summary"
    assert body["matchedWebhookIds"] == [number]


def test_an_app_hears_of_issue_properties(
    app: Caller, call: Caller, bug: str, site: Site, receiver: Receiver
) -> None:
    events = ["issue_property_set", "issue_property_deleted"]
    register(app, events=events, issuePropertyKeysFilter=["ours"])
    for key in ("ours", "theirs"):
        call.ok("PUT", f"/rest/api/3/issue/{bug}/properties/{key}", {"a": 1})
    call.ok("DELETE", f"/rest/api/3/issue/{bug}/properties/ours")
    site.office.deliver(receiver)
    assert receiver.events == events


def test_what_could_not_be_delivered_is_listed_for_three_days(
    app: Caller, site: Site, clock: Clock, receiver: Receiver
) -> None:
    register(app)
    site.act("ada.keller").create_issue("ENG", "Bug", "Printer jams")
    receiver.status = 503
    site.office.deliver(receiver)
    for pause in RETRY_AFTER:
        clock.advance(pause.total_seconds())
        site.office.deliver(receiver)
    page = app.ok("GET", f"{DYNAMIC}/failed")
    (failed,) = page["values"]
    assert (failed["id"], failed["url"]) == (receiver.identifiers[0], INBOX)
    assert json.loads(failed["body"])["issue"]["key"] == "ENG-1"
    assert app.session.get(page["next"]).json()["values"] == []
    clock.advance(timedelta(hours=72).total_seconds() + 1)
    assert app.ok("GET", f"{DYNAMIC}/failed")["values"] == []


def test_projects_and_accounts_are_told_of(
    admin: Caller, site: Site, clock: Clock, receiver: Receiver
) -> None:
    events = ["project_created", "project_updated", "project_deleted", "user_created", "user_deleted"]
    set_up(admin, events=[*events, "jira:issue_deleted"])
    lead = site.act("admin").user.account_id
    asked = {"key": "OPS", "name": "Operations", "projectTypeKey": "software", "leadAccountId": lead}
    admin.ok("POST", "/rest/api/3/project", asked)
    admin.ok("PUT", "/rest/api/3/project/OPS", {"description": "Ours"})
    site.act("admin").create_issue("OPS", "Bug", "Printer jams")
    admin.ok("DELETE", "/rest/api/3/project/OPS", enableUndo="false")
    person = admin.ok("POST", "/rest/api/3/user", {"emailAddress": "nora.holm@example.com", "products": []})
    admin.ok("DELETE", "/rest/api/3/user", accountId=person["accountId"])
    site.office.deliver(receiver)
    assert receiver.events == events
    assert [body["project"]["key"] for _, body, _ in receiver.got[:3]] == ["OPS"] * 3
    assert receiver.got[3][1]["user"]["accountId"] == person["accountId"]
    clock.advance(15 * 60)
    site.office.deliver(receiver)
    assert receiver.events[5:] == ["jira:issue_deleted"]


def test_the_archive_and_the_trash_are_told_of(admin: Caller, site: Site, receiver: Receiver) -> None:
    events = ["project_archived", "project_restored_archived"]
    events += ["project_soft_deleted", "project_restored_deleted"]
    set_up(admin, events=[*events, "jira:issue_deleted"])
    admin.ok("POST", "/rest/api/3/project/ENG/archive")
    admin.ok("POST", "/rest/api/3/project/ENG/restore")
    admin.ok("DELETE", "/rest/api/3/project/ENG")
    admin.ok("POST", "/rest/api/3/project/ENG/restore")
    site.office.deliver(receiver)
    assert receiver.events == events
    assert {body["project"]["key"] for _, body, _ in receiver.got} == {"ENG"}


def test_an_account_that_changes_is_told_of(admin: Caller, site: Site, receiver: Receiver) -> None:
    set_up(admin, events=["user_updated"])
    admin.ok("PUT", "/rest/api/3/mypreferences/locale", {"locale": "de_DE"})
    site.office.deliver(receiver)
    assert receiver.got[0][1]["user"]["accountId"] == site.act("admin").user.account_id


def test_versions_are_told_of(admin: Caller, site: Site, receiver: Receiver) -> None:
    verbs = ["created", "updated", "released", "unreleased", "moved", "deleted"]
    set_up(admin, events=[f"jira:version_{verb}" for verb in verbs])
    made = admin.ok("POST", "/rest/api/3/version", {"name": "3.0", "projectId": 10000})
    address = f"/rest/api/3/version/{made['id']}"
    for change in ({"description": "Soon"}, {"released": True}, {"released": False}, {"released": False}):
        admin.ok("PUT", address, change)
    admin.ok("POST", f"{address}/move", {"position": "First"})
    admin.ok("POST", f"{address}/removeAndSwap", {})
    site.office.deliver(receiver)
    assert [event.removeprefix("jira:version_") for event in receiver.events] == verbs
    assert receiver.got[2][1]["version"] == {**made, "self": receiver.got[2][1]["version"]["self"]} | {
        "description": "Soon",
        "released": True,
    }


def test_what_a_bulk_operation_does_comes_in_the_secondary_flow(
    admin: Caller, site: Site, clock: Clock, receiver: Receiver
) -> None:
    site.act("bot").create_issue("ENG", "Bug", "Printer jams")
    set_up(admin, events=["jira:issue_deleted"])
    admin.ok("POST", "/rest/api/3/bulk/issues/delete", {"selectedIssueIdsOrKeys": ["ENG-1"]})
    site.office.deliver(receiver)
    assert receiver.events == []
    clock.advance(15 * 60)
    site.office.deliver(receiver)
    assert [headers["X-Atlassian-Webhook-Flow"] for _, _, headers in receiver.got] == ["Secondary"]


def test_on_data_center_a_comment_is_an_update_too_and_nothing_is_signed(
    clock: Clock, receiver: Receiver
) -> None:
    site = Site(clock, flavor="dc")
    session = requests.Session()
    session.mount(URL, AsgiAdapter(site.app))
    session.auth = ("admin", "admin-token")
    made = set_up(Caller(session), secret="hush", events=["jira:issue_updated", "comment_created"])
    assert made["isSigned"] is False
    key = site.act("ada.keller").create_issue("ENG", "Bug", "Printer jams")
    site.act("ada.keller").comment(key, "I see it too")
    site.office.deliver(receiver)
    assert receiver.events == ["comment_created", "jira:issue_updated"]
    _, body, headers = receiver.got[1]
    assert (body["issue_event_type_name"], body["comment"]["body"]) == ("issue_commented", "I see it too")
    assert body["user"]["name"] == "ada.keller"
    assert "X-Hub-Signature" not in headers
