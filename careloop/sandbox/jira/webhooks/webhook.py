"""Webhooks: what somebody wants to be told, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Template

from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.users import User

LIFE = timedelta(days=30)
"""How long a dynamic webhook lives unless it is refreshed (Jira OpenAPI, refreshWebhooks)."""

EVENTS = (
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
    "issue_property_set",
    "issue_property_deleted",
    "worklog_created",
    "worklog_updated",
    "worklog_deleted",
    "attachment_created",
    "attachment_deleted",
    "issuelink_created",
    "issuelink_deleted",
    "project_created",
    "project_updated",
    "project_deleted",
    "project_soft_deleted",
    "project_restored_deleted",
    "project_archived",
    "project_restored_archived",
    "user_created",
    "user_updated",
    "user_deleted",
    "jira:version_created",
    "jira:version_updated",
    "jira:version_deleted",
    "jira:version_released",
    "jira:version_unreleased",
    "jira:version_moved",
    "option_timetracking_provider_changed",
)
DYNAMIC_EVENTS = EVENTS[:8]
"""Events that apps may register for (Jira OpenAPI, WebhookDetails)."""


@dataclass(slots=True, eq=False)
class Webhook:
    """One registration; a dynamic one belongs to an app, has a life and no secret."""

    id: int
    name: str
    url: str
    events: tuple[str, ...]
    owner: User
    updated: datetime
    jql: str = ""
    secret: str | None = None
    enabled: bool = True
    exclude_body: bool = False
    dynamic: bool = False
    expires: datetime | None = None
    field_ids: tuple[str, ...] = ()
    property_keys: tuple[str, ...] = ()

    def wants(self, happening: Happening, now: datetime) -> bool:
        """Return whether it asks for such an event, whatever the issue."""
        if not self.enabled or happening.name not in self.events or (self.expires and self.expires <= now):
            return False
        if self.field_ids and happening.name == "jira:issue_updated":
            items = happening.history.items if happening.history else ()
            return any(item.field_id in self.field_ids for item in items)
        if self.property_keys and happening.name.startswith("issue_property_"):
            return happening.thing in self.property_keys
        return True

    def address(self, happening: Happening) -> str:
        """Return the URL with what stands for `${issue.key}` and its like."""
        issue = happening.issue
        if issue is None or "${" not in self.url:
            return self.url
        words = {
            "issue.id": str(issue.id),
            "issue.key": issue.key,
            "project.id": issue.project.id,
            "project.key": issue.project.key,
        }
        return _Dotted(self.url).safe_substitute(words)


class _Dotted(Template):
    idpattern = r"[a-z]+\.[a-z]+"


def unknown_events(events: Sequence[object], known: Sequence[str]) -> list[str]:
    """Return which of the events asked for do not exist."""
    return [str(event) for event in events if event not in known]
