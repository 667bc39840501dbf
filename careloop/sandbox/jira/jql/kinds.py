"""The kinds of values that fields have: their operators, how they rank, and what a literal means."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from careloop.sandbox.jira.jql import levels
from careloop.sandbox.jira.jql.asker import Asker
from careloop.sandbox.jira.jql.properties import meanings
from careloop.sandbox.jira.model.catalog import Field
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

PRESENCE = frozenset({"IS", "IS NOT"})
EQUALITY = PRESENCE | {"=", "!=", "IN", "NOT IN"}
ORDER = EQUALITY | {"<", ">", "<=", ">="}
TEXT = PRESENCE | {"~", "!~"}
HISTORY = frozenset({"WAS", "WAS NOT", "WAS IN", "WAS NOT IN", "CHANGED"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value; `rank` is what comparing and sorting go by, `type` its name in autocomplete data."""

    operators: frozenset[str]
    rank: Callable[[Any], Any]
    type: str


def _itself(value: Any) -> Any:
    return value


def _name(value: Any) -> str:
    return str(value.name).casefold()


_USER = "com.atlassian.jira.user.ApplicationUser"
_OPTION = "com.atlassian.jira.issue.customfields.option.Option"

KINDS = {
    "text": Kind(TEXT, str.casefold, "java.lang.String"),
    "label": Kind(EQUALITY, _itself, "com.atlassian.jira.issue.label.Label"),
    "number": Kind(ORDER, _itself, "java.lang.Number"),
    "duration": Kind(ORDER, _itself, "com.atlassian.jira.jql.util.JiraDurationUtils"),
    "datetime": Kind(ORDER, _itself, "java.util.Date"),
    "date": Kind(ORDER, lambda day: datetime.combine(day, time(), UTC), "java.util.Date"),
    "user": Kind(
        EQUALITY, lambda user: user.display_name.casefold(), "com.atlassian.jira.user.ApplicationUser"
    ),
    "issue": Kind(ORDER, lambda issue: (issue.project.key, issue.number), "com.atlassian.jira.issue.Issue"),
    "project": Kind(EQUALITY, _name, "com.atlassian.jira.project.Project"),
    "category": Kind(EQUALITY, _name, "com.atlassian.jira.project.ProjectCategory"),
    "projecttype": Kind(EQUALITY, _itself, "com.atlassian.jira.project.type.ProjectTypeKey"),
    "linktype": Kind(EQUALITY, _itself, "com.atlassian.jira.issue.link.IssueLinkType"),
    "issuetype": Kind(EQUALITY, _name, "com.atlassian.jira.issue.issuetype.IssueType"),
    "component": Kind(EQUALITY, _name, "com.atlassian.jira.bc.project.component.ProjectComponent"),
    "version": Kind(ORDER, lambda version: int(version.id), "com.atlassian.jira.project.version.Version"),
    "status": Kind(EQUALITY, lambda status: status.rank, "com.atlassian.jira.issue.status.Status"),
    "statusCategory": Kind(
        EQUALITY, lambda category: category.rank, "com.atlassian.jira.issue.status.category.StatusCategory"
    ),
    "priority": Kind(ORDER, lambda priority: priority.rank, "com.atlassian.jira.issue.priority.Priority"),
    "resolution": Kind(
        ORDER, lambda resolution: resolution.rank, "com.atlassian.jira.issue.resolution.Resolution"
    ),
    "securitylevel": Kind(EQUALITY, _name, "com.atlassian.jira.issue.security.IssueSecurityLevel"),
    "sd-customerrequesttype": Kind(EQUALITY, _name, "java.lang.String"),
    "option": Kind(
        EQUALITY, lambda option: int(option.id), "com.atlassian.jira.issue.customfields.option.Option"
    ),
    "option-with-child": Kind(EQUALITY, lambda option: int(option.id), _OPTION),
    levels.KIND: Kind(ORDER - PRESENCE - {"IN", "NOT IN"}, _itself, levels.TYPE),
    "property": Kind(ORDER | TEXT, _itself, "java.lang.Object"),
    "presence": Kind(PRESENCE, _itself, "java.lang.Object"),
}


