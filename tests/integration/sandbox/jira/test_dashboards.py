"""Dashboards: who sees and changes them, what is on them, and what apps keep there."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/api/3"
PIE = "com.atlassian.jira.gadgets:pie-chart-dashboard-item"
EVERYBODY = [{"type": "authenticated"}]


@pytest.fixture
def ada(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("ada.keller")


def make(call: Caller, name: str = "Ours", **more: Any) -> str:
    asked = {"name": name, "sharePermissions": [], "editPermissions": [], **more}
    return str(call.ok("POST", f"{API}/dashboard", asked)["id"])


def names(call: Caller, path: str = "dashboard/search", **query: Any) -> list[str]:
    page = call.ok("GET", f"{API}/{path}", **query)
    return [one["name"] for one in page.get("values", page.get("dashboards"))]


def test_a_dashboard_is_made_changed_copied_and_deleted(call: Caller, ada: Caller) -> None:
    number = make(call, description="All", sharePermissions=EVERYBODY)
    path = f"{API}/dashboard/{number}"
    shown = ada.ok("GET", path)
    assert (shown["name"], shown["description"], shown["isWritable"]) == ("Ours", "All", False)
    assert shown["sharePermissions"][0]["type"] == "loggedin"
    change = {"name": "Mine", "sharePermissions": [], "editPermissions": []}
    assert ada("PUT", path, change).status_code == 404
    assert call.ok("PUT", path, change)["name"] == "Mine"
    assert ada("GET", path).status_code == 404
    call.ok("POST", f"{path}/gadget", {"moduleKey": PIE})
    copied = call.ok("POST", f"{path}/copy", change | {"name": "Copy"})
    gadgets = call.ok("GET", f"{API}/dashboard/{copied['id']}/gadget")["gadgets"]
    assert (copied["description"], [one["title"] for one in gadgets]) == ("All", ["Pie Chart"])
    assert ada("DELETE", path).status_code == 400
    assert call("DELETE", path).status_code == 204
    assert call("GET", path).status_code == 404
    assert names(call) == ["Copy"]


def test_a_wrong_dashboard_is_refused(call: Caller) -> None:
    make(call)
    wrong: list[dict[str, Any]] = [
        {"name": ""},
        {"name": "ours"},
        {"name": "New", "sharePermissions": [{"type": "cat"}]},
        {"name": "New", "sharePermissions": [{"type": "group", "group": {"name": "nobody"}}]},
        {"name": "New", "sharePermissions": [{"type": "project", "project": {"id": "1"}}]},
        {"name": "New", "colour": "red"},
    ]
    for asked in wrong:
        whole = {"sharePermissions": [], "editPermissions": [], **asked}
        assert call("POST", f"{API}/dashboard", whole).status_code == 400


def test_editors_change_a_dashboard_too(call: Caller, ada: Caller, site: Site) -> None:
    editor = {"type": "user", "user": {"accountId": site.act("ada.keller").user.account_id}}
    number = make(call, editPermissions=[editor])
    asked = {"name": "Hers", "sharePermissions": [], "editPermissions": [editor]}
    assert ada.ok("PUT", f"{API}/dashboard/{number}", asked)["isWritable"] is True


def test_dashboards_are_listed_and_found(call: Caller, ada: Caller, site: Site) -> None:
    make(call, "Beta", sharePermissions=EVERYBODY)
    make(call, "Alpha")
    make(ada, "Hers", sharePermissions=[{"type": "project", "project": {"id": "10000"}}])
    assert names(call) == names(call, "dashboard") == ["Alpha", "Beta", "Hers"]
    assert names(call, "dashboard", filter="my") == ["Alpha", "Beta"]
    assert names(call, "dashboard", filter="favourite") == []
    page = call.ok("GET", f"{API}/dashboard", startAt=1, maxResults=1)
    assert (page["total"], "next" in page, "prev" in page) == (3, True, True)
    assert names(call, orderBy="-name", dashboardName="E") == ["Hers", "Beta"]
    assert names(call, accountId=site.act("ada.keller").user.account_id) == ["Hers"]
    assert names(call, projectId=10000) == ["Hers"]
    assert names(call, status="deleted") == []
    assert call("GET", f"{API}/dashboard/search", orderBy="colour").status_code == 400
    assert call("GET", f"{API}/dashboard/search", expand="colour").status_code == 400
    assert call("GET", f"{API}/dashboard", filter="yours").status_code == 400


def test_gadgets_are_placed_moved_and_removed(call: Caller, ada: Caller) -> None:
    number = make(call, sharePermissions=EVERYBODY)
    path = f"{API}/dashboard/{number}/gadget"
    assert PIE in [one.get("moduleKey") for one in call.ok("GET", f"{API}/dashboard/gadgets")["gadgets"]]

    def add(title: str, **more: Any) -> int:
        return int(call.ok("POST", path, {"moduleKey": PIE, "title": title, **more})["id"])

    def places() -> dict[str, tuple[int, int]]:
        rows = call.ok("GET", path)["gadgets"]
        return {one["title"]: (one["position"]["column"], one["position"]["row"]) for one in rows}

    first, second = add("First"), add("Second", color="red")
    add("Third", position={"column": 0, "row": 0})
    assert places() == {"Third": (0, 0), "First": (0, 1), "Second": (0, 2)}
    call.ok("PUT", f"{path}/{first}", {"title": "Moved", "position": {"column": 1, "row": 0}})
    assert places() == {"Third": (0, 0), "Second": (0, 1), "Moved": (1, 0)}
    assert [one["title"] for one in call.ok("GET", path, gadgetId=second)["gadgets"]] == ["Second"]
    assert ada("DELETE", f"{path}/{second}").status_code == 404
    assert call("DELETE", f"{path}/{second}").status_code == 204
    assert call("DELETE", f"{path}/{second}").status_code == 404
    for wrong in (
        {},
        {"moduleKey": "cat"},
        {"moduleKey": PIE, "uri": "x"},
        {"moduleKey": PIE, "color": "pink"},
        {"moduleKey": PIE, "position": {"column": 9, "row": 0}},
    ):
        assert call("POST", path, wrong).status_code == 400
    call.ok("POST", path, {"moduleKey": "cat", "ignoreUriAndModuleKeyValidation": True})


def test_apps_keep_properties_of_a_gadget(call: Caller, ada: Caller) -> None:
    number = make(call, sharePermissions=EVERYBODY)
    gadget = call.ok("POST", f"{API}/dashboard/{number}/gadget", {"moduleKey": PIE})["id"]
    path = f"{API}/dashboard/{number}/items/{gadget}/properties"
    assert call("PUT", f"{path}/config", {"size": 4}).status_code == 201
    assert call("PUT", f"{path}/config", {"size": 5}).status_code == 200
    assert ada.ok("GET", f"{path}/config")["value"] == {"size": 5}
    assert [one["key"] for one in ada.ok("GET", path)["keys"]] == ["config"]
    assert ada("PUT", f"{path}/config", 1).status_code == 403
    assert call("DELETE", f"{path}/config").status_code == 204
    assert call("GET", f"{path}/config").status_code == 404
    assert call("GET", f"{API}/dashboard/{number}/items/1/properties").status_code == 404


def test_dashboards_are_changed_in_numbers(call: Caller, ada: Caller, site: Site) -> None:
    mine, hers = make(call), make(ada, "Ours", sharePermissions=EVERYBODY)
    path, ids = f"{API}/dashboard/bulk/edit", [int(mine), int(hers)]
    details = {"sharePermissions": EVERYBODY, "editPermissions": []}
    told = call.ok("PUT", path, {"action": "addPermission", "entityIds": ids, "permissionDetails": details})
    assert set(told["entityErrors"]) == {hers}
    assert ada.ok("GET", f"{API}/dashboard/{mine}")["isWritable"] is False
    call.ok("PUT", path, {"action": "removePermission", "entityIds": ids, "permissionDetails": details})
    assert ada("GET", f"{API}/dashboard/{mine}").status_code == 404
    owner = {"newOwner": site.act("ada.keller").user.account_id, "autofixName": False}
    change = {"action": "changeOwner", "entityIds": [int(mine)], "changeOwnerDetails": owner}
    assert mine in call.ok("PUT", path, change)["entityErrors"]
    change["changeOwnerDetails"] = owner | {"autofixName": True}
    assert call.ok("PUT", path, change)["entityErrors"] == {}
    assert ada.ok("GET", f"{API}/dashboard/{mine}")["name"] == "Ours 2"
    assert call("PUT", path, {"action": "eat", "entityIds": ids}).status_code == 400


def test_new_things_are_shared_as_one_prefers(call: Caller, ada: Caller) -> None:
    path = f"{API}/filter/defaultShareScope"
    assert call.ok("GET", path) == {"scope": "PRIVATE"}
    assert call("PUT", path, {"scope": "FRIENDS"}).status_code == 400
    assert call.ok("PUT", path, {"scope": "AUTHENTICATED"}) == {"scope": "AUTHENTICATED"}
    number = call.ok("POST", f"{API}/filter", {"name": "Open", "jql": "type = Bug"})["id"]
    assert ada.ok("GET", f"{API}/filter/{number}")["sharePermissions"][0]["type"] == "loggedin"
