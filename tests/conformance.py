"""Holds the pretend Jira to Atlassian's own documents, over whatever traffic the tests cause.

Each exchange is judged once for each shape it has: the request if it was accepted, the answer in any case.
What real sites do and the documents do not say is listed here (DEVIATIONS and below) and nowhere else.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import orjson
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4
from starlette.types import ASGIApp, Receive, Scope, Send

from careloop.sandbox.answer import Answer, capture, read, replay

SHARED = Path(__file__).parents[2] / "shared"
DOCUMENTS = ("jira-platform-v3.json", "jira-service-desk.json")

EXTRA_STATUSES = frozenset({"400", "401", "403", "404", "410", "412", "413", "415", "429"})
"""Any operation may refuse so (a malformed request, a missing right), whether its document says so or not."""

IGNORED_PARAMETERS = frozenset({"includeActive", "includeInactive"})
"""What python jira sends, and Cloud ignores."""

EXTRA_KEYS = frozenset({"untranslatedName", "defaultLocale", "displayUrlCSMHelpSeeker", "projectKeys"})
"""Keys that recorded answers of real sites have beyond the documents, or that these name in words only."""

DEVIATIONS = {
    "getRemoteIssueLinks": "answers with a list unless a globalId is given; the document knows one link",
    "getBulkChangelogs": "a switch writes `created` as a number, as the document's own sample does",
    "getBulkOperationProgress": "writes moments as numbers, as the document's own sample does",
    "parseJqlQueries": "the document closes the clause that its own alternatives extend",
}
"""Operations whose answers are not judged, and why."""

FREE_BODIES = frozenset({"setProperty", "bulkSetIssuesPropertiesList", "bulkSetIssuePropertiesByIssue"})
"""Operations that take properties, which are any JSON: one document forgets the body, the other closes it."""

OUTSIDE = re.compile(r"/rest/(auth|webhooks|agile|greenhopper)/|/rest/api/\d/webhook|^/(?!rest/)")
"""Addresses that no document describes, or that are listed as not covered."""

_VERSION = re.compile(r"^/rest/api/(2|3|latest)/")
_GATEWAY = re.compile(r"^/ex/jira/[^/]+")


class Exchange(NamedTuple):
    """One request and its answer."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    kind: str
    body: bytes
    answer: Answer


class Operation(NamedTuple):
    """One operation of a document, and where its description stands."""

    name: str
    method: str
    address: re.Pattern[str]
    source: Mapping[str, Any]
    document: Mapping[str, Any]
    place: str

    def parameters(self) -> Iterator[Mapping[str, Any]]:
        """Yield what may or must stand in the query string."""
        for row in self.source.get("parameters", ()):
            known = row
            if "$ref" in row:
                known = self.document["components"]["parameters"][row["$ref"].rpartition("/")[2]]
            if known["in"] == "query":
                yield known