def choices(asker: Asker, kind: str, text: str, field: Field | None = None) -> list[Any]:
    """Return what a literal means for a field whose values are picked from a set; nothing when unknown.

    What the asker cannot see is unknown. Issues are given by their ids, since the index may hold former
    states of them.
    """
    if kind in _HIDEABLE:
        return _HIDEABLE[kind](asker, text)
    finder = _FINDERS.get(kind)
    if finder:
        return finder(asker.store, text)
    if kind in ("option", "option-with-child") and field is not None:
        return field.options.find(text)
    return []


def _issues(asker: Asker, text: str) -> list[Any]:
    issue = asker.store.issue(text)
    return [issue.id] if issue and asker.store.rights.sees(asker.user, issue) else []


def _projects(asker: Asker, text: str) -> list[Any]:
    project = asker.store.configuration.project(text)
    found = [project] if project else asker.store.configuration.projects.named(text)
    return [one for one in found if asker.store.rights.may(asker.user, "BROWSE_PROJECTS", one)]


def _people(store: Store, text: str) -> list[Any]:
    """Return the accounts of this full name or address, this id on Cloud, this user name on Data Center.

    Atlassian docs, JQL fields (Assignee).
    """
    wanted = text.casefold()
    known = store.people.by_account(text) if store.is_cloud else store.people.by_name(wanted)
    found = [known] if known else []
    return found or [user for user in store.people if wanted in _names(user)]


def _names(user: User) -> tuple[str, ...]:
    return user.email.casefold(), user.display_name.casefold()


def _categories(store: Store, text: str) -> list[Any]:
    register = store.configuration.categories
    return [one for one in register if one.key == text.casefold()] or list(register.find(text))


def _link_phrases(store: Store, text: str) -> list[Any]:
    wanted = text.casefold()
    kinds = store.configuration.link_types
    known = {phrase.casefold() for kind in kinds for phrase in (kind.name, kind.inward, kind.outward)}
    return [wanted] if wanted in known else []


def _project_types(_: Store, text: str) -> list[Any]:
    kind = text.casefold().replace(" ", "_")
    return [kind] if kind in ("software", "business", "service_desk") else []


def _request_types(store: Store, text: str) -> list[Any]:
    """Return the request types of a name, which may name its project too: `Report a problem (HELP)`."""
    bare, _, key = text.removesuffix(")").rpartition(" (")
    found = [
        kind
        for desk in store.configuration.service_desks
        for kind in desk.request_types.find(bare if bare and key == desk.project.key else text)
    ]
    return list(found)


_HIDEABLE: dict[str, Callable[[Asker, str], list[Any]]] = {"issue": _issues, "project": _projects}
_FINDERS: dict[str, Callable[[Store, str], list[Any]]] = {
    "property": lambda _, text: meanings(text),
    "label": lambda _, text: [text],
    "user": _people,
    "category": lambda store, text: store.configuration.project_categories.find(text),
    "projecttype": _project_types,
    "linktype": _link_phrases,
    "statusCategory": _categories,
    "component": lambda store, text: [
        found for project in store.configuration.projects for found in project.components.find(text)
    ],
    "version": lambda store, text: [
        found for project in store.configuration.projects for found in project.versions.find(text)
    ],
    "issuetype": lambda store, text: store.configuration.issue_types.find(text),
    "status": lambda store, text: store.configuration.statuses.find(text),
    "priority": lambda store, text: store.configuration.priorities.find(text),
    "resolution": lambda store, text: store.configuration.resolutions.find(text),
    "sd-customerrequesttype": _request_types,
    "securitylevel": lambda store, text: [
        found for scheme in store.configuration.security_schemes for found in scheme.levels.find(text)
    ],
}
