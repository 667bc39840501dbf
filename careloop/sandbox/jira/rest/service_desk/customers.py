"""Customers: of a service desk, and accounts for the portal only."""

from functools import partial
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.rest.service_desk.desks import desk_of_administrator, desk_of_agent
from careloop.sandbox.jira.rest.service_desk.experimental import experimental
from careloop.sandbox.jira.rest.service_desk.paging import paged
from careloop.sandbox.jira.rest.service_desk.views import show_user
from careloop.sandbox.jira.service import desks


@experimental
def customers(call: Call) -> Answer:
    at = desk_of_agent(call)
    rows = desks.customers(call.store, at, call.query.get("query", ""))
    return Answer(200, paged(call, f"/servicedesk/{at.id}/customer", rows, partial(show_user, call)))


def add_customers(call: Call) -> Answer:
    """Add customers; who exists is added even when 400 names others who do not."""
    at = desk_of_administrator(call)
    found = [desks.account(call.store, reference) for reference in _references(call)]
    for user in found:
        if user is not None:
            desks.add_customer(at, user)
    named_accounts(call)
    return Answer(204)


@experimental
def remove_customers(call: Call) -> Answer:
    at = desk_of_administrator(call)
    for user in named_accounts(call):
        desks.remove_customer(at, user)
    return Answer(204)


@experimental
def invite(call: Call) -> Answer:
    """Create an account and make it a customer of the desk."""
    at = desk_of_administrator(call)
    made = _create_customer(call)
    desks.add_customer(at, made)
    return Answer(201, show_user(call, made))


def create_customer(call: Call) -> Answer:
    return Answer(201, show_user(call, _create_customer(call)))


def revoke(call: Call) -> Answer:
    """Take a portal-only account its access away."""
    _demand_administrator(call)
    user = call.store.people.by_account(call.parameters["account"])
    if user is None or user.account_type != "customer":
        raise Refused(404, f"There is no portal-only account '{call.parameters['account']}'.")
    user.active = False
    return Answer(204)


def named_accounts(call: Call) -> list[User]:
    """Return the accounts that a body names, by account id on Cloud and by user name on Data Center."""
    return desks.accounts(call.store, _references(call))


def _references(call: Call) -> list[Any]:
    key = "accountIds" if call.store.is_cloud else "usernames"
    given = call.object().get(key)
    if not isinstance(given, list) or not given:
        raise Refused(400, f"The list '{key}' is required.")
    return given


def _create_customer(call: Call) -> User:
    _demand_administrator(call)
    asked = call.object()
    email, name = asked.get("email"), asked.get("displayName") or asked.get("fullName")
    if not isinstance(email, str) or not isinstance(name, str):
        raise Refused(400, "The email and the displayName are required.")
    return desks.create_customer(call.store, email, name, strict=call.flag("strictConflictStatusCode"))


def _demand_administrator(call: Call) -> None:
    if not call.store.rights.administers(call.actor):
        raise Refused(403, "You need to be a Jira administrator to do that.")


ROUTES: list[Route] = [
    ("POST", "/customer", create_customer),
    ("PUT", "/customer/user/{account}/revoke-portal-only-access", revoke),
    ("GET", "/servicedesk/{desk}/customer", customers),
    ("POST", "/servicedesk/{desk}/customer", add_customers),
    ("DELETE", "/servicedesk/{desk}/customer", remove_customers),
    ("POST", "/servicedesk/{desk}/customer/invite", invite),
]
