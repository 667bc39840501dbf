"""Changing notification schemes: the work of an administrator of the site."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.setup.holders import resolve
from careloop.sandbox.jira.actions.setup.naming import read_name
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.notification import EVENTS, NAMED, Notification, NotificationScheme
from careloop.sandbox.jira.store import Store

_BARE = frozenset(
    {"CurrentAssignee", "Reporter", "CurrentUser", "ProjectLead", "ComponentLead", "AllWatchers"}
)


def find(store: Store, reference: object) -> NotificationScheme:
    """Return a notification scheme by its id; 404 when there is none."""
    found = store.configuration.notification_schemes.by_id(reference)
    if found is None:
        raise Refused(404, f"The notification scheme with the id '{reference}' was not found.")
    return found


def create(store: Store, asked: Mapping[str, Any]) -> NotificationScheme:
    """Create a scheme with the notifications that a request names."""
    name = read_name(store.configuration.notification_schemes, asked)
    scheme = NotificationScheme("", name, str(asked.get("description") or ""))
    if asked.get("notificationSchemeEvents"):
        add(store, scheme, asked["notificationSchemeEvents"])
    scheme.id = str(store.next_id("notificationscheme", first=10_100))
    return store.configuration.notification_schemes.add(scheme)


def edit(store: Store, scheme: NotificationScheme, asked: Mapping[str, Any]) -> None:
    """Rename or describe a scheme."""
    if "name" in asked:
        scheme.name = read_name(store.configuration.notification_schemes, asked, scheme)
    if "description" in asked:
        scheme.description = str(asked["description"] or "")


def delete(store: Store, scheme: NotificationScheme) -> None:
    """Delete a scheme that no project uses."""
    configuration = store.configuration
    used = any(project.schemes.notifications is scheme for project in configuration.every_project())
    if used or scheme is next(iter(configuration.notification_schemes)):
        raise Refused(400, f"The notification scheme '{scheme.name}' is used by projects.")
    configuration.notification_schemes.remove(scheme)


def add(store: Store, scheme: NotificationScheme, rows: object) -> None:
    """Add notifications to a scheme, all or none; 400 for what is there already."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise Refused(400, "The 'notificationSchemeEvents' must be a list of objects.")
    fresh = [_read(store, row.get("event"), one) for row in rows for one in row.get("notifications") or ()]
    known = {one[1:] for one in scheme.notifications}
    if len({one[1:] for one in fresh} - known) < len(fresh):
        raise Refused(400, "A notification is part of the scheme already.")
    scheme.notifications += fresh


def remove(scheme: NotificationScheme, reference: str) -> None:
    """Take a notification from a scheme; 404 when there is none."""
    found = [one for one in scheme.notifications if one.id == reference]
    if not found:
        raise Refused(404, f"The notification with the id '{reference}' was not found.")
    scheme.notifications.remove(found[0])


def _read(store: Store, event: object, raw: object) -> Notification:
    number = str(event.get("id")) if isinstance(event, Mapping) else ""
    if not number.isdecimal() or not 1 <= int(number) <= len(EVENTS):
        raise Refused(400, f"There is no event with the id '{number}'.")
    if not isinstance(raw, Mapping):
        raise Refused(400, "Each notification must be an object.")
    kind, reference = str(raw.get("notificationType") or ""), raw.get("parameter")
    parameter = None
    if kind in NAMED:
        parameter = resolve(store, NAMED[kind], str(reference or ""))
        if parameter is None:
            raise Refused(400, f"The {kind} '{reference or ''}' does not exist.")
    elif kind not in _BARE:
        raise Refused(400, f"The notification type '{kind}' is not known.")
    return Notification(str(store.next_id("notification", first=1)), int(number), kind, parameter)
