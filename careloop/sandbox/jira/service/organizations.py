"""Organizations of customers: who is in them, and which service desks they belong to."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import ServiceDesk
from careloop.sandbox.jira.model.service import Organization
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

NAME_LENGTH = 200
_IDS = UUID("3c0e3a56-6f0e-4b53-9d0e-5a7d1f6b2c40")


def visible(store: Store, user: User, of: User | None = None) -> list[Organization]:
    """Return organizations, perhaps those `of` somebody: agents see all of them, customers their own."""
    wanted = of if is_agent_somewhere(store, user) else user
    rows = store.service.organizations.values()
    return [one for one in rows if wanted is None or wanted in one.members]


def find(store: Store, user: User, reference: object) -> Organization:
    """Return an organization that an account may see; 404 otherwise."""
    found = store.service.organizations.get(str(reference))
    if found is None or found not in visible(store, user):
        raise Refused(404, f"The organization with id '{reference}' does not exist.")
    return found


def find_for_agent(store: Store, user: User, reference: object) -> Organization:
    """Return an organization to somebody who may change it; 403 to others."""
    demand_agent(store, user)
    return find(store, user, reference)


def demand_agent(store: Store, user: User) -> None:
    """Refuse with 403 whoever is no agent of any service desk."""
    if not is_agent_somewhere(store, user):
        raise Refused(403, "You need to be an agent or an administrator of a service desk to do that.")


def is_agent_somewhere(store: Store, user: User) -> bool:
    """Return whether an account works in any service desk or administers the site."""
    desks = store.configuration.service_desks
    return store.rights.administers(user) or any(store.rights.is_agent(user, d.project) for d in desks)


def create(store: Store, user: User, asked: Mapping[str, Any]) -> Organization:
    """Create an organization, or return the one of that name (Service Management OpenAPI)."""
    demand_agent(store, user)
    name = asked.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_LENGTH:
        raise Refused(400, f"The name of an organization must have 1 to {NAME_LENGTH} characters.")
    for known in store.service.organizations.values():
        if known.name == name:
            return known
    number = str(store.next_id("organization", first=1))
    made = Organization(number, str(uuid5(_IDS, number)), name, store.now())
    store.service.organizations[number] = made
    return made


def delete(store: Store, user: User, reference: str) -> None:
    """Delete an organization, whatever it belongs to; administrators of the site may."""
    if not store.rights.administers(user):
        raise Refused(403, "You need to be a Jira administrator to delete an organization.")
    found = find(store, user, reference)
    del store.service.organizations[found.id]


def add_members(organization: Organization, users: Iterable[User]) -> None:
    """Take people in, unless they are in it."""
    organization.members += [user for user in users if user not in organization.members]


def remove_members(organization: Organization, users: Iterable[User]) -> None:
    """Take people out."""
    gone = list(users)
    organization.members = [user for user in organization.members if user not in gone]


def of_desk(store: Store, desk: ServiceDesk, of: User | None = None) -> list[Organization]:
    """Return the organizations of a service desk, perhaps those of one person."""
    rows = store.service.organizations.values()
    return [one for one in rows if desk.id in one.desks and (of is None or of in one.members)]
