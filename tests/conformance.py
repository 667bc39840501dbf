"""Holds the pretend Jira to Atlassian's own documents, over whatever traffic the tests cause.

Each exchange is judged once for each shape it has: the request if it was accepted, the answer in any case.
A refusal is one that the document lists for its operation, or one that is listed here with a reason.
What real sites do and the documents do not say is listed here (ANYWHERE and below) and nowhere else.
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

ANYWHERE = {
    "401": "the login stands before every operation",
    "410": "what was removed since the document was written says so",
    "415": "what is no JSON is turned away before any operation reads it",
    "429": "limits stand before every operation",
}
"""Refusals that any operation may answer with, whether its document lists them or not, and why."""

FAULTS = range(500, 600)
"""Only a fault that a test orders answers so: no operation of the sandbox does."""

IGNORED_PARAMETERS = frozenset({"includeActive", "includeInactive"})
"""What python jira sends, and Cloud ignores."""

EXTRA_KEYS = frozenset({"untranslatedName", "defaultLocale", "displayUrlCSMHelpSeeker", "projectKeys"})
"""Keys that recorded answers of real sites have beyond the documents, or that these name in words only."""

_NO_DESK = "an unknown service desk is 404 wherever the address names one"
_NO_PROJECT = "an unknown project or type is 404 wherever the address names one"
UNLISTED = {
    "addAttachment": {"400": "a form without a file: the document does not say"},
    "checkRequestTypePermissions": {"404": _NO_DESK},
    "createOrUpdateRemoteIssueLink": {"413": "the document tells of this limit where links are read"},
    "getAllSystemAvatars": {"404": "an unknown kind of avatar: the document knows no refusal but 500"},
    "getArticles": {"404": _NO_DESK},
    "getCreateIssueMetaIssueTypeId": {"404": _NO_PROJECT},
    "getCreateIssueMetaIssueTypes": {"404": _NO_PROJECT},
    "getCustomerRequests": {"400": "a filter that there is not: the document does not say"},
    "setUserColumns": {"400": "a column that there is not: the document lets the operation break"},
    "getIssueTypeMappingsForContexts": {"404": "an unknown field is 404 wherever the address names one"},
    "getUser": {"400": "no account is named: the document calls none of its parameters required"},
}
"""Refusals that the document of an operation does not list, and why the sandbox answers so."""

EXPERIMENTAL = "412"
"""What operations that the document marks experimental answer without their header, as a switch says."""

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

    @property
    def refusal(self) -> str:
        """Where the document describes the body of a refusal that an operation leaves undescribed."""
        name = (
            "ErrorCollection"
            if "ErrorCollection" in self.document["components"]["schemas"]
            else "ErrorResponse"
        )
        return f"{self.place.partition('#')[0]}#/components/schemas/{name}"

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
        found = [(f"urn:{name}", orjson.loads((self._folder / name).read_bytes())) for name in DOCUMENTS]
        _mend(found[0][1])
        return found

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
        if OUTSIDE.search(path) or status == 0 or status in FAULTS:
            return
        operation = self.find(exchange.method, path)
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
        wrong = list(self._wrong_in_request(exchange, operation, sent))
        if status < 400:
            for words in wrong:
                self._complain(exchange, words)
        if self._lists(operation, str(status), excused=bool(wrong)):
            self._judge_answer(exchange, operation, said)
        else:
            self._complain(exchange, f"answers {status}, which {operation.name} does not know")

    def find(self, method: str, path: str) -> Operation | None:
        """Return the operation at an address, its version 3 where there are several."""
        return next(
            (one for one in self.operations if one.method == method and one.address.match(path)), None
        )

    def _wrong_in_request(self, exchange: Exchange, operation: Operation, sent: Any) -> Iterator[str]:
        """Yield what the document does not admit in a request."""
        known = {row["name"]: row for row in operation.parameters()}
        for name in exchange.query:
            if name not in known and name not in IGNORED_PARAMETERS:
                yield f"takes the parameter {name!r}, which {operation.name} does not have"
        for name, row in known.items():
            if row.get("required") and "default" not in row["schema"] and name not in exchange.query:
                yield f"does without the parameter {name!r} of {operation.name}"
        described = operation.source.get("requestBody", {})
        if operation.name in FREE_BODIES or not exchange.body:
            if described.get("required") and not exchange.body:
                yield f"does without the body of {operation.name}"
            return
        kinds = described.get("content", {})
        if exchange.kind.partition(";")[0] in kinds.keys() - {"application/json"}:
            return
        if "application/json" in kinds:
            place = f"{operation.place}/requestBody/content/application~1json/schema"
            yield from self._wrong(place, sent, "takes")
        elif not described:
            yield f"takes a body, which {operation.name} does not have"

    def _lists(self, operation: Operation, status: str, *, excused: bool) -> bool:
        """Return whether an operation may answer so; any may refuse a request that the document forbids."""
        unlisted = {*ANYWHERE, *UNLISTED.get(operation.name, ())}
        if operation.source.get("x-experimental"):
            unlisted.add(EXPERIMENTAL)
        if excused:
            unlisted.add("400")
        return status in operation.source["responses"] or status in unlisted

    def _judge_answer(self, exchange: Exchange, operation: Operation, said: Any) -> None:
        status = str(exchange.answer.status)
        if said is None:
            return  # nothing, a file, or a fault's web page
        described = operation.source["responses"].get(status, {})
        schema = described.get("content", {}).get("application/json", {}).get("schema")
        place = f"{operation.place}/responses/{status}/content/application~1json/schema"
        if status in ANYWHERE or not schema:
            if exchange.answer.status < 400:
                return
            place = operation.refusal
        for words in self._wrong(place, said, "answers"):
            self._complain(exchange, words)

    def _wrong(self, place: str, value: Any, verb: str) -> Iterator[str]:
        """Yield where a value departs from the schema at a place of a document."""
        if place not in self._validators:
            self._validators[place] = OAS30Validator({"$ref": place}, registry=self._registry)
        for error in self._validators[place].iter_errors(_tidy(value)):
            yield f"{verb} {error.json_path}: {error.message[:300]}"

    def _complain(self, exchange: Exchange, words: str) -> None:
        self.violations.append(f"{exchange.method} {exchange.path} {words}")


def _mend(document: Any) -> None:
    """Read the platform's document as its own samples and real sites do, where it contradicts them."""
    schemas = document["components"]["schemas"]
    for name in ("created", "started", "updated"):  # its sample of this operation shows numbers
        schemas["BulkOperationProgress"]["properties"][name] = {"type": "integer"}
    # its sample of the bulk changelog shows a number, its schema a text: a switch writes either
    entry = schemas["Changelog"]
    numbered = {**entry, "properties": {**entry["properties"], "created": {"type": "integer"}}}
    schemas["IssueChangeLog"]["properties"]["changeHistories"]["items"] = {"anyOf": [entry, numbered]}
    # its sample of field configurations shows what creating one answers, its schema what creating one takes
    found = schemas["PageBeanFieldConfigurationDetails"]["properties"]["values"]
    found["items"] = {"$ref": "#/components/schemas/FieldConfiguration"}
    # its sample of new members calls them `members`, as its own properties do, and demands another name
    del schemas["SecuritySchemeMembersRequest"]["required"]
    for name in ("JqlQueryClause", "CustomFieldContextDefaultValue"):
        del schemas[name]["additionalProperties"]  # which closes what its alternatives extend
    # it demands keys that it does not know, and closes choices without saying what is in them
    schemas["IssueBulkMovePayload"]["required"] = ["targetToSourcesMapping"]
    schemas["targetToSourcesMapping"]["required"] = ["issueIdsOrKeys"]
    schemas["IssueBulkOperationsFieldOption"] = {"type": "object"}
    schemas["ErrorCollections"] = schemas["ErrorCollection"]  # which it closes without saying what is in it
    # it has words where the keys should be, which its samples show
    whole = {"type": "integer"}
    schemas["DashboardGadgetPosition"]["properties"] = {"row": whole, "column": whole}
    schemas["DashboardGadgetPosition"]["required"] = ["row", "column"]
    # its words let a request name nobody, and so its caller
    document["paths"]["/rest/api/3/issue/{issueIdOrKey}/watchers"]["post"]["requestBody"]["required"] = False
    # real sites answer with a list unless a globalId is given
    links = document["paths"]["/rest/api/3/issue/{issueIdOrKey}/remotelink"]["get"]["responses"]["200"]
    one = links["content"]["application/json"]["schema"]
    links["content"]["application/json"]["schema"] = {"anyOf": [one, {"type": "array", "items": one}]}


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
