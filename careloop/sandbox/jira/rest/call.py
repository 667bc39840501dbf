"""One request on its way to its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
from careloop.sandbox.jira.rest.limits import Limits
from careloop.sandbox.jira.rest.login import Logins, demand
from careloop.sandbox.jira.search import Search
from careloop.sandbox.jira.store import Store
from careloop.sandbox.jira.view import View
from careloop.sandbox.jira.webhooks.office import Office

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
    office: Office
    views: dict[tuple[str, int, ZoneInfo, int], View] = field(default_factory=dict)
    logins: Logins = field(default_factory=Logins)
    limits: Limits = field(default_factory=Limits)


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
    is_app: bool = False
    """Whether the caller is an OAuth 2.0 app: a bearer token at the gateway."""

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
        return demand(self.user)

    @property
    def issue(self) -> Issue:
        """The issue that the address names; 404 when the caller cannot see it."""
        return self.store.issue_for(self.user, self.parameters["issue"])

    @property
    def project(self) -> Project:
        """The project that the address names; 404 when the caller cannot see it."""
        reference, configuration = self.parameters["project"], self.store.configuration
        project = configuration.project(reference) or configuration.shelved_project(reference)
        if project is None or not self.store.rights.may(self.user, "BROWSE_PROJECTS", project):
            raise Refused(404, f"No project could be found with key '{reference}'.")
        return project

    def check_forgery(self) -> None:
        """Demand the header that a browser cannot send; 403 without, since the request might be a forgery."""
        if self.headers.get("x-atlassian-token", "").lower() not in ("no-check", "nocheck"):
            raise Refused(403, "XSRF check failed")

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

    def require(self, name: str) -> None:
        """Demand a parameter of the query string, whatever it says; 400 without it."""
        if name not in self.query:
            raise Refused(400, f"The query parameter '{name}' is required.")

    def integer(self, name: str, default: int) -> int:
        """Return a whole number from the query string; 400 for anything else."""
        text = self.query.get(name)
        if text is None or text == "":
            return default
        if not text.removeprefix("-").isdecimal():
            raise Refused(400, f"Failed to convert '{name}' with value: '{text}'")
        return int(text)

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """Return a whole number from the query string, a negative one as 0, cut at `most`; 400 else."""
        number = max(self.integer(name, default), 0)
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


def page(
    call: Call,
    name: str,
    rows: list[Any],
    show: Callable[[Any], Any],
    size: int = 50,
    most: int | None = None,
) -> dict[str, Any]:
    """Return one page of rows in the older form: startAt, maxResults, total and the rows as `name`.

    A page has `size` rows when nobody asks for another number, and never more than `most`.
    """
    start, limit = call.number("startAt", 0), call.number("maxResults", size, most)
    shown = [show(row) for row in rows[start : start + limit]]
    return {"startAt": start, "maxResults": limit, "total": len(rows), name: shown}


def bean(
    call: Call,
    path: str,
    rows: list[Any],
    show: Callable[[Any], Any],
    size: int = 50,
    most: int | None = None,
) -> dict[str, Any]:
    """Return one page of rows in the platform's newer form, with self, nextPage and isLast."""
    content = page(call, "values", rows, show, size, most)
    start, limit = content["startAt"], content["maxResults"]
    address = f"{call.view.api}/{path}?maxResults={limit}&startAt="
    last = start + limit >= len(rows)
    return {
        "self": f"{address}{start}",
        **({} if last else {"nextPage": f"{address}{start + limit}"}),
        **content,
        "isLast": last,
    }
