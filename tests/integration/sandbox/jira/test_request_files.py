"""Files of customer requests: sent to the desk first, then attached in a comment."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import URL, Caller

API = "/rest/servicedeskapi"


@pytest.fixture
def gina(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("gina.rossi")


@pytest.fixture
def eva(calls_of: Callable[[str], Caller]) -> Caller:
    caller = calls_of("eva.lind")
    caller.session.headers["X-ExperimentalApi"] = "opt-in"
    return caller


@pytest.fixture
def key(site: Site) -> str:
    return site.act("gina.rossi").raise_request("Report a problem", "No mail")


def upload(caller: Caller, *names: str, **headers: str) -> requests.Response:
    files = [("file", (name, f"content of {name}".encode())) for name in names]
    headers = headers or {"X-Atlassian-Token": "no-check"}
    return caller.session.post(f"{URL}{API}/servicedesk/1/attachTemporaryFile", files=files, headers=headers)


def wait(caller: Caller, *names: str) -> list[str]:
    kept = upload(caller, *names).json()["temporaryAttachments"]
    assert [one["fileName"] for one in kept] == list(names)
    return [one["temporaryAttachmentId"] for one in kept]


def attach(caller: Caller, key: str, ids: list[str], **more: Any) -> requests.Response:
    asked = {"temporaryAttachmentIds": ids, "public": True, **more}
    return caller("POST", f"{API}/request/{key}/attachment", asked)


def test_files_are_attached_in_a_comment_that_names_them(gina: Caller, eva: Caller, key: str) -> None:
    ids = wait(gina, "screen.png", "log.txt")
    made = attach(gina, key, ids, additionalComment={"body": "Look"})
    assert made.status_code == 201
    shown = made.json()
    assert shown["comment"]["body"] == "Look\n\n!screen.png|thumbnail!\n[^log.txt]"
    assert [one["filename"] for one in shown["attachments"]["values"]] == ["screen.png", "log.txt"]
    image = shown["attachments"]["values"][0]
    assert (image["mimeType"], image["size"]) == ("image/png", 21)
    assert eva.session.get(image["_links"]["content"]).content == b"content of screen.png"
    assert eva.ok("GET", f"{API}/request/{key}/attachment")["size"] == 2
    path = f"{API}/request/{key}/comment/{shown['comment']['id']}/attachment"
    assert eva.ok("GET", path)["size"] == 2
    issue = eva.ok("GET", f"/rest/api/2/issue/{key}")
    assert [one["filename"] for one in issue["fields"]["attachment"]] == ["screen.png", "log.txt"]


def test_a_file_is_attached_once_and_in_time(gina: Caller, clock: Clock, key: str) -> None:
    first, second = wait(gina, "a.txt", "b.txt")
    assert attach(gina, key, [first]).status_code == 201
    assert attach(gina, key, [first]).status_code == 400
    clock.advance(3600)
    assert attach(gina, key, [second]).status_code == 400


def test_customers_do_not_see_files_of_internal_comments(gina: Caller, eva: Caller, key: str) -> None:
    assert attach(gina, key, wait(gina, "a.txt"), public=False).status_code == 403
    hidden = attach(eva, key, wait(eva, "secret.txt"), public=False).json()["attachments"]["values"][0]
    attach(eva, key, wait(eva, "open.txt"))
    path = f"{API}/request/{key}/attachment"
    assert [one["filename"] for one in gina.ok("GET", path)["values"]] == ["open.txt"]
    assert gina.session.get(hidden["_links"]["content"]).status_code == 404
    assert eva.ok("GET", path)["size"] == 2
    shown = gina.ok("GET", f"{API}/request/{key}", expand="attachment,comment.attachment")
    assert shown["attachments"]["size"] == 1
    (comment,) = gina.ok("GET", f"{API}/request/{key}/comment", expand="attachment")["values"]
    assert [one["filename"] for one in comment["attachments"]["values"]] == ["open.txt"]


@pytest.mark.parametrize("wrong", [{"public": None}, {"temporaryAttachmentIds": []}])
def test_attaching_needs_files_and_an_audience(gina: Caller, key: str, wrong: dict[str, Any]) -> None:
    assert attach(gina, key, wait(gina, "a.txt"), **wrong).status_code == 400


def test_uploads_are_checked(gina: Caller, calls_of: Callable[[str], Caller]) -> None:
    assert upload(gina, "a.txt", Accept="*/*").status_code == 403
    assert upload(gina, *(f"{number}.txt" for number in range(61))).status_code == 413
    assert gina("POST", f"{API}/servicedesk/1/attachTemporaryFile", {}).status_code == 415
    assert upload(calls_of("ada.keller"), "a.txt").status_code == 404
