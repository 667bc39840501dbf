"""Whom schemes name: accounts, groups, roles, and whoever an issue names."""

from collections.abc import Mapping

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.grant import Holder
from careloop.sandbox.jira.store import Store

BARE = frozenset({"anyone", "assignee", "projectLead", "reporter", "sd.customer.portal.only"})
NAMED = frozenset({"group", "groupCustomField", "projectRole", "user", "userCustomField"})


def read_holder(store: Store, raw: object) -> Holder:
    """Return the holder that a request describes by `type` and `parameter` or `value`; 400 for any other.

    A group is given by its name as the parameter or its id as the value (Jira OpenAPI, holder object).
    """
    if not isinstance(raw, Mapping) or not isinstance(raw.get("type"), str):
        raise Refused(400, "A holder must be given, with its 'type'.")
    kind, reference = raw["type"], raw.get("parameter") or raw.get("value")
    if kind in BARE:
        return Holder(kind)
    if kind == "applicationRole":
        return Holder(kind, str(reference) if reference else None)
    if kind not in NAMED:
        raise Refused(400, f"The holder type '{kind}' is not known.")
    found = resolve(store, kind, str(reference or ""))
    if found is None:
        raise Refused(400, f"The {kind} '{reference or ''}' does not exist.")
    return Holder(kind, found)


def resolve(store: Store, kind: str, reference: str) -> str | None:
    """Return how schemes keep a reference to an account, group, role or field, None when there is none."""
    match kind:
        case "group":
            group = store.people.group(reference)
            return group.name if group else None
        case "projectRole":
            role = store.configuration.roles.by_id(reference)
            return role.id if role else None
        case "user":
            user = store.account(reference)
            return user.account_id if user else None
    field = store.configuration.fields.by_id(reference)
    return field.id if field and field.custom else None


def show_holder(store: Store, holder: Holder) -> dict[str, str]:
    """Return a holder as the platform shows it."""
    if holder.parameter is None:
        return {"type": holder.kind}
    value = holder.parameter
    if holder.kind == "group":
        group = store.people.group(holder.parameter)
        value = group.id if group else value
    return {"type": holder.kind, "parameter": holder.parameter, "value": value}
