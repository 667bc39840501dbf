"""Screens with their tabs and fields: the work of an administrator of the site."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.setup.naming import read_name
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Field
from careloop.sandbox.jira.model.screen import Screen, Tab
from careloop.sandbox.jira.store import Store

FIRST_ID = 10_100


def find(store: Store, reference: object, status: int = 404) -> Screen:
    """Return a screen by its id."""
    found = store.configuration.screens.by_id(reference)
    if found is None:
        raise Refused(status, f"The screen with the id '{reference}' does not exist.")
    return found


def find_tab(screen: Screen, reference: str) -> Tab:
    """Return a tab of a screen by its id; 404 when there is none."""
    for tab in screen.tabs:
        if tab.id == reference:
            return tab
    raise Refused(404, f"The screen tab with the id '{reference}' does not exist.")


def create(store: Store, asked: Mapping[str, Any]) -> Screen:
    """Create a screen with an empty tab."""
    name = read_name(store.configuration.screens, asked)
    number = str(store.next_id("screen", first=FIRST_ID))
    screen = Screen(number, name, [_tab(store, "Field Tab")], str(asked.get("description") or ""))
    store.configuration.revision += 1
    return store.configuration.screens.add(screen)


def edit(store: Store, screen: Screen, asked: Mapping[str, Any]) -> None:
    """Rename or describe a screen."""
    if "name" in asked:
        screen.name = read_name(store.configuration.screens, asked, screen)
    if "description" in asked:
        screen.description = str(asked["description"] or "")
    store.configuration.revision += 1


def delete(store: Store, screen: Screen) -> None:
    """Delete a screen that neither a screen scheme nor a workflow shows."""
    configuration = store.configuration
    steps = [step for flow in configuration.workflows for step in flow.transitions]
    shown = any(screen in scheme.things() for scheme in configuration.screen_schemes)
    if shown or any(step.screen is screen for step in steps) or screen is next(iter(configuration.screens)):
        raise Refused(400, f"The screen '{screen.name}' is used by a screen scheme or a workflow.")
    configuration.screens.remove(screen)
    configuration.revision += 1


def add_tab(store: Store, screen: Screen, asked: Mapping[str, Any]) -> Tab:
    """Add an empty tab behind the others."""
    tab = _tab(store, read_name(screen.tabs, asked))
    screen.tabs.append(tab)
    return tab


def move_tab(screen: Screen, tab: Tab, position: str) -> None:
    """Bring a tab to a place, counted from 0; 404 for a place that there is not."""
    if not position.isdecimal() or int(position) >= len(screen.tabs):
        raise Refused(404, f"There is no position '{position}' on the screen.")
    screen.tabs.remove(tab)
    screen.tabs.insert(int(position), tab)


def delete_tab(store: Store, screen: Screen, tab: Tab) -> None:
    """Delete a tab with its fields."""
    screen.tabs.remove(tab)
    store.configuration.revision += 1


def available(store: Store, screen: Screen) -> list[Field]:
    """Return the fields that a screen could show besides those it does."""
    shown = set(screen.fields())
    return [
        one for one in store.configuration.fields if (one.orderable or one.custom) and one.id not in shown
    ]


def add_field(store: Store, screen: Screen, tab: Tab, asked: Mapping[str, Any]) -> Field:
    """Put a field on a tab; 404 for an unknown one, 400 for one that is on the screen already."""
    reference = str(asked.get("fieldId") or "")
    field = store.configuration.fields.by_id(reference)
    if field is None:
        raise Refused(404, f"The field with the id '{reference}' does not exist.")
    if field not in available(store, screen):
        raise Refused(400, f"The field with the id '{reference}' is on the screen, or cannot be.")
    tab.fields.append(field.id)
    store.configuration.revision += 1
    return field


def remove_field(store: Store, tab: Tab, reference: str) -> None:
    """Take a field from a tab."""
    _demand(tab, reference)
    tab.fields.remove(reference)
    store.configuration.revision += 1


def move_field(tab: Tab, reference: str, asked: Mapping[str, Any]) -> None:
    """Bring a field behind another, or first, last, earlier or later; 404 where it cannot go."""
    _demand(tab, reference)
    place = tab.fields.index(reference)
    rest = [name for name in tab.fields if name != reference]
    after = str(asked.get("after") or "").rpartition("/")[2]
    places = {"First": 0, "Last": len(rest), "Earlier": place - 1, "Later": place + 1}
    if after:
        _demand(tab, after)
        target = rest.index(after) + 1 if after != reference else place
    elif asked.get("position") in places:
        target = places[str(asked["position"])]
    else:
        raise Refused(400, "Either 'after' or a 'position' must be given.")
    if not 0 <= target <= len(rest):
        raise Refused(404, "The field cannot be moved to that position.")
    tab.fields = [*rest[:target], reference, *rest[target:]]


def _demand(tab: Tab, reference: str) -> None:
    if reference not in tab.fields:
        raise Refused(404, f"The field with the id '{reference}' is not on the tab.")


def _tab(store: Store, name: str) -> Tab:
    return Tab(str(store.next_id("tab", first=FIRST_ID)), name)
