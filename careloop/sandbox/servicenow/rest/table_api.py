"""The Table API over HTTP.

Statuses and error bodies: ServiceNow docs c_TableAPI.md, c_RESTAPI.md, r_RESTAPIHTTPResponseCodes.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from careloop.sandbox.servicenow.engine import Engine
from careloop.sandbox.servicenow.errors import HttpRefused, NotFound, Refused, UnknownTable
from careloop.sandbox.servicenow.rest.negotiate import check_accept, read_body
from careloop.sandbox.servicenow.rest.pages import link_header
from careloop.sandbox.servicenow.rest.params import Params, read_params
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Row
from careloop.sandbox.servicenow.store.table import Table
from careloop.sandbox.servicenow.values import View

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_VERSIONS = ("", "v1", "v2")
_HEADERS = {
    "Content-Type": "application/json;charset=UTF-8",
    "Cache-Control": "no-cache,no-store,must-revalidate,max-age=-1",
    "Pragma": "no-store,no-cache",
    "Expires": "0",
}


@dataclass(frozen=True)
class Call:
    """One authenticated call on a table; `base` is the address of the Table API as it was called."""

    session: Session
    table: str
    sys_id: str
    version: str
    params: Params
    base: str
    request: Request
    body: bytes


def make_app(engine: Callable[[], Engine]) -> ASGIApp:
    """Return the app that answers from the engine that `engine` returns at the time of a call."""
    api = TableApi(engine)
    return Starlette(
        routes=[
            Route("/api/now/table/{table}", api.answer, methods=_METHODS),
            Route("/api/now/table/{table}/{sys_id}", api.answer, methods=_METHODS),
            Route("/api/now/{version}/table/{table}", api.answer, methods=_METHODS),
            Route("/api/now/{version}/table/{table}/{sys_id}", api.answer, methods=_METHODS),
            Route("/{path:path}", api.answer, methods=_METHODS),
        ]
    )


class TableApi:
    """Answers every verb on `/api/now[/v1|/v2]/table/<table>[/<sys_id>]`."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._current = engine
        self._transactions = 0

    @property
    def _engine(self) -> Engine:
        return self._current()

    async def answer(self, request: Request) -> Response:
        """Answer one call; nothing is awaited once the body has been read."""
        body = await request.body()
        self._transactions += 1
        try:
            response = self._answer(request, body)
        except Refused as refused:
            response = _refusal(refused)
        response.headers["X-Is-Logged-In"] = "false" if response.status_code == 401 else "true"
        response.headers["X-Transaction-ID"] = f"{self._transactions:012x}"
        if request.method == "HEAD":
            return Response(None, response.status_code, dict(response.headers))
        if request.headers.get("x-no-response-body", "").lower() == "true" and response.status_code < 300:
            del response.headers["Content-Length"]
            return Response(None, response.status_code, dict(response.headers))
        return response

    def _answer(self, request: Request, body: bytes) -> Response:
        user = self._engine.users.authenticate(request.headers.get("authorization", ""))
        if user is None:
            raise HttpRefused(401, "User is not authenticated", "Required to provide Auth information")
        path = request.path_params
        version = path.get("version", "")
        if "table" not in path or version not in _VERSIONS:
            raise HttpRefused(400, "Requested URI does not represent any resource")
        check_accept(request)
        if path["table"] not in self._engine.db.dictionary:
            raise UnknownTable(path["table"])
        call = Call(
            session=self._engine.session(user),
            table=path["table"],
            sys_id=path.get("sys_id", ""),
            version=version,
            params=read_params(self._engine.db, path["table"], request.query_params),
            base=str(request.base_url) + "/".join(part for part in ("api/now", version, "table") if part),
            request=request,
            body=body,
        )
        return self._verb(call)(call)

    def _verb(self, call: Call) -> Callable[[Call], Response]:
        method = call.request.method
        if method == "POST":
            method = call.request.headers.get("x-http-method-override", method).upper()
        on_table = {"GET": self._list, "HEAD": self._list, "POST": self._create}
        on_record = {
            "GET": self._read,
            "HEAD": self._read,
            "PUT": self._update,
            "PATCH": self._update,
            "DELETE": self._delete,
        }
        verb = (on_record if call.sys_id else on_table).get(method)
        if verb is None:
            raise HttpRefused(405, "Method not supported", f"{method} is not supported here")
        return verb

    def _list(self, call: Call) -> Response:
        engine, params, user = self._engine, call.params, call.session.user
        if engine.rights.is_revoked(user, call.table, "query"):
            raise Refused("Insufficient rights to query records", "Failed API level ACL Validation")

        def permit(table: str, path: str, operation: str) -> bool:
            return engine.rights.on_query(operation, table, path, user)

        found = engine.search.find(call.table, params.query, call.session, permit)
        page = found[params.offset : params.offset + params.limit]
        rows = self._visible(page, call)
        if call.version == "v1" and not rows:
            raise NotFound
        headers = {"X-Total-Count": str(len(found))} if params.count else {}
        links = link_header(str(call.request.url), params, len(found)) if params.pagination else ""
        return _json(200, self._render(rows, call), headers | ({"Link": links} if links else {}))

    def _read(self, call: Call) -> Response:
        return _json(200, self._shown(self._found(call), call))

    def _create(self, call: Call) -> Response:
        fields = read_body(call.request, call.body)
        display = call.params.input_display
        row = self._engine.records.insert(call.session, call.table, fields, display=display)
        location = f"{call.base}/{call.table}/{row[0].value(row[1], 'sys_id')}"
        return _json(201, self._shown(row, call), {"Location": location})

    def _update(self, call: Call) -> Response:
        fields = read_body(call.request, call.body)
        row = self._found(call)
        self._engine.records.update(call.session, row, fields, display=call.params.input_display)
        return _json(200, self._shown(row, call))

    def _delete(self, call: Call) -> Response:
        self._engine.records.delete(call.session, self._found(call))
        return Response(None, 204, _headers({}))

    def _found(self, call: Call) -> Row:
        return self._engine.records.read(call.session, call.table, call.sys_id)

    def _visible(self, rows: Sequence[Row], call: Call) -> Sequence[Row]:
        """Drop what the user may not see; this comes after the limit, so a page may be short or empty."""
        rights, user = self._engine.rights, call.session.user
        if all(rights.on_table("read", t.name, user) is True for t in self._engine.db.family(call.table)):
            return rows
        return [row for row in rows if rights.on_row("read", row, call.session)]

    def _shown(self, row: Row, call: Call) -> Any:
        """Return the record, or nothing of it when a write has put it out of the user's sight."""
        shown = self._render(self._visible([row], call), call)
        return shown[0] if shown else {}

    def _render(self, rows: Sequence[Row], call: Call) -> list[dict[str, Any]]:
        engine, params, user = self._engine, call.params, call.session.user
        view = View(engine.db, engine.journal, user, params.display, call.base if params.links else "")

        def columns(table: Table) -> Sequence[str]:
            asked = params.fields or tuple(table.type.columns)
            return [
                path
                for path in asked
                if engine.db.dictionary.find_column(table.name, path)
                and engine.rights.on_path("read", table.name, path, user)
            ]

        return view.render(rows, columns)


def _json(status: int, result: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps({"result": result}), status, _headers(headers or {}))


def _refusal(refused: Refused) -> Response:
    error = {"message": refused.message, "detail": refused.detail}
    challenge = {"WWW-Authenticate": 'Basic realm="Service-now"'} if refused.status == 401 else {}
    body = orjson.dumps({"error": error, "status": "failure"})
    return Response(body, refused.status, _headers(challenge))


def _headers(more: Mapping[str, str]) -> dict[str, str]:
    return {**_HEADERS, **more}
