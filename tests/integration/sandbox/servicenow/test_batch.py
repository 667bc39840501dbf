"""Several requests in one, and short forms of long addresses."""

import base64
from typing import Any

import orjson
from requests import Session

from careloop.sandbox.servicenow import Instance

API = "http://servicenow.test/api/now"


def one(method: str, url: str, body: Any = None, **more: Any) -> dict[str, Any]:
    headers = [{"name": "Content-Type", "value": "application/json"}, {"name": "Accept", "value": "*/*"}]
    encoded = base64.b64encode(orjson.dumps(body)).decode() if body is not None else None
    return {"id": 7, "method": method, "url": url, "headers": headers, "body": encoded, **more}


def send(session: Session, *requests: dict[str, Any]) -> Any:
    answer = session.post(f"{API}/v1/batch", json={"batch_request_id": 1, "rest_requests": requests})
    assert answer.status_code == 200
    return answer.json()


def test_requests_are_answered_in_turn_each_with_its_own_status(session: Session) -> None:
    answer = send(
        session,
        one("POST", "/api/now/table/incident", {"short_description": "x"}),
        one("GET", "/api/now/table/incident?sysparm_fields=short_description", id="list"),
        one("GET", "/api/now/table/nonsense", exclude_response_headers=True),
    )
    first, second, third = answer["serviced_requests"]

    assert (answer["batch_request_id"], answer["unserviced_requests"]) == ("1", [])
    assert [(o["id"], o["status_code"], o["status_text"]) for o in answer["serviced_requests"]] == [
        ("7", 201, "Created"),
        ("list", 200, "OK"),
        ("7", 400, "Bad Request"),
    ]
    assert orjson.loads(base64.b64decode(second["body"])) == {"result": [{"short_description": "x"}]}
    assert {"name": "X-Total-Count", "value": "1"} in second["headers"]
    location = next(header["value"] for header in first["headers"] if header["name"] == "Location")
    assert location.startswith(f"{API}/table/incident/")
    assert third["headers"] == []


def test_requests_act_for_the_user_of_the_batch(session: Session) -> None:
    session.auth = ("lena.moreau", "lena.moreau")
    answer = send(
        session, one("DELETE", f"/api/now/table/incident/{'0' * 32}"), one("GET", "/api/now/stats/sys_audit")
    )
    assert [o["status_code"] for o in answer["serviced_requests"]] == [404, 403]


def test_what_does_not_fit_any_more_is_named_and_not_carried_out(
    instance: Instance, session: Session
) -> None:
    create = one("POST", "/api/now/table/incident", {"short_description": "x" * 200})
    instance.set_property("sandbox.batch.serviced", "1")
    assert send(session, create, {**create, "id": 8}, {**create, "id": 9})["unserviced_requests"] == [
        "8",
        "9",
    ]
    instance.set_property("sandbox.batch.serviced", "")
    instance.set_property("glide.rest.batch.max.inputSize", "100")
    assert send(session, create)["unserviced_requests"] == ["7"]

    listed = session.get(f"{API}/table/incident")
    assert listed.headers["X-Total-Count"] == "1"


def test_a_batch_that_is_none_is_refused(session: Session) -> None:
    bodies: list[Any] = [{}, [], {"rest_requests": "x"}, {"rest_requests": [1]}]
    for body in bodies:
        assert session.post(f"{API}/v1/batch", json=body).status_code == 400
    broken = {"rest_requests": [one("POST", "/api/now/table/incident") | {"body": "x"}]}
    assert session.post(f"{API}/v1/batch", json=broken).status_code == 400
    assert session.get(f"{API}/v1/batch").status_code == 405


def test_a_short_address_stands_for_a_long_one(session: Session) -> None:
    for text in ("one", "two"):
        session.post(f"{API}/table/incident", json={"short_description": text})
    query = "sysparm_query=short_description=one&sysparm_fields=short_description"
    short = session.post(f"{API}/tinyurl", json={"url": f"api/now/table/incident?{query}"})
    path = short.json()["result"]

    assert path.startswith("api/now/table/incident?sysparm_tiny=")
    assert session.get(f"http://servicenow.test/{path}").json() == {"result": [{"short_description": "one"}]}
    more = session.get(f"http://servicenow.test/{path}", params={"sysparm_fields": "state"})
    assert more.json() == {"result": [{"state": "1"}]}
    assert session.post(f"{API}/tinyurl", json={}).status_code == 400
