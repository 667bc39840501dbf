"""What the history of issues tells of links, and how the histories of many come."""

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/api/3"
BULK = f"{API}/changelog/bulkfetch"


def make(call: Caller, summary: str = "Printer jams") -> str:
    fields = {"project": {"key": "ENG"}, "issuetype": {"name": "Bug"}, "summary": summary}
    return str(call.ok("POST", f"{API}/issue", {"fields": fields})["key"])


def changes(call: Caller, key: str) -> list[tuple[str | None, ...]]:
    """Return each change of an issue: the field, and ids and words before and after."""
    names = ("field", "from", "fromString", "to", "toString")
    histories = call.ok("GET", f"{API}/issue/{key}/changelog")["values"]
    return [tuple(item[name] for name in names) for entry in histories for item in entry["items"]]


def test_a_link_made_and_removed_is_told_on_both_issues(call: Caller) -> None:
    first, second = make(call), make(call)
    ends = {"inwardIssue": {"key": first}, "outwardIssue": {"key": second}}
    call.ok("POST", f"{API}/issueLink", {"type": {"name": "Blocks"}, **ends})
    (link,) = call.ok("GET", f"{API}/issue/{first}")["fields"]["issuelinks"]
    call.ok("DELETE", f"{API}/issueLink/{link['id']}")
    for issue, other, phrase in ((first, second, "blocks"), (second, first, "is blocked by")):
        told = (other, f"This issue {phrase} {other}")
        assert changes(call, issue) == [("Link", None, None, *told), ("Link", *told, None, None)]


def test_a_remote_link_is_told_when_it_is_made_changed_and_removed(call: Caller, bug: str) -> None:
    path, thing = f"{API}/issue/{bug}/remotelink", {"url": "https://example.com", "title": "INC1"}
    number = str(call.ok("POST", path, {"globalId": "x", "object": thing})["id"])
    call.ok("POST", path, {"globalId": "x", "object": thing})  # changes nothing
    call.ok("POST", path, {"globalId": "x", "object": thing | {"title": "INC2"}})
    call.ok("DELETE", f"{path}/{number}")
    first, second = ((number, f'This issue links to "{title}"') for title in ("INC1", "INC2"))
    assert changes(call, bug) == [
        ("RemoteIssueLink", None, None, *first),
        ("RemoteIssueLink", *first, *second),
        ("RemoteIssueLink", *second, None, None),
    ]


def test_histories_of_many_issues_come_oldest_first_over_all_pages(call: Caller, clock: Clock) -> None:
    first, second = make(call), make(call)
    for number in range(3):
        for key in (second, first):
            clock.advance(60)
            call.ok("PUT", f"{API}/issue/{key}", {"fields": {"summary": f"Take {number}"}})
    asked = {"issueIdsOrKeys": [first, second], "fieldIds": [], "maxResults": 4}
    page = call.ok("POST", BULK, asked)
    rest = call.ok("POST", BULK, asked | {"nextPageToken": page["nextPageToken"]})
    moments = [
        [entry["created"] for log in one["issueChangeLogs"] for entry in log["changeHistories"]]
        for one in (page, rest)
    ]
    assert [len(moments[0]), len(moments[1])] == [4, 2]
    assert max(moments[0]) < min(moments[1])
    numbers = [log["issueId"] for log in page["issueChangeLogs"]]
    assert numbers == [str(call.ok("GET", f"{API}/issue/{key}")["id"]) for key in (second, first)]


@pytest.mark.parametrize("wrong", [{"maxResults": 10_001}, {"maxResults": 0}, {"fieldIds": ["x"] * 11}])
def test_histories_of_many_issues_have_their_limits(call: Caller, bug: str, wrong: dict[str, object]) -> None:
    assert call("POST", BULK, {"issueIdsOrKeys": [bug], **wrong}).status_code == 400


def test_many_issues_show_fewer_histories_and_five_properties(call: Caller, site: Site, bug: str) -> None:
    for number in range(45):
        site.act("bot").edit(bug, summary=f"Take {number}")
    asked = {"issueIdsOrKeys": [bug], "expand": ["changelog"], "fields": ["summary"]}
    (shown,) = call.ok("POST", f"{API}/issue/bulkfetch", asked)["issues"]
    assert (len(shown["changelog"]["histories"]), shown["changelog"]["total"]) == (40, 45)
    asked["properties"] = list("abcdef")
    assert call("POST", f"{API}/issue/bulkfetch", asked).status_code == 400


def test_dates_and_comments_are_rendered_for_people(call: Caller, bug: str) -> None:
    call.ok("PUT", f"/rest/api/2/issue/{bug}", {"fields": {"duedate": "2026-03-20"}})
    call.ok("POST", f"/rest/api/2/issue/{bug}/comment", {"body": "*On* it"})
    shown = call.ok("GET", f"{API}/issue/{bug}", expand="renderedFields")["renderedFields"]
    assert (shown["created"], shown["duedate"]) == ("02/Mar/26 9:00 AM", "20/Mar/26")
    (comment,) = shown["comment"]["comments"]
    assert (comment["body"], comment["created"]) == ("<p><b>On</b> it</p>", "02/Mar/26 9:00 AM")
