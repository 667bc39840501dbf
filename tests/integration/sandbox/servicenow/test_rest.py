"""The Table API as a plain HTTP client sees it."""

from typing import Any

import pytest
from requests import Session

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.servicenow import Instance

RESOLVED = {"state": "6", "close_code": "Solution provided", "close_notes": "Restarted the server."}


def create(session: Session, table: str, **fields: Any) -> str:
    """Create an incident and return its sys_id."""
    answer = session.post(f"{table}/incident", json=fields)
    assert answer.status_code == 201
    return str(answer.json()["result"]["sys_id"])


def test_a_record_is_created_read_changed_and_deleted(
    session: Session, table: str, instance: Instance
) -> None:
    created = session.post(f"{table}/incident", json={"short_description": "Mail is slow", "bogus": "x"})
    url = created.headers["Location"]
    patched = session.patch(url, json={"impact": "1"})
    put = session.put(url, json={"urgency": "1"})
    instance.restore("careloop", "incident", "delete")
    admin = Session()
    admin.mount("http://servicenow.test", AsgiAdapter(instance.app))
    admin.auth = ("admin", "admin")
    deleted = admin.delete(url)

    assert (created.status_code, url) == (201, f"{table}/incident/{created.json()['result']['sys_id']}")
    assert "bogus" not in created.json()["result"]
    assert (patched.status_code, put.status_code) == (200, 200)
    assert put.json()["result"]["short_description"] == "Mail is slow"
    assert put.json()["result"]["priority"] == "1"
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert session.get(url).status_code == 404


def test_a_client_may_choose_the_sys_id_once(session: Session, table: str) -> None:
    chosen = "0123456789abcdef0123456789abcdef"

    assert create(session, table, sys_id=chosen) == chosen
    assert session.post(f"{table}/incident", json={"sys_id": chosen}).status_code == 403


def test_every_version_of_the_path_answers(session: Session, table: str) -> None:
    sys_id = create(session, table, short_description="x")

    for version in ("v1", "v2"):
        base = table.replace("/now/", f"/now/{version}/")
        row = session.get(f"{base}/incident/{sys_id}").json()["result"]
        assert row["opened_by"]["link"].startswith(f"{base}/sys_user/")


def test_an_empty_list_is_not_found_in_version_1_only(session: Session, table: str) -> None:
    assert session.get(f"{table}/incident").json() == {"result": []}
    assert session.get(table.replace("/now/", "/now/v2/") + "/incident").status_code == 200
    assert session.get(table.replace("/now/", "/now/v1/") + "/incident").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("GET", "/nonsense", 400, "Invalid table nonsense"),
        ("GET", "/incident/0123", 404, "No Record found"),
        ("PATCH", "/incident/0123", 404, "No Record found"),
        ("DELETE", "/incident/0123", 404, "No Record found"),
        ("PUT", "/incident", 405, "Method not supported"),
        ("POST", "/incident/0123", 405, "Method not supported"),
        ("GET", "/../nothing", 400, "Requested URI does not represent any resource"),
    ],
)
def test_errors_say_what_is_wrong(
    session: Session, table: str, method: str, path: str, status: int, message: str
) -> None:
    answer = session.request(method, f"{table}{path}", json={} if method != "GET" else None)

    assert answer.status_code == status
    assert answer.json()["status"] == "failure"
    assert answer.json()["error"]["message"] == message


def test_refusals_of_rules_and_policies_are_403_with_their_reason(session: Session, table: str) -> None:
    sys_id = create(session, table, short_description="x")

    policy = session.patch(f"{table}/incident/{sys_id}", json={"state": "6"})
    session.patch(f"{table}/incident/{sys_id}", json=RESOLVED)
    rule = session.patch(f"{table}/incident/{sys_id}", json={"state": "7"})
    acl = session.delete(f"{table}/incident/{sys_id}")

    assert [answer.status_code for answer in (policy, rule, acl)] == [403, 403, 403]
    details = [answer.json()["error"]["detail"] for answer in (policy, rule, acl)]
    assert "Resolution code, Resolution notes" in details[0]
    assert "aborted by Business Rule" in details[1]
    assert details[2] == "ACL Exception Delete Failed due to security constraints"


@pytest.mark.parametrize("credentials", [("careloop", "wrong"), ("nobody", ""), ("monitoring", "")])
def test_wrong_credentials_are_challenged(session: Session, table: str, credentials: tuple[str, str]) -> None:
    session.auth = credentials
    answer = session.get(f"{table}/incident")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Service-now"'
    assert answer.json()["error"]["message"] == "User is not authenticated"


def test_a_locked_user_and_one_without_credentials_are_challenged(
    instance: Instance, session: Session, table: str
) -> None:
    admin = instance.act("admin")
    admin.update("sys_user", instance.user_named("careloop").sys_id, {"locked_out": "true"})
    locked = session.get(f"{table}/incident")
    session.auth = None

    assert (locked.status_code, session.get(f"{table}/incident").status_code) == (401, 401)


