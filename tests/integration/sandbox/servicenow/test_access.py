"""Who may come in: tokens, keys, limits of an hour."""

from datetime import timedelta
from typing import Any

import pytest
from requests import Response, Session

from careloop.sandbox.servicenow import Instance

TOKEN = "http://servicenow.test/oauth_token.do"
INCIDENTS = "http://servicenow.test/api/now/table/incident"


def ask(session: Session, instance: Instance, grant: str, **fields: str) -> Response:
    form = {"grant_type": grant, "client_id": instance.client_id, "client_secret": instance.client_secret}
    session.auth = None
    return session.post(TOKEN, data={**form, **fields})


def read(session: Session, token: str) -> int:
    return session.get(INCIDENTS, headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_password_buys_a_token_that_ends_on_the_sandbox_clock(instance: Instance, session: Session) -> None:
    answer = ask(session, instance, "password", username="careloop", password="careloop").json()

    assert {name: answer[name] for name in ("scope", "token_type", "expires_in")} == {
        "scope": "useraccount",
        "token_type": "Bearer",
        "expires_in": 1800,
    }
    assert read(session, answer["access_token"]) == 200
    instance.clock.advance(1799)
    assert read(session, answer["access_token"]) == 200
    instance.clock.advance(1)
    assert read(session, answer["access_token"]) == 401


def test_a_refresh_token_buys_the_next_for_a_hundred_days(instance: Instance, session: Session) -> None:
    first = ask(session, instance, "password", username="careloop", password="careloop").json()
    instance.clock.advance(timedelta(days=99).total_seconds())
    second = ask(session, instance, "refresh_token", refresh_token=first["refresh_token"]).json()
    instance.clock.advance(timedelta(days=1).total_seconds())
    late = ask(session, instance, "refresh_token", refresh_token=first["refresh_token"])

    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] == first["refresh_token"]
    assert (late.status_code, late.json()) == (
        401,
        {"error": "server_error", "error_description": "access_denied"},
    )


def test_client_credentials_need_their_property_and_bring_no_refresh_token(
    instance: Instance, session: Session
) -> None:
    refused = ask(session, instance, "client_credentials")
    instance.set_property("glide.oauth.inbound.client.credential.grant_type.enabled", "true")
    granted = ask(session, instance, "client_credentials").json()
    instance.set_property("sandbox.oauth.client_credentials_refresh_token", "true")

    assert refused.status_code == 401
    assert "refresh_token" not in granted
    assert read(session, granted["access_token"]) == 200
    assert "refresh_token" in ask(session, instance, "client_credentials").json()


@pytest.mark.parametrize(
    ("grant", "fields", "status", "error"),
    [
        ("password", {"username": "careloop", "password": "wrong"}, 401, "server_error"),
        ("password", {}, 401, "server_error"),
        ("refresh_token", {"refresh_token": "unknown"}, 401, "server_error"),
        ("password", {"client_secret": "wrong"}, 401, "invalid_client"),
        ("password", {"client_id": ""}, 401, "invalid_client"),
        ("implicit", {}, 400, "unsupported_grant_type"),
    ],
)
def test_what_proves_nothing_buys_nothing(
    instance: Instance, session: Session, grant: str, fields: dict[str, str], status: int, error: str
) -> None:
    answer = ask(session, instance, grant, **fields)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_new_application_gets_an_id_and_a_secret_that_only_its_display_value_tells(
    instance: Instance, session: Session
) -> None:
    session.auth = ("admin", "admin")
    applications = "http://servicenow.test/api/now/table/oauth_entity"
    both = {"sysparm_display_value": "all"}
    made = session.post(applications, json={"name": "Mine"}, params=both).json()["result"]
    secret = made["client_secret"]
    found = session.get(applications, params={"name": "Mine"}).json()["result"][0]
    proof = {"client_id": found["client_id"], "client_secret": secret["display_value"]}
    bought = ask(session, instance, "password", username="careloop", password="careloop", **proof)

    assert secret["value"] == found["client_secret"] != secret["display_value"]
    assert bought.status_code == 200
    session.auth = ("careloop", "careloop")
    assert session.get(applications).status_code == 200
    assert session.get(applications).json()["result"] == []


