"""Which workflow issues of a type go through in a project: schemes, their drafts, and who uses them."""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from careloop.sandbox.jira.actions.workflow import migrations
from careloop.sandbox.jira.actions.workflow.migrations import Moves, Origin
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.scheme import Draft, Scheme
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.model.workflow import Workflow
from careloop.sandbox.jira.store import Store

Flows = Scheme[Workflow]
NAME_LENGTH = 255


def find(store: Store, reference: object, status: int = 404) -> Flows:
    """Return a workflow scheme by its id."""
    found = store.configuration.workflow_schemes.by_id(reference)
    if found is None:
        raise Refused(status, f"The workflow scheme with the id '{reference}' was not found.")
    return found


def create(store: Store, asked: Mapping[str, Any]) -> Flows:
    """Create a scheme; types that it does not name go through the first workflow of the site."""
    scheme = Scheme("", "", first(store))
    describe(store, scheme, {"name": None, **asked})
    scheme.id = str(store.next_id("workflowscheme", first=10_100))
    store.configuration.revision += 1
    return store.configuration.workflow_schemes.add(scheme)


def first(store: Store) -> Workflow:
    """Return the workflow that types go through unless something else is said."""
    return next(iter(store.configuration.workflows))


def describe(store: Store, scheme: Flows, asked: Mapping[str, Any]) -> None:
    """Make a scheme what a request says; workflows are given by name."""
    if "name" in asked:
        name = str(asked["name"] or "").strip()
        if not name or len(name) > NAME_LENGTH:
            raise Refused(400, errors={"name": f"A name of up to {NAME_LENGTH} characters must be given."})
        if any(one.id != scheme.id for one in store.configuration.workflow_schemes.named(name)):
            raise Refused(400, errors={"name": f"A workflow scheme with the name '{name}' already exists."})
        scheme.name = name
    rows = asked.get("issueTypeMappings")
    if rows is not None and not isinstance(rows, Mapping):
        raise Refused(400, "The 'issueTypeMappings' must be an object.")
    mapping = {
        known_type(store, kind, 400): workflow(store, name, 400) for kind, name in (rows or {}).items()
    }
    if asked.get("defaultWorkflow"):
        scheme.default = workflow(store, asked["defaultWorkflow"], 400)
    if rows is not None:
        scheme.mapping = mapping
    if "description" in asked:
        scheme.description = str(asked["description"] or "")


def delete(store: Store, scheme: Flows) -> None:
    """Delete a scheme that no project uses."""
    if users(store, scheme):
        raise Refused(400, f"The workflow scheme '{scheme.name}' is active.")
    if scheme is next(iter(store.configuration.workflow_schemes)):
        raise Refused(400, "The default workflow scheme cannot be deleted.")
    store.configuration.workflow_schemes.remove(scheme)
    store.configuration.workflow_drafts.pop(scheme.id, None)
    store.configuration.revision += 1


def users(store: Store, scheme: Flows) -> list[Project]:
    """Return the projects that use a scheme."""
    return [project for project in store.configuration.every_project() if project.schemes.workflow is scheme]


def editable(store: Store, user: User, scheme: Flows, *, draft: bool) -> Flows:
    """Return what a change goes to: a scheme nobody uses itself, for another its draft, if that is wanted."""
    if not users(store, scheme):
        return scheme
    if not draft:
        raise Refused(400, f"The workflow scheme '{scheme.name}' is active: set updateDraftIfNeeded to true.")
    return draft_of(store, user, scheme).scheme


def draft_of(store: Store, user: User, scheme: Flows) -> Draft[Workflow]:
    """Return the draft of a scheme, made now if there is none, as just changed by an account."""
    drafts = store.configuration.workflow_drafts
    if scheme.id not in drafts:
        fresh = copy(scheme)
        fresh.mapping = dict(scheme.mapping)
        drafts[scheme.id] = Draft(str(store.next_id("draft")), fresh, user.account_id, store.now())
    drafts[scheme.id].editor, drafts[scheme.id].edited = user.account_id, store.now()
    return drafts[scheme.id]