def test_a_bearer_token_stands_for_its_user(instance: Instance, session: Session, table: str) -> None:
    instance.issue_token("careloop", "secret")
    session.auth = None

    good = session.get(f"{table}/incident", headers={"Authorization": "Bearer secret"})
    bad = session.get(f"{table}/incident", headers={"Authorization": "Bearer wrong"})

    assert (good.status_code, bad.status_code) == (200, 401)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Accept": "text/plain"}, b"{}", 406),
        ({"Accept": "text/plain, application/json", "Content-Type": "text/json"}, b"{}", 201),
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({}, b"{}", 400),
        ({"Content-Type": "application/json"}, b"{", 400),
        ({"Content-Type": "application/json"}, b'"text"', 400),
        ({"Content-Type": "application/json;charset=UTF-8"}, b"{}", 201),
        ({"Content-Type": "application/json"}, b'[{"impact": "1"}, {"impact": "2"}]', 201),
    ],
)
def test_formats_are_negotiated(
    session: Session, table: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    assert session.post(f"{table}/incident", headers=headers, data=body).status_code == status


def test_a_missing_accept_header_is_refused_where_the_switch_says_so(
    instance: Instance, session: Session, table: str
) -> None:
    session.headers.pop("Accept")
    taken = session.get(f"{table}/incident")
    instance.set_property("sandbox.rest.headers_required", "true")
    refused = session.get(f"{table}/incident")

    assert (taken.status_code, refused.status_code) == (200, 400)


def test_xml_is_taken_and_given(session: Session, table: str) -> None:
    body = "<request><entry><short_description>A &lt; B</short_description></entry></request>"
    headers = {"Content-Type": "application/xml", "Accept": "application/xml"}
    created = session.post(f"{table}/incident", data=body, headers=headers)
    listed = session.get(f"{table}/incident?sysparm_fields=short_description,close_notes", headers=headers)
    broken = session.post(f"{table}/incident", data="<request>", headers=headers)

    assert (created.status_code, broken.status_code) == (201, 400)
    assert listed.headers["Content-Type"] == "application/xml;charset=UTF-8"
    assert listed.text == (
        '<?xml version="1.0" encoding="UTF-8"?><response><result>'
        "<short_description>A &lt; B</short_description><close_notes/></result></response>"
    )
    assert "<message>The payload" not in broken.text
    assert "<detail>The payload is not valid XML.</detail>" in broken.text


def test_an_address_that_is_too_long_is_a_page_for_people(
    instance: Instance, session: Session, table: str
) -> None:
    answer = session.get(f"{table}/incident?sysparm_query=number={'x' * 13_000}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    instance.set_property("sandbox.rest.max_url_length", "20000")
    assert session.get(f"{table}/incident?sysparm_query=number={'x' * 13_000}").json() == {"result": []}


def test_what_is_no_api_is_a_page_for_people(session: Session, table: str) -> None:
    answer = session.get("http://servicenow.test/incident.do?JSONv2")
    assert (answer.status_code, answer.text[:15]) == (404, "<!DOCTYPE html>")


def test_a_list_of_a_parent_table_shows_the_parents_columns(session: Session, table: str) -> None:
    create(session, table, short_description="x", category="network")
    row = session.get(f"{table}/task", params={"sysparm_fields": "sys_class_name,category"}).json()["result"][
        0
    ]

    assert row == {"sys_class_name": "incident"}
    assert "category" not in session.get(f"{table}/task").json()["result"][0]


def test_a_view_names_fewer_columns_and_loses_to_named_ones(session: Session, table: str) -> None:
    create(session, table, short_description="x")

    def columns(**params: str) -> set[str]:
        return set(session.get(f"{table}/incident", params=params).json()["result"][0])

    mobile, desktop = columns(sysparm_view="mobile"), columns(sysparm_view="desktop")
    assert {"number", "state"} <= mobile < columns()
    assert mobile | desktop == columns(sysparm_view="both")
    assert columns(sysparm_view="") == columns(sysparm_view="no such view") == columns()
    assert columns(sysparm_view="mobile", sysparm_fields="impact") == {"impact"}


def test_headers_are_those_of_a_live_instance_and_cookies_come_once(session: Session, table: str) -> None:
    first, second = session.get(f"{table}/incident"), session.get(f"{table}/incident")

    assert first.headers["Server-Timing"] == "sem_wait;dur=0, sesh_wait;dur=0"
    assert (first.headers["Server"], first.headers["X-Is-Logged-In"]) == ("snow_adc", "true")
    assert first.headers["X-Transaction-ID"] != second.headers["X-Transaction-ID"]
    cookies = {"JSESSIONID", "glide_user_route", "glide_node_id_for_js", "glide_session_store"}
    assert set(first.cookies.keys()) == cookies
    assert not second.cookies
    session.cookies.clear()
    assert set(session.head(f"{table}/incident").cookies.keys()) == cookies


def test_methods_can_be_overridden_bodies_suppressed_and_heads_read(session: Session, table: str) -> None:
    url = f"{table}/incident/{create(session, table, short_description='x')}"

    override = session.post(url, json={"impact": "1"}, headers={"X-HTTP-Method-Override": "PATCH"})
    silent = session.patch(url, json={"impact": "2"}, headers={"X-no-response-body": "true"})
    head = session.head(f"{table}/incident")

    assert override.json()["result"]["impact"] == "1"
    assert (silent.status_code, silent.content) == (200, b"")
    assert (head.status_code, head.content, head.headers["X-Total-Count"]) == (200, b"", "1")


def test_fields_can_be_chosen_and_unknown_ones_are_left_out(session: Session, table: str) -> None:
    sys_id = create(session, table, short_description="x")
    params = {"sysparm_fields": "number,opened_by.user_name,bogus, state"}

    assert session.get(f"{table}/incident/{sys_id}", params=params).json()["result"] == {
        "number": "INC0010001",
        "opened_by.user_name": "careloop",
        "state": "1",
    }


def test_plain_parameters_filter_by_display_value_too(session: Session, table: str) -> None:
    first = create(session, table, impact="1")
    create(session, table, impact="2")

    for params in (
        {"impact": "1 - High"},
        {"impact": "1 - high"},
        {"impact": "1", "opened_by": "careloop"},
        {"impact": "1", "bogus": "x"},
        {"impact": "1", "opened_by": "Careloop Integration"},
    ):
        rows = session.get(f"{table}/incident", params=params).json()["result"]
        assert [row["sys_id"] for row in rows] == [first]
    both = session.get(f"{table}/incident", params={"impact": "1", "sysparm_query": "impact=2"}).json()
    assert [row["impact"] for row in both["result"]] == ["2"]


def test_a_field_that_may_not_be_read_is_missing(instance: Instance, session: Session, table: str) -> None:
    sys_id = create(session, table, short_description="x")
    instance.revoke("careloop", "incident.short_description")

    row = session.get(f"{table}/incident/{sys_id}").json()["result"]

    assert "short_description" not in row
    assert row["number"] == "INC0010001"


def test_a_table_may_refuse_queries_altogether(instance: Instance, session: Session, table: str) -> None:
    instance.revoke("careloop", "sys_audit", "query")
    answer = session.get(f"{table}/sys_audit")

    assert answer.status_code == 403
    assert answer.json()["error"]["message"] == "Insufficient rights to query records"


def test_an_unreadable_table_is_an_empty_list_with_its_true_count(
    instance: Instance, session: Session, table: str
) -> None:
    url = f"{table}/incident/{create(session, table)}"
    session.patch(url, json={"work_notes": "Looking"})
    instance.revoke("careloop", "sys_journal_field")
    answer = session.get(f"{table}/sys_journal_field")

    assert (answer.status_code, answer.json()) == (200, {"result": []})
    assert answer.headers["X-Total-Count"] == "1"


def test_the_dictionary_refers_to_types_and_tables_by_name(session: Session, table: str) -> None:
    asked = {"name": "incident", "element": "caller_id", "sysparm_fields": "internal_type,reference"}
    (stored,) = session.get(f"{table}/sys_dictionary", params=asked).json()["result"]
    (shown,) = session.get(
        f"{table}/sys_dictionary", params={**asked, "sysparm_display_value": "all"}
    ).json()["result"]
    (bare,) = session.get(
        f"{table}/sys_dictionary", params={**asked, "sysparm_exclude_reference_link": "true"}
    ).json()["result"]
    people = {"link": f"{table}/sys_db_object?name=sys_user", "value": "sys_user"}

    assert stored == {
        "internal_type": {"link": f"{table}/sys_glide_object?name=reference", "value": "reference"},
        "reference": people,
    }
    assert shown["reference"] == {**people, "display_value": "User"}
    assert bare == {"internal_type": "reference", "reference": "sys_user"}
    assert session.get(people["link"]).json()["result"][0]["name"] == "sys_user"


@pytest.mark.parametrize(
    "query",
    ["reference=sys_user", "reference.label=User", "referenceLIKEUse", "referenceINsys_user,sys_choice"],
)
def test_references_by_name_can_be_queried(session: Session, table: str, query: str) -> None:
    asked = {"sysparm_query": f"name=incident^element=caller_id^{query}", "sysparm_fields": "element"}
    assert session.get(f"{table}/sys_dictionary", params=asked).json()["result"] == [{"element": "caller_id"}]
    plain = {"name": "incident", "element": "caller_id", "internal_type": "reference"}
    assert len(session.get(f"{table}/sys_dictionary", params=plain).json()["result"]) == 1


def test_a_time_that_nobody_has_set_is_due_at_an_unknown_time(session: Session, table: str) -> None:
    record = session.post(f"{table}/incident", json={}).headers["Location"]

    def look(display: str) -> Any:
        asked = {"sysparm_fields": "activity_due", "sysparm_display_value": display}
        return session.get(record, params=asked).json()["result"]["activity_due"]

    assert look("false") == ""
    assert (look("true"), look("all")) == ("UNKNOWN", {"display_value": "UNKNOWN", "value": ""})
    session.patch(record, json={"activity_due": "2026-03-01 10:00:00"})
    assert look("true") == "2026-03-01 10:00:00"
    found = session.get(f"{table}/incident", params={"sysparm_query": "activity_due>2026-02-28 00:00:00"})
    assert len(found.json()["result"]) == 1
