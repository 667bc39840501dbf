"""How a caller proves who it is: Basic, a bearer token, or a key (ServiceNow docs c_RESTAPI.md)."""

from collections.abc import Mapping

from starlette.datastructures import Headers

from careloop.sandbox.servicenow.engine import Engine
from careloop.sandbox.servicenow.errors import HttpRefused
from careloop.sandbox.servicenow.session import User

KEY = "x-sn-apikey"
"""Header or parameter of an API key."""


def identify(engine: Engine, headers: Headers, query: Mapping[str, str]) -> User:
    """Return who calls; raises HttpRefused 401 for somebody unknown."""
    key = headers.get(KEY) or query.get(KEY)
    users = engine.users
    user = users.with_key(key) if key else users.authenticate(headers.get("authorization", ""))
    if user is None:
        challenge = {"WWW-Authenticate": 'Basic realm="Service-now"'}
        raise HttpRefused(401, "User is not authenticated", "Required to provide Auth information", challenge)
    return user
