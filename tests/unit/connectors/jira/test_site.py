"""What hardly ever changes on a site is asked for once."""

from dataclasses import dataclass, field
from typing import Any

from careloop.connectors.jira import Settings
from careloop.connectors.jira.site import Site

SETTINGS = Settings.model_validate(
    {"url": "https://example.atlassian.net", "auth": {"type": "bearer", "token": "t"}, "projects": ["ENG"]}
)
DONE = {"id": "3", "name": "Done", "statusCategory": {"key": "done"}}


@dataclass
class Client:
    """Knows one status, and counts what it is asked."""

    name: str = "jira"
    asked: list[str] = field(default_factory=list)

    def get(self, path: str, **_: Any) -> Any:
        self.asked.append(path)
        return [DONE]


def test_histories_full_of_statuses_that_are_gone_ask_once_for_each() -> None:
    client = Client()
    site = Site(client, SETTINGS)  # type: ignore[arg-type]  # it answers, and that suffices
    for _ in range(3):
        assert site.status("3", "Done").category == "done"
        assert site.status("901", "Gone").category == "indeterminate"
        assert site.status("902", "Gone too").name == "Gone too"
    assert client.asked == ["status"] * 3
