"""Which fields a person can fill in: what the screen shows and the field configuration does not hide."""

from collections.abc import Iterable

from careloop.sandbox.jira.model.catalog import IssueType, Project
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.screen import Form
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.model.workflow import Transition
from careloop.sandbox.jira.store import Store

_ALWAYS_REQUIRED = frozenset({"summary", "resolution"})
"""Fields that no screen lets one leave empty: there is no empty choice among the resolutions of a screen."""


def to_create(store: Store, user: User, project: Project, kind: IssueType) -> Form:
    """Return what an account can fill in when it creates an issue of a type."""
    screen = project.schemes.screens.of(kind.id).of("create")
    behaviours = project.schemes.fields.of(kind.id).fields.items()
    demanded = {name for name, behaviour in behaviours if behaviour.required and not behaviour.hidden}
    form = _form(store, project, kind, _open_to(store, user, project, screen.fields()))
    return Form(form.fields, form.required | demanded)


def to_edit(store: Store, user: User, issue: Issue) -> Form:
    """Return what an account can change in an issue; its type, too, among those of the project."""
    screen = issue.project.schemes.screens.of(issue.kind.id).of("edit")
    return _form(store, issue.project, issue.kind, _open_to(store, user, issue, screen.fields()))


def to_move(store: Store, issue: Issue, step: Transition) -> Form | None:
    """Return what can be filled in when an issue makes a transition, None when it shows no screen."""
    return _form(store, issue.project, issue.kind, step.screen.fields()) if step.screen else None


def _open_to(store: Store, user: User, place: Project | Issue, names: Iterable[str]) -> list[str]:
    """Return the fields that an account may set, and the type; security only where there is some."""
    project = place.project if isinstance(place, Issue) else place
    hidden = {"issuetype"}
    if not store.rights.may(user, "MODIFY_REPORTER", place):
        hidden.add("reporter")
    if project.schemes.security is None or not store.rights.may(user, "SET_ISSUE_SECURITY", place):
        hidden.add("security")
    return [*(name for name in names if name not in hidden), "issuetype"]


def _form(store: Store, project: Project, kind: IssueType, names: Iterable[str]) -> Form:
    """Return a form of the fields that exist for such issues, with the required ones first."""
    configuration = project.schemes.fields.of(kind.id)
    known = [name for name in dict.fromkeys(names) if _exists(store, name, project, kind)]
    shown = [name for name in known if not configuration.of(name).hidden]
    required = {name for name in shown if name in _ALWAYS_REQUIRED or configuration.of(name).required}
    return Form(tuple(sorted(shown, key=lambda name: name not in required)), frozenset(required))


def _exists(store: Store, name: str, project: Project, kind: IssueType) -> bool:
    """Return whether a field is to be had: a custom one where one of its contexts holds."""
    field = store.configuration.fields.by_id(name)
    return field is None or not field.custom or field.context_of(project.id, kind.id) is not None
