"""A pretend Jira, and what stands between it and the connector: a recorder and answers changed on the way."""

import json
import random
from collections.abc import Callable
from io import BytesIO
from typing import Any, Literal

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from careloop.connectors.jira import Jira, Settings
from careloop.sandbox.adapter import AsgiAdapter
from tests.conformance import judged
from tests.contract.jira_platform import JiraPlatform

Change = Callable[[Any], Any]


class Between(BaseAdapter):
    """Passes calls on, remembers them, and changes the answers of paths that end in a given way."""

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self._inner = inner
        self.seen: list[str] = []
        self.bodies: list[Any] = []
        self.timeouts: list[Any] = []
        self.changes: dict[str, Change] = {}

    def send(self, request: PreparedRequest, **options: Any) -> Response:  # type: ignore[override] # passed on
        path = str(request.path_url).partition("?")[0].removeprefix("/rest/api/2/")
        self.seen.append(f"{request.method} {path}")
        self.bodies.append(_body(request))
        self.timeouts.append(options.get("timeout"))
        response = self._inner.send(request, **options)
        for end, change in self.changes.items():
            if path.endswith(end) and response.ok and response.content:
                return _with_body(response, change(response.json()))
        return response

    def close(self) -> None:
        self._inner.close()


def _body(request: PreparedRequest) -> Any:
    return json.loads(request.body) if isinstance(request.body, bytes | str) else None


def _with_body(response: Response, body: Any) -> Response:
    changed = Response()
    changed.status_code, changed.headers = response.status_code, response.headers
    changed.request, changed.url = response.request, response.url
    changed.raw = BytesIO(json.dumps(body).encode())
    return changed


class Desk(JiraPlatform):
    """The pretend Jira with a connector of one's own settings, and everything it sent."""

    def __init__(self, project: str = "ENG", *, server: bool = False, **settings: Any) -> None:
        flavor: Literal["cloud", "dc"] = "dc" if server else "cloud"
        super().__init__(project, flavor=flavor)
        self.between = Between(
            AsgiAdapter(self.sandbox.jira_app if server else judged(self.sandbox.jira_app))
        )
        plain = {
            "url": "http://127.0.0.1:8081",
            "auth": self.credentials(flavor),
            "projects": [project],
        }
        self.connector = Jira(
            "jira", Settings.model_validate(plain | settings), self.clock, random.Random(1), self.between
        )

    @property
    def sent(self) -> list[str]:
        """Return what was sent since this was last asked."""
        sent = self.between.seen[:]
        self.between.seen.clear()
        return sent