def find_draft(store: Store, scheme: Flows) -> Draft[Workflow]:
    """Return the draft of a scheme; 404 when there is none."""
    found = store.configuration.workflow_drafts.get(scheme.id)
    if found is None:
        raise Refused(404, f"The workflow scheme '{scheme.name}' has no draft.")
    return found


def set_types(store: Store, scheme: Flows, flow: Workflow, asked: Mapping[str, Any]) -> None:
    """Have exactly some types go through a workflow, and perhaps all that are not named anywhere."""
    kinds = asked.get("issueTypes")
    if kinds is not None:
        if not isinstance(kinds, list):
            raise Refused(400, "The 'issueTypes' must be a list.")
        known = [known_type(store, kind, 400) for kind in kinds]
        kept = {kind: one for kind, one in scheme.mapping.items() if one is not flow}
        scheme.mapping = {**kept, **dict.fromkeys(known, flow)}
    if asked.get("defaultMapping") is True:
        scheme.default = flow


def drop(store: Store, scheme: Flows, flow: Workflow) -> None:
    """Have no type go through a workflow any more."""
    if flow not in scheme.things():
        raise Refused(404, f"The workflow '{flow.name}' is not in the workflow scheme.")
    scheme.mapping = {kind: one for kind, one in scheme.mapping.items() if one is not flow}
    if scheme.default is flow:
        scheme.default = first(store)


def assign(store: Store, project: Project, scheme: Flows) -> None:
    """Have a project without issues use a scheme."""
    if any(issue.project is project for issue in store.issues.values()):
        raise Refused(400, "The project has issues: switch its workflow scheme instead.")
    project.schemes.workflow = scheme
    store.configuration.revision += 1


def switch(store: Store, user: User, project: Project, scheme: Flows, moves: Moves) -> None:
    """Have a project use another scheme, and move issues out of statuses that their new workflow lacks."""
    issues = [issue for issue in store.issues.values() if issue.project is project]
    kept = {kind.id: set(scheme.of(kind.id).statuses()) for kind in store.configuration.issue_types}
    migrations.demand(migrations.stranded(issues, moves, kept))
    project.schemes.workflow = scheme
    migrations.carry_out(store, user, issues, moves)
    store.renew()


def replace(store: Store, user: User, scheme: Flows, fresh: Flows, moves: Moves, *, only_check: bool) -> bool:
    """Make a scheme what another says, and return whether issues were moved for it."""
    projects = users(store, scheme)
    issues = [issue for issue in store.issues.values() if issue.project in projects]
    kept = {kind.id: set(fresh.of(kind.id).statuses()) for kind in store.configuration.issue_types}
    migrations.demand(migrations.stranded(issues, moves, kept))
    lost = [issue for issue in issues if issue.status not in kept[issue.kind.id]]
    if not only_check:
        scheme.name, scheme.description = fresh.name, fresh.description
        scheme.default, scheme.mapping = fresh.default, fresh.mapping
        scheme.version += 1
        migrations.carry_out(store, user, lost, moves)
        store.renew()
    return bool(lost)


def workflow(store: Store, name: object, status: int = 404) -> Workflow:
    """Return a workflow by its name."""
    found = store.configuration.workflows.named(str(name))
    if not found:
        raise Refused(status, f"The workflow '{name}' was not found.")
    return found[0]


def known_type(store: Store, reference: object, status: int = 404) -> str:
    """Return the id of an issue type that exists."""
    found = store.configuration.issue_types.by_id(reference)
    if found is None:
        raise Refused(status, f"The issue type with the id '{reference}' was not found.")
    return found.id


def read_moves(store: Store, rows: Iterable[tuple[str, Mapping[str, Any]]], before: str, after: str) -> Moves:
    """Return where issues go: pairs of an issue type's id and an object with the ids of two statuses."""
    found = {}
    for kind, row in rows:
        target = store.configuration.statuses.by_id(row.get(after))
        if target is None:
            raise Refused(400, f"The status with the id '{row.get(after)}' does not exist.")
        found[Origin(str(row.get(before)), "", kind)] = target
    return found
