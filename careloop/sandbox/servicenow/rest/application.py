"""What stands before every API: formats, credentials, limits, addresses, and the headers of answers.

Statuses and error bodies: ServiceNow docs c_RESTAPI.md and r_RESTAPIHTTPResponseCodes.md. Headers as recorded
from live instances (vdesabou/kafka-docker-playground issues 7871, 7922, 8104 and 8673).
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from careloop.sandbox.answer import read
from careloop.sandbox.faults import COMMIT_DELAY
from careloop.sandbox.semaphores import SESSION_WAITED, WAITED
from careloop.sandbox.servicenow.engine import Engine
from careloop.sandbox.servicenow.errors import HttpRefused, Refused
from careloop.sandbox.servicenow.rest import oauth, tiny_url_api
from careloop.sandbox.servicenow.rest.addresses import Address, list_addresses
from careloop.sandbox.servicenow.rest.call import Call, Reply
from careloop.sandbox.servicenow.rest.credentials import identify, session_of
from careloop.sandbox.servicenow.rest.formats import takes_xml, write_body
from careloop.sandbox.servicenow.rest.web_pages import page
from careloop.sandbox.servicenow.session import User
from careloop.sandbox.servicenow.sessions import COOKIE

_NO_STORE = {
    "Cache-Control": "no-cache,no-store,must-revalidate,max-age=-1",
    "Pragma": "no-store,no-cache",
    "Expires": "0",
    "X-Content-Type-Options": "nosniff",
    "Server": "snow_adc",
}


@dataclass(frozen=True)
class Incoming:
    """A request whose body has been read; one inside a batch comes with the user of the batch."""

    request: Request
    body: bytes
    user: User | None = None


class Application:
    """Answers what is asked of the instance that `engine` returns at the time of a call.

    As an ASGI app it awaits nothing once the body has been read, so that a call is all or nothing.
    """

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._current = engine
        self._transactions = 0
        self._addresses = list_addresses(self._answer_inner)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer over ASGI."""
        incoming = Incoming(Request(scope), await read(receive))
        late = scope.get(COMMIT_DELAY)
        with nullcontext() if late is None else self._current().committing_late(late):
            response = self.answer(incoming)
        await response(scope, receive, send)

    def answer(self, incoming: Incoming) -> Response:
        """Answer one request."""
        engine, request = self._current(), incoming.request
        limit = engine.properties.number("sandbox.rest.max_url_length", 13_000)
        length = len(request.scope["path"]) + len(request.scope["query_string"])
        if length > limit and incoming.user is None:
            return page(400, "Bad Request", "Request header is too large")
        if request.scope["path"] == oauth.PATH:
            return oauth.answer(engine, request.method, request.headers, request.query_params, incoming.body)
        if not request.scope["path"].startswith("/api/"):
            return page(404, "Page not found", "The page you are looking for could not be found.")
        response, user = self._respond(engine, incoming)
        name = user.user_name if user else ""
        session = session_of(request.headers)
        if incoming.user is None and (not session or (name and engine.sessions.user_of(session) != name)):
            _hand_out(response, engine.sessions.open(name))
        if request.method == "HEAD":
            return _without_body(response)
        if request.headers.get("x-no-response-body", "").lower() == "true" and response.status_code < 300:
            return _without_body(response)
        return response

    def _answer_inner(self, request: Request, body: bytes, user: User) -> Response:
        return self.answer(Incoming(request, body, user))

    def _find(self, path: str) -> tuple[Address, Mapping[str, str]]:
        """Return what answers at an address, with the named parts of it; raises HttpRefused 400."""
        for address in self._addresses:
            if found := address.pattern.fullmatch(path):
                return address, {name: part for name, part in found.groupdict().items() if part is not None}
        raise HttpRefused(400, "Requested URI does not represent any resource")

    def _respond(self, engine: Engine, incoming: Incoming) -> tuple[Response, User | None]:
        to_xml = False
        limits: Mapping[str, str] = {}
        user = incoming.user
        try:
            user = user or identify(engine, incoming.request.headers, incoming.request.query_params)
            required = engine.properties.flag("sandbox.rest.headers_required")
            path = incoming.request.scope["path"]
            address, parts = self._find(path)
            to_xml = address.formats and takes_xml(incoming.request.headers, required=required)
            call = _call(engine, incoming, user, parts, to_xml=to_xml)
            limits = engine.rate_limits.count(call.session, call.method, path, address.name)
            reply = address.api(call)
        except Refused as refused:
            reply = _refusal(refused)
        response = reply.raw or _write(reply, to_xml=to_xml)
        self._transactions += 1
        response.headers.update(
            {
                **_NO_STORE,
                "Server-Timing": _timing(incoming.request.scope),
                **limits,
                **reply.headers,
                "X-Is-Logged-In": "false" if reply.status == 401 else "true",
                "X-Transaction-ID": f"{self._transactions:012x}",
            }
        )
        return response, user


def _hand_out(response: Response, session: str) -> None:
    """Set the cookies of a new session."""
    for name, value, seconds in (
        (COOKIE, session, None),
        ("glide_user_route", f"glide.{session.lower()}", 2_147_483_647),
        ("glide_node_id_for_js", session.lower(), None),
        ("glide_session_store", session, 60),
    ):
        response.set_cookie(name, value, max_age=seconds, httponly=True, samesite=None)


def _timing(scope: Scope) -> str:
    return f"sem_wait;dur={scope.get(WAITED, 0)}, sesh_wait;dur={scope.get(SESSION_WAITED, 0)}"


def _call(engine: Engine, incoming: Incoming, user: User, path: Mapping[str, str], *, to_xml: bool) -> Call:
    request = incoming.request
    method = "GET" if request.method == "HEAD" else request.method
    return Call(
        engine=engine,
        session=engine.session(user),
        method=request.headers.get("x-http-method-override", method).upper(),
        url=str(request.url),
        root=str(request.base_url).rstrip("/"),
        path=path,
        query=tiny_url_api.expand(engine, request.query_params),
        headers=request.headers,
        body=incoming.body,
        to_xml=to_xml,
    )


def _refusal(refused: Refused) -> Reply:
    error = {"message": refused.message, "detail": refused.detail}
    return Reply(refused.status, error=error, headers=refused.headers)


def _write(reply: Reply, *, to_xml: bool) -> Response:
    if reply.status == 204:
        return Response(None, 204)
    content: dict[str, Any] = {**(reply.content or {})}
    if reply.result is not None:
        content["result"] = reply.result
    if reply.error is not None:
        content |= {"error": reply.error, "status": "failure"}
    body, media_type = write_body(content, to_xml=to_xml)
    return Response(body, reply.status, {"Content-Type": media_type})


def _without_body(response: Response) -> Response:
    empty = Response(None, response.status_code)
    empty.raw_headers = [(name, value) for name, value in response.raw_headers if name != b"content-length"]
    return empty


def make_app(engine: Callable[[], Engine]) -> ASGIApp:
    """Return the app that answers from the engine that `engine` returns at the time of a call."""
    return Application(engine)
