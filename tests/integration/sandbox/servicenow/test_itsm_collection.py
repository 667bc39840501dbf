"""What the Ansible collection servicenow.itsm does, call by call.

The collection itself needs ansible; its modules `incident`, `problem`, `attachment_upload`, `attachment_info`
and `api` send these calls (documentation and module_utils of ansible-collections/servicenow.itsm).
"""

import hashlib
from typing import Any
from urllib.parse import quote

import pytest
from requests import Response, Session

from careloop.sandbox.servicenow import Instance
from tests.integration.sandbox.servicenow.conftest import login

FLAT = {"sysparm_exclude_reference_link": "true"}


class Collection:
    """Its client: JSON for the Table API, raw bytes for files, all pages of a thousand."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def call(self, method: str, path: str, query: dict[str, Any], body: Any = None, **raw: Any) -> Response:
        headers = {"Accept": "application/json", **raw.get("headers", {})}
        url = f"http://servicenow.test/{quote(path)}"
        data = {"json": body} if body is not None else {"data": raw.get("content")}
        return self._session.request(method, url, params=query, headers=headers, **data)

    def list(self, path: str, **query: Any) -> list[dict[str, Any]]:
        rows, offset, total = [], 0, 1
        while offset < total:
            page = self.call("GET", path, {**query, "sysparm_limit": 1000, "sysparm_offset": offset})
            assert page.status_code == 200
            rows += page.json()["result"]
            total = int(page.headers["x-total-count"])
            offset += 1000
        return rows

    def create(self, table: str) -> dict[str, Any]:
        answer = self.call("POST", f"api/now/table/{table}", FLAT, {"short_description": "x"})
        return dict(answer.json()["result"])

    def attach(self, table: str, record: str, name: str, content: bytes) -> dict[str, Any]:
        query = {
            "table_name": table,
            "table_sys_id": record,
            "file_name": name,
            "content_type": "text/plain",
            "hash": hashlib.sha256(content).hexdigest(),
        }
        headers = {"Content-type": "text/plain"}
        answer = self.call("POST", "api/now/attachment/file", query, headers=headers, content=content)
        return dict(answer.json()["result"])


@pytest.fixture
def collection(instance: Instance) -> Collection:
    return Collection(login(instance, "admin", "admin"))


def test_an_incident_is_created_with_files_found_by_number_and_taken_away(collection: Collection) -> None:
    caller = collection.list("api/now/table/sys_user", **FLAT, user_name="lena.moreau")[0]
    payload = {"short_description": "No mail", "caller_id": caller["sys_id"], "impact": "3", "urgency": "3"}
    created = collection.call("POST", "api/now/table/incident", FLAT, payload)
    record = created.json()["result"]
    collection.attach("incident", record["sys_id"], "notes.txt", b"one")

    assert created.status_code == 201
    assert (record["caller_id"], record["priority"], record["state"]) == (caller["sys_id"], "5", "1")
    [found] = collection.list("api/now/table/incident", **FLAT, number=record["number"])
    assert found == record
    files = {"table_name": "incident", "table_sys_id": record["sys_id"]}
    for one in collection.list("api/now/attachment", **files):
        assert collection.call("DELETE", f"api/now/attachment/{one['sys_id']}", {}).status_code == 204
    gone = collection.call("DELETE", f"api/now/table/incident/{record['sys_id']}", {})
    assert (gone.status_code, collection.list("api/now/attachment", **files)) == (204, [])
    assert collection.list("api/now/table/incident", **FLAT, number=record["number"]) == []


def test_a_file_is_sent_again_only_when_its_hash_differs(collection: Collection) -> None:
    record = collection.call("POST", "api/now/table/problem", FLAT, {"short_description": "x"}).json()[
        "result"
    ]
    first = collection.attach("problem", record["sys_id"], "notes.txt", b"one")
    [listed] = collection.list("api/now/attachment", table_name="problem", table_sys_id=record["sys_id"])

    assert listed == first
    assert listed["hash"] == hashlib.sha256(b"one").hexdigest()
    assert (listed["state"], listed["chunk_size_bytes"], listed["compressed"]) == (
        "pending",
        "700000",
        "true",
    )
    content = collection.call("GET", f"api/now/attachment/{listed['sys_id']}/file", {})
    assert (content.status_code, content.content) == (200, b"one")
    assert collection.call("GET", f"api/now/attachment/{'0' * 32}/file", {}).status_code == 404


def test_any_table_is_written_by_the_module_api(collection: Collection) -> None:
    path = "api/now/table/sc_req_item"
    created = collection.call("POST", path, FLAT, {"short_description": "demo"}).json()["result"]
    one = f"{path}/{created['sys_id']}"
    patched = collection.call("PATCH", one, FLAT, {"short_description": "changed"})

    assert patched.json()["result"]["short_description"] == "changed"
    query = {"sysparm_query": "short_description=changed^ORDERBYnumber", "sysparm_display_value": "true"}
    listed = collection.list(path, **FLAT, **query, sysparm_query_no_domain="true", sysparm_fields="number")
    assert listed == [{"number": created["number"]}]
    assert collection.call("DELETE", one, {}).status_code == 204


def test_the_app_of_the_collection_moves_problems(instance: Instance, collection: Collection) -> None:
    user = instance.user_named("paul.adeyemi").sys_id
    created = collection.call("POST", "api/now/table/problem", FLAT, {"short_description": "x"}).json()[
        "result"
    ]
    path = f"api/x_rhtpp_ansible/problem/{created['number']}/new_state/102"
    body = {"assigned_to": user, "impact": "1"}
    moved = collection.call("PATCH", path, {"sysparm_exclude_reference_link": "True"}, body)

    assert moved.status_code == 200
    result = moved.json()["result"]
    assert (result["state"], result["assigned_to"], result["impact"]) == ("102", user, "3")
    assert collection.call("PATCH", path.replace("PRB", "XXX"), {}, {}).status_code == 404
    instance.set_property("sandbox.app.x_rhtpp_ansible", "false")
    assert collection.call("PATCH", path, {}, body).status_code == 400


def test_where_the_table_api_leaves_the_state_of_a_problem_the_app_moves_it(
    instance: Instance, collection: Collection
) -> None:
    instance.set_property("sandbox.problem.table_api_moves_states", "false")
    user = instance.user_named("paul.adeyemi").sys_id
    problem = collection.create("problem")
    payload = {"state": "102", "problem_state": "102", "assigned_to": user}
    updated = collection.call("PATCH", f"api/now/table/problem/{problem['sys_id']}", FLAT, payload)
    path = f"api/x_rhtpp_ansible/problem/{problem['number']}/new_state/102"
    moved = collection.call("PATCH", path, {"sysparm_exclude_reference_link": "True"}, payload)

    left = updated.json()["result"]
    assert (updated.status_code, left["state"], left["assigned_to"]) == (200, "101", user)
    assert (moved.status_code, moved.json()["result"]["state"]) == (200, "102")
