"""The people of the story: what they do passes through the same rules and rights as REST does."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from careloop.sandbox.jira.actions.issue import comment, creating, editing, linking, moving
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.model.workflow import Transition
from careloop.sandbox.jira.rendering import Rendering
from careloop.sandbox.jira.search import Search
from careloop.sandbox.jira.service import desks, requests
from careloop.sandbox.jira.store import Store
from careloop.sandbox.jira.view import View

ROOT = "http://jira.example.com"


class Actor:
    """One person at work; fields are written as in version 2 of the REST API, errors are `Refused`."""

    def __init__(self, store: Store, search: Search, user: User) -> None:
        self._store = store
        self._search = search
        self.user = user

    def create_issue(self, project: str, issue_type: str, summary: str, **fields: Any) -> str:
        """Create an issue and return its key."""
        given = {"project": {"key": project}, "issuetype": {"name": issue_type}, "summary": summary, **fields}
        return creating.create(self._store, self.user, {"fields": given}, rich=False).key

    def raise_request(self, request_type: str, summary: str, description: str = "", desk: str = "1") -> str:
        """Raise a request through the portal, by the name of its type, and return its key."""
        kinds = desks.desk(self._store, self.user, desk).request_types.named(request_type)
        values = {"summary": summary, **({"description": description} if description else {})}
        asked = {
            "serviceDeskId": desk,
            "requestTypeId": kinds[0].id if kinds else "",
            "requestFieldValues": values,
        }
        return requests.raise_request(self._store, self.user, asked).key

    def edit(self, key: str, **fields: Any) -> None:
        """Edit fields of an issue."""
        editing.edit(self._store, self.user, self._issue(key), {"fields": fields}, rich=False)

    def delete(self, key: str) -> None:
        """Delete an issue."""
        creating.delete(self._store, self.user, self._issue(key), with_children=True)

    def transitions(self, key: str) -> list[str]:
        """Return the names of the transitions open to this person: for customers, those on the portal."""
        return [step.name for step in self._steps(self._issue(key))]

    def transition(self, key: str, name: str, *, text: str | None = None, **fields: Any) -> None:
        """Make a transition by name, with fields of its screen and a comment; customers use the portal."""
        issue = self._issue(key)
        step = next((s.id for s in self._steps(issue) if s.name.casefold() == name.casefold()), name)
        if self._on_portal(issue):
            asked = {"id": step, **({"additionalComment": {"body": text}} if text else {})}
            requests.move(self._store, self.user, issue, asked)
        else:
            update = {"comment": [{"add": {"body": text}}]} if text else {}
            details = {"transition": {"id": step}, "fields": fields, "update": update}
            moving.transition(self._store, self.user, issue, details, rich=False)

    def comment(self, key: str, text: str, *, public: bool = True) -> str:
        """Comment on an issue or request and return the comment's id; `public` matters in a service desk."""
        issue = self._issue(key)
        if issue.project.is_service_desk and issue.request_type:
            asked = {"body": text, "public": public}
            return str(requests.add_comment(self._store, self.user, issue, asked).id)
        properties = [] if public else [{"key": comment.AUDIENCE, "value": {"internal": True}}]
        raw = {"body": text, "properties": properties}
        draft = comment.read(self._store, self.user, issue, raw, rich=False)
        return str(comment.add(self._store, issue, self.user, draft).id)

    def link(self, source: str, link_type: str, target: str) -> None:
        """Link two issues, as in `link("ENG-1", "Blocks", "ENG-2")`: the first blocks the second."""
        ends = {"inwardIssue": {"key": source}, "outwardIssue": {"key": target}}
        linking.link(self._store, self.user, {"type": {"name": link_type}, **ends}, rich=False)

    def get(self, key: str) -> dict[str, Any]:
        """Return an issue with all fields, as version 2 of the REST API shows it to this person."""
        rendering = self._rendering()
        shown = rendering.issue(self._issue(key), rendering.chosen([], by_default="*all"))
        return self._plain(shown)

    def comments(self, key: str) -> list[dict[str, Any]]:
        """Return the comments this person may read, oldest first."""
        issue = self._issue(key)
        on_portal = self._on_portal(issue)
        rows = (requests.comments if on_portal else comment.readable)(self._store, self.user, issue)
        rendering = self._rendering()
        return [self._plain(rendering.comment(row, properties=True)) for row in rows]

    def history(self, key: str) -> list[dict[str, Any]]:
        """Return the changelog of an issue, oldest first."""
        rendering = self._rendering()
        return [self._plain(rendering.history(entry)) for entry in self._issue(key).histories]

    def search(self, jql: str) -> list[str]:
        """Return the keys of the issues that a query finds for this person, in its order."""
        return [issue.key for issue in self._search.result(self.user, jql).issues]

    def _steps(self, issue: Issue) -> list[Transition]:
        find = moving.on_portal if self._on_portal(issue) else moving.available
        return find(self._store, self.user, issue)

    def _on_portal(self, issue: Issue) -> bool:
        return not self._store.rights.sees(self.user, issue)

    def _issue(self, key: str) -> Issue:
        try:
            return self._store.issue_for(self.user, key)
        except Refused:
            return requests.request(self._store, self.user, key)

    def _rendering(self) -> Rendering:
        return Rendering(self._store, self.user, View(ROOT, 2, ZoneInfo("UTC"), self._store.flavor))

    def _plain(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        return dict(orjson.loads(orjson.dumps(shown)))
