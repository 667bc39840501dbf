"""The ASGI app of a site: addresses to handlers, accounts from headers, answers to JSON."""

from collections.abc import Callable, Iterable

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


class Application:
    """Builds the app; `backstage` tells for each request what to work with, since a reset exchanges it."""

    def __init__(self, backstage: Callable[[], Backstage], *, is_cloud: bool) -> None:
        self._is_cloud = is_cloud
        self._reception = Reception(backstage, is_cloud=is_cloud)

    def build(self) -> ASGIApp:
        """Return the app."""
        platform = sorted([*EVERYWHERE, *(CLOUD if self._is_cloud else DATA_CENTER)], key=_precision)
        routes = self._mount("/rest/api/{version}", platform)
        routes += self._mount(PREFIX, SERVICE_DESK)
        routes += self._mount(webhooks.PREFIX, webhooks.ROUTES)
        routes += self._mount(sessions.SESSIONS, sessions.ROUTES)
        routes += self._mount(agile.PREFIX, agile.ROUTES)
        routes += self._mount("", [("GET", "/avatar/{name}/{picture}", avatars.drawn)])
        if self._is_cloud:
            routes += self._mount("", [("GET", "/_edge/tenant_info", site_info.tenant_info)])
            routes += self._mount("", [("GET", "/media/file/{attachment}/binary", attachments.media)])
        else:
            routes += self._mount(
                "", [("GET", "/secure/attachment/{attachment}/{name}", attachments.dc_content)]
            )
            routes += self._mount(sessions.SESSIONS, sessions.DC_ROUTES)
            routes += self._mount(sessions.TOKENS, sessions.DC_TOKEN_ROUTES)
        site = Starlette(routes=routes, exception_handlers={HTTPException: _no_route})
        return _behind_gateway(site) if self._is_cloud else site

    def _mount(self, prefix: str, rows: Iterable[Row]) -> list[Route]:
        return [
            self._route(prefix, Place(method, path, handler, prefix == PREFIX))
            for method, path, handler in rows
        ]

    def _route(self, prefix: str, place: Place) -> Route:
        async def endpoint(request: Request) -> Response:
            return await self._reception.answer(place, request)

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
