"""Putting issues away: an archived one is read by its address, never found, never changed."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Literal

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.dates import read_day
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Archived, Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

Problem = Literal["issueIsSubtask", "issuesInArchivedProjects", "issuesNotFound"]
_WORDS: Mapping[Problem, str] = {
    "issueIsSubtask": "Issue is subtask.",
    "issuesInArchivedProjects": "Issue exists in archived project.",
    "issuesNotFound": "Issue not found.",
}
Problems = dict[Problem, list[str]]


def sort_out(store: Store, user: User, references: Iterable[str]) -> tuple[list[Issue], Problems]:
    """Return the issues among some references that can be put away or brought back, and what the others are.

    403 for who does not administer the site.
    """
    administer(store, user)
    fit: dict[Issue, None] = {}
    problems: Problems = {}
    for reference in references:
        issue = store.issue(reference)
        if issue is None or not store.rights.sees(user, issue):
            problems.setdefault("issuesNotFound", []).append(reference)
        elif issue.kind.subtask:
            problems.setdefault("issueIsSubtask", []).append(reference)
        elif issue.project.shelved:
            problems.setdefault("issuesInArchivedProjects", []).append(reference)
        else:
            fit[issue] = None
    return list(fit), problems


def archive(store: Store, user: User, issues: Iterable[Issue]) -> int:
    """Put issues away with their sub-tasks, and return how many that are."""
    return _set(store, issues, lambda: Archived(user, store.now()))


def unarchive(store: Store, issues: Iterable[Issue]) -> int:
    """Bring issues back with their sub-tasks, and return how many that are."""
    return _set(store, issues, lambda: None)


def show_problems(problems: Problems) -> dict[str, Any]:
    """Return which issues were left alone, and why."""
    return {
        name: {"count": len(found), "issueIdsOrKeys": found, "message": _WORDS[name]}
        for name, found in problems.items()
    }


def word(problems: Problems) -> list[tuple[str, list[str]]]:
    """Return why issues were left alone, in words, and which they are."""
    return [(_WORDS[name], found) for name, found in problems.items()]


def find_archived(store: Store, user: User, asked: Mapping[str, Any]) -> list[Issue]:
    """Return the archived issues that a filter lets through; 400 for a wrong one."""
    administer(store, user)
    span = asked.get("archivedDateRange")
    first, last = (_day(span, name) for name in ("dateAfter", "dateBefore"))
    return [
        issue
        for issue in store.issues.values()
        if issue.archived
        and _among(asked, "projects", issue.project.key, issue.project.id)
        and _among(asked, "issueTypes", issue.kind.id)
        and _among(asked, "reporters", issue.reporter.account_id if issue.reporter else "")
        and _among(asked, "archivedBy", issue.archived.by.account_id)
        and (first is None or issue.archived.since.date() >= first)
        and (last is None or issue.archived.since.date() <= last)
    ]


def _set(store: Store, issues: Iterable[Issue], state: Callable[[], Archived | None]) -> int:
    count = 0
    for issue in issues:
        for one in (issue, *(child for child in issue.children if child.kind.subtask)):
            former = one.archived
            store.begin_write(one, moves_updated=False, even_archived=True)
            one.archived = state()
            count += (one.archived is None) != (former is None)
    return count


def _among(asked: Mapping[str, Any], name: str, *values: str) -> bool:
    given = asked.get(name)
    if given is not None and not isinstance(given, list):
        raise Refused(400, f"The '{name}' must be a list.")
    return not given or any(value in given for value in values)


def _day(span: Any, name: str) -> date | None:
    if span is None:
        return None
    day = read_day(str(span.get(name))) if isinstance(span, Mapping) else None
    if day is None:
        raise Refused(400, "The archivedDateRange must have dates as dateAfter and dateBefore.")
    return day
