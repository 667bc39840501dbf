"""Organizations and customers of the Service Management API."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/servicedeskapi"


@pytest.fixture
def gina(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("gina.rossi")


@pytest.fixture
def eva(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("eva.lind")


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    caller = calls_of("admin")
    caller.session.headers["X-ExperimentalApi"] = "opt-in"
    return caller


@pytest.fixture
def acme(eva: Caller) -> str:
    return str(eva.ok("POST", f"{API}/organization", {"name": "Acme"})["id"])


def account(site: Site, name: str) -> str:
    return site.act(name).user.account_id


def test_an_organization_is_made_once_and_deleted_by_an_administrator(
    eva: Caller, admin: Caller, acme: str
) -> None:
    assert eva.ok("POST", f"{API}/organization", {"name": "Acme"})["id"] == acme
    shown = eva.ok("GET", f"{API}/organization/{acme}")
    assert (shown["name"], shown["scimManaged"]) == ("Acme", False)
    assert eva("DELETE", f"{API}/organization/{acme}").status_code == 403
    assert admin("DELETE", f"{API}/organization/{acme}").status_code == 204
    assert eva("GET", f"{API}/organization/{acme}").status_code == 404


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": 7}, {"name": "x" * 201}])
def test_an_organization_needs_a_name(eva: Caller, body: dict[str, Any]) -> None:
    assert eva("POST", f"{API}/organization", body).status_code == 400


def test_customers_see_their_own_organizations_and_make_none(
    gina: Caller, eva: Caller, site: Site, acme: str
) -> None:
    assert gina("POST", f"{API}/organization", {"name": "Mine"}).status_code == 403
    assert gina.ok("GET", f"{API}/organization")["values"] == []
    assert gina("GET", f"{API}/organization/{acme}").status_code == 404
    members = {"accountIds": [account(site, "gina.rossi")]}
    assert eva("POST", f"{API}/organization/{acme}/user", members).status_code == 204
    assert [one["id"] for one in gina.ok("GET", f"{API}/organization")["values"]] == [acme]
    assert gina("GET", f"{API}/organization", accountId="anybody").status_code == 403


def test_members_come_and_go(eva: Caller, site: Site, acme: str) -> None:
    path = f"{API}/organization/{acme}/user"
    people = [account(site, name) for name in ("gina.rossi", "hugo.blanc")]
    eva.ok("POST", path, {"accountIds": people})
    eva.ok("POST", path, {"accountIds": people[:1]})
    assert [user["accountId"] for user in eva.ok("GET", path)["values"]] == people
    assert eva.ok("GET", path, limit=1)["isLastPage"] is False
    eva.ok("DELETE", path, {"accountIds": people[:1]})
    assert [user["accountId"] for user in eva.ok("GET", path)["values"]] == people[1:]
    refused = eva("POST", path, {"accountIds": ["nobody"]})
    assert refused.status_code == 400
    assert "nobody" in refused.json()["errorMessage"]


def test_properties_of_an_organization(eva: Caller, acme: str) -> None:
    path = f"{API}/organization/{acme}/property"
    assert eva("PUT", f"{path}/plan", {"level": "gold"}).status_code == 201
    assert eva("PUT", f"{path}/plan", {"level": "silver"}).status_code == 200
    assert eva.ok("GET", f"{path}/plan") == {"key": "plan", "value": {"level": "silver"}}
    assert [row["key"] for row in eva.ok("GET", path)["keys"]] == ["plan"]
    assert eva("DELETE", f"{path}/plan").status_code == 204
    assert eva("GET", f"{path}/plan").status_code == 404


def test_members_of_a_desks_organization_may_ask_there(eva: Caller, admin: Caller, acme: str) -> None:
    made = admin.ok("POST", f"{API}/customer", {"email": "nora.holm@example.com", "displayName": "Nora Holm"})
    eva.ok("POST", f"{API}/organization/{acme}/user", {"accountIds": [made["accountId"]]})
    nora = Caller(type(eva.session)())
    nora.session.adapters = eva.session.adapters
    nora.session.auth = ("nora.holm@example.com", "nora.holm@example.com-token")
    assert nora.ok("GET", f"{API}/servicedesk")["values"] == []
    assert eva("POST", f"{API}/servicedesk/1/organization", {"organizationId": int(acme)}).status_code == 204
    assert [one["name"] for one in eva.ok("GET", f"{API}/servicedesk/1/organization")["values"]] == ["Acme"]
    assert [desk["id"] for desk in nora.ok("GET", f"{API}/servicedesk")["values"]] == ["1"]
    eva.ok("DELETE", f"{API}/servicedesk/1/organization", {"organizationId": int(acme)})
    assert nora.ok("GET", f"{API}/servicedesk")["values"] == []


def test_a_request_is_shared_with_an_organization(
    calls_of: Callable[[str], Caller], gina: Caller, eva: Caller, site: Site, acme: str
) -> None:
    hugo = calls_of("hugo.blanc")
    people = [account(site, name) for name in ("gina.rossi", "hugo.blanc")]
    eva.ok("POST", f"{API}/organization/{acme}/user", {"accountIds": people})
    key = site.act("gina.rossi").raise_request("Report a problem", "No mail")
    assert hugo("GET", f"{API}/request/{key}").status_code == 404
    eva.ok("PUT", f"/rest/api/2/issue/{key}", {"fields": {"customfield_10002": [int(acme)]}})
    assert hugo.ok("GET", f"{API}/request/{key}")["issueKey"] == key
    assert [row["issueKey"] for row in hugo.ok("GET", f"{API}/request")["values"]] == [key]
    mine = hugo.ok("GET", f"{API}/request", requestOwnership="ORGANIZATION", organizationId=acme)
    assert mine["size"] == 1
    assert hugo.ok("GET", f"{API}/request", requestOwnership="OWNED_REQUESTS")["size"] == 0
    field = eva.ok("GET", f"/rest/api/2/issue/{key}")["fields"]["customfield_10002"]
    assert [one["name"] for one in field] == ["Acme"]


def test_customers_are_created_added_and_removed(admin: Caller, eva: Caller) -> None:
    asked = {"email": "nora.holm@example.com", "displayName": "Nora Holm"}
    assert eva("POST", f"{API}/customer", asked).status_code == 403
    made = admin.ok("POST", f"{API}/customer", asked)
    assert made["accountId"].startswith("qm:")
    assert admin("POST", f"{API}/customer", asked).status_code == 400
    assert admin("POST", f"{API}/customer", asked, strictConflictStatusCode="true").status_code == 409
    assert admin("POST", f"{API}/customer", {**asked, "email": "nora"}).status_code == 400
    path, who = f"{API}/servicedesk/1/customer", {"accountIds": [made["accountId"]]}
    assert eva("POST", path, who).status_code == 403
    assert admin("POST", path, who).status_code == 204
    assert [one["displayName"] for one in admin.ok("GET", path, query="nora")["values"]] == ["Nora Holm"]
    assert admin("DELETE", path, who).status_code == 204
    assert admin.ok("GET", path, query="nora")["values"] == []


def test_valid_customers_are_added_beside_unknown_ones(admin: Caller, site: Site) -> None:
    ada = account(site, "ada.keller")
    answer = admin("POST", f"{API}/servicedesk/1/customer", {"accountIds": [ada, "nobody"]})
    assert answer.status_code == 400
    assert [
        one["accountId"] for one in admin.ok("GET", f"{API}/servicedesk/1/customer", query="ada")["values"]
    ]


def test_an_invited_customer_may_ask_until_the_access_is_revoked(admin: Caller, eva: Caller) -> None:
    asked = {"email": "nora.holm@example.com", "displayName": "Nora Holm"}
    made = admin.ok("POST", f"{API}/servicedesk/1/customer/invite", asked)
    nora = Caller(type(eva.session)())
    nora.session.adapters = eva.session.adapters
    nora.session.auth = ("nora.holm@example.com", "nora.holm@example.com-token")
    assert nora.ok("GET", f"{API}/servicedesk")["size"] == 1
    path = f"{API}/customer/user/{made['accountId']}/revoke-portal-only-access"
    assert admin("PUT", path).status_code == 204
    assert nora("GET", f"{API}/servicedesk").status_code == 401


def test_experimental_operations_want_their_header(admin: Caller, site: Site) -> None:
    del admin.session.headers["X-ExperimentalApi"]
    path = f"{API}/servicedesk/1/customer"
    assert admin("GET", path).status_code == 412
    site.switches.experimental_header = "ignored"
    assert admin("GET", path).status_code == 200
