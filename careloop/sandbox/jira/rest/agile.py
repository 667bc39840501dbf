"""The little of Jira Software's own API that is here: an epic and the issues below it."""

from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.rest.call import Answer, Call, Route, page

PREFIX = "/rest/agile/1.0"
EPIC_LEVEL = 1


def epic(call: Call) -> Answer:
    issue = _epic(call)
    done = issue.status.category.key == "done"
    address = f"{call.root}{PREFIX}/epic/{issue.id}"
    shown = {"id": issue.id, "key": issue.key, "self": address, "name": issue.summary}
    return Answer(200, {**shown, "summary": issue.summary, "color": {"key": "color_1"}, "done": done})


def children(call: Call) -> Answer:
    """Return the issues of an epic, in pages; a query narrows them down."""
    issue, rendering = _epic(call), call.rendering
    chosen = rendering.chosen(call.words("fields"), by_default="*navigable")
    wanted = call.query.get("jql")
    found = call.search.result(call.user, f"parent = {issue.key} AND ({wanted})").issues if wanted else None
    rows = [child for child in issue.children if found is None or child in found]

    def show(child: Issue) -> dict[str, Any]:
        return rendering.issue(child, chosen)

    return Answer(200, {"expand": "schema,names", **page(call, "issues", rows, show)})


def _epic(call: Call) -> Issue:
    issue = call.store.issue_for(call.user, call.parameters["epic"])
    if issue.kind.level != EPIC_LEVEL:
        raise Refused(404, "The requested epic does not exist, or you do not have permission to see it.")
    return issue


ROUTES: list[Route] = [
    ("GET", "/epic/{epic}", epic),
    ("GET", "/epic/{epic}/issue", children),
]
