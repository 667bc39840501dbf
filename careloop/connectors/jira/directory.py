"""Looking up accounts that no issue names."""

from typing import Any

from careloop.connectors.jira.people import People, User
from careloop.connectors.jira.site import Site
from careloop.model.person import Person


def find_people(site: Site, name: str) -> tuple[Person, ...]:
    """Return the persons with that account id, user name or e-mail address.

    A search finds whoever's name or address begins with what is asked for, and Cloud may hide the address
    (Jira OpenAPI, Find users): one that nobody shows is believed when a whole address finds one account.
    """
    if not name:
        return ()
    if not site.client.is_cloud:
        found = _search(site, username=name)
        return _persons(site, [user for user in found if _bears(user, name)])
    if "@" not in name:
        return _persons(site, _search(site, accountId=name))
    found = _search(site, query=name)
    exact = [user for user in found if _bears(user, name)]
    hidden = [user for user in found if not user.get("emailAddress")]
    return _persons(site, exact or (hidden if len(found) == 1 else []))


def _search(site: Site, **asked: str) -> list[User]:
    users: list[User] = site.client.get("user/search", **asked)
    return users


def _bears(user: User, name: str) -> bool:
    known: list[Any] = [user.get(field) for field in ("accountId", "name", "key", "emailAddress")]
    return name.casefold() in {str(one).casefold() for one in known if one}


def _persons(site: Site, users: list[User]) -> tuple[Person, ...]:
    people = People(site.name, site.me)
    for user in users:
        people.meet(user)
    return people.all()
