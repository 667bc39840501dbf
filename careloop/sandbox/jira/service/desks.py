"""Service desks, and who may ask at them: customers one by one, organizations, and the agents."""

from collections.abc import Iterable
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import ServiceDesk
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

CUSTOMERS = "Service Desk Customers"
_SITE = UUID("9a7c2e10-35d8-4a6b-8f27-1c3e5a700000")


def may_ask(store: Store, user: User, desk: ServiceDesk) -> bool:
    """Return whether an account may raise requests at a service desk: its customers and its agents."""
    if not user.active:
        return False
    if CUSTOMERS in user.roles.get(desk.project.key, ()) or store.rights.is_agent(user, desk.project):
        return True
    organizations = store.service.organizations.values()
    return any(desk.id in one.desks and user in one.members for one in organizations)


def desks(store: Store, user: User) -> list[ServiceDesk]:
    """Return the service desks at which an account may raise requests."""
    return [desk for desk in store.configuration.service_desks if may_ask(store, user, desk)]


def desk(store: Store, user: User, reference: str) -> ServiceDesk:
    """Return a service desk by its id or the key of its project; 404 when the account has no part in it."""
    register = store.configuration.service_desks
    by_key = (one for one in register if one.project.key == reference)
    found = register.by_id(reference) or next(by_key, None)
    if found is None or not may_ask(store, user, found):
        raise Refused(404, f"The service desk with id '{reference}' does not exist or you may not use it.")
    return found


def desk_for_agent(store: Store, user: User, reference: str) -> ServiceDesk:
    """Return a service desk to one of its agents; 403 to its customers."""
    found = desk(store, user, reference)
    if not store.rights.is_agent(user, found.project):
        raise Refused(403, "You need to be an agent of this service desk to do that.")
    return found


def desk_for_administrator(store: Store, user: User, reference: str) -> ServiceDesk:
    """Return a service desk to those who administer its project or the site; 403 to others."""
    found = desk(store, user, reference)
    if not administers(store, user, found):
        raise Refused(403, "You need to be an administrator of this service desk to do that.")
    return found


def administers(store: Store, user: User, desk: ServiceDesk) -> bool:
    """Return whether an account may set up a service desk."""
    return store.rights.administers(user) or store.rights.may(user, "ADMINISTER_PROJECTS", desk.project)


def account(store: Store, reference: object) -> User | None:
    """Return an account by what the site calls it: the account id on Cloud, name or address else."""
    text = str(reference)
    return store.account(text) or (None if store.is_cloud else store.people.by_email(text))


def accounts(store: Store, references: Iterable[object]) -> list[User]:
    """Return accounts; 400 naming those that do not exist."""
    given = list(references)
    found = [account(store, reference) for reference in given]
    if unknown := [str(r) for r, user in zip(given, found, strict=True) if user is None]:
        raise Refused(400, f"The users {', '.join(unknown)} do not exist.")
    return [user for user in found if user is not None]


def customers(store: Store, desk: ServiceDesk, query: str) -> list[User]:
    """Return the customers of a service desk one of whose names or whose address begins with `query`."""
    named = store.people.starting_with(query)
    return [user for user in named if user.active and CUSTOMERS in user.roles.get(desk.project.key, ())]


def add_customer(desk: ServiceDesk, user: User) -> None:
    """Make somebody a customer of a service desk, unless they are one."""
    key = desk.project.key
    if CUSTOMERS not in user.roles.get(key, ()):
        user.roles[key] = (*user.roles.get(key, ()), CUSTOMERS)


def remove_customer(desk: ServiceDesk, user: User) -> None:
    """Take a customer from a service desk; what they asked stays."""
    key = desk.project.key
    user.roles[key] = tuple(role for role in user.roles.get(key, ()) if role != CUSTOMERS)


def create_customer(store: Store, email: str, name: str, *, strict: bool = False) -> User:
    """Create a portal-only account; 400 for a wrong address, 400 or (when `strict`) 409 for a known one."""
    local, at, domain = email.partition("@")
    if not (local and at and "." in domain) or " " in email:
        raise Refused(400, f"'{email}' is not a valid email address.")
    if store.people.by_email(email) is not None:
        raise Refused(409 if strict else 400, "An account already exists for this email.")
    number = store.next_id("customer", first=1)
    user = User(
        account_id=f"qm:{_SITE}:{uuid5(_SITE, f'{email} {number}')}",
        name=email,
        email=email,
        display_name=name or email,
        zone=ZoneInfo("UTC"),
        token=f"{email}-token",
        account_type="customer",
    )
    return store.people.add(user)
