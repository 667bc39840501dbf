"""How a value that arrives in a request becomes the value of a field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from careloop.sandbox.jira.adf import is_document, is_valid
from careloop.sandbox.jira.dates import read_day, read_instant
from careloop.sandbox.jira.durations import read_duration
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import Cascade, Field, Option, Project
from careloop.sandbox.jira.model.issue import Estimates, Issue
from careloop.sandbox.jira.model.register import Named, Register
from careloop.sandbox.jira.model.security import SecurityLevel
from careloop.sandbox.jira.model.service import Organization
from careloop.sandbox.jira.model.users import Group, User
from careloop.sandbox.jira.store import Store

SUMMARY_LENGTH = 255
INVALID_DOCUMENT = "INVALID_INPUT"
"""All that Jira says of a document with something in a wrong place."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Who writes into which project, and in which version of the API."""

    store: Store
    user: User
    project: Project
    rich: bool
    """Whether long texts arrive as documents (version 3)."""


def read_value(reading: Reading, field: Field, raw: Any) -> Any:
    """Return the stored form of `raw`, empty ones as None or (); 400 naming the field if it is wrong."""
    if field.kind == "array":
        return _read_array(reading, field, raw)
    if raw is None:
        return None
    return _READERS[field.kind](reading, field, raw)


def can_read(field: Field) -> bool:
    """Return whether a field can be written at all."""
    kind = field.items if field.kind == "array" else field.kind
    return (
        kind in _READERS
        and field.id not in ("creator", "status", "project")
        and (field.orderable or bool(field.custom))
    )


def _read_array(reading: Reading, field: Field, raw: Any) -> tuple[Any, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list):
        raise invalid(field.id, "data was not an array")
    return tuple(dict.fromkeys(_READERS[str(field.items)](reading, field, member) for member in raw))


def _read_string(reading: Reading, field: Field, raw: Any) -> Any:
    if field.kind == "array":
        return _read_label(field, raw)
    if field.rich and reading.rich:
        if not is_document(raw):
            raise invalid(
                field.id, "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
            )
        if not is_valid(raw):
            raise Refused(400, INVALID_DOCUMENT)
        return dict(raw)
    if not isinstance(raw, str):
        raise invalid(field.id, "Operation value must be a string")
    if field.id == "summary":
        _check_summary(raw)
    return raw.strip() if field.id == "summary" else raw or None


def _check_summary(text: str) -> None:
    if not text.strip():
        raise invalid("summary", "You must specify a summary of the issue.")
    if len(text) > SUMMARY_LENGTH:
        raise invalid("summary", f"Summary can't exceed {SUMMARY_LENGTH} characters.")
    if "\n" in text or "\r" in text:
        raise invalid("summary", "The summary is invalid because it contains newline characters.")


def _read_label(field: Field, raw: Any) -> str:
    if not isinstance(raw, str):
        raise invalid(field.id, "string expected")
    if not raw or " " in raw:
        raise invalid(field.id, f"The label '{raw}' contains spaces which is invalid.")
    return raw


