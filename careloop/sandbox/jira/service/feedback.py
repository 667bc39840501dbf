"""What the reporter says of how a request was handled (CSAT)."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.service import Feedback
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

RATINGS = range(1, 6)


def find(store: Store, issue: Issue) -> Feedback:
    """Return the feedback on a request; 404 when there is none."""
    found = store.service.feedback.get(issue.id)
    if found is None:
        raise Refused(404, "There is no feedback on this request.")
    return found


def give(store: Store, user: User, issue: Issue, asked: Mapping[str, Any]) -> Feedback:
    """Rate a request, in the place of an earlier rating; only its reporter may (403)."""
    _demand_reporter(user, issue)
    rating, extra = asked.get("rating"), asked.get("comment")
    if asked.get("type") != "csat":
        raise Refused(400, "The type of the feedback must be 'csat'.")
    if isinstance(rating, bool) or not isinstance(rating, int) or rating not in RATINGS:
        raise Refused(400, "The rating must be a whole number from 1 to 5.")
    words = extra.get("body") if isinstance(extra, Mapping) else None
    if words is not None and not isinstance(words, str):
        raise Refused(400, "The body of the comment must be a string.")
    store.begin_write(issue, moves_updated=False)
    store.service.feedback[issue.id] = Feedback(rating, words)
    return store.service.feedback[issue.id]


def withdraw(store: Store, user: User, issue: Issue) -> None:
    """Take the rating back."""
    _demand_reporter(user, issue)
    find(store, issue)
    store.begin_write(issue, moves_updated=False)
    del store.service.feedback[issue.id]


def _demand_reporter(user: User, issue: Issue) -> None:
    if issue.reporter is not user:
        raise Refused(403, "Only the reporter of a request can give feedback on it.")
