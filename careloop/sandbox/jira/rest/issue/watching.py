"""Watchers and votes."""

from typing import Any

from careloop.sandbox.jira.actions.issue import watching
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rest.call import Answer, Call, Route, strings


def watchers(call: Call) -> Answer:
    issue = call.issue
    shown = call.rendering.watches(issue)
    return Answer(200, shown | {"watchers": [call.view.piece(user) for user in issue.watchers]})


def watch(call: Call) -> Answer:
    """Have somebody watch an issue: the account in the body, a JSON string, or else the caller."""
    reference = call.json() if call.body else None
    if not isinstance(reference, str | None):
        raise Refused(400, "The body must be an account ID as a JSON string.")
    watching.watch(call.store, call.actor, call.issue, _person(call, reference) if reference else call.actor)
    return Answer(204)


def unwatch(call: Call) -> Answer:
    reference = call.query.get("accountId" if call.store.is_cloud else "username")
    if not reference:
        raise Refused(400, "The account whose watching ends must be given.")
    watching.unwatch(call.store, call.actor, call.issue, _person(call, reference))
    return Answer(204)


def watched(call: Call) -> Answer:
    """Return for each issue whether the caller watches it; issues out of sight are not watched."""
    asked, issues = call.object("issueIds"), call.store.issues
    if "issueIds" not in asked:
        raise Refused(400, "The issueIds are required.")
    numbers = strings(asked, "issueIds")
    found = {number: issues.get(int(number)) if number.isdecimal() else None for number in numbers}
    return Answer(
        200,
        {
            "issuesIsWatching": {
                number: issue is not None and call.actor in issue.watchers for number, issue in found.items()
            }
        },
    )


def votes(call: Call) -> Answer:
    issue = call.issue
    shown: dict[str, Any] = call.rendering.votes(issue)
    return Answer(200, shown | {"voters": [call.view.piece(user) for user in issue.voters]})


def vote(call: Call) -> Answer:
    watching.vote(call.store, call.actor, call.issue)
    return Answer(204)


def withdraw_vote(call: Call) -> Answer:
    watching.withdraw_vote(call.store, call.actor, call.issue)
    return Answer(204)


def _person(call: Call, reference: str) -> User:
    found = call.store.account(reference)
    if found is None:
        raise Refused(404, f"The user '{reference}' does not exist.")
    return found


ROUTES: list[Route] = [
    ("GET", "/issue/{issue}/watchers", watchers),
    ("POST", "/issue/{issue}/watchers", watch),
    ("DELETE", "/issue/{issue}/watchers", unwatch),
    ("GET", "/issue/{issue}/votes", votes),
    ("POST", "/issue/{issue}/votes", vote),
    ("DELETE", "/issue/{issue}/votes", withdraw_vote),
]
CLOUD_ROUTES: list[Route] = [("POST", "/issue/watching", watched)]
