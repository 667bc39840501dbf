"""What accounts prefer, and who did what."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import URL, Caller

API = "/rest/api/3"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


def send(call: Caller, path: str, **body: Any) -> requests.Response:
    """Send a form or plain text."""
    return call.session.put(URL + path, **body)


def account(site: Site, name: str) -> str:
    return site.act(name).user.account_id


# -- columns ------------------------------------------------------------------------------------------------


def columns(call: Caller, path: str = f"{API}/user/columns", **query: str) -> list[str]:
    return [one["value"] for one in call.ok("GET", path, **query)]


def test_columns_come_as_a_form_of_either_kind_or_as_json(call: Caller) -> None:
    default, path = columns(call), f"{API}/user/columns"
    assert "summary" in default
    assert send(call, path, data={"columns": ["summary", "status", "summary"]}).status_code == 200
    assert columns(call) == ["summary", "status"]
    parts = [("columns", (None, "issuekey")), ("columns", (None, "created"))]
    assert send(call, path, files=parts).status_code == 200
    assert columns(call) == ["issuekey", "created"]
    assert call("PUT", path, ["status"]).status_code == 200
    assert columns(call) == ["status"]
    assert call("PUT", path, {"columns": ["priority"]}).status_code == 200
    assert columns(call) == ["priority"]
    assert send(call, path, data={"columns": "colour"}).status_code == 400
    assert send(call, path, data={}).status_code == 200
    assert columns(call) == []
    assert call("DELETE", path).status_code == 204
    assert columns(call) == default


def test_the_site_has_columns_for_who_chose_none(admin: Caller, call: Caller, site: Site) -> None:
    path = f"{API}/settings/columns"
    assert call("GET", path).status_code == 403
    assert send(call, path, data={"columns": "summary"}).status_code == 403
    assert send(admin, path, data={"columns": ["summary", "created"]}).status_code == 200
    assert columns(admin, path) == columns(call) == ["summary", "created"]
    bot = account(site, "bot")
    assert columns(admin, accountId=bot) == ["summary", "created"]
    assert call("GET", f"{API}/user/columns", accountId=account(site, "admin")).status_code == 403
    assert admin("GET", f"{API}/user/columns", accountId="nobody").status_code == 404


def test_a_filter_has_columns_of_its_own(calls_of: Callable[[str], Caller], call: Caller) -> None:
    shared = {"name": "Bugs", "jql": "type = Bug", "sharePermissions": [{"type": "authenticated"}]}
    path = f"{API}/filter/{call.ok('POST', f'{API}/filter', shared)['id']}/columns"
    ada = calls_of("ada.keller")
    assert call("GET", path).status_code == 404
    assert ada("PUT", path, {"columns": ["summary"]}).status_code == 403
    assert call("PUT", path, {"columns": ["colour"]}).status_code == 400
    assert call("PUT", path, {"columns": ["summary", "status"]}).status_code == 200
    assert ada("DELETE", path).status_code == 204  # which resets nothing of another's
    assert columns(ada, path) == ["summary", "status"]
    assert call("DELETE", path).status_code == 204
    assert call("GET", path).status_code == 404


# -- preferences --------------------------------------------------------------------------------------------


def test_a_preference_is_kept_as_plain_text(call: Caller) -> None:
    path, key = f"{API}/mypreferences", {"key": "theme"}
    assert call("GET", path, **key).status_code == 404
    assert call("GET", path).status_code == 404
    plain = {"Content-Type": "text/plain"}
    assert call.session.put(URL + path, data="dark", params=key, headers=plain).status_code == 204
    assert call.ok("GET", path, **key) == "dark"
    assert call("PUT", path, "light", **key).status_code == 204
    assert call.ok("GET", path, **key) == "light"
    assert call("PUT", path, "x" * 256, **key).status_code == 404
    assert call("PUT", path, "x").status_code == 404
    assert call("PUT", path, {}, **key).status_code == 404
    assert call("DELETE", path, **key).status_code == 204
    assert call("DELETE", path, **key).status_code == 404


def test_a_preference_that_the_site_knows_goes_back_to_its_default(call: Caller) -> None:
    path, key = f"{API}/mypreferences", {"key": "user.notifications.mimetype"}
    assert call.ok("GET", path, **key) == "html"
    call.ok("PUT", path, "text", **key)
    call.ok("DELETE", path, **key)
    assert call.ok("GET", path, **key) == "html"


def test_who_prefers_so_does_not_watch_by_themselves(call: Caller, bug: str) -> None:
    def watches(key: str) -> bool:
        return bool(call.ok("GET", f"{API}/issue/{key}/watchers")["isWatching"])

    assert watches(bug)
    call.ok("PUT", f"{API}/mypreferences", "true", key="user.autowatch.disabled")
    fields = {"project": {"key": "ENG"}, "issuetype": {"name": "Bug"}, "summary": "Quiet"}
    quiet = call.ok("POST", "/rest/api/2/issue", {"fields": fields})["key"]
    call.ok("POST", f"/rest/api/2/issue/{quiet}/comment", {"body": "Hm"})
    assert not watches(quiet)


def test_an_account_has_a_language(call: Caller) -> None:
    path = f"{API}/mypreferences/locale"
    assert call("PUT", path, {"locale": "tlh"}).status_code == 400
    assert call("PUT", path, {"locale": "de_DE"}).status_code == 204
    assert call.ok("GET", path) == {"locale": "de_DE"}
    assert call.ok("GET", f"{API}/myself")["locale"] == "de_DE"


def test_addresses_are_for_approved_apps(call: Caller, site: Site) -> None:
    assert call("GET", f"{API}/user/email/bulk", accountId=account(site, "bot")).status_code == 401


# -- who did what -------------------------------------------------------------------------------------------


@pytest.fixture
def busy(site: Site, call: Caller, bug: str) -> str:
    """An issue with an assignee, a watcher, a comment and a transition, each of another person."""
    ada, bot = site.act("ada.keller"), site.act("bot")
    bot.edit(bug, assignee={"accountId": ada.user.account_id})
    ada.comment(bug, "Mine")
    site.act("admin").transition(bug, site.act("admin").transitions(bug)[0])
    other = bot.create_issue("ENG", "Bug", "Other")
    assert other == "ENG-2"
    return bug


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("is assignee of ENG", ["ada.keller"]),
        ("is assignee of ENG-2", []),
        ("is reporter of (ENG-1, ENG-2)", ["bot"]),
        ("is watcher of ENG-1", ["ada.keller", "bot"]),
        ("is commenter of ENG", ["ada.keller"]),
        ("is transitioner of (ENG-1)", ["admin"]),
        ("is voter of ENG", []),
        ("is commenter of ENG-1 AND is assignee of ENG-1", ["ada.keller"]),
        ("is commenter of ENG AND is reporter of ENG", []),
        ("is commenter of ENG AND is reporter of ENG OR is transitioner of ENG", ["admin"]),
        ("is commenter of ENG AND (is reporter of ENG or is transitioner of ENG)", []),
        ('[location].office.city is "Sydney"', ["bot"]),
        ('[location].office.city is "Berlin"', []),
    ],
)
def test_users_are_sought_by_what_they_did(
    call: Caller, busy: str, site: Site, query: str, expected: list[str]
) -> None:
    place = {"office": {"country": "AU", "city": "Sydney"}}
    call.ok("PUT", f"{API}/user/properties/location", place, accountId=account(site, "bot"))
    found = call.ok("GET", f"{API}/user/search/query", query=query)["values"]
    wanted = {account(site, name) for name in expected}
    assert {one["accountId"] for one in found} == wanted
    keys = call.ok("GET", f"{API}/user/search/query/key", query=query)["values"]
    assert {one["accountId"] for one in keys} == wanted


@pytest.mark.parametrize(
    "query",
    [
        "",
        "is",
        "is assignee",
        "is assignee of",
        "is owner of ENG",
        "is assignee of NOPE-1",
        "is assignee of (ENG-1",
        "is assignee of ENG is",
        "assignee of ENG",
        '[location].city was "x"',
        '[location].city is "x',
    ],
)
def test_a_query_with_a_mistake_is_refused(call: Caller, busy: str, query: str) -> None:
    assert call("GET", f"{API}/user/search/query", query=query).status_code == 400


def test_a_page_of_users_is_cut_out_before_it_is_searched(call: Caller, busy: str) -> None:
    page = call.ok("GET", f"{API}/user/search/query", query="is assignee of ENG", maxResults=1)
    assert (page["isLast"], page["maxResults"]) == (False, 1)
    following = call.session.get(page["nextPage"])
    assert following.status_code == 400  # the address of the next page leaves out the query, as bean pages do
