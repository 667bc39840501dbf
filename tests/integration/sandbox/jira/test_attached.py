"""What hangs on an issue: files, worklogs, watchers, votes, links, properties, and what `update` adds."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from careloop.sandbox.jira.actions.issue.attachment import File, read_form
from careloop.sandbox.jira.picture import draw_png
from tests.integration.sandbox.jira.caller import URL, Caller

NO_CHECK = {"X-Atlassian-Token": "no-check"}


def upload(call: Caller, key: str, **files: bytes) -> Any:
    parts = [("file", (name.replace("_", "."), content)) for name, content in files.items()]
    return call.session.post(f"{URL}/rest/api/3/issue/{key}/attachments", files=parts, headers=NO_CHECK)


# -- files --------------------------------------------------------------------------------------------------


def test_a_file_is_uploaded_described_fetched_and_removed(call: Caller, bug: str) -> None:
    content = b"\x89PNG\r\n\x1a\n\x00\xff"
    (made,) = upload(call, bug, screen_png=content).json()
    assert (made["filename"], made["size"], made["mimeType"]) == ("screen.png", 10, "image/png")
    shown = call.ok("GET", f"/rest/api/3/attachment/{made['id']}")
    assert shown["id"] == int(made["id"])  # a number here, a text inside the issue
    (inside,) = call.ok("GET", f"/rest/api/3/issue/{bug}", fields="attachment")["fields"]["attachment"]
    assert inside["id"] == made["id"]
    assert call.session.get(made["content"]).content == content
    assert call("DELETE", f"/rest/api/3/attachment/{made['id']}").status_code == 204
    assert call("GET", f"/rest/api/3/attachment/{made['id']}").status_code == 404
    changes = [
        item
        for entry in call.ok("GET", f"/rest/api/3/issue/{bug}/changelog")["values"]
        for item in entry["items"]
    ]
    assert [(item["field"], item["toString"], item["fromString"]) for item in changes] == [
        ("Attachment", "screen.png", None),
        ("Attachment", None, "screen.png"),
    ]


def test_a_picture_has_a_thumbnail_and_other_files_one_of_the_site(call: Caller, bug: str) -> None:
    picture = draw_png(1, 20)
    (made,) = upload(call, bug, screen_png=picture).json()
    assert call.session.get(made["thumbnail"]).content == picture
    led = call.session.get(made["thumbnail"], allow_redirects=False)
    assert led.status_code == 303
    (text,) = upload(call, bug, note_txt=b"0123456789").json()
    assert "thumbnail" not in text
    path = f"/rest/api/3/attachment/thumbnail/{text['id']}"
    for redirect in ("true", "false"):
        assert call("GET", path, redirect=redirect).content.startswith(picture[:8])
    assert call("GET", path, fallbackToDefault="false").status_code == 404


def test_the_content_leads_elsewhere_unless_told_not_to(call: Caller, bug: str) -> None:
    (made,) = upload(call, bug, note_txt=b"0123456789").json()
    path = f"/rest/api/3/attachment/content/{made['id']}"
    led = call.session.get(URL + path, allow_redirects=False)
    assert led.status_code == 303
    call.session.auth = None  # the address itself is the key
    assert call.session.get(led.headers["Location"]).content == b"0123456789"
    assert call("GET", path).status_code == 404


@pytest.mark.parametrize("name", ["Übersicht & Plan #1.txt", "報告書.txt", "a b%20c.txt"])
def test_a_file_of_any_name_is_fetched(call: Caller, bug: str, name: str) -> None:
    (made,) = call.session.post(
        f"{URL}/rest/api/3/issue/{bug}/attachments", files=[("file", (name, b"x"))], headers=NO_CHECK
    ).json()
    assert made["filename"] == name
    led = call.session.get(f"{URL}/rest/api/3/attachment/content/{made['id']}", allow_redirects=False)
    fetched = call.session.get(led.headers["Location"])
    assert fetched.content == b"x"
    assert fetched.headers["Content-Disposition"].endswith(f"filename*=UTF-8''{quote(name)}")


def test_a_name_may_come_as_plain_bytes() -> None:
    head = 'Content-Disposition: form-data; name="file"; filename="Übersicht.txt"'
    body = f"--x\r\n{head}\r\n\r\nwords\r\n--x--\r\n".encode()
    (file,) = read_form("multipart/form-data; boundary=x", body)
    assert file.name == "Übersicht.txt"


def test_a_part_of_a_file_can_be_fetched(call: Caller, bug: str) -> None:
    (made,) = upload(call, bug, note_txt=b"0123456789").json()
    address = f"{URL}/rest/api/3/attachment/content/{made['id']}?redirect=false"

    def fetch(wanted: str) -> Any:
        return call.session.get(address, headers={"Range": wanted})

    part = fetch("bytes=2-4")
    assert (part.status_code, part.content) == (206, b"234")
    assert part.headers["Content-Range"] == "bytes 2-4/10"
    assert fetch("bytes=-3").content == b"789"
    assert fetch("bytes=8-").content == b"89"
    assert fetch("bytes=20-").status_code == 416
    assert fetch("lines=1").status_code == 400


def test_an_upload_must_be_a_form_that_is_no_forgery(call: Caller, bug: str, site: Site) -> None:
    address = f"{URL}/rest/api/3/issue/{bug}/attachments"
    assert call.session.post(address, files={"file": b"x"}).status_code == 403
    assert call.session.post(address, json={}, headers=NO_CHECK).status_code == 415
    assert call.session.post(address, files={"data": b"x"}, headers=NO_CHECK).status_code == 400
    site.take_away("bot", "ENG", "CREATE_ATTACHMENTS")
    assert upload(call, bug, note_txt=b"x").status_code == 403
    assert call.ok("GET", "/rest/api/3/attachment/meta")["enabled"] is True


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=3))
def test_any_content_survives_the_form(contents: list[bytes]) -> None:
    boundary, head = "xYzZY", 'Content-Disposition: form-data; name="file"; filename='
    parts = [
        f'--{boundary}\r\n{head}"{number}.bin"\r\n\r\n'.encode() + content + b"\r\n"
        for number, content in enumerate(contents)
    ]
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    expected = [File(f"{n}.bin", "application/octet-stream", content) for n, content in enumerate(contents)]
    assert read_form(f"multipart/form-data; boundary={boundary}", body) == expected


def test_an_archive_is_looked_into(call: Caller, bug: str) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("logs/app.txt", "line\n")
    zipped, plain = (
        upload(call, bug, **one).json()[0] for one in ({"a_zip": packed.getvalue()}, {"b_txt": b"x"})
    )
    path = f"/rest/api/3/attachment/{zipped['id']}/expand"
    assert call.ok("GET", f"{path}/human")["entries"][0]["label"] == "logs/app.txt"
    raw = call.ok("GET", f"{path}/raw")
    assert (raw["totalEntryCount"], raw["entries"][0]["size"]) == (1, 5)
    assert call("GET", f"/rest/api/3/attachment/{plain['id']}/expand/raw").status_code == 409


# -- worklogs -----------------------------------------------------------------------------------------------


def test_work_is_logged_and_moves_the_estimate(call: Caller, bug: str) -> None:
    estimate = {"fields": {"timetracking": {"originalEstimate": "1d"}}}
    call.ok("PUT", f"/rest/api/3/issue/{bug}", estimate)
    path = f"/rest/api/2/issue/{bug}/worklog"
    started = "2026-03-01T08:00:00.000+0000"
    made = call("POST", path, {"timeSpent": "1h 30m", "started": started, "comment": "Looked at it"})
    assert made.status_code == 201
    log = made.json()
    assert (log["timeSpentSeconds"], log["started"], log["comment"]) == (5400, started, "Looked at it")
    fields = call.ok("GET", f"/rest/api/3/issue/{bug}")["fields"]
    assert fields["timetracking"] == {
        "originalEstimate": "1d",
        "originalEstimateSeconds": 28_800,
        "remainingEstimate": "6h 30m",
        "remainingEstimateSeconds": 23_400,
        "timeSpent": "1h 30m",
        "timeSpentSeconds": 5400,
    }
    assert fields["progress"] == {"progress": 5400, "total": 28_800, "percent": 18}
    assert fields["worklog"]["total"] == 1
    call.ok("PUT", f"{path}/{log['id']}", {"timeSpent": "1h"}, adjustEstimate="new", newEstimate="2h")
    assert call.ok("GET", f"{path}/{log['id']}")["timeSpent"] == "1h"
    assert call.ok("GET", f"/rest/api/3/issue/{bug}")["fields"]["timeestimate"] == 7200
    assert call("DELETE", f"{path}/{log['id']}", adjustEstimate="leave").status_code == 204
    assert call.ok("GET", path)["worklogs"] == []
    assert call.ok("GET", f"/rest/api/3/issue/{bug}")["fields"]["timespent"] is None


def test_worklogs_are_found_by_time_and_id(call: Caller, bug: str, clock: Clock) -> None:
    path = f"/rest/api/3/issue/{bug}/worklog"
    first = call.ok("POST", path, {"timeSpentSeconds": 600})
    since = int(clock.now().timestamp() * 1000)
    clock.advance(60)
    second = call.ok("POST", path, {"timeSpentSeconds": 1200})
    changed = call.ok("GET", "/rest/api/3/worklog/updated", since=since + 1)
    assert [row["worklogId"] for row in changed["values"]] == [int(second["id"])]
    assert changed["lastPage"] is True
    listed = call.ok("POST", "/rest/api/3/worklog/list", {"ids": [int(first["id"]), 99]})
    assert [log["id"] for log in listed] == [first["id"]]
    assert call.ok("GET", path, startedAfter=since + 1)["total"] == 1
    call.ok("DELETE", f"{path}/{first['id']}")
    gone = call.ok("GET", "/rest/api/3/worklog/deleted")["values"]
    assert [row["worklogId"] for row in gone] == [int(first["id"])]


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ({}, {}),
        ({"timeSpent": "soon"}, {}),
        ({"timeSpent": "1h", "started": "today"}, {}),
        ({"timeSpent": "1h"}, {"adjustEstimate": "new"}),
        ({"timeSpent": "1h"}, {"adjustEstimate": "often"}),
        ({"timeSpent": "1h", "visibility": {"type": "role", "value": "Gods"}}, {}),
    ],
)
def test_wrong_work_is_refused(call: Caller, bug: str, body: dict[str, Any], query: dict[str, str]) -> None:
    assert call("POST", f"/rest/api/2/issue/{bug}/worklog", body, **query).status_code == 400
    assert call.ok("GET", f"/rest/api/2/issue/{bug}/worklog")["total"] == 0


# -- watchers and votes -------------------------------------------------------------------------------------


def test_who_creates_or_comments_watches(
    calls_of: Callable[[str], Caller], call: Caller, site: Site, bug: str
) -> None:
    ada = calls_of("ada.keller")
    ada.ok("POST", f"/rest/api/2/issue/{bug}/comment", {"body": "On it"})
    path = f"/rest/api/3/issue/{bug}/watchers"
    shown = call.ok("GET", path)
    assert [user["displayName"] for user in shown["watchers"]] == ["Careloop Bot", "Ada Keller"]
    assert (shown["watchCount"], shown["isWatching"]) == (2, True)
    assert ada("DELETE", path, accountId=site.act("ada.keller").user.account_id).status_code == 204
    assert ada.ok("GET", path)["isWatching"] is False
    number = call.ok("GET", f"/rest/api/3/issue/{bug}")["id"]
    watched = call.ok("POST", "/rest/api/3/issue/watching", {"issueIds": [number, "99"]})
    assert watched == {"issuesIsWatching": {number: True, "99": False}}


def test_watching_for_others_takes_a_right(calls_of: Callable[[str], Caller], site: Site, bug: str) -> None:
    path, bruno = f"/rest/api/3/issue/{bug}/watchers", site.act("bruno.silva").user.account_id
    assert calls_of("ada.keller")("POST", path, bruno).status_code == 403
    assert calls_of("admin")("POST", path, bruno).status_code == 204
    assert calls_of("admin")("POST", path, "nobody").status_code == 404
    assert calls_of("ada.keller")("POST", path).status_code == 204
    assert calls_of("ada.keller")("DELETE", path).status_code == 400


def test_votes_are_counted_but_not_ones_own(
    calls_of: Callable[[str], Caller], call: Caller, bug: str
) -> None:
    path, ada = f"/rest/api/3/issue/{bug}/votes", calls_of("ada.keller")
    assert call("POST", path).status_code == 404
    assert ada("POST", path).status_code == 204
    shown = ada.ok("GET", path)
    assert (shown["votes"], shown["hasVoted"], len(shown["voters"])) == (1, True, 1)
    found = call.ok("GET", "/rest/api/3/search/jql", jql="votes > 0 and voter is not empty", fields="votes")
    assert found["issues"][0]["fields"]["votes"]["hasVoted"] is False
    assert ada("DELETE", path).status_code == 204
    assert ada("DELETE", path).status_code == 404


# -- links --------------------------------------------------------------------------------------------------


def test_a_remote_link_is_replaced_and_removed_by_either_id(call: Caller, bug: str) -> None:
    path = f"/rest/api/3/issue/{bug}/remotelink"
    thing = {"url": "https://servicenow.example.com/1", "title": "INC1"}
    made = call.ok("POST", path, {"globalId": "a=1", "object": thing})
    fresh = {"globalId": "a=1", "object": {**thing, "title": "INC2"}}
    assert call("PUT", f"{path}/{made['id']}", fresh).status_code == 204
    assert call.ok("GET", f"{path}/{made['id']}")["object"]["title"] == "INC2"
    assert call("DELETE", path, globalId="b=1").status_code == 404
    assert call("DELETE", path).status_code == 400
    assert call("DELETE", path, globalId="a=1").status_code == 204
    assert call.ok("GET", path) == []


def test_an_administrator_manages_the_types_of_links(calls_of: Callable[[str], Caller], call: Caller) -> None:
    path, admin = "/rest/api/3/issueLinkType", calls_of("admin")
    new = {"name": "Mentions", "inward": "is mentioned by", "outward": "mentions"}
    assert call("POST", path, new).status_code == 404
    made = admin("POST", path, new)
    assert made.status_code == 201
    kind = made.json()["id"]
    assert admin("POST", path, new).status_code == 404
    assert admin.ok("PUT", f"{path}/{kind}", {"name": "Cites"})["name"] == "Cites"
    assert call.ok("GET", f"{path}/{kind}")["name"] == "Cites"
    assert admin("DELETE", f"{path}/{kind}").status_code == 204
    assert call("GET", f"{path}/{kind}").status_code == 404


# -- what `update` does besides -----------------------------------------------------------------------------


def test_an_edit_comments_links_and_logs_work_in_one_call(call: Caller, bug: str) -> None:
    fields = {"project": {"key": "ENG"}, "issuetype": {"name": "Task"}, "summary": "Order toner"}
    link = {"add": {"type": {"name": "Blocks"}, "outwardIssue": {"key": bug}}}
    other = call.ok("POST", "/rest/api/2/issue", {"fields": fields, "update": {"issuelinks": [link]}})["key"]
    update = {
        "comment": [{"add": {"body": "On it"}}],
        "worklog": [{"add": {"timeSpent": "10m"}}],
        "issuelinks": [{"add": {"type": {"name": "Relates"}, "inwardIssue": {"key": other}}}],
    }
    call.ok("PUT", f"/rest/api/2/issue/{bug}", {"update": update})
    shown = call.ok("GET", f"/rest/api/2/issue/{bug}")["fields"]
    assert [link["inwardIssue"]["key"] for link in shown["issuelinks"]] == [other, other]
    assert [link["type"]["name"] for link in shown["issuelinks"]] == ["Blocks", "Relates"]
    assert shown["timespent"] == 600
    comment = shown["comment"]["comments"][0]["id"]
    edit = {"update": {"comment": [{"edit": {"id": comment, "body": "Done"}}]}}
    call.ok("PUT", f"/rest/api/2/issue/{bug}", edit)
    assert call.ok("GET", f"/rest/api/2/issue/{bug}/comment/{comment}")["body"] == "Done"
    call.ok("PUT", f"/rest/api/2/issue/{bug}", {"update": {"comment": [{"remove": {"id": comment}}]}})
    assert call.ok("GET", f"/rest/api/2/issue/{bug}/comment")["total"] == 0


def test_nothing_is_written_when_one_part_is_wrong(call: Caller, bug: str) -> None:
    update = {"comment": [{"add": {"body": "On it"}}], "worklog": [{"add": {"timeSpent": "soon"}}]}
    refused = call("PUT", f"/rest/api/2/issue/{bug}", {"fields": {"summary": "New"}, "update": update})
    assert refused.status_code == 400
    shown = call.ok("GET", f"/rest/api/2/issue/{bug}")["fields"]
    assert (shown["summary"], shown["comment"]["total"]) == ("Printer jams", 0)


# -- properties ---------------------------------------------------------------------------------------------


def test_properties_are_set_on_several_issues_at_once(call: Caller, bug: str) -> None:
    number = int(call.ok("GET", f"/rest/api/3/issue/{bug}")["id"])
    led = call.ok(
        "POST", "/rest/api/3/issue/properties", {"entitiesIds": [number, 99], "properties": {"a": {"n": 1}}}
    )
    assert led["status"] == "COMPLETE"
    rows = [{"issueID": number, "properties": {"b": [2]}}]
    call.ok("POST", "/rest/api/3/issue/properties/multi", {"issues": rows})
    held = call.ok("GET", f"/rest/api/3/issue/{bug}", properties="*all")["properties"]
    assert held == {"a": {"n": 1}, "b": [2]}
    assert call("POST", "/rest/api/3/issue/properties", {"entitiesIds": 5}).status_code == 400


@pytest.mark.parametrize("holder", ["project/ENG", "user", "issue/{bug}/worklog/{log}"])
def test_properties_are_kept_on_many_things(calls_of: Callable[[str], Caller], bug: str, holder: str) -> None:
    admin = calls_of("admin")
    log = admin.ok("POST", f"/rest/api/3/issue/{bug}/worklog", {"timeSpent": "1h"})["id"]
    path = "/rest/api/3/" + holder.format(bug=bug, log=log) + "/properties"
    assert admin("PUT", f"{path}/careloop", {"n": 1}).status_code == 201
    assert admin("PUT", f"{path}/careloop", [2]).status_code == 200
    assert [row["key"] for row in admin.ok("GET", path)["keys"]] == ["careloop"]
    assert admin.ok("GET", f"{path}/careloop") == {"key": "careloop", "value": [2]}
    assert admin("DELETE", f"{path}/careloop").status_code == 204
    assert admin("GET", f"{path}/careloop").status_code == 404