class Judge:
    """Collects what does not conform in `violations`, in words."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[object] = set()
        self._validators: dict[str, Any] = {}
        self.violations: list[str] = []
        self.judged: set[str] = set()

    @cached_property
    def _documents(self) -> list[tuple[str, Any]]:
        return [(f"urn:{name}", orjson.loads((self._folder / name).read_bytes())) for name in DOCUMENTS]

    @cached_property
    def _registry(self) -> Registry[Any]:
        rows = [(urn, DRAFT4.create_resource(content)) for urn, content in self._documents]
        return Registry[Any]().with_resources(rows)

    @cached_property
    def operations(self) -> list[Operation]:
        """Every operation, those with the fewest parameters in their address first."""
        found = [
            Operation(
                source.get("operationId", f"{method} {path}"),
                method.upper(),
                re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)) + "$"),
                source,
                document,
                f"{urn}#/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}",
            )
            for urn, document in self._documents
            for path, methods in document["paths"].items()
            for method, source in methods.items()
            if method in ("get", "post", "put", "delete")
        ]
        return sorted(found, key=lambda one: one.address.pattern.count("[^/]+"))

    def watch(self, app: ASGIApp) -> ASGIApp:
        """Return an app that does the same, judged."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            body = await read(receive)
            answer = await capture(app, scope, replay(body))
            headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
            query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
            kind = headers.get("content-type", "")
            self.judge(Exchange(scope["method"], scope["path"], query, kind, body, answer))
            await answer.send(send)

        return watched

    def judge(self, exchange: Exchange) -> None:
        """Note what does not conform, unless an exchange of this shape was judged before."""
        path = _VERSION.sub("/rest/api/3/", _GATEWAY.sub("", exchange.path))
        status = exchange.answer.status
        if OUTSIDE.search(path) or status in (0, 405) or status >= 500:
            return
        operation = next(
            (o for o in self.operations if o.method == exchange.method and o.address.match(path)), None
        )
        if operation is None:
            if status < 400:
                self._complain(exchange, "answers at an address that the document does not know")
            return
        sent, said = (
            _parsed(exchange.body, exchange.kind),
            _parsed(exchange.answer.body, _kind(exchange.answer)),
        )
        shape = (operation.name, status, frozenset(exchange.query), _shape(sent), _shape(said))
        if shape in self._seen:
            return
        self._seen.add(shape)
        self.judged.add(operation.name)
        if status < 400:
            self._judge_query(exchange, operation)
            self._judge_body(exchange, operation, sent)
        self._judge_answer(exchange, operation, said)

    def _judge_query(self, exchange: Exchange, operation: Operation) -> None:
        known = {row["name"]: row for row in operation.parameters()}
        for name in exchange.query:
            if name not in known and name not in IGNORED_PARAMETERS:
                self._complain(
                    exchange, f"takes the parameter {name!r}, which {operation.name} does not have"
                )
        for name, row in known.items():
            if row.get("required") and "default" not in row["schema"] and name not in exchange.query:
                self._complain(exchange, f"does without the parameter {name!r} of {operation.name}")

    def _judge_body(self, exchange: Exchange, operation: Operation, sent: Any) -> None:
        described = operation.source.get("requestBody", {})
        if operation.name in FREE_BODIES:
            return
        if exchange.body and "application/json" in described.get("content", {}):
            self._validate(
                exchange, f"{operation.place}/requestBody/content/application~1json/schema", sent, "takes"
            )
        elif exchange.body and not described:
            self._complain(exchange, f"takes a body, which {operation.name} does not have")

    def _judge_answer(self, exchange: Exchange, operation: Operation, said: Any) -> None:
        status, described = str(exchange.answer.status), operation.source["responses"]
        if status not in described:
            if status not in EXTRA_STATUSES:
                self._complain(exchange, f"answers {status}, which {operation.name} does not know")
            return
        schema = described[status].get("content", {}).get("application/json", {}).get("schema")
        if status == "401" or said is None or operation.name in DEVIATIONS:
            return  # the login in front of both APIs speaks for itself, and a fault's web page is no JSON
        if schema:
            place = f"{operation.place}/responses/{status}/content/application~1json/schema"
            self._validate(exchange, place, said, "answers")

    def _validate(self, exchange: Exchange, place: str, value: Any, verb: str) -> None:
        if place not in self._validators:
            self._validators[place] = OAS30Validator({"$ref": place}, registry=self._registry)
        for error in self._validators[place].iter_errors(_tidy(value)):
            self._complain(exchange, f"{verb} {error.json_path}: {error.message[:300]}")

    def _complain(self, exchange: Exchange, words: str) -> None:
        self.violations.append(f"{exchange.method} {exchange.path} {words}")


def _kind(answer: Answer) -> str:
    return next((value.decode() for name, value in answer.headers if name.lower() == b"content-type"), "")


def _parsed(body: bytes, kind: str) -> Any:
    if not body or not kind.startswith("application/json"):
        return None
    try:
        return orjson.loads(body)
    except ValueError:
        return None


def _tidy(value: Any) -> Any:
    """Leave out what the documents forget: nulls and a few keys; a transition's id may be a number."""
    if isinstance(value, dict):
        kept = {k: _tidy(v) for k, v in value.items() if v is not None and k not in EXTRA_KEYS}
        transition = kept.get("transition")
        if isinstance(transition, dict) and isinstance(transition.get("id"), int):
            kept["transition"] = transition | {"id": str(transition["id"])}
        return kept
    return [_tidy(one) for one in value] if isinstance(value, list) else value


def _shape(value: Any) -> object:
    """Return the structure of a value: keys and types, without what it says."""
    if isinstance(value, dict):
        return frozenset((key, _shape(one)) for key, one in value.items())
    if isinstance(value, list):
        return frozenset(_shape(one) for one in value)
    return type(value)


JUDGE = Judge(SHARED / "specs") if SHARED.is_dir() else None
"""The judge of this test run, None where the documents are not at hand."""


def judged(app: ASGIApp) -> ASGIApp:
    """Return an app whose traffic is judged where the documents are at hand."""
    return JUDGE.watch(app) if JUDGE else app