def _read_number(_reading: Reading, field: Field, raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise invalid(field.id, "Operation value must be a number")
    return float(raw)


def _read_date(_reading: Reading, field: Field, raw: Any) -> Any:
    day = read_day(raw) if isinstance(raw, str) else None
    if day is None:
        raise invalid(field.id, "Error parsing date string: " + str(raw))
    return day


def _read_datetime(_reading: Reading, field: Field, raw: Any) -> Any:
    when = read_instant(raw) if isinstance(raw, str) else None
    if when is None:
        raise invalid(field.id, "Error parsing time: " + str(raw))
    return when


def _read_user(reading: Reading, field: Field, raw: Any) -> User:
    key = "accountId" if reading.store.is_cloud else "name"
    if not isinstance(raw, Mapping):
        raise invalid(field.id, "data was not an object")
    wanted = raw.get(key) or (raw.get("id") if reading.store.is_cloud else None)
    user = reading.store.account(str(wanted)) if wanted else None
    if user is None:
        raise invalid(
            field.id, f"Specify a valid '{key}' for {field.id}" if not wanted else "User does not exist."
        )
    if field.id == "assignee" and not _assignable(reading, user):
        raise invalid(field.id, f"User '{user.account_id}' cannot be assigned issues.")
    return user


def _assignable(reading: Reading, user: User) -> bool:
    return user.active and reading.store.rights.may(user, "ASSIGNABLE_USER", reading.project)


def _read_estimates(_reading: Reading, field: Field, raw: Any) -> Estimates:
    """Return both estimates; a first original one is what remains, too (Atlassian docs, time tracking)."""
    if not isinstance(raw, Mapping):
        raise invalid(field.id, "data was not an object")
    given = {name: raw[name] for name in ("originalEstimate", "remainingEstimate") if raw.get(name)}
    found = {name: read_duration(str(text)) for name, text in given.items()}
    for name, seconds in found.items():
        if seconds is None:
            raise invalid(f"timetracking_{name.lower()}", f"The {name} '{given[name]}' is not valid.")
    original, remaining = found.get("originalEstimate"), found.get("remainingEstimate")
    return Estimates(original, original if remaining is None else remaining)


def _read_issue(reading: Reading, field: Field, raw: Any) -> Any:
    reference = pick(field.id, raw, "id", "key")
    try:
        return reading.store.issue_for(reading.user, reference)
    except Refused:
        raise invalid(field.id, f"Could not find issue by id or key '{reference}'.") from None


def pick(field: str, raw: Any, *keys: str) -> str:
    """Return the first of these keys that an object has; 400 when it has none."""
    if not isinstance(raw, Mapping):
        raise invalid(field, "data was not an object")
    for key in keys:
        if raw.get(key) is not None:
            return str(raw[key])
    raise invalid(field, f"Could not find valid '{keys[0]}' or '{keys[-1]}' in the {field} object.")


def _read_option(reading: Reading, field: Field, raw: Any) -> Option:
    """Return a choice by its id or value; a disabled one cannot be chosen anew."""
    reference = pick(field.id, raw, "id", "value")
    register = Register(field.choices(reading.project.id))
    found = register.by_id(reference) if raw.get("id") is not None else None
    for option in register.named(reference) if found is None and raw.get("id") is None else ():
        found = found or (option if option.parent is None else None)
    if found is None or found.disabled:
        raise invalid(field.id, f"Option {'id' if raw.get('id') else 'value'} '{reference}' is not valid")
    return found


def _read_cascade(reading: Reading, field: Field, raw: Any) -> Cascade:
    parent = _read_option(reading, field, raw)
    below = raw.get("child")
    if below is None:
        return Cascade(parent, None)
    reference = pick(field.id, below, "id", "value")
    children = [option for option in field.options if option.parent == parent.id]
    found = [option for option in children if reference in (option.id, option.value)]
    if not found:
        raise invalid(field.id, f"Option '{reference}' is not valid below '{parent.value}'")
    return Cascade(parent, found[0])


def _read_group(reading: Reading, field: Field, raw: Any) -> Group:
    reference = pick(field.id, raw, "groupId", "name")
    group = reading.store.people.group(reference)
    if group is None:
        raise invalid(field.id, f"Could not find group with name '{reference}'.")
    return group


def _read_project(reading: Reading, field: Field, raw: Any) -> Project:
    reference = pick(field.id, raw, "id", "key")
    project = reading.store.configuration.project(reference)
    if project is None:
        raise invalid(field.id, f"Could not find project with id or key '{reference}'.")
    return project


def _choose(source: Callable[[Reading, Field], Register[Any]]) -> Callable[[Reading, Field, Any], Named]:
    """Return a reader for values that are picked from a register by id or name."""

    def read(reading: Reading, field: Field, raw: Any) -> Named:
        reference = pick(field.id, raw, "id", "name")
        register = source(reading, field)
        by_name = register.named(reference) if raw.get("id") is None else []
        found: Named | None = by_name[0] if by_name else register.by_id(raw.get("id"))
        if found is None:
            raise invalid(field.id, f"{field.name} '{reference}' is not valid")
        return found

    return read


def _read_organization(reading: Reading, field: Field, raw: Any) -> Organization:
    found = reading.store.service.organizations.get(str(raw))
    if found is None:
        raise invalid(field.id, f"The organization '{raw}' does not exist.")
    return found


def levels_for(store: Store, user: User, place: Project | Issue) -> list[SecurityLevel]:
    """Return the security levels that an account can give to issues: those it is a member of itself."""
    project = place.project if isinstance(place, Issue) else place
    scheme = project.schemes.security
    return [one for one in scheme.levels if store.rights.is_cleared(user, one, place)] if scheme else []


_READERS: dict[str, Callable[[Reading, Field, Any], Any]] = {
    "string": _read_string,
    "number": _read_number,
    "date": _read_date,
    "datetime": _read_datetime,
    "user": _read_user,
    "issuelink": _read_issue,
    "sd-customerorganization": _read_organization,
    "timetracking": _read_estimates,
    "option": _read_option,
    "option-with-child": _read_cascade,
    "group": _read_group,
    "project": _read_project,
    "priority": _choose(lambda reading, _: reading.store.configuration.priorities),
    "resolution": _choose(lambda reading, _: reading.store.configuration.resolutions),
    "issuetype": _choose(lambda reading, _: Register(reading.project.issue_types)),
    "securitylevel": _choose(lambda r, _: Register(levels_for(r.store, r.user, r.project))),
    "component": _choose(lambda reading, _: reading.project.components),
    "version": _choose(lambda reading, _: reading.project.versions),
}
