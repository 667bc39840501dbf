"""Whom an issue falls to when nobody is named.

Sources: Jira OpenAPI (`assigneeType` and `realAssigneeType` of components, `-1` of assignIssue); of several
components the first by name decides (Atlassian docs on components).
"""

from collections.abc import Iterable

from careloop.sandbox.jira.model.catalog import Component, Project
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

BY_PROJECT = "PROJECT_DEFAULT"


def assignee_by_default(store: Store, project: Project, components: Iterable[Component] = ()) -> User | None:
    """Return whom the components of an issue or else its project name, None for nobody."""
    for component in sorted(components, key=lambda one: one.name.casefold()):
        kind, assignee = assignee_of(store, project, component)
        if kind != BY_PROJECT:
            return assignee
    return _project_lead(store, project) if project.assignee_type == "PROJECT_LEAD" else None


def assignee_of(store: Store, project: Project, component: Component) -> tuple[str, User | None]:
    """Return how a component finds an assignee, and whom; by its project where its own way is barred."""
    lead = store.people.by_account(component.lead) if component.lead else None
    match component.assignee_type:
        case "COMPONENT_LEAD" if lead and store.rights.may(lead, "ASSIGNABLE_USER", project):
            return "COMPONENT_LEAD", lead
        case "PROJECT_LEAD" if found := _project_lead(store, project):
            return "PROJECT_LEAD", found
        case "UNASSIGNED":
            return "UNASSIGNED", None
    return BY_PROJECT, assignee_by_default(store, project)


def _project_lead(store: Store, project: Project) -> User | None:
    lead = store.people.by_name(project.lead)
    return lead if lead and store.rights.may(lead, "ASSIGNABLE_USER", project) else None
