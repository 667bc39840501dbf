"""The ASGI app of a site: addresses to handlers, accounts from headers, answers to JSON."""

from collections.abc import Awaitable, Callable
from itertools import count

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.rest import (
    attachments,
    changelogs,
    comments,
    creation,
    fields,
    groups,
    issues,
    links,
    people,
    permissions,
    projects,
    properties,
    queries,
    releases,
    roles,
    searching,
    site_info,
    watching,
    worklogs,
)
from careloop.sandbox.jira.rest.call import Answer, Backstage, Call, Handler, Raw, authenticate
from careloop.sandbox.jira.rest.service_desk import comments as request_comments
from careloop.sandbox.jira.rest.service_desk import desks, involvement, organizations, requests
from careloop.sandbox.jira.rest.service_desk.paging import PREFIX

Endpoint = Callable[[Request], Awaitable[Response]]
_DC_VERSIONS = {"2": 2, "latest": 2}
_CLOUD_VERSIONS = {**_DC_VERSIONS, "3": 3}


_MODULES = (
    *(attachments, changelogs, comments, creation, fields, groups, issues, links, people, permissions),
    *(projects, properties, queries, releases, roles, searching, site_info, watching, worklogs),
)
EVERYWHERE = [row for module in _MODULES for row in getattr(module, "ROUTES", ())]
CLOUD = [row for module in _MODULES for row in getattr(module, "CLOUD_ROUTES", ())]


class Application:
    """Builds the app; `backstage` tells for each request what to work with, since a reset exchanges it."""

    def __init__(self, backstage: Callable[[], Backstage], *, is_cloud: bool) -> None:
        self._backstage = backstage
        self._is_cloud = is_cloud
        self._numbers = count(1)

    def build(self) -> Starlette:
        """Return the app."""
        service_desk_modules = (desks, organizations, requests, request_comments, involvement)
        platform = [*EVERYWHERE, *(CLOUD if self._is_cloud else searching.DC_ROUTES)]
        platform.sort(key=_precision)
        routes = [self._route("/rest/api/{version}", *row) for row in platform]
        routes += [self._route(PREFIX, *row) for module in service_desk_modules for row in module.ROUTES]
        if self._is_cloud:
            routes.append(self._route("", "GET", "/_edge/tenant_info", site_info.tenant_info))
            routes.append(self._route("", "GET", "/media/file/{attachment}/binary", attachments.media))
        else:
            routes.append(
                self._route("", "GET", "/secure/attachment/{attachment}/{name}", attachments.dc_content)
            )
        routes.append(self._route("", "GET", "/rest/auth/1/session", site_info.session))
        return Starlette(routes=routes, exception_handlers={HTTPException: _no_route})

    def _route(self, prefix: str, method: str, path: str, handler: Handler) -> Route:
        return Route(prefix + path, self._endpoint(handler, prefix), methods=[method])

    def _endpoint(self, handler: Handler, prefix: str) -> Endpoint:
        service_desk = prefix == PREFIX

        async def endpoint(request: Request) -> Response:
            body = await request.body()
            try:
                _check_form(request, body)
                answer = handler(self._call(request, body))
            except Refused as refusal:
                content = refusal.service_desk_body() if service_desk else refusal.platform_body()
                answer = Answer(refusal.status, content)
            return self._respond(request, answer)

        return endpoint

    def _call(self, request: Request, body: bytes) -> Call:
        backstage = self._backstage()
        version = (_CLOUD_VERSIONS if self._is_cloud else _DC_VERSIONS).get(
            request.path_params.get("version", "2")
        )
        if version is None:
            raise Refused(404, f"There is no version '{request.path_params['version']}' of this API.")
        return Call(
            backstage=backstage,
            user=authenticate(backstage.store, request.headers.get("authorization", "")),
            root=f"{request.url.scheme}://{request.url.netloc}",
            version=version,
            parameters=request.path_params,
            query=request.query_params,
            headers=request.headers,
            body=body,
        )

    def _respond(self, request: Request, answer: Answer) -> Response:
        number = next(self._numbers)
        headers = {"X-Arequestid": f"{number:032x}", "Cache-Control": "no-cache, no-store, no-transform"}
        if self._is_cloud:
            limit = _limit(request)
            headers |= {"Atl-Traceid": f"{number:032x}", "X-RateLimit-Limit": str(limit)}
            headers["X-RateLimit-Remaining"] = str(limit - 1)
        headers |= answer.headers
        if isinstance(answer.content, Raw):
            return Response(answer.content.content, answer.status, headers, answer.content.media_type)
        if answer.content is None:
            return Response(status_code=answer.status, headers=headers)
        content = orjson.dumps(answer.content)
        return Response(content, answer.status, headers, "application/json;charset=UTF-8")


def _precision(row: tuple[str, str, Handler]) -> list[bool]:
    """Sort addresses so that fixed words come before parameters: /project/search is no project."""
    return [part.startswith("{") for part in row[1].split("/")]


def _check_form(request: Request, body: bytes) -> None:
    kind = request.headers.get("content-type", "")
    if request.url.path.endswith("/attachments") or request.url.path.endswith("/attachTemporaryFile"):
        if not kind.startswith("multipart/form-data"):
            raise Refused(415, "Files must come as multipart/form-data.")
    elif body and not kind.startswith("application/json"):
        raise Refused(415, "The request body must be JSON and say so in its content type.")


def _limit(request: Request) -> int:
    """Return the limit that real answers carry: GET issue 400, PUT 300, POST 200, others 350."""
    by_method = {"PUT": 300, "POST": 200, "DELETE": 300}
    if request.method in by_method:
        return by_method[request.method]
    path = request.url.path.split("/", 4)[-1]
    return 400 if path.startswith("issue/") and not path.startswith("issue/createmeta") else 350


async def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    content = {"message": f"{status} for uri: {request.url.path}", "status-code": status}
    headers = error.headers if isinstance(error, HTTPException) else None
    return Response(orjson.dumps(content), status, headers, "application/json;charset=UTF-8")
