"""Who has a say in a request: participants, subscribers, approvers, and the reporter's feedback."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.service import Feedback, participants
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.rest.service_desk.customers import named_accounts
from careloop.sandbox.jira.rest.service_desk.experimental import experimental
from careloop.sandbox.jira.rest.service_desk.paging import paged
from careloop.sandbox.jira.rest.service_desk.requests import request_of
from careloop.sandbox.jira.rest.service_desk.views import show_approval, show_user
from careloop.sandbox.jira.service import approvals, feedback, involvement
from careloop.sandbox.jira.store import Store

Change = Callable[[Store, User, Issue, Iterable[User]], None]


def all_participants(call: Call) -> Answer:
    return _show_participants(call, request_of(call))


def add_participants(call: Call) -> Answer:
    return _change_participants(call, involvement.add_participants)


def remove_participants(call: Call) -> Answer:
    return _change_participants(call, involvement.remove_participants)


def subscription(call: Call) -> Answer:
    issue = request_of(call)
    return Answer(200, {"subscribed": call.actor in call.store.service.subscribers(issue)})


def subscribe(call: Call) -> Answer:
    involvement.subscribe(call.store, call.actor, request_of(call))
    return Answer(204)


def unsubscribe(call: Call) -> Answer:
    involvement.unsubscribe(call.store, call.actor, request_of(call))
    return Answer(204)


def all_approvals(call: Call) -> Answer:
    issue = request_of(call)
    rows = approvals.approvals(call.store, issue)
    path = f"/request/{issue.key}/approval"
    return Answer(200, paged(call, path, rows, partial(show_approval, call, issue)))


def get_approval(call: Call) -> Answer:
    issue = request_of(call)
    found = approvals.find(call.store, issue, call.parameters["approval"])
    return Answer(200, show_approval(call, issue, found))


def decide(call: Call) -> Answer:
    issue = request_of(call)
    found = approvals.find(call.store, issue, call.parameters["approval"])
    approvals.decide(call.store, call.actor, issue, found, call.object().get("decision"))
    return Answer(200, show_approval(call, issue, found))


@experimental
def get_feedback(call: Call) -> Answer:
    return Answer(200, _show_feedback(feedback.find(call.store, request_of(call))))


@experimental
def give_feedback(call: Call) -> Answer:
    given = feedback.give(call.store, call.actor, request_of(call), call.object())
    return Answer(201, _show_feedback(given))


@experimental
def withdraw_feedback(call: Call) -> Answer:
    feedback.withdraw(call.store, call.actor, request_of(call))
    return Answer(204)


def _change_participants(call: Call, change: Change) -> Answer:
    issue = request_of(call)
    change(call.store, call.actor, issue, named_accounts(call))
    return _show_participants(call, issue)


def _show_participants(call: Call, issue: Issue) -> Answer:
    path = f"/request/{issue.key}/participant"
    return Answer(200, paged(call, path, participants(issue), partial(show_user, call)))


def _show_feedback(given: Feedback) -> dict[str, Any]:
    shown: dict[str, Any] = {"type": "csat", "rating": given.rating}
    return shown | ({"comment": {"body": given.words}} if given.words is not None else {})


ROUTES: list[Route] = [
    ("GET", "/request/{issue}/participant", all_participants),
    ("POST", "/request/{issue}/participant", add_participants),
    ("DELETE", "/request/{issue}/participant", remove_participants),
    ("GET", "/request/{issue}/notification", subscription),
    ("PUT", "/request/{issue}/notification", subscribe),
    ("DELETE", "/request/{issue}/notification", unsubscribe),
    ("GET", "/request/{issue}/approval", all_approvals),
    ("GET", "/request/{issue}/approval/{approval}", get_approval),
    ("POST", "/request/{issue}/approval/{approval}", decide),
    ("GET", "/request/{issue}/feedback", get_feedback),
    ("POST", "/request/{issue}/feedback", give_feedback),
    ("DELETE", "/request/{issue}/feedback", withdraw_feedback),
]
