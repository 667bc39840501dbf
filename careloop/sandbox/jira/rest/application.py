"""The ASGI app of a site: addresses to handlers, accounts from headers, answers to JSON."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from careloop.sandbox.jira.rest import agile, sessions, site_info, tasks, webhooks
from careloop.sandbox.jira.rest.account import (
    columns,
    groups,
    people,
    people_queries,
    permissions,
    preferences,
)
from careloop.sandbox.jira.rest.call import Backstage
from careloop.sandbox.jira.rest.call import Route as Row
from careloop.sandbox.jira.rest.issue import (
    archives,
    attachments,
    bulk,
    bulk_move,
    changelogs,
    comments,
    creation,
    issue_archive,
    issues,
    links,
    properties,
    queries,
    searching,
    watching,
    worklogs,
)
from careloop.sandbox.jira.rest.project import (
    project_categories,
    project_settings,
    project_workflows,
    projects,
    related_work,
    releases,
    roles,
)
from careloop.sandbox.jira.rest.reception import GATEWAY, Place, Reception
from careloop.sandbox.jira.rest.saved import dashboards, filters, shares
from careloop.sandbox.jira.rest.service_desk import comments as request_comments
from careloop.sandbox.jira.rest.service_desk import (
    customers,
    desks,
    files,
    involvement,
    organizations,
    queues,
    request_types,
    requests,
)
from careloop.sandbox.jira.rest.service_desk.paging import PREFIX
from careloop.sandbox.jira.rest.setup import (
    auditing,
    avatars,
    field_configurations,
    field_contexts,
    fields,
    issue_types,
    notification_schemes,
    permission_schemes,
    rankings,
    screen_schemes,
    screens,
    security_schemes,
    settings,
    statuses,
    type_schemes,
    workflow_schemes,
    workflows,
)

_MODULES = (
    archives,
    attachments,
    auditing,
    avatars,
    bulk,
    bulk_move,
    changelogs,
    columns,
    comments,
    creation,
    dashboards,
    field_configurations,
    field_contexts,
    fields,
    filters,
    groups,
    issue_archive,
    issue_types,
    issues,
    links,
    notification_schemes,
    people,
    people_queries,
    permission_schemes,
    permissions,
    preferences,
    project_categories,
    project_settings,
    project_workflows,
    projects,
    properties,
    queries,
    rankings,
    related_work,
    releases,
    roles,
    screen_schemes,
    screens,
    searching,
    security_schemes,
    settings,
    shares,
    site_info,
    statuses,
    tasks,
    type_schemes,
    watching,
    workflow_schemes,
    workflows,
    worklogs,
)
EVERYWHERE = [row for module in _MODULES for row in getattr(module, "ROUTES", ())]
CLOUD = [row for module in _MODULES for row in getattr(module, "CLOUD_ROUTES", ())] + webhooks.CLOUD_ROUTES
DATA_CENTER = [row for module in _MODULES for row in getattr(module, "DC_ROUTES", ())]
SERVICE_DESK = [
    *(desks.ROUTES + request_types.ROUTES + queues.ROUTES + organizations.ROUTES + customers.ROUTES),
    *(requests.ROUTES + request_comments.ROUTES + involvement.ROUTES + files.ROUTES),
]


RECEPTION = "careloop.sandbox.jira.reception"
"""Key in a scope for the desk of the site that is called."""


class Application:
    """Builds the app; `backstage` tells for each request what to work with, since a reset exchanges it."""

    def __init__(self, backstage: Callable[[], Backstage], *, is_cloud: bool) -> None:
        self._is_cloud = is_cloud
        self._reception = Reception(backstage, is_cloud=is_cloud)

    def build(self) -> ASGIApp:
        """Return the app."""
        sites = _sites(is_cloud=self._is_cloud)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            site = sites.get(_area(scope["path"]), sites[""])
            await site({**scope, RECEPTION: self._reception}, receive, send)

        return _behind_gateway(app) if self._is_cloud else app


@cache
def _sites(*, is_cloud: bool) -> Mapping[str, ASGIApp]:
    """Return what answers in each area: few addresses each, since every call tries them one by one."""
    areas: dict[str, list[Route]] = {"": []}
    for route in _routes(is_cloud=is_cloud):
        areas.setdefault(_area(route.path), []).append(route)
    refusals = {HTTPException: _no_route}
    return {name: Starlette(routes=routes, exception_handlers=refusals) for name, routes in areas.items()}


def _area(path: str) -> str:
    """Return the first word behind the version of the platform's API, an empty one for other addresses."""
    parts = path.split("/", 5)
    return parts[4] if parts[1:3] == ["rest", "api"] and len(parts) > 4 else ""


def _routes(*, is_cloud: bool) -> Iterator[Route]:
    platform = sorted([*EVERYWHERE, *(CLOUD if is_cloud else DATA_CENTER)], key=_precision)
    yield from _mount("/rest/api/{version}", platform)
    yield from _mount(PREFIX, SERVICE_DESK)
    yield from _mount(webhooks.PREFIX, webhooks.ROUTES)
    yield from _mount(sessions.SESSIONS, sessions.ROUTES)
    yield from _mount(agile.PREFIX, agile.ROUTES)
    yield from _mount("", [("GET", "/avatar/{name}/{picture}", avatars.drawn)])
    if is_cloud:
        yield from _mount("", [("GET", "/_edge/tenant_info", site_info.tenant_info)])
        yield from _mount("", [("GET", "/media/file/{attachment}/binary", attachments.media)])
    else:
        yield from _mount("", [("GET", "/secure/attachment/{attachment}/{name}", attachments.dc_content)])
        yield from _mount(sessions.SESSIONS, sessions.DC_ROUTES)
        yield from _mount(sessions.TOKENS, sessions.DC_TOKEN_ROUTES)


def _mount(prefix: str, rows: Iterable[Row]) -> Iterator[Route]:
    for method, path, handler in rows:
        yield _route(prefix, Place(method, path, handler, prefix == PREFIX))


def _route(prefix: str, place: Place) -> Route:
    async def endpoint(request: Request) -> Response:
        reception: Reception = request.scope[RECEPTION]
        return await reception.answer(place, request)

    return Route(prefix + place.path, endpoint, methods=[place.method])


def _behind_gateway(site: ASGIApp) -> ASGIApp:
    """Return the app with its other address, `/ex/jira/{cloudId}/...`, which OAuth and scoped tokens need."""
    gateway = f"/ex/jira/{site_info.CLOUD_ID}"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(gateway + "/"):
            path = scope["path"].removeprefix(gateway)
            scope = {**scope, "path": path, "raw_path": path.encode(), GATEWAY: gateway}
        await site(scope, receive, send)

    return app


def _precision(row: Row) -> list[bool]:
    """Sort addresses so that fixed words come before parameters: /project/search is no project."""
    return [part.startswith("{") for part in row[1].split("/")]


async def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    content = {"message": f"{status} for uri: {request.url.path}", "status-code": status}
    headers = error.headers if isinstance(error, HTTPException) else None
    return Response(orjson.dumps(content), status, headers, "application/json;charset=UTF-8")
