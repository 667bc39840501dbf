"""One account's plain HTTP calls to a pretend site."""

from dataclasses import dataclass
from typing import Any

import requests

URL = "http://jira.test"


@dataclass(frozen=True)
class Caller:
    """One account's plain HTTP calls to a site."""

    session: requests.Session

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        return self.session.request(method, f"{URL}{path}", json=body, params=query)

    def ok(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Return the parsed answer of a call that must succeed."""
        answer = self(method, path, body, **query)
        assert answer.ok, (answer.status_code, answer.text)
        return answer.json() if answer.content else None
