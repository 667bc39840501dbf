"""A signed token that buys an access token: keys, claims, and who may not."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
import trustme
from requests import Response, Session

from careloop.sandbox.servicenow import Instance
from tests.integration.sandbox.servicenow.conftest import HOST

TOKEN = f"http://{HOST}/oauth_token.do"
CLIENT, SECRET = "d3d36c11036b4d1b94876ed27cbe81ae", "the secret of the client"
SHARED = "a key that both sides have known since they met"


@pytest.fixture
def application(instance: Instance) -> str:
    """Register an application whose tokens name people by their address; return its sys_id."""
    return instance.act("admin").insert(
        "oauth_jwt", {"name": "Signed", "client_id": CLIENT, "client_secret": SECRET}
    )


@pytest.fixture
def claims(instance: Instance) -> dict[str, Any]:
    """Return what a token says that is right in every point."""
    now = int(instance.clock.now().timestamp())
    who = {"iss": CLIENT, "aud": CLIENT, "sub": "paul.adeyemi@example.com"}
    return {**who, "iat": now, "exp": now + 300, "jti": "one"}


@pytest.fixture
def exchange(instance: Instance, session: Session, application: str) -> Callable[..., Response]:
    """Return how to exchange a token that is signed with the shared key."""
    instance.act("admin").insert(
        "jwt_verifier_map", {"name": "Shared", "oauth_jwt": application, "kid": "k1", "shared_key": SHARED}
    )
    return lambda claims, **how: send(
        session, jwt.encode(claims, how.get("key", SHARED), "HS256", headers=how.get("headers"))
    )


def send(session: Session, token: str, **fields: str) -> Response:
    session.auth = None
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": token}
    return session.post(TOKEN, data={**form, "client_id": CLIENT, "client_secret": SECRET, **fields})


def test_a_signed_token_buys_a_token_for_whom_it_names_and_no_refresh_token(
    session: Session, claims: dict[str, Any], exchange: Callable[..., Response]
) -> None:
    answer = exchange(claims)
    bought = answer.json()

    assert answer.status_code == 200
    assert {name: bought[name] for name in ("scope", "token_type", "expires_in")} == {
        "scope": "useraccount",
        "token_type": "Bearer",
        "expires_in": 1800,
    }
    assert "refresh_token" not in bought
    bearer = {"Authorization": f"Bearer {bought['access_token']}"}
    made = session.post(f"http://{HOST}/api/now/table/incident", json={}, headers=bearer)
    assert made.json()["result"]["sys_created_by"] == "paul.adeyemi"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "somebody else"},
        {"aud": "another application"},
        {"sub": "nobody@example.com"},
        {"exp": 0},
        {"exp": "soon"},
        {"nbf": 4_000_000_000},
        {"jti": ""},
    ],
)
def test_a_claim_that_is_wrong_buys_nothing(
    claims: dict[str, Any], exchange: Callable[..., Response], wrong: dict[str, Any]
) -> None:
    answer = exchange({**claims, **wrong})
    denied = {"error": "server_error", "error_description": "access_denied"}
    assert (answer.status_code, answer.json()) == (401, denied)


def test_the_token_endpoint_is_an_audience_too(
    claims: dict[str, Any], exchange: Callable[..., Response]
) -> None:
    assert exchange({**claims, "aud": TOKEN}).status_code == 200


def test_a_token_is_over_when_the_sandbox_clock_and_its_skew_say_so(
    instance: Instance, claims: dict[str, Any], exchange: Callable[..., Response]
) -> None:
    instance.clock.advance(600)
    assert exchange(claims).status_code == 200
    instance.clock.advance(1)
    assert exchange({**claims, "jti": "two"}).status_code == 401


def test_a_token_is_exchanged_once_unless_nobody_looks(
    instance: Instance, application: str, claims: dict[str, Any], exchange: Callable[..., Response]
) -> None:
    assert [exchange(claims).status_code for _ in range(2)] == [200, 401]
    instance.act("admin").update("oauth_jwt", application, {"enable_jti_verification": "false"})
    assert [exchange(claims).status_code for _ in range(2)] == [200, 200]


def test_a_key_is_chosen_by_its_id_and_tried_without_one(
    claims: dict[str, Any], exchange: Callable[..., Response]
) -> None:
    assert exchange(claims, headers={"kid": "k1"}).status_code == 200
    assert exchange({**claims, "jti": "two"}, headers={"kid": "k2"}).status_code == 401
    assert exchange({**claims, "jti": "three"}, key=SHARED[::-1]).status_code == 401


def test_an_administrator_cannot_be_named(claims: dict[str, Any], exchange: Callable[..., Response]) -> None:
    answer = exchange({**claims, "sub": "admin@example.com"})
    assert answer.json()["error_description"] == "Grant access to admin is not allowed"


def test_a_certificate_proves_what_its_key_has_signed(
    instance: Instance, session: Session, application: str, claims: dict[str, Any]
) -> None:
    admin = instance.act("admin")
    pair = trustme.CA(key_type=trustme.KeyType.RSA).issue_cert(
        "client.example.com", key_type=trustme.KeyType.RSA
    )
    pem = pair.cert_chain_pems[0].bytes().decode()
    certificate = admin.insert("sys_certificate", {"name": "Client", "pem_certificate": pem})
    verifier = {"oauth_jwt": application, "kid": "c1", "sys_certificate": certificate}
    admin.insert("jwt_verifier_map", {"name": "Certificate", **verifier})
    token = jwt.encode(claims, pair.private_key_pem.bytes(), "RS256", headers={"kid": "c1"})
    stranger = jwt.encode({**claims, "jti": "two"}, SHARED, "HS256", headers={"kid": "c1"})

    assert send(session, token).status_code == 200
    assert send(session, stranger).status_code == 401
    assert send(session, "no token at all").status_code == 401
    admin.update("sys_certificate", certificate, {"pem_certificate": "garbled"})
    assert send(session, token).status_code == 401


def test_only_an_application_for_signed_tokens_takes_one(
    instance: Instance, session: Session, claims: dict[str, Any]
) -> None:
    other = {"client_id": instance.client_id, "client_secret": instance.client_secret}
    answer = send(session, jwt.encode(claims, SHARED, "HS256"), **other)
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized_client")
