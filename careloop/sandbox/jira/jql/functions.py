"""The functions that a query can call (Atlassian docs, JQL functions)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.jql import levels
from careloop.sandbox.jira.jql.asker import Asker
from careloop.sandbox.jira.jql.dates import find_edge, is_edge, read_date
from careloop.sandbox.jira.jql.kinds import choices
from careloop.sandbox.jira.jql.tree import Call
from careloop.sandbox.jira.model.catalog import Version
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User

Arguments = tuple[str, ...]
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Function(NamedTuple):
    """One function: what it yields, how many arguments it takes, of which type, and whether it is a list."""

    name: str
    call: Callable[[Asker, Arguments], list[Any]]
    least: int = 0
    most: int = 0
    type: str = "java.lang.Object"
    is_list: bool = True


def find(name: str) -> Function | None:
    """Return the function of this name, whatever its case."""
    if is_edge(name):
        return Function(name, _edge(name), 0, 1, "java.util.Date", is_list=False)
    return _BY_NAME.get(name.casefold())


def every() -> list[Function]:
    """Return every function, in the order of their names."""
    edges = [f"{side}Of{unit}" for side in ("start", "end") for unit in ("Day", "Week", "Month", "Year")]
    return sorted([*_FUNCTIONS, *(one for name in edges if (one := find(name)))], key=lambda one: one.name)


def call(asker: Asker, function: Function, given: Call) -> list[Any]:
    """Return the values of a function; 400 for too few, too many or wrong arguments."""
    count = len(given.arguments)
    if not function.least <= count <= function.most:
        expected = function.least if count < function.least else function.most
        raise Refused(400, f"Function '{given.name}' expected '{expected}' arguments but received '{count}'.")
    return function.call(asker, given.arguments)


def _edge(name: str) -> Callable[[Asker, Arguments], list[Any]]:
    def edge(asker: Asker, arguments: Arguments) -> list[Any]:
        step = arguments[0] if arguments else None
        found = find_edge(name, step, asker.zone, asker.now)
        if found is None:
            raise Refused(400, f"Argument '{step}' to function '{name}' is not a period such as '-1d'.")
        return [found]

    return edge


def _user(asker: Asker, reference: str) -> User:
    found: list[User] = choices(asker, "user", reference)
    if not found:
        raise Refused(400, f"The user '{reference}' does not exist and cannot be used in a function.")
    return found[0]


def _issue(asker: Asker, reference: str) -> Issue:
    try:
        return asker.store.issue_for(asker.user, reference)
    except Refused:
        message = f"Issue '{reference}' could not be found in function: it does not exist or is hidden."
        raise Refused(400, message) from None


def _versions(asker: Asker, keys: Arguments) -> Iterator[Version]:
    """Yield the versions that are not archived, of some projects or of all, in their order."""
    projects = [asker.store.configuration.project(key) for key in keys]
    for project in projects or asker.store.configuration.projects:
        if project is None:
            raise Refused(400, f"Could not resolve the project '{keys[projects.index(None)]}'.")
        yield from (version for version in project.versions if not version.archived)


def _released(released: bool) -> Callable[[Asker, Arguments], list[Any]]:  # noqa: FBT001 - a value, not a mode
    return lambda asker, keys: [one for one in _versions(asker, keys) if one.released is released]


def _latest_released(asker: Asker, keys: Arguments) -> list[Any]:
    return [one for one in _versions(asker, keys) if one.released][-1:]


def _earliest_unreleased(asker: Asker, keys: Arguments) -> list[Any]:
    return [one for one in _versions(asker, keys) if not one.released][:1]


def _members(asker: Asker, names: Arguments) -> list[Any]:
    found = asker.store.people.group(names[0])
    if found is None:
        raise Refused(
            400,
            f"Function 'membersOf' can not generate a list of usernames for group '{names[0]}'; "
            "the group does not exist.",
        )
    return list(asker.store.people.members(found))


def _linked(asker: Asker, arguments: Arguments) -> list[Any]:
    """Return the issues linked to one, perhaps by certain link types or phrases only."""
    here, wanted = _issue(asker, arguments[0]), {word.casefold() for word in arguments[1:]}
    found = []
    for link in here.links:
        phrase = link.kind.outward if link.source is here else link.kind.inward
        if not wanted or {phrase.casefold(), link.kind.name.casefold()} & wanted:
            found.append((link.target if link.source is here else link.source).id)
    return found


def _with_remote_links(asker: Asker, global_ids: Arguments) -> list[Any]:
    wanted = set(global_ids)
    return [
        issue.id
        for issue in asker.store.issues.values()
        if any(link.global_id in wanted for link in issue.remote_links)
    ]


def _children(asker: Asker, arguments: Arguments) -> list[Any]:
    found: list[Any] = []
    waiting = list(_issue(asker, arguments[0]).children)
    while waiting:
        issue = waiting.pop()
        found.append(issue.id)
        waiting += issue.children
    return found


def _updated_by(asker: Asker, arguments: Arguments) -> list[Any]:
    """Return the issues that an account created, edited or commented on, perhaps within a time."""
    user = _user(asker, arguments[0])
    dates = [read_date(text, asker.zone, asker.now) for text in arguments[1:]]
    if None in dates:
        raise Refused(400, f"Date value '{arguments[1 + dates.index(None)]}' in 'updatedBy' is invalid.")
    start, end = [*dates, None, None][:2]

    def within(when: datetime) -> bool:
        return (start or _EVER) <= when <= (end or asker.now)

    return [
        issue.id
        for issue in asker.store.issues.values()
        if (issue.creator is user and within(issue.created))
        or any(entry.author is user and within(entry.created) for entry in issue.histories)
        or any(c.author is user and within(c.created) for c in issue.comments)
    ]


def _projects_led(asker: Asker, arguments: Arguments) -> list[Any]:
    user = _user(asker, arguments[0]) if arguments else asker.user
    return [one for one in asker.store.configuration.projects if user and one.lead == user.name]


def _projects_permitting(asker: Asker, arguments: Arguments) -> list[Any]:
    configuration = asker.store.configuration
    wanted = arguments[0].casefold()
    known = [p.key for p in configuration.permissions if wanted in (p.key.casefold(), p.name.casefold())]
    if not known:
        raise Refused(400, f"There is no permission '{arguments[0]}'.")
    return [one for one in configuration.projects if asker.store.rights.may(asker.user, known[0], one)]


def _projects_by_role(asker: Asker, arguments: Arguments) -> list[Any]:
    rights, user = asker.store.rights, asker.user
    projects = asker.store.configuration.projects
    return [one for one in projects if user and arguments[0] in rights.roles(user, one)]


def _mine(attribute: str) -> Callable[[Asker, Arguments], list[Any]]:
    """Return a function that yields the issues among whose watchers or voters the asker is."""
    return lambda asker, _: [
        issue.id for issue in asker.store.issues.values() if asker.user in getattr(issue, attribute)
    ]


def _level_state(name: str) -> Function:
    return Function(name, lambda *_: levels.state(name), type=levels.TYPE, is_list=False)


def _level_length(name: str) -> Function:
    return Function(name, lambda _, given: levels.length(name, given[0]), 1, 1, levels.TYPE, is_list=False)


_ISSUE, _DATE = "com.atlassian.jira.issue.Issue", "java.util.Date"
_USER, _VERSION = "com.atlassian.jira.user.ApplicationUser", "com.atlassian.jira.project.version.Version"
_PROJECT = "com.atlassian.jira.project.Project"
_TYPE = "com.atlassian.jira.issue.issuetype.IssueType"
_MANY = 100
_FUNCTIONS = [
    Function("now", lambda asker, _: [asker.now], type=_DATE, is_list=False),
    Function("currentUser", lambda asker, _: [asker.user] if asker.user else [], type=_USER, is_list=False),
    Function("membersOf", _members, 1, 1, _USER),
    Function("linkedIssues", _linked, 1, _MANY, _ISSUE),
    Function("childIssuesOf", _children, 1, 1, _ISSUE),
    Function("issuesWithRemoteLinksByGlobalId", _with_remote_links, 1, _MANY, _ISSUE),
    Function("issueHistory", lambda asker, _: asker.store.viewed_by(asker.user), type=_ISSUE),
    Function("updatedBy", _updated_by, 1, 3, _ISSUE),
    Function("watchedIssues", _mine("watchers"), type=_ISSUE),
    Function("votedIssues", _mine("voters"), type=_ISSUE),
    *(_level_state(name) for name in levels.STATES),
    *(_level_length(name) for name in levels.LENGTHS),
    Function("releasedVersions", _released(True), 0, _MANY, _VERSION),
    Function("unreleasedVersions", _released(False), 0, _MANY, _VERSION),
    Function("latestReleasedVersion", _latest_released, 1, 1, _VERSION, is_list=False),
    Function("earliestUnreleasedVersion", _earliest_unreleased, 1, 1, _VERSION, is_list=False),
    Function("standardIssueTypes", lambda asker, _: _kinds(asker, subtask=False), type=_TYPE),
    Function("subtaskIssueTypes", lambda asker, _: _kinds(asker, subtask=True), type=_TYPE),
    Function("projectsLeadByUser", _projects_led, 0, 1, _PROJECT),
    Function("projectsWhereUserHasPermission", _projects_permitting, 1, 1, _PROJECT),
    Function("projectsWhereUserHasRole", _projects_by_role, 1, 1, _PROJECT),
]
_BY_NAME = {function.name.casefold(): function for function in _FUNCTIONS}


def _kinds(asker: Asker, *, subtask: bool) -> list[Any]:
    return [kind for kind in asker.store.configuration.issue_types if kind.subtask is subtask]
