"""The `jira` library on our transport; no other module imports it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from http import HTTPMethod
from typing import Any

import jira
import orjson
from requests import PreparedRequest, Response

from careloop.connectors.http import Transport, only_reads
from careloop.connectors.jira.refusal import explain
from careloop.connectors.jira.settings import Basic, Settings
from careloop.errors import AnswerLost, CareloopError, NotAnApi

API = "rest/api/2"  # version 2 takes and gives texts as wiki strings; version 3 wants documents
_READING_POSTS = ("/search", "/search/jql", "/changelog/bulkfetch", "/comment/list", "/issue/bulkfetch")


def reads(request: PreparedRequest) -> bool:
    """Tell whether a request changes nothing; Jira asks some questions by POST."""
    return only_reads(request) or str(request.path_url).partition("?")[0].endswith(_READING_POSTS)


class Connection(jira.JIRA):
    """A `jira.JIRA` whose session speaks through `transport` from its first request, serverInfo, on."""

    def __init__(self, url: str, transport: Transport, **options: Any) -> None:
        self._transport = transport
        super().__init__(url, max_retries=0, get_server_info=True, logging=False, **options)

    def _add_client_cert_to_session(self) -> None:  # called as soon as there is a session
        super()._add_client_cert_to_session()  # type: ignore[no-untyped-call] # the library has no type here
        self._session.mount("http://", self._transport)
        self._session.mount("https://", self._transport)

    def call(self, method: HTTPMethod, path: str, **content: Any) -> Response:
        """Call what the library has no method for, through the same session."""
        return self._session.request(method, f"{self.server_url}/{path}", **content)


class Client:
    """One site, connected to at the first call.

    Every call raises what the transport raises; what the site itself says no to becomes Refused for a
    write, and RecordMissing, RightMissing or SettingsError for a read.
    """

    def __init__(self, name: str, settings: Settings, transport: Transport) -> None:
        self.name = name
        self._settings = settings
        self._transport = transport

    @cached_property
    def _connection(self) -> Connection:
        settings, auth = self._settings, self._settings.auth
        credentials: dict[str, Any] = (
            {"basic_auth": (auth.user.encode(), auth.password.get_secret_value().encode())}
            if isinstance(auth, Basic)
            else {"token_auth": auth.token.get_secret_value()}
        )
        options = {"verify": settings.ca} if settings.ca else None
        try:
            return Connection(
                settings.url,
                self._transport,
                options=options,
                timeout=settings.timeout,
                **credentials,
            )
        except (jira.JIRAError, KeyError, TypeError, ValueError):
            raise NotAnApi(
                f"{self.name}: {settings.url} answers, but not as Jira does; check instances.{self.name}.url"
            ) from None

    @property
    def is_cloud(self) -> bool:
        """Tell whether this is Jira Cloud; asked of the site where the settings do not say it."""
        if self._settings.flavor:
            return self._settings.flavor == "cloud"
        return self._connection.deploymentType == "Cloud"

    def get(self, path: str, **params: Any) -> Any:
        """Read something below the API's root, such as `issue/10001`."""
        return self._call(HTTPMethod.GET, path, params={k: v for k, v in params.items() if v is not None})

    def ask(self, path: str, body: Mapping[str, Any], **params: Any) -> Any:
        """Read something that Jira is asked for by POST."""
        return self._call(HTTPMethod.POST, path, json=body, params=params)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Write something of which nothing needs to be known afterwards."""
        return self._call(HTTPMethod.POST, path, json=body, writes=True)

    def make(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Write something new; return what the answer says of it, its id at least."""
        made = self.post(path, body)
        if not isinstance(made, dict) or not made.get("id"):
            raise self._unclear(path, writes=True)
        return made

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Write over something."""
        return self._call(HTTPMethod.PUT, path, json=body, writes=True)

    def read_clock(self) -> datetime:
        """Return the site's time from the `Date` of an answer, to the second."""
        answer = self._send(HTTPMethod.GET, "serverInfo", writes=False)
        try:
            return parsedate_to_datetime(answer.headers.get("Date", "")).astimezone(UTC)
        except ValueError:
            raise NotAnApi(f"{self.name}: {self._settings.url} answers without a Date") from None

    def _call(self, method: HTTPMethod, path: str, *, writes: bool = False, **content: Any) -> Any:
        answer = self._send(method, path, writes=writes, **content)
        if not answer.content:
            return None
        try:
            return orjson.loads(answer.content)
        except ValueError:
            raise self._unclear(path, writes=writes) from None

    def _unclear(self, path: str, *, writes: bool) -> CareloopError:
        """Return the error for an answer that went well and says nothing that can be understood."""
        if writes:
            return AnswerLost(f"{self.name}: {path} was written to, and the answer makes no sense")
        return NotAnApi(f"{self.name}: {path} answered with no JSON; check instances.{self.name}.url")

    def _send(self, method: HTTPMethod, path: str, *, writes: bool, **content: Any) -> Response:
        try:
            return self._connection.call(method, f"{API}/{path}", **content)
        except jira.JIRAError as error:
            if error.response is None:
                raise
            raise explain(self.name, error.response, writes=writes) from None
