"""What the platform API answers beyond the `jira` library, by plain requests to a Cloud site."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

DONE = {"transition": {"id": "31"}, "fields": {"resolution": {"name": "Done"}}}


def document(text: str) -> dict[str, Any]:
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": "doc", "version": 1, "content": [paragraph]}


def make(call: Caller, summary: str = "Printer jams", **fields: Any) -> str:
    given = {"project": {"key": "ENG"}, "issuetype": {"name": "Bug"}, "summary": summary, **fields}
    return str(call.ok("POST", "/rest/api/2/issue", {"fields": given})["key"])


# -- who calls ----------------------------------------------------------------------------------------------


def test_a_wrong_token_is_refused_and_no_token_is_anonymous(site: Site, call: Caller, bug: str) -> None:
    call.session.auth = (site.email, "wrong")
    assert call("GET", "/rest/api/3/myself").status_code == 401
    assert call("GET", "/rest/api/3/serverInfo").status_code == 401
    call.session.auth = None
    assert call("GET", "/rest/api/3/serverInfo").status_code == 200
    assert call("GET", "/rest/api/3/myself").status_code == 401
    assert call("GET", f"/rest/api/3/issue/{bug}").status_code == 404
    assert call.ok("POST", "/rest/api/3/search/jql", {"jql": "project = ENG"})["issues"] == []
    assert call.ok("GET", "/rest/api/3/search/jql", jql="colour = red")["issues"] == []


def test_a_deactivated_account_is_refused(calls_of: Callable[[str], Caller]) -> None:
    assert calls_of("femi.okoro")("GET", "/rest/api/3/myself").status_code == 401


def test_the_tenant_tells_its_cloud_id(call: Caller) -> None:
    assert len(call.ok("GET", "/_edge/tenant_info")["cloudId"]) == 36


def test_dates_are_in_the_zone_of_the_caller(calls_of: Callable[[str], Caller], bug: str) -> None:
    created = calls_of("ada.keller").ok("GET", f"/rest/api/3/issue/{bug}")["fields"]["created"]
    assert created == "2026-03-02T10:00:00.000+0100"


def test_answers_carry_request_ids_and_limits(call: Caller, bug: str) -> None:
    answer = call("GET", f"/rest/api/3/issue/{bug}")
    assert answer.headers["X-RateLimit-Limit"] == "400"
    assert answer.headers["X-Arequestid"] != call("GET", "/rest/api/3/field").headers["X-Arequestid"]
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/rest/api/3/nothing", 404),
        ("PATCH", "/rest/api/3/myself", 405),
        ("GET", "/rest/api/4/field", 404),
    ],
)
def test_an_unknown_address_answers_in_json(call: Caller, method: str, path: str, status: int) -> None:
    answer = call(method, path)
    assert answer.status_code == status
    assert answer.json()


def test_a_body_must_be_json(call: Caller) -> None:
    address = "http://jira.test/rest/api/3/issue"
    json = {"Content-Type": "application/json"}
    assert call.session.post(address, data=b"{", headers=json).status_code == 400
    assert call.session.post(address, data=b"[]", headers=json).status_code == 400
    assert call.session.post(address, data=b"fields=1").status_code == 415


def test_permissions_are_told_by_project(site: Site, call: Caller) -> None:
    site.take_away("bot", "ENG", "EDIT_ISSUES")

    def may(project: str) -> bool:
        answer = call.ok("GET", "/rest/api/3/mypermissions", permissions="EDIT_ISSUES", projectKey=project)
        return bool(answer["permissions"]["EDIT_ISSUES"]["havePermission"])

    assert not may("ENG")
    assert may("HELP")
    assert call("GET", "/rest/api/3/mypermissions").status_code == 400
    assert call("GET", "/rest/api/3/mypermissions", permissions="FLY").status_code == 400


# -- texts --------------------------------------------------------------------------------------------------


def test_version_3_speaks_documents_and_version_2_and_latest_text(call: Caller) -> None:
    key = make(call, description="Since noon")
    assert call.ok("GET", f"/rest/api/3/issue/{key}")["fields"]["description"] == document("Since noon")
    call.ok("PUT", f"/rest/api/3/issue/{key}", {"fields": {"description": document("Since one")}})
    for version in ("2", "latest"):
        assert call.ok("GET", f"/rest/api/{version}/issue/{key}")["fields"]["description"] == "Since one"
    refused = call("PUT", f"/rest/api/3/issue/{key}", {"fields": {"description": "text"}})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["description"])


def test_comments_too(call: Caller, bug: str) -> None:
    made = call.ok("POST", f"/rest/api/3/issue/{bug}/comment", {"body": document("On it")})
    assert made["body"] == document("On it")
    assert call.ok("GET", f"/rest/api/2/issue/{bug}/comment/{made['id']}")["body"] == "On it"
    assert call("POST", f"/rest/api/3/issue/{bug}/comment", {"body": "On it"}).status_code == 400
    assert call("POST", f"/rest/api/2/issue/{bug}/comment", {"body": " "}).status_code == 400


# -- create and edit ----------------------------------------------------------------------------------------


def test_a_create_may_carry_properties(call: Caller) -> None:
    fields = {"project": {"id": "10000"}, "issuetype": {"id": "10004"}, "summary": "With key"}
    body = {"fields": fields, "properties": [{"key": "careloop", "value": {"key": "abc"}}]}
    made = call("POST", "/rest/api/3/issue", body)
    assert made.status_code == 201
    found = call.ok("POST", "/rest/api/3/search/jql", {"jql": "project = ENG", "properties": ["careloop"]})
    assert found["issues"][0]["properties"] == {"careloop": {"key": "abc"}}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"project"}),
        ({"project": {"key": "NONE"}}, {"project"}),
        ({"project": {"key": "ENG"}}, {"issuetype"}),
        ({"project": {"key": "ENG"}, "issuetype": {"name": "Incident"}}, {"issuetype"}),
        ({"project": {"key": "ENG"}, "issuetype": {"name": "Bug"}, "colour": 1}, {"summary", "colour"}),
        ({"project": {"key": "ENG"}, "issuetype": {"name": "Sub-task"}, "summary": "x"}, {"parent"}),
    ],
)
def test_a_wrong_create_names_its_fields(call: Caller, fields: dict[str, Any], wrong: set[str]) -> None:
    refused = call("POST", "/rest/api/3/issue", {"fields": fields})
    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == wrong
    assert call.ok("POST", "/rest/api/3/search/approximate-count", {"jql": "project = ENG"}) == {"count": 0}


def test_a_field_stands_in_fields_or_update_but_not_in_both(call: Caller, bug: str) -> None:
    both = {"fields": {"labels": ["a"]}, "update": {"labels": [{"add": "b"}]}}
    assert call("PUT", f"/rest/api/3/issue/{bug}", both).status_code == 400
    operations = {"labels": [{"add": "a"}, {"add": "b"}, {"remove": "a"}], "summary": [{"set": "New"}]}
    assert call("PUT", f"/rest/api/3/issue/{bug}", {"update": operations}).status_code == 204
    fields = call.ok("GET", f"/rest/api/3/issue/{bug}")["fields"]
    assert (fields["labels"], fields["summary"]) == (["b"], "New")


def test_an_edit_returns_the_issue_when_asked(call: Caller, bug: str) -> None:
    answer = call("PUT", f"/rest/api/2/issue/{bug}", {"fields": {"summary": "New"}}, returnIssue="true")
    assert (answer.status_code, answer.json()["fields"]["summary"]) == (200, "New")


def test_silencing_mails_needs_an_administrator(calls_of: Callable[[str], Caller], bug: str) -> None:
    path, body = f"/rest/api/3/issue/{bug}", {"fields": {"summary": "Quietly"}}
    assert calls_of("bot")("PUT", path, body, notifyUsers="false").status_code == 403
    assert calls_of("admin")("PUT", path, body, notifyUsers="false").status_code == 204


def test_an_issue_with_subtasks_is_deleted_only_with_them(
    calls_of: Callable[[str], Caller], bug: str
) -> None:
    admin, path = calls_of("admin"), f"/rest/api/3/issue/{bug}"
    fields = {
        "project": {"key": "ENG"},
        "issuetype": {"name": "Sub-task"},
        "summary": "x",
        "parent": {"key": bug},
    }
    child = admin.ok("POST", "/rest/api/2/issue", {"fields": fields})["key"]
    assert admin("DELETE", path).status_code == 400
    assert admin("DELETE", path, deleteSubtasks="true").status_code == 204
    assert admin("GET", f"/rest/api/3/issue/{child}").status_code == 404


def test_create_data_names_required_fields_and_their_values(call: Caller) -> None:
    path = "/rest/api/3/issue/createmeta/ENG/issuetypes"
    kinds = call.ok("GET", path)["issueTypes"]
    bug_id = next(kind["id"] for kind in kinds if kind["name"] == "Bug")
    fields = {field["fieldId"]: field for field in call.ok("GET", f"{path}/{bug_id}")["fields"]}
    assert [name for name, field in fields.items() if field["required"]] == [
        "project",
        "summary",
        "issuetype",
    ]
    assert "High" in {value["name"] for value in fields["priority"]["allowedValues"]}


# -- transitions and history --------------------------------------------------------------------------------


def test_transition_screens_are_told_when_asked(call: Caller, bug: str) -> None:
    path = f"/rest/api/3/issue/{bug}/transitions"
    assert "fields" not in call.ok("GET", path)["transitions"][0]
    start, done = call.ok("GET", path, expand="transitions.fields")["transitions"]
    assert (start["hasScreen"], start["fields"]) == (False, {})
    assert done["fields"]["resolution"]["required"]
    assert "comment" in done["fields"]
    assert done["to"]["statusCategory"]["key"] == "done"


def test_a_transition_answers_204_and_takes_its_id_as_a_number_too(call: Caller, bug: str) -> None:
    path = f"/rest/api/3/issue/{bug}/transitions"
    answer = call("POST", path, {"transition": {"id": 11}})
    assert (answer.status_code, answer.content) == (204, b"")
    assert call("POST", path, {"transition": {"id": "11"}}).status_code == 400
    assert call("POST", path, {}).status_code == 400


def test_history_is_paged_oldest_first_and_embedded_newest_first(
    call: Caller, bug: str, clock: Clock
) -> None:
    for number in range(45):
        clock.advance(1)
        call.ok("PUT", f"/rest/api/3/issue/{bug}", {"fields": {"summary": f"Name {number}"}})
    page = call.ok("GET", f"/rest/api/3/issue/{bug}/changelog", startAt=40, maxResults=3)
    assert [entry["items"][0]["toString"] for entry in page["values"]] == ["Name 40", "Name 41", "Name 42"]
    assert (page["total"], page["isLast"]) == (45, False)
    embedded = call.ok("GET", f"/rest/api/3/issue/{bug}", expand="changelog", fields="summary")["changelog"]
    assert [entry["items"][0]["toString"] for entry in embedded["histories"]][:2] == ["Name 44", "Name 43"]
    searched = call.ok("GET", "/rest/api/3/search/jql", jql="project = ENG", expand="changelog")["issues"][0]
    assert (len(searched["changelog"]["histories"]), searched["changelog"]["total"]) == (40, 45)


def test_histories_of_several_issues_come_filtered_and_in_pages(call: Caller, site: Site) -> None:
    first, second = make(call), make(call)
    for key in (first, second):
        call.ok("PUT", f"/rest/api/3/issue/{key}", {"fields": {"summary": "Renamed"}})
        call.ok("POST", f"/rest/api/3/issue/{key}/transitions", DONE)
    asked = {"issueIdsOrKeys": [first, second], "fieldIds": ["status"], "maxResults": 1}
    page = call.ok("POST", "/rest/api/3/changelog/bulkfetch", asked)
    rest = call.ok(
        "POST", "/rest/api/3/changelog/bulkfetch", {**asked, "nextPageToken": page["nextPageToken"]}
    )
    assert "nextPageToken" not in rest
    (log,) = rest["issueChangeLogs"]
    assert log["changeHistories"][0]["items"][0]["toString"] == "Done"
    assert isinstance(log["changeHistories"][0]["created"], str)
    site.switches.changelog_created = "number"
    page = call.ok("POST", "/rest/api/3/changelog/bulkfetch", asked)
    assert page["issueChangeLogs"][0]["changeHistories"][0]["created"] == 1_772_442_000_000


def test_bulk_fetch_comes_in_order_of_ids_and_names_what_is_missing(call: Caller) -> None:
    first, second = make(call, "One"), make(call, "Two")
    answer = call.ok("POST", "/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": [second, "ENG-99", first]})
    assert [issue["key"] for issue in answer["issues"]] == [first, second]
    assert [error["id"] for error in answer["issueErrors"]] == ["ENG-99"]
    too_many = {"issueIdsOrKeys": [first] * 101}
    assert call("POST", "/rest/api/3/issue/bulkfetch", too_many).status_code == 400


# -- comments -----------------------------------------------------------------------------------------------


def test_comments_are_listed_by_id_with_their_properties(call: Caller, bug: str) -> None:
    properties = [{"key": "careloop", "value": {"key": "abc"}}]
    path = f"/rest/api/2/issue/{bug}/comment"
    made = call.ok("POST", path, {"body": "On it", "properties": properties})
    assert "properties" not in call.ok("GET", path)["comments"][0]
    listed = call.ok("POST", "/rest/api/2/comment/list", {"ids": [int(made["id"]), 99]}, expand="properties")
    assert [comment["properties"] for comment in listed["values"]] == [properties]
    assert call("POST", "/rest/api/2/comment/list", {"ids": []}).status_code == 400


def test_an_edit_without_properties_keeps_the_audience(call: Caller, site: Site) -> None:
    key = site.act("gina.rossi").raise_request("Report a problem", "No mail")
    path = f"/rest/api/2/issue/{key}/comment"
    internal = [{"key": "sd.public.comment", "value": {"internal": True}}]
    made = call.ok("POST", path, {"body": "psst", "properties": internal})
    assert made["jsdPublic"] is False
    assert call.ok("PUT", f"{path}/{made['id']}", {"body": "psst!"})["jsdPublic"] is False
    open_to_all = [{"key": "sd.public.comment", "value": {"internal": False}}]
    assert (
        call.ok("PUT", f"{path}/{made['id']}", {"body": "Hi", "properties": open_to_all})["jsdPublic"] is True
    )
    assert call.ok("POST", path, {"body": "By default"})["jsdPublic"] is True


def test_a_comment_moves_the_date_of_its_issue(call: Caller, bug: str, clock: Clock) -> None:
    clock.advance(60)
    call.ok("POST", f"/rest/api/2/issue/{bug}/comment", {"body": "On it"})
    assert _updated(call, bug) == "2026-03-02T09:01:00.000+0000"
    clock.advance(60)
    call.ok("DELETE", f"/rest/api/2/issue/{bug}/comment/10000")
    assert _updated(call, bug) == "2026-03-02T09:02:00.000+0000"


def test_the_audience_follows_its_property(call: Caller, bug: str) -> None:
    comment = f"/rest/api/2/issue/{bug}/comment"
    made = call.ok("POST", comment, {"body": "On it"})["id"]
    path = f"/rest/api/2/comment/{made}/properties/sd.public.comment"
    assert call("PUT", path, {"internal": True}).status_code == 201
    assert call.ok("GET", f"{comment}/{made}")["jsdPublic"] is False
    assert call("DELETE", path).status_code == 204
    assert call.ok("GET", f"{comment}/{made}")["jsdPublic"] is True


def test_a_comment_for_a_role_is_hidden_from_others(calls_of: Callable[[str], Caller], bug: str) -> None:
    path = f"/rest/api/2/issue/{bug}/comment"
    body = {"body": "For us", "visibility": {"type": "role", "value": "Developers"}}
    made = calls_of("ada.keller").ok("POST", path, body)
    assert made["visibility"]["value"] == "Developers"
    assert calls_of("bruno.silva").ok("GET", path)["total"] == 1
    assert calls_of("admin").ok("GET", path)["total"] == 0
    assert calls_of("admin")("GET", f"{path}/{made['id']}").status_code == 404


def test_who_may_not_comment_is_refused(call: Caller, site: Site, bug: str) -> None:
    site.take_away("bot", "ENG", "ADD_COMMENTS")
    assert call("POST", f"/rest/api/2/issue/{bug}/comment", {"body": "Hi"}).status_code == 400
    done = {**DONE, "update": {"comment": [{"add": {"body": "Hi"}}]}}
    assert call("POST", f"/rest/api/2/issue/{bug}/transitions", done).status_code == 400
    assert call.ok("GET", f"/rest/api/2/issue/{bug}")["fields"]["status"]["name"] == "To Do"


def test_only_its_author_edits_a_comment(calls_of: Callable[[str], Caller], bug: str) -> None:
    path = f"/rest/api/2/issue/{bug}/comment"
    made = calls_of("ada.keller").ok("POST", path, {"body": "Mine"})
    assert calls_of("bruno.silva")("PUT", f"{path}/{made['id']}", {"body": "His"}).status_code == 400
    assert calls_of("bruno.silva")("DELETE", f"{path}/{made['id']}").status_code == 400
    assert calls_of("admin").ok("PUT", f"{path}/{made['id']}", {"body": "Edited"})["body"] == "Edited"


# -- properties and links -----------------------------------------------------------------------------------


def test_writing_a_property_tells_new_from_replaced_and_leaves_updated_alone(
    call: Caller, site: Site, bug: str, clock: Clock
) -> None:
    path, before = f"/rest/api/3/issue/{bug}/properties/careloop", _updated(call, bug)
    clock.advance(60)
    assert call("PUT", path, {"n": 1}).status_code == 201
    assert call("PUT", path, {"n": 2}).status_code == 200
    assert call.ok("GET", path) == {"key": "careloop", "value": {"n": 2}}
    assert _updated(call, bug) == before
    site.switches.property_moves_updated = True
    call("PUT", path, {"n": 3})
    assert _updated(call, bug) != before
    assert call("PUT", path, "x" * 32_769).status_code == 400
    assert call("DELETE", path).status_code == 204
    assert call("GET", path).status_code == 404


def _updated(call: Caller, key: str) -> str:
    return str(call.ok("GET", f"/rest/api/3/issue/{key}", fields="updated")["fields"]["updated"])


def test_a_remote_link_with_a_known_global_id_is_replaced_whole(call: Caller, bug: str) -> None:
    path = f"/rest/api/3/issue/{bug}/remotelink"
    thing = {"url": "https://servicenow.example.com/1", "title": "INC1"}
    made = call("POST", path, {"globalId": "system=a&id=1", "object": thing, "relationship": "causes"})
    again = call("POST", path, {"globalId": "system=a&id=1", "object": {**thing, "title": "INC1!"}})
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["id"] == again.json()["id"]
    (link,) = call.ok("GET", path)
    assert link["object"]["title"] == "INC1!"
    assert "relationship" not in link
    assert call.ok("GET", path, globalId="system=a&id=1")["id"] == link["id"]
    assert call("POST", path, {"globalId": "x" * 256, "object": thing}).status_code == 400
    assert call("POST", path, {"object": {"title": "no address"}}).status_code == 400


def test_links_are_made_shown_and_removed(call: Caller) -> None:
    one, two = make(call), make(call)
    ends = {"inwardIssue": {"key": one}, "outwardIssue": {"key": two}}
    made = call("POST", "/rest/api/3/issueLink", {"type": {"name": "Blocks"}, **ends})
    assert (made.status_code, made.content) == (201, b"")
    assert call("POST", "/rest/api/3/issueLink", {"type": {"name": "Hates"}, **ends}).status_code == 404
    to_itself = {"inwardIssue": {"key": one}, "outwardIssue": {"key": one}}
    assert call("POST", "/rest/api/3/issueLink", {"type": {"name": "Blocks"}, **to_itself}).status_code == 400
    (link,) = call.ok("GET", f"/rest/api/3/issue/{two}")["fields"]["issuelinks"]
    assert (link["type"]["inward"], link["inwardIssue"]["key"]) == ("is blocked by", one)
    assert call("DELETE", f"/rest/api/3/issueLink/{link['id']}").status_code == 204
    assert call.ok("GET", f"/rest/api/3/issue/{one}")["fields"]["issuelinks"] == []


# -- search -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_old_search_of_cloud_is_gone(call: Caller, method: str) -> None:
    for version in ("2", "3", "latest"):
        answer = call(method, f"/rest/api/{version}/search", {} if method == "POST" else None)
        assert answer.status_code == 410
        assert "/rest/api/3/search/jql" in answer.json()["errorMessages"][0]


def test_search_must_be_bounded_and_gives_ids_only_by_default(call: Caller, bug: str) -> None:
    for jql in ("", "ORDER BY key"):
        assert call("GET", "/rest/api/3/search/jql", jql=jql).status_code == 400
        assert call("POST", "/rest/api/3/search/approximate-count", {"jql": jql}).status_code == 400
    answer = call.ok("GET", "/rest/api/3/search/jql", jql="project = ENG")
    assert answer == {"issues": [{"id": "10000"}], "isLast": True}


def test_search_pages_by_token_until_the_last(call: Caller) -> None:
    keys = [make(call) for _ in range(5)]
    asked = {"jql": "project = ENG ORDER BY key", "maxResults": 2, "fields": ["summary"]}
    seen, token = [], None
    for last in (False, False, True):
        page = call.ok(
            "POST", "/rest/api/3/search/jql", {**asked, **({"nextPageToken": token} if token else {})}
        )
        seen += [issue["key"] for issue in page["issues"]]
        token = page.get("nextPageToken")
        assert (page["isLast"], token is None) == (last, last)
        assert set(page) <= {"issues", "isLast", "nextPageToken"}
    assert seen == keys


def test_expand_is_one_string(call: Caller, bug: str) -> None:
    asked = {"jql": "project = ENG", "fields": ["summary"]}
    answer = call.ok("POST", "/rest/api/3/search/jql", {**asked, "expand": "names,schema"})
    assert answer["names"] == {"summary": "Summary"}
    assert answer["schema"]["summary"]["type"] == "string"
    assert call("POST", "/rest/api/3/search/jql", {**asked, "expand": ["names"]}).status_code == 400


def test_reconciled_issues_are_found_before_the_index_knows(call: Caller, site: Site) -> None:
    site.switches.search_lag = timedelta(minutes=1)
    key = make(call)
    asked = {"jql": "project = ENG", "fields": ["key"]}
    assert call.ok("POST", "/rest/api/3/search/jql", asked)["issues"] == []
    number = int(call.ok("GET", f"/rest/api/3/issue/{key}")["id"])
    found = call.ok("POST", "/rest/api/3/search/jql", {**asked, "reconcileIssues": [number]})
    assert [issue["key"] for issue in found["issues"]] == [key]
    too_many = {**asked, "reconcileIssues": list(range(51))}
    assert call("POST", "/rest/api/3/search/jql", too_many).status_code == 400


def test_user_search_takes_a_query_or_an_account(call: Caller, site: Site) -> None:
    path, account = "/rest/api/3/user/search", site.act("ada.keller").user.account_id
    assert [user["displayName"] for user in call.ok("GET", path, query="ada")] == ["Ada Keller"]
    assert [user["accountId"] for user in call.ok("GET", path, accountId=account)] == [account]
    assert call("GET", path, query="ada", accountId=account).status_code == 400
    assert call.ok("GET", "/rest/api/3/user", accountId=account)["timeZone"] == "Europe/Berlin"


def test_field_lists_admit_all_navigable_and_exceptions(call: Caller, bug: str) -> None:
    def fields(wanted: str) -> set[str]:
        return set(call.ok("GET", f"/rest/api/3/issue/{bug}", fields=wanted)["fields"])

    assert {"comment", "customfield_10016"} <= fields("*all")
    assert "comment" not in fields("*navigable")
    assert fields("summary,status") == {"summary", "status"}
    assert "summary" not in fields("-summary")
    assert len(fields("*all")) >= 40


def test_cloud_knows_nobody_by_user_name(call: Caller) -> None:
    assert call("GET", "/rest/api/3/user", username="bot").status_code == 400
    assert call("GET", "/rest/api/3/user", accountId="bot").status_code == 404
