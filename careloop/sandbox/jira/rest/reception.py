"""The desk at which every request arrives: who is it, is there room for it, and what stands on the answer."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rest.call import Answer, Backstage, Call, Handler, Raw
from careloop.sandbox.jira.rest.login import UNAUTHENTICATED, LoginFailed

GATEWAY = "careloop.sandbox.jira.gateway"
"""Key in a scope for the part of the address that api.atlassian.com puts before a site's own paths."""

_DC_VERSIONS = {"2": 2, "latest": 2}
_CLOUD_VERSIONS = {**_DC_VERSIONS, "3": 3}
_JSON = "application/json;charset=UTF-8"
_ANY_KIND = re.compile(r"/avatar2$|/universal_avatar/type/[^/]+/owner/[^/]+$|/columns$|/mypreferences$")
"""Addresses that take pictures, forms or plain text, which they look into themselves."""
_PAGE = """<html><head><title>Unauthorized ({status})</title></head>
<body><h1>Unauthorized ({status})</h1><p>Basic Authentication Failure - Reason : {reason}</p></body></html>
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A route: its method, its path without the prefix, what answers there, and who words its errors."""

    method: str
    path: str
    handler: Handler
    service_desk: bool

    def word(self, refusal: Refused) -> Any:
        """Return the body of a refusal."""
        return refusal.service_desk_body() if self.service_desk else refusal.platform_body()


class Reception:
    """Takes requests in; `backstage` tells for each what to work with, since a reset exchanges it."""

    def __init__(self, backstage: Callable[[], Backstage], *, is_cloud: bool) -> None:
        self._backstage = backstage
        self._is_cloud = is_cloud
        self._numbers = count(1)

    async def answer(self, place: Place, request: Request) -> Response:
        """Answer one request."""
        body = await request.body()
        backstage = self._backstage()
        headers: dict[str, str] = self._number()
        try:
            user = backstage.logins.identify(
                backstage.store, request.headers, through_gateway=GATEWAY in request.scope
            )
            headers |= self._name(user)
            answer = self._admitted(place, request, body, user, headers)
        except LoginFailed as failure:
            answer = self._turn_away(failure, _root(request), place)
        except Refused as refusal:
            answer = Answer(refusal.status, place.word(refusal), refusal.headers)
        return _respond(answer, {**headers, **answer.headers})

    def _admitted(
        self, place: Place, request: Request, body: bytes, user: User | None, headers: dict[str, str]
    ) -> Answer:
        backstage, who = self._backstage(), user.account_id if user else "anonymous"
        limits, store = backstage.limits, backstage.store
        issue = request.path_params.get("issue")
        headers |= limits.admit(store, place.method, place.path, who, issue)
        _check_form(request, body)
        answer = place.handler(self._call(request, body, user))
        limits.charge(store, place.path, answer.content)
        return answer

    def _call(self, request: Request, body: bytes, user: User | None) -> Call:
        backstage = self._backstage()
        versions = _CLOUD_VERSIONS if self._is_cloud else _DC_VERSIONS
        version = versions.get(request.path_params.get("version", "2"))
        if version is None:
            raise Refused(404, f"There is no version '{request.path_params['version']}' of this API.")
        root = _root(request)
        backstage.office.root = root
        return Call(
            backstage=backstage,
            user=user,
            root=root,
            version=version,
            parameters=request.path_params,
            query=request.query_params,
            headers=request.headers,
            body=body,
            is_app=GATEWAY in request.scope
            and request.headers.get("authorization", "").lower().startswith("bearer "),
        )

    def _number(self) -> dict[str, str]:
        number = next(self._numbers)
        shared = {"X-Arequestid": f"{number:032x}", "Cache-Control": "no-cache, no-store, no-transform"}
        if self._is_cloud:
            return shared | {"Atl-Traceid": f"{number:032x}"}
        return shared | {"X-ANODEID": "node1", "X-Content-Type-Options": "nosniff"}

    def _name(self, user: User | None) -> Mapping[str, str]:
        """Return who the site takes the caller for."""
        if self._is_cloud:
            return {"X-Aaccountid": user.account_id} if user else {}
        if user is None:
            return {"X-AUSERNAME": "anonymous"}
        return {"X-AUSERNAME": user.name, "X-Seraph-LoginReason": "OK"}

    def _turn_away(self, failure: LoginFailed, root: str, place: Place) -> Answer:
        """Return the answer to wrong credentials: a web page on Data Center, where they come by name."""
        challenge = {"X-Seraph-LoginReason": failure.reason}
        if failure.status == 401:
            challenge["WWW-Authenticate"] = f'OAuth realm="{root}"' if not self._is_cloud else "Basic"
        else:
            reason = f"CAPTCHA_CHALLENGE; login-url={root}/login.jsp"
            challenge["X-Authentication-Denied-Reason"] = reason
        if self._is_cloud:
            return Answer(failure.status, place.word(Refused(401, UNAUTHENTICATED)), challenge)
        if failure.by_name:
            page = _PAGE.format(status=failure.status, reason=failure.reason)
            return Answer(failure.status, Raw(page.encode(), "text/html;charset=UTF-8"), challenge)
        content = {"message": UNAUTHENTICATED, "status-code": failure.status}
        return Answer(failure.status, content, challenge)


def _root(request: Request) -> str:
    """Return the address before the paths of the APIs, as links name it."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope.get(GATEWAY, '')}"


def _respond(answer: Answer, headers: Mapping[str, str]) -> Response:
    if isinstance(answer.content, Raw):
        return Response(answer.content.content, answer.status, headers, answer.content.media_type)
    if answer.content is None:
        return Response(status_code=answer.status, headers=headers)
    return Response(orjson.dumps(answer.content), answer.status, headers, _JSON)


def _check_form(request: Request, body: bytes) -> None:
    kind = request.headers.get("content-type", "")
    if request.url.path.endswith("/attachments") or request.url.path.endswith("/attachTemporaryFile"):
        if not kind.startswith("multipart/form-data"):
            raise Refused(415, "Files must come as multipart/form-data.")
    elif _ANY_KIND.search(request.url.path):
        return
    elif body and not kind.startswith("application/json"):
        raise Refused(415, "The request body must be JSON and say so in its content type.")
