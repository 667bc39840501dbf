"""Files on records, as a plain HTTP client sends and gets them."""

import hashlib
from typing import Any

import orjson
import pytest
from requests import Response, Session

from careloop.sandbox.servicenow import Instance
from tests.integration.sandbox.servicenow.conftest import login

API = "http://servicenow.test/api/now/attachment"
CONTENT = bytes(range(256)) + b"\r\n--\r\n\n\r"


@pytest.fixture
def record(instance: Instance) -> str:
    """Return the id of an incident that Lena Moreau called about."""
    lena = instance.user_named("lena.moreau").sys_id
    return instance.act("paul.adeyemi").insert("incident", {"caller_id": lena})


def upload(session: Session, record: str, name: str = "notes.bin", **headers: str) -> Response:
    params = {"table_name": "incident", "table_sys_id": record, "file_name": name}
    sent = {"Content-Type": "application/x-notes", **headers}
    return session.post(f"{API}/file", params=params, headers=sent, data=CONTENT)


def test_a_file_comes_back_as_it_was_sent(session: Session, record: str) -> None:
    created = upload(session, record)
    described = created.json()["result"]
    file = session.get(described["download_link"], headers={"Accept": "application/x-notes"})

    assert created.status_code == 201
    assert created.headers["Location"] == f"{API}/{described['sys_id']}"
    assert described["hash"] == hashlib.sha256(CONTENT).hexdigest()
    assert (described["size_bytes"], described["sys_created_by"]) == (str(len(CONTENT)), "careloop")
    assert (file.status_code, file.content) == (200, CONTENT)
    assert file.headers["Content-Type"] == "application/x-notes"
    assert orjson.loads(file.headers["X-Attachment-Metadata"])["file_name"] == "notes.bin"


def test_a_form_carries_its_file_last(session: Session, record: str) -> None:
    created = session.post(
        f"{API}/upload",
        data={"table_name": "incident", "table_sys_id": record},
        files={"uploadFile": ("häuser.png", CONTENT, "image/png")},
    )
    described = created.json()["result"]

    assert (created.status_code, described["content_type"], described["file_name"]) == (
        201,
        "image/png",
        "häuser.png",
    )
    assert session.get(described["download_link"]).content == CONTENT


def test_files_are_listed_by_query_and_by_plain_parameters(session: Session, record: str) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        upload(session, record, name)

    def names(**params: Any) -> list[str]:
        answer = session.get(API, params=params)
        assert "X-Total-Count" in answer.headers
        return [one["file_name"] for one in answer.json()["result"]]

    assert names(table_name="incident", table_sys_id=record) == ["a.txt", "b.txt", "c.txt"]
    assert names(sysparm_query="file_nameSTARTSWITHb") == ["b.txt"]
    assert names(sysparm_query="ORDERBYDESCfile_name", sysparm_limit=1, sysparm_offset=1) == ["b.txt"]
    assert names(table_sys_id="0" * 32) == []
    table = session.get(
        "http://servicenow.test/api/now/table/sys_attachment",
        params={"sysparm_query": f"table_sys_id={record}^file_name=a.txt", "sysparm_fields": "file_name"},
    )
    assert table.json() == {"result": [{"file_name": "a.txt"}]}


def test_a_file_is_renamed_and_deleted(session: Session, record: str) -> None:
    url = upload(session, record).headers["Location"]
    renamed = session.patch(url, json={"file_name": "better.bin"})
    described = session.get(url).json()["result"]
    deleted = session.delete(url)

    assert (renamed.status_code, renamed.content) == (204, b"")
    assert (described["file_name"], described["sys_mod_count"]) == ("better.bin", "1")
    assert (deleted.status_code, session.get(url).status_code, session.get(f"{url}/file").status_code) == (
        204,
        404,
        404,
    )


def test_files_go_with_their_record(instance: Instance, session: Session, record: str) -> None:
    url = upload(session, record).headers["Location"]
    instance.act("admin").delete("incident", record)

    assert session.get(url).status_code == 404
    assert session.get(API).json() == {"result": []}


def test_what_is_missing_or_unknown_is_refused(session: Session, record: str) -> None:
    params = {"table_name": "incident", "table_sys_id": record, "file_name": "x"}
    headers = {"Content-Type": "text/plain"}

    def status(**changed: str) -> int:
        return session.post(f"{API}/file", params=params | changed, headers=headers, data="x").status_code

    assert status(file_name="") == 400
    assert status(table_sys_id="0" * 32) == 404
    assert status(table_name="nonsense") == 400
    assert session.post(f"{API}/file", params=params, data=b"x").status_code == 400
    assert session.post(f"{API}/upload", json=params).status_code == 415
    assert session.post(f"{API}/upload", files={"table_name": (None, "incident")}).status_code == 400
    assert session.patch(upload(session, record).headers["Location"], json={}).status_code == 400
    assert session.put(API).status_code == 405


def test_a_file_is_seen_and_changed_by_those_who_may_do_so_with_its_record(
    instance: Instance, session: Session, record: str
) -> None:
    url = upload(session, record).headers["Location"]
    caller, stranger = (login(instance, name, name) for name in ("lena.moreau", "omar.haddad"))

    assert caller.get(f"{url}/file").content == CONTENT
    assert stranger.get(url).status_code == 404
    assert stranger.get(API).json() == {"result": []}
    assert upload(stranger, record).status_code == 404
    instance.revoke("careloop", "incident", "write")
    assert session.delete(url).status_code == 403
    assert upload(session, record).status_code == 403


def test_a_file_that_is_too_large_is_refused(instance: Instance, session: Session, record: str) -> None:
    instance.set_property("com.glide.attachment.max_size", "0")
    assert upload(session, record).status_code == 413