def test_parameters_in_the_address_can_be_forbidden(instance: Instance, session: Session) -> None:
    params = {
        "grant_type": "password",
        "client_id": instance.client_id,
        "client_secret": instance.client_secret,
        "username": "careloop",
        "password": "careloop",
    }
    assert session.post(TOKEN, params=params).status_code == 200
    instance.set_property("sandbox.oauth.parameters_in_address", "false")
    assert session.post(TOKEN, params=params).status_code == 401
    assert session.get(TOKEN, params=params).status_code == 405


def test_a_key_comes_in_by_header_or_address(instance: Instance, session: Session) -> None:
    session.auth = None
    key = instance.api_key

    assert session.get(INCIDENTS, headers={"x-sn-apikey": key}).status_code == 200
    assert session.get(INCIDENTS, params={"x-sn-apikey": key}).status_code == 200
    assert session.get(INCIDENTS, headers={"x-sn-apikey": "wrong"}).status_code == 401


def rule(instance: Instance, limit: int, **fields: Any) -> str:
    return instance.act("admin").insert("sys_rate_limit_rules", {"request_limit_per_hour": limit, **fields})


def test_a_rule_tells_of_itself_and_refuses_until_the_hour_is_over(
    instance: Instance, session: Session
) -> None:
    sys_id = rule(instance, 2, rest_api="Table API", resource="GET", table="incident")
    instance.clock.advance(600)
    answers = [session.get(INCIDENTS) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert {answer.headers["X-RateLimit-Limit"] for answer in answers} == {"2"}
    assert {answer.headers["X-RateLimit-Rule"] for answer in answers} == {sys_id}
    assert answers[0].headers["X-RateLimit-Reset"] == str(int(instance.clock.now().timestamp()) + 3000)
    assert "Retry-After" not in answers[1].headers
    assert answers[2].headers["Retry-After"] == "3000"
    assert answers[2].json()["error"] == {
        "message": "Rate limit exceeded",
        "detail": "Rate limit of 2 requests per hour for Table API exceeded",
    }
    assert session.post(INCIDENTS, json={}).status_code == 201
    instance.clock.advance(3000)
    assert session.get(INCIDENTS).status_code == 200


@pytest.mark.parametrize(
    ("fields", "limited"),
    [
        ({}, {"1"}),
        ({"rest_api": "Table API"}, {"1"}),
        ({"rest_api": "Batch API"}, set()),
        ({"table": "incident"}, {"1"}),
        ({"table": "problem"}, set()),
        ({"version": "v2"}, set()),
        ({"version": "latest", "resource": "GET /now/table/{tableName}"}, {"1"}),
        ({"resource": "GET /now/table/{tableName}/{sys_id}"}, set()),
        ({"resource": "POST"}, set()),
        ({"resource": "/now/table/incident"}, {"1"}),
        ({"import_set_table": "imp_user"}, set()),
    ],
)
def test_a_rule_is_about_its_api_version_resource_and_table(
    instance: Instance, session: Session, fields: dict[str, str], limited: set[str]
) -> None:
    rule(instance, 1, **fields)
    headers = session.get(INCIDENTS).headers
    assert {headers.get("X-RateLimit-Limit")} - {None} == limited


def test_a_rule_is_named_after_its_resource_and_a_new_limit_counts_afresh(
    instance: Instance, session: Session
) -> None:
    fields = {"resource": "GET /now/table/{tableName}", "version": "v2", "table": "incident"}
    sys_id = rule(instance, 1, **fields)
    named = instance.act("admin").get("sys_rate_limit_rules", sys_id)["rest_api_resource"]
    assert named == "GET /now/v2/table/incident"
    second = INCIDENTS.replace("/table", "/v2/table")
    assert [session.get(second).status_code for _ in range(2)] == [200, 429]
    instance.act("admin").update("sys_rate_limit_rules", sys_id, {"request_limit_per_hour": "2"})
    assert [session.get(second).status_code for _ in range(3)] == [200, 200, 429]


def test_a_rule_may_bite_half_a_minute_late(instance: Instance, session: Session) -> None:
    instance.set_property("sandbox.rate_limits.lag", "true")
    rule(instance, 1)

    assert [session.get(INCIDENTS).status_code for _ in range(3)] == [200, 200, 200]
    instance.clock.advance(30)
    assert session.get(INCIDENTS).status_code == 429


def test_the_most_personal_rule_counts_and_then_the_strictest(instance: Instance, session: Session) -> None:
    admin = instance.act("admin")
    itil = admin.query("sys_user_role", "name=itil")[0]["sys_id"]
    rule(instance, 1)
    rule(instance, 3, apply_to="users_with_role", role=itil)
    rule(instance, 2, apply_to="users_with_role", role=itil)
    assert session.get(INCIDENTS).headers["X-RateLimit-Limit"] == "2"
    rule(instance, 5, apply_to="single_user", user=instance.user_named("careloop").sys_id)
    assert session.get(INCIDENTS).headers["X-RateLimit-Limit"] == "5"
    session.auth = ("omar.haddad", "omar.haddad")
    assert [session.get(INCIDENTS).status_code for _ in range(2)] == [200, 429]


def test_a_switch_that_is_no_number_counts_as_none(instance: Instance, session: Session) -> None:
    for name in ("sandbox.quota.rows", "sandbox.rest.max_url_length", "sandbox.rest.link_prev_on_first_page"):
        instance.set_property(name, "many")
    assert session.get(INCIDENTS).json() == {"result": []}


def test_a_quota_leaves_a_body_with_rows_and_an_error(instance: Instance, session: Session) -> None:
    for number in range(4):
        instance.act("paul.adeyemi").insert("incident", {"order": number})
    instance.set_property("sandbox.quota.rows", "2")
    body = session.get(INCIDENTS).json()
    few = session.get(INCIDENTS, params={"sysparm_limit": "2"}).json()
    instance.set_property("sandbox.quota.string_element", "true")
    odd = session.get(INCIDENTS).json()["result"]

    assert (len(body["result"]), body["status"]) == (2, "failure")
    assert body["error"]["message"] == "Transaction cancelled: maximum execution time exceeded"
    assert "error" not in few
    assert [type(row) for row in odd] == [dict, dict, str]


def test_a_session_that_has_signed_on_signs_on_again_by_its_cookie(
    instance: Instance, session: Session
) -> None:
    assert session.get(INCIDENTS).status_code == 200
    session.auth = None
    again = session.get(INCIDENTS)
    assert (again.status_code, again.headers["X-Is-Logged-In"]) == (200, "true")
    assert session.post(INCIDENTS, json={}).json()["result"]["sys_created_by"] == "careloop"

    session.auth = ("careloop", "wrong")
    assert session.get(INCIDENTS).status_code == 401
    session.auth = None
    instance.clock.advance(29 * 60)
    assert session.get(INCIDENTS).status_code == 200
    instance.clock.advance(30 * 60)
    assert session.get(INCIDENTS).status_code == 401


def test_a_session_of_nobody_or_of_somebody_gone_signs_nobody_on(
    instance: Instance, session: Session
) -> None:
    session.auth = None
    assert [session.get(INCIDENTS).status_code for _ in range(2)] == [401, 401]
    session.auth = (instance.user, instance.password)
    assert session.get(INCIDENTS).status_code == 200
    session.auth = None
    instance.set_property("sandbox.rest.sign_on_by_cookie", "false")
    assert session.get(INCIDENTS).status_code == 401
    instance.set_property("sandbox.rest.sign_on_by_cookie", "true")
    instance.act("admin").update("sys_user", instance.user_named("careloop").sys_id, {"active": "false"})
    assert session.get(INCIDENTS).status_code == 401
