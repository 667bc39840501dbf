"""How a caller proves who it is: Basic, a token, a key (ServiceNow docs c_RESTAPI.md), or its session."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from careloop.sandbox.servicenow.engine import Engine
from careloop.sandbox.servicenow.errors import HttpRefused
from careloop.sandbox.servicenow.session import User
from careloop.sandbox.servicenow.sessions import COOKIE

KEY = "x-sn-apikey"
"""Header or parameter of an API key."""


def identify(engine: Engine, headers: Headers, query: Mapping[str, str]) -> User:
    """Return who calls; raises HttpRefused 401 for somebody unknown."""
    key = headers.get(KEY) or query.get(KEY)
    users, authorization = engine.users, headers.get("authorization", "")
    if key or authorization:
        user = users.with_key(key) if key else users.authenticate(authorization)
    else:
        user = users.active(engine.sessions.user_of(session_of(headers))) if _by_cookie(engine) else None
    if user is None:
        challenge = {"WWW-Authenticate": 'Basic realm="Service-now"'}
        raise HttpRefused(401, "User is not authenticated", "Required to provide Auth information", challenge)
    return user


def session_of(headers: Headers) -> str:
    """Return the number of the session that a call belongs to, empty for none."""
    cookies = cookie_parser(headers.get("cookie", ""))
    return cookies.get(COOKIE, "")


def _by_cookie(engine: Engine) -> bool:
    return engine.properties.flag("sandbox.rest.sign_on_by_cookie", default=True)
