"""The Table API of one instance: pysnow for single records, requests and orjson for lists.

This is the only module that imports pysnow. What pysnow leaves out is done here: say what an error body says,
notice an error behind a status of 200, forget the state of one call before the next.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import orjson
from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter
from requests.auth import AuthBase, HTTPBasicAuth

from careloop.connectors.http import Network, Transport
from careloop.connectors.servicenow.settings import Basic, Settings
from careloop.errors import (
    AnswerLost,
    NotAnApi,
    RecordMissing,
    Refused,
    RightMissing,
    SettingsError,
    Unreachable,
)
from careloop.model.traffic import Traffic
from careloop.ports import Clock

Row = dict[str, str]
USER_AGENT = "careloop"


class PageTooLarge(Unreachable):
    """A list came back cut off, so that a smaller one is worth a try."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Some rows of a table; `total` counts all that match, also those our account may not see."""

    rows: list[Row]
    total: int
    has_next: bool
    date: datetime | None


class Client:
    """Reads and writes rows of one instance; every failure is an error of `careloop.errors`."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        clock: Clock,
        rng: random.Random,
        inner: BaseAdapter | None = None,
    ) -> None:
        self._name = name
        self._url = settings.url
        self._timeout = settings.timeout
        self._transport = Transport(
            inner or Network(settings.ca),
            clock=clock,
            name=name,
            rng=rng,
            timeout=settings.timeout,
            rate=settings.rate,
        )
        self._session = Session()
        self._session.auth = _authenticator(settings)
        for scheme in ("http://", "https://"):  # wherever a redirect may lead
            self._session.mount(scheme, self._transport)
        self._session.verify = settings.ca or True
        if settings.proxy:
            self._session.proxies = {"http": settings.proxy, "https": settings.proxy}
        self._session.hooks["response"].append(self._judge)
        self._session.headers.update({"Accept": "application/json", "User-Agent": USER_AGENT})
        self._no_row: tuple[type[Exception], ...] = ()

    @property
    def traffic(self) -> Traffic:
        """Return what went over the wire so far."""
        return self._transport.traffic

    def list(
        self,
        table: str,
        query: str,
        fields: tuple[str, ...],
        limit: int,
        offset: int = 0,
        *,
        displayed: bool = False,
    ) -> Listing:
        """Read one page of rows, as stored or as displayed to us; raises PageTooLarge when it is cut off."""
        parameters: dict[str, str | int] = {
            "sysparm_query": query,
            "sysparm_fields": ",".join(fields),
            "sysparm_limit": limit,
            "sysparm_offset": offset,
            "sysparm_display_value": "true" if displayed else "false",
            "sysparm_exclude_reference_link": "true",
        }
        response = self._session.get(f"{self._url}/api/now/table/{table}", params=parameters)
        rows = self._parse(response).get("result")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise PageTooLarge(f"{self._name}: a page of {table} holds something other than rows")
        return Listing(
            [_flatten(row) for row in rows],
            self._total(response),
            'rel="next"' in response.headers.get("Link", ""),
            _date(response),
        )

    def _total(self, response: Response) -> int:
        """Return how many rows there are; without that, no list is known to be complete."""
        text = response.headers.get("X-Total-Count", "")
        if not text.isdigit():
            says = f"{self._name}: {self._url} sends no X-Total-Count header"
            raise NotAnApi(f"{says}; a proxy in between must let it through, since it says where lists end")
        return int(text)

    def get(self, table: str, sys_id: str, fields: tuple[str, ...]) -> Row:
        """Read one row; raises RecordMissing when it is not there or hidden."""
        return self._call("GET", table, sys_id, fields, None)

    def patch(self, table: str, sys_id: str, values: Mapping[str, str]) -> Row:
        """Write some columns of a row and return what its answer says."""
        return self._call("PATCH", table, sys_id, (), values)

    def post(self, table: str, values: Mapping[str, str]) -> Row:
        """Insert a row and return it."""
        return self._call("POST", table, "", (), values)

    @cached_property
    def _pysnow(self) -> Any:
        """Return the library's client, imported by the first single row: lists are read without it."""
        import pysnow  # noqa: PLC0415 # a sixth of what starting a command takes

        address = urlsplit(self._url)
        made = pysnow.Client(host=address.netloc, use_ssl=address.scheme == "https", session=self._session)
        self._session.headers["User-Agent"] = USER_AGENT  # the library put in its own
        self._no_row = (pysnow.exceptions.MissingResult, pysnow.exceptions.NoResults)
        return made

    def _call(
        self, method: str, table: str, sys_id: str, fields: tuple[str, ...], body: Mapping[str, str] | None
    ) -> Row:
        resource = self._pysnow.resource(api_path=f"/table/{table}", timeout=self._timeout)
        resource.parameters.exclude_reference_link = True
        resource.parameters.fields = list(fields)
        options = {} if body is None else {"data": orjson.dumps(dict(body))}
        answer = resource.request(method, path_append=f"/{sys_id}" if sys_id else None, **options)
        try:
            return _flatten(answer.one())
        except self._no_row as error:
            raise self._unclear(method, f"an answer about {table} holds no row") from error

    def _judge(self, response: Response, **_: Any) -> None:
        """Look at every answer before pysnow does, which would take half of one for the whole."""
        if not response.ok:
            raise self._refusal(response)
        error = None if response.is_redirect else self._parse(response).get("error")
        if error:
            raise self._unclear(str(response.request.method), f"the platform gave up: {_say(error)}")

    def _refusal(self, response: Response) -> Exception:
        """Return the error that an answer of 400 and above means."""
        status, method = response.status_code, str(response.request.method)
        path = urlsplit(str(response.request.url)).path
        try:
            body = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            body = {}
        said = self._transport.redact(_say(body.get("error") if isinstance(body, dict) else None))
        says = f"{self._name}: {method} {path} was refused ({status}{f': {said}' if said else ''})"
        if status == 404:
            return RecordMissing(f"{self._name}: {path} is not there, or hidden from our account")
        if method != "GET":
            return Refused(says)
        if status == 403:
            return RightMissing(f"{says}; careloop check --print-rights lists what our account needs")
        if said.startswith("Invalid table"):
            return SettingsError(f"{says}; check instances.{self._name}.tables")
        return NotAnApi(f"{says}; check instances.{self._name}.url and its queries")

    def _parse(self, response: Response) -> dict[str, Any]:
        method = str(response.request.method)
        try:
            body = orjson.loads(response.content)
        except orjson.JSONDecodeError as error:
            raise self._unclear(method, "an answer is no JSON, or only a part of it") from error
        if not isinstance(body, dict):
            raise self._unclear(method, "an answer is not of the Table API's form")
        return body

    def _unclear(self, method: str, why: str) -> Exception:
        if method == "GET":
            return PageTooLarge(f"{self._name}: {self._transport.redact(why)}")
        return AnswerLost(f"{self._name}: after {method} {self._transport.redact(why)}; it may have happened")


class _Bearer(AuthBase):
    """Unlike a bare header this wins over whatever a .netrc file says."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _authenticator(settings: Settings) -> AuthBase:
    if isinstance(settings.auth, Basic):
        return HTTPBasicAuth(settings.auth.user.encode(), settings.auth.password.get_secret_value().encode())
    return _Bearer(settings.auth.token.get_secret_value())


def _flatten(row: Mapping[str, Any]) -> Row:
    """Return a row of texts; a reference may come as an object although links are switched off."""
    return {name: value if isinstance(value, str) else _text(value) for name, value in row.items()}


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return _text(value.get("value", value.get("display_value")))
    return "" if value is None else str(value)


def _say(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error or "")
    parts = (error.get("message"), error.get("detail"))
    return " ".join(": ".join(str(part) for part in parts if part).split())[:300]


def _date(response: Response) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
