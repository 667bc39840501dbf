"""Logging in: sessions, and on Data Center personal access tokens."""

from typing import Any

from careloop.sandbox.jira.dates import write_instant
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.rest.login import COOKIE, AccessToken

SESSIONS = "/rest/auth/1"
TOKENS = "/rest/pat/latest"
LONGEST_NAME = 255


def current(call: Call) -> Answer:
    """Return the account that calls."""
    account = call.actor
    name = account.email if call.store.is_cloud else account.name
    shown = {"self": f"{call.root}/rest/api/latest/user?username={name}", "name": name}
    return Answer(200, shown if call.store.is_cloud else shown | {"loginInfo": _login_info(call, account)})


def log_in(call: Call) -> Answer:
    """Open a session with a user name and a password, and give its cookie."""
    asked = call.object()
    name, secret = str(asked.get("username") or ""), str(asked.get("password") or "")
    session = call.backstage.logins.open_session(call.store, name, secret)
    shown = {"session": {"name": COOKIE, "value": session.id}, "loginInfo": _login_info(call, session.user)}
    return Answer(200, shown, {"Set-Cookie": f"{COOKIE}={session.id}; Path=/; HttpOnly"})


def log_out(call: Call) -> Answer:
    """Close the session."""
    call.sign_in()
    call.backstage.logins.close_session(call.headers)
    return Answer(204)


def tokens(call: Call) -> Answer:
    """Return the caller's personal access tokens, without their secrets."""
    rows = [one for one in call.backstage.logins.tokens.values() if one.user is call.actor]
    return Answer(200, [_show_token(one) for one in rows])


def create_token(call: Call) -> Answer:
    """Create a personal access token; its secret is shown this once."""
    asked = call.object()
    name, days = asked.get("name"), asked.get("expirationDuration")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise Refused(400, f"The name of a token must have 1 to {LONGEST_NAME} characters.")
    if days is not None and (isinstance(days, bool) or not isinstance(days, int) or days < 1):
        raise Refused(400, "The expirationDuration must be a number of days.")
    made = call.backstage.logins.create_token(call.store, call.actor, name, days)
    return Answer(201, _show_token(made) | {"rawToken": made.secret})


def revoke_token(call: Call) -> Answer:
    """Revoke a personal access token of the caller."""
    held = call.backstage.logins.tokens
    for known in held.values():
        if str(known.id) == call.parameters["token"] and known.user is call.actor:
            del held[known.secret]
            return Answer(204)
    raise Refused(404, f"There is no token '{call.parameters['token']}'.")


def _login_info(call: Call, user: User) -> dict[str, Any]:
    logins = call.backstage.logins
    counts = {"failedLoginCount": logins.failures[user.name], "loginCount": logins.successes[user.name]}
    return counts | {"previousLoginTime": write_instant(call.store.now())}


def _show_token(one: AccessToken) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "createdAt": write_instant(one.created),
        "expiringAt": write_instant(one.expires) if one.expires else None,
    }


ROUTES: list[Route] = [("GET", "/session", current)]
DC_ROUTES: list[Route] = [("POST", "/session", log_in), ("DELETE", "/session", log_out)]
DC_TOKEN_ROUTES: list[Route] = [
    ("GET", "/tokens", tokens),
    ("POST", "/tokens", create_token),
    ("DELETE", "/tokens/{token}", revoke_token),
]
