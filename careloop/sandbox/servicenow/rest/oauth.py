"""The token endpoint `/oauth_token.do`.

Grants, lifetimes and the property of client credentials: ServiceNow docs on inbound OAuth. The answer to
wrong credentials (`server_error`, `access_denied`) is what instances are known to say, and so is that a
signed token brings no refresh token and signs no administrator in. That client credentials bring no refresh
token is a guess, hence the switch `sandbox.oauth.client_credentials_refresh_token`.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response

from careloop.sandbox.servicenow.engine import Engine
from careloop.sandbox.servicenow.rest import jwt_grant
from careloop.sandbox.servicenow.store.database import Row

PATH = "/oauth_token.do"
_CLIENT_CREDENTIALS = "glide.oauth.inbound.client.credential.grant_type.enabled"
_FORM = "application/x-www-form-urlencoded"


class Denied(Exception):
    """No token: the status, the error and its description."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(error)
        self.status = status
        self.answer = {"error": error, "error_description": description}


class Client(NamedTuple):
    """A registered application, its row, and how long its tokens live, in seconds."""

    client_id: str
    row: Row
    access: int
    refresh: int


def answer(engine: Engine, method: str, headers: Headers, query: Mapping[str, str], body: bytes) -> Response:
    """Answer one call of the endpoint."""
    try:
        status, content = 200, _grant(engine, _read(engine, method, headers, query, body), headers)
    except Denied as denied:
        status, content = denied.status, {**denied.answer}
    kept_by_nobody = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    media = {"Content-Type": "application/json;charset=UTF-8"}
    return Response(orjson.dumps(content), status, {**media, **kept_by_nobody})


def _read(
    engine: Engine, method: str, headers: Headers, query: Mapping[str, str], body: bytes
) -> Mapping[str, str]:
    """Return the parameters; those in the address count only as long as the hardening setting permits."""
    if method != "POST":
        raise Denied(405, "invalid_request", "only POST is supported")
    sent = headers.get("content-type", "").split(";")[0].strip().lower()
    form = dict(parse_qsl(body.decode("utf-8", "replace"))) if sent in ("", _FORM) else {}
    permitted = engine.properties.flag("sandbox.oauth.parameters_in_address", default=True)
    return {**(query if permitted else {}), **form}


def _grant(engine: Engine, form: Mapping[str, str], headers: Headers) -> dict[str, object]:
    client = _client(engine, form, headers)
    tokens, kind = engine.users.tokens, form.get("grant_type", "")
    refresh = True
    match kind:
        case "password":
            user = engine.users.with_password(form.get("username", ""), form.get("password", ""))
            user_name = user.user_name if user else ""
        case "refresh_token":
            user_name = tokens.refreshed(form.get("refresh_token", ""), client.client_id)
        case "client_credentials":
            if not engine.properties.flag(_CLIENT_CREDENTIALS):
                raise Denied(401, "unauthorized_client", "grant_type client_credentials is not enabled")
            user_name = engine.users.name_of(client.row[0].value(client.row[1], "user"))
            refresh = engine.properties.flag("sandbox.oauth.client_credentials_refresh_token")
        case jwt_grant.GRANT:
            user_name, refresh = _named_by_token(engine, client, form, headers), False
        case _:
            raise Denied(400, "unsupported_grant_type", f"grant_type {kind or 'is missing'}")
    if not user_name:
        raise Denied(401, "server_error", "access_denied")
    answered: dict[str, object] = {"access_token": tokens.issue(user_name, client.client_id, client.access)}
    if kind == "refresh_token":
        answered["refresh_token"] = form["refresh_token"]
    elif refresh:
        answered["refresh_token"] = tokens.issue_refresh(user_name, client.client_id, client.refresh)
    return {**answered, "scope": "useraccount", "token_type": "Bearer", "expires_in": client.access}


def _client(engine: Engine, form: Mapping[str, str], headers: Headers) -> Client:
    """Return the registered application that the form or a Basic header proves."""
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if not client_id and scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Denied(401, "invalid_client", "access_denied") from None
    row: Row | None = next(engine.db.where("oauth_entity", client_id=client_id, active="true"), None)
    if not client_id or row is None or row[0].value(row[1], "client_secret") != secret:
        raise Denied(401, "invalid_client", "access_denied")

    def seconds(name: str, default: int) -> int:
        return int(row[0].value(row[1], name) or default)

    access, refresh = seconds("access_token_lifespan", 1800), seconds("refresh_token_lifespan", 8_640_000)
    return Client(client_id, row, access, refresh)


def _named_by_token(engine: Engine, client: Client, form: Mapping[str, str], headers: Headers) -> str:
    if client.row[0].name != jwt_grant.TABLE:
        raise Denied(401, "unauthorized_client", "the application takes no signed tokens")
    user_name = jwt_grant.user_named(engine, client.row, form, headers)
    if user_name and engine.users.get(user_name).is_admin:
        raise Denied(401, "server_error", "Grant access to admin is not allowed")
    return user_name
