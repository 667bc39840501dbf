"""One authenticated call, as the APIs see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from starlette.datastructures import Headers
from starlette.responses import Response

from careloop.sandbox.servicenow.engine import Engine
from careloop.sandbox.servicenow.errors import HttpRefused
from careloop.sandbox.servicenow.rest.formats import parse_fields
from careloop.sandbox.servicenow.session import Session


@dataclass(frozen=True)
class Call:
    """What was asked, by whom, of which instance.

    `method` is the one that counts (after `X-HTTP-Method-Override`; HEAD is GET), `path` holds the named
    parts of the address, `query` its parameters, `url` the whole of it, `root` ends with the host. `to_xml`
    says that the caller takes XML rather than JSON.
    """

    engine: Engine
    session: Session
    method: str
    url: str
    root: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Headers
    body: bytes
    to_xml: bool = False

    @property
    def version(self) -> str:
        """Return `v1`, `v2` or nothing: the latest."""
        return self.path.get("version") or ""

    @property
    def base(self) -> str:
        """Return the address of the APIs in the version called, without a slash at the end."""
        return "/".join(part for part in (self.root, "api/now", self.version) if part)

    def fields(self) -> dict[str, Any]:
        """Return the fields of the record in the body; raises HttpRefused 400 or 415."""
        return parse_fields(self.headers.get("content-type", ""), self.body)

    def choose(self, methods: Mapping[str, Callable[["Call"], "Reply"]]) -> "Reply":
        """Answer with what stands for the call's method; raises HttpRefused 405 where nothing does."""
        verb = methods.get(self.method)
        if verb is None:
            raise HttpRefused(405, "Method not supported", f"{self.method} is not supported here")
        return verb(self)


class Reply(NamedTuple):
    """What an API answers: the status, what goes under `result`, and headers.

    `error` stands beside the result in a body that holds both; `content` is a body without `result`; a ready
    `raw` response stands for all of it.
    """

    status: int
    result: Any = None
    headers: Mapping[str, str] = MappingProxyType({})
    error: Mapping[str, Any] | None = None
    content: Mapping[str, Any] | None = None
    raw: Response | None = None


Api = Callable[[Call], Reply]
"""What answers at one kind of address; raises Refused."""
