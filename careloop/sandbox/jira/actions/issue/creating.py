"""Making and removing issues."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.issue import comment, moving
from careloop.sandbox.jira.actions.issue.assigning import assignee_by_default
from careloop.sandbox.jira.actions.issue.defaults import fill_in
from careloop.sandbox.jira.actions.issue.editing import Values, read_object, read_values
from careloop.sandbox.jira.actions.issue.effects import Place, read_effects
from careloop.sandbox.jira.actions.issue.forms import to_create
from careloop.sandbox.jira.actions.issue.properties import read_properties
from careloop.sandbox.jira.actions.issue.values import Reading, pick
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import IssueType, Project, RequestType
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.model.workflow import Transition
from careloop.sandbox.jira.store import Store

_CHOSEN_FIRST = ("project", "issuetype")


def create(store: Store, user: User, details: Mapping[str, Any], *, rich: bool) -> Issue:
    """Create an issue from `fields`, `update` and `properties`; 400 names each wrong or missing field."""
    fields = details.get("fields")
    if not isinstance(fields, Mapping):
        raise Refused(400, "The request needs an object 'fields'.")
    project = _read_project(store, user, fields.get("project"))
    kind = _read_type(project, fields.get("issuetype"))
    reading = Reading(store, user, project, rich)
    form = to_create(store, user, project, kind)
    values = read_values(reading, form, details, None, skip=_CHOSEN_FIRST)
    place = Place(store, user, project, None, rich)
    effects = read_effects(place, read_object(details, "update"))
    properties = read_properties(details.get("properties"))
    fill_in(store, user, project, kind, form.fields, values)
    _check_parent(kind, values)
    issue = insert(store, user, project, kind, values)
    step = _first_step(store, user, issue, details.get("transition"))
    issue.properties = properties or None
    issue.watchers = (user,) if user.watches_by_itself else ()
    store.announce(Happening("jira:issue_created", user, issue))
    for effect in effects:
        effect(issue)
    if step:
        moving.follow(store, user, issue, step)
    return issue


def _first_step(store: Store, user: User, issue: Issue, raw: Any) -> Transition | None:
    """Return the transition that a new issue makes at once; for a wrong one there is no issue (400)."""
    if raw is None:
        return None
    try:
        return moving.chosen(raw, moving.available(store, user, issue))
    except Refused:
        store.remove(issue)
        raise


def create_request(
    store: Store, reporter: User, creator: User, project: Project, request_type: RequestType, values: Values
) -> Issue:
    """Create a customer request, which the portal shows."""
    issue = insert(store, creator, project, request_type.issue_type, {**values, "reporter": reporter})
    issue.request_type = request_type
    store.announce(Happening("jira:issue_created", creator, issue))
    comment.tell_reporter(store, issue, None, "created", f"We have received your request: {issue.summary}")
    return issue


def insert(store: Store, user: User, project: Project, kind: IssueType, values: Values) -> Issue:
    """Store an issue whose values were read; the reporter is whoever creates it unless another is given."""
    now = store.now()
    number = store.next_id(f"issue of {project.id}", first=1)
    issue = Issue(
        id=store.next_id("issue"),
        key=f"{project.key}-{number}",
        number=number,
        project=project,
        kind=kind,
        status=project.schemes.workflow.of(kind.id).initial,
        summary="",
        priority=store.configuration.priorities[store.configuration.default_priority],
        creator=user,
        reporter=user,
        created=now,
        updated=now,
        category_changed=now,
        level=project.schemes.security.default if project.schemes.security else None,
    )
    for name, value in values.items():
        issue.set(name, value)
    if "assignee" not in values:
        issue.assignee = assignee_by_default(store, project, issue.components)
    store.add(issue)
    return issue


def delete(store: Store, user: User, issue: Issue, *, with_children: bool) -> None:
    """Delete an issue for good; 400 when sub-tasks hang on it and were not given up too."""
    if not store.rights.may(user, "DELETE_ISSUES", issue):
        raise Refused(403, "You do not have permission to delete issues in this project.")
    children = [child for child in issue.children if child.kind.subtask]
    if children and not with_children:
        raise Refused(
            400, f"The issue '{issue.key}' has subtasks. You must specify the 'deleteSubtasks' parameter."
        )
    for doomed in [*children, issue]:
        store.announce(Happening("jira:issue_deleted", user, doomed, cascade=doomed is not issue))
        store.remove(doomed)


def _read_project(store: Store, user: User, raw: Any) -> Project:
    reference = pick("project", raw, "id", "key") if raw else ""
    project = store.configuration.project(reference)
    if project is None or not store.rights.may(user, "BROWSE_PROJECTS", project):
        raise invalid("project", "Specify a valid project ID or key")
    if not store.rights.may(user, "CREATE_ISSUES", project):
        raise Refused(400, "You do not have permission to create issues in this project.")
    return project


def _read_type(project: Project, raw: Any) -> IssueType:
    if not raw:
        raise invalid("issuetype", "Specify an issue type")
    reference = pick("issuetype", raw, "id", "name")
    for kind in project.issue_types:
        if kind.id == reference or kind.name.casefold() == reference.casefold():
            return kind
    raise invalid("issuetype", "Specify a valid issue type")


def _check_parent(kind: IssueType, values: Values) -> None:
    parent = values.get("parent")
    if kind.subtask and parent is None:
        raise Refused(
            400, errors={"parent": "Issue type is a sub-task but parent issue key or id not specified."}
        )
    if parent is not None and parent.kind.level != kind.level + 1:
        raise invalid("parentId", "Given parent work item does not belong to appropriate hierarchy.")
