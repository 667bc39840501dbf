"""Which screen is shown for which operation, and which of these schemes for which issue type."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.setup import screens
from careloop.sandbox.jira.actions.setup.naming import read_name
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.scheme import Scheme
from careloop.sandbox.jira.model.screen import Screen
from careloop.sandbox.jira.store import Store

Screens = Scheme[Screen]
OPERATIONS = ("create", "edit", "view")


def find(store: Store, reference: object) -> Screens:
    """Return a screen scheme by its id; 404 when there is none."""
    found = store.configuration.screen_schemes.by_id(reference)
    if found is None:
        raise Refused(404, f"The screen scheme with the id '{reference}' was not found.")
    return found


def create(store: Store, asked: Mapping[str, Any]) -> Screens:
    """Create a scheme with a default screen, and perhaps others for single operations."""
    name, given = read_name(store.configuration.screen_schemes, asked), _screens(asked)
    if given.get("default") is None:
        raise Refused(400, "The 'screens' must name a 'default' one.")
    scheme = Scheme("", name, screens.find(store, given["default"]))
    _assign(store, scheme, given)
    scheme.description = str(asked.get("description") or "")
    scheme.id = str(store.next_id("screenscheme", first=10_100))
    store.configuration.revision += 1
    return store.configuration.screen_schemes.add(scheme)


def edit(store: Store, scheme: Screens, asked: Mapping[str, Any]) -> None:
    """Rename or describe a scheme or exchange screens; null takes that of an operation away."""
    name = scheme.name
    if "name" in asked:
        name = read_name(store.configuration.screen_schemes, asked, scheme)
    _assign(store, scheme, _screens(asked))
    scheme.name = name
    if "description" in asked:
        scheme.description = str(asked["description"] or "")
    store.configuration.revision += 1


def delete(store: Store, scheme: Screens) -> None:
    """Delete a scheme that no issue type screen scheme uses."""
    if any(scheme in one.things() for one in store.configuration.type_screen_schemes):
        raise Refused(400, f"The screen scheme '{scheme.name}' is used by an issue type screen scheme.")
    store.configuration.screen_schemes.remove(scheme)
    store.configuration.revision += 1


def _screens(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    given = asked.get("screens") or {}
    if not isinstance(given, Mapping) or not given.keys() <= {"default", *OPERATIONS}:
        raise Refused(400, "The 'screens' must be an object with the screens of operations.")
    return given


def _assign(store: Store, scheme: Screens, given: Mapping[str, Any]) -> None:
    found = {key: screens.find(store, number) for key, number in given.items() if number is not None}
    for operation in OPERATIONS:
        if operation in given:
            scheme.mapping.pop(operation, None)
        if operation in found:
            scheme.mapping[operation] = found[operation]
    scheme.default = found.get("default", scheme.default)
