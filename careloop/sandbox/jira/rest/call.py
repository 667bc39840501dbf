"""One request on its way to its answer."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from starlette.datastructures import QueryParams

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rendering import Rendering
from careloop.sandbox.jira.search import Search
from careloop.sandbox.jira.store import Store
from careloop.sandbox.jira.view import View

UTC = ZoneInfo("UTC")
INVALID_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."


class Raw(NamedTuple):
    """A body that is no JSON."""

    content: bytes
    media_type: str


class Answer(NamedTuple):
    """A status and what stands in the body: JSON, `Raw` or, for None, nothing."""

    status: int
    content: Any = None
    headers: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Backstage:
    """What a site works with between two resets; `views` keeps what was rendered once."""

    store: Store
    search: Search
    views: dict[tuple[str, int, ZoneInfo, int], View]


@dataclass(slots=True)
class Call:
    """A request whose caller is known; `user` is None for an anonymous one."""

    backstage: Backstage
    user: User | None
    root: str
    version: int
    parameters: Mapping[str, str]
    query: QueryParams
    headers: Mapping[str, str]
    body: bytes

    @property
    def store(self) -> Store:
        return self.backstage.store

    @property
    def search(self) -> Search:
        return self.backstage.search

    @property
    def rich(self) -> bool:
        """Whether this version of the API speaks documents instead of text."""
        return self.version == 3

    @property
    def view(self) -> View:
        zone = self.user.zone if self.user else UTC
        views, revision = self.backstage.views, self.store.configuration.revision
        key = (self.root, self.version, zone, revision)
        if key not in views:
            if any(known[-1] != revision for known in views):
                views.clear()
            views[key] = View(self.root, self.version, zone, self.store.flavor)
        return views[key]

    @property
    def rendering(self) -> Rendering:
        return Rendering(self.store, self.user, self.view)

    @property
    def actor(self) -> User:
        """The signed-in account; 401 for an anonymous call."""
        if self.user is None:
            raise Refused(
                401, "You are not authenticated. Authentication required to perform this operation."
            )
        return self.user

    @property
    def issue(self) -> Issue:
        """The issue that the address names; 404 when the caller cannot see it."""
        return self.store.issue_for(self.user, self.parameters["issue"])

    @property
    def project(self) -> Project:
        """The project that the address names; 404 when the caller cannot see it."""
        reference = self.parameters["project"]
        project = self.store.configuration.project(reference)
        if project is None or not self.store.rights.may(self.user, "BROWSE_PROJECTS", project):
            raise Refused(404, f"No project could be found with key '{reference}'.")
        return project

    def sign_in(self) -> None:
        """Demand a signed-in account; 401 for an anonymous call."""
        _ = self.actor

    def json(self) -> Any:
        """Return the parsed body; 400 when it is no JSON."""
        try:
            return orjson.loads(self.body)
        except ValueError:
            raise Refused(
                400, "There was an error parsing JSON. Check that your request body is valid."
            ) from None

    def object(self, *names: str) -> dict[str, Any]:
        """Return the body as an object; 400 when it is none, or holds what is not among the names given."""
        content = self.json()
        if not isinstance(content, dict) or (names and not content.keys() <= set(names)):
            raise Refused(400, INVALID_PAYLOAD)
        return content

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """Return a whole, non-negative number from the query string, cut at `most`; 400 for anything else."""
        text = self.query.get(name)
        if text is None or text == "":
            return default
        if not text.lstrip("-").isdecimal():
            raise Refused(400, f"The value '{text}' of '{name}' is not a number.")
        number = max(int(text), 0)
        return number if most is None else min(number, most)

    def words(self, name: str) -> list[str]:
        """Return the parts of a value that is repeated in the query string, or separated by commas."""
        given = ",".join(self.query.getlist(name))
        return [word.strip() for word in given.split(",") if word.strip()]

    def flag(self, name: str, *, default: bool = False) -> bool:
        return self.query.get(name, str(default)).lower() == "true"


Handler = Callable[[Call], Answer]
Route = tuple[str, str, Handler]
"""A method, a path and what answers there."""


def strings(asked: Mapping[str, Any], name: str) -> list[str]:
    """Return a list of texts in a body, empty when it is left out; 400 for anything else."""
    value = asked.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise Refused(400, f"The '{name}' must be a list of strings.")
    return value


def authenticate(store: Store, header: str) -> User | None:
    """Return the account that an Authorization header proves, None without one; 401 when it proves nothing.

    Cloud takes e-mail and API token; Data Center takes a personal access token as bearer, or name and secret.
    """
    if not header:
        return None
    scheme, _, credentials = header.partition(" ")
    user = None
    if scheme.lower() == "bearer" and not store.is_cloud:
        user = store.people.by_token(credentials.strip())
    elif scheme.lower() == "basic":
        user = _basic(store, credentials)
    if user is None or not user.active:
        raise Refused(401, "Client must be authenticated to access this resource.")
    return user


def _basic(store: Store, credentials: str) -> User | None:
    try:
        name, _, secret = b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        return None
    user = store.people.by_email(name) if store.is_cloud else store.people.by_name(name)
    return user if user and secret == user.token else None


def page(
    call: Call, name: str, rows: list[Any], show: Callable[[Any], Any], size: int = 50
) -> dict[str, Any]:
    """Return one page of rows in the older form: startAt, maxResults, total and the rows as `name`."""
    start, limit = call.number("startAt", 0), call.number("maxResults", size)
    shown = [show(row) for row in rows[start : start + limit]]
    return {"startAt": start, "maxResults": limit, "total": len(rows), name: shown}


def bean(
    call: Call, path: str, rows: list[Any], show: Callable[[Any], Any], size: int = 50
) -> dict[str, Any]:
    """Return one page of rows in the platform's newer form, with self, nextPage and isLast."""
    content = page(call, "values", rows, show, size)
    start, limit = content["startAt"], content["maxResults"]
    address = f"{call.view.api}/{path}?maxResults={limit}&startAt="
    last = start + limit >= len(rows)
    return {
        "self": f"{address}{start}",
        **({} if last else {"nextPage": f"{address}{start + limit}"}),
        **content,
        "isLast": last,
    }
