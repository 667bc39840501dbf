"""Validators of transitions: what must be true of the input (Jira OpenAPI, workflowCapabilities)."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from careloop.sandbox.jira.actions.issue.conditions import COMPARATORS, Asked, statuses_before
from careloop.sandbox.jira.adf import to_text
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.model.workflow import Transition
from careloop.sandbox.jira.store import Store


class Input(NamedTuple):
    """What a transition was given, and the rule that looks at it."""

    asked: Asked
    values: Mapping[str, Any]

    def value(self, parameter: str) -> Any:
        """Return what a field will hold after the transition, by the parameter that names the field."""
        name = self.asked.parameters[parameter]
        return self.values[name] if name in self.values else self.asked.issue.get(name)

    def name(self, parameter: str) -> str:
        """Return the name of the field that a parameter names, its id if it was deleted since."""
        field = self.asked.store.configuration.fields.by_id(self.asked.parameters[parameter])
        return field.name if field else self.asked.parameters[parameter]

    def refuse(self, parameter: str, words: str) -> Refused:
        """Return the refusal about a field, in the words of the rule if it has any."""
        return invalid(self.asked.parameters[parameter], self.asked.parameters.get("errorMessage") or words)


def check(store: Store, user: User, issue: Issue, step: Transition, values: Mapping[str, Any]) -> None:
    """Refuse with 400 what a validator of a transition does not let pass."""
    for rule in step.validators:
        PLAYED[kind_of(rule.key, rule.parameters)](Input(Asked(store, user, issue, rule.parameters), values))


def kind_of(key: str, parameters: Mapping[str, str]) -> str:
    """Return the kind of a validator: one key stands for several, which `ruleType` tells apart."""
    return f"{key}/{parameters.get('ruleType', '')}" if key == "system:validate-field-value" else key


def _permission(given: Input) -> None:
    asked = given.asked
    key = asked.parameters["permissionKey"]
    if not asked.store.rights.may(asked.user, key, asked.issue):
        raise Refused(400, f"User '{asked.user.display_name}' doesn't have the '{key}' permission")


def _parent_status(given: Input) -> None:
    parent = given.asked.issue.parent
    if parent is not None and parent.status.id in given.asked.words("statusIds"):
        raise Refused(
            400, f"The parent issue is in the status '{parent.status.name}', which blocks this step."
        )


def _previous_status(given: Input) -> None:
    asked = given.asked
    visited = [before for before, _, _ in statuses_before(asked.issue)]
    if asked.flag("mostRecentStatusOnly"):
        visited = visited[:1]
    wanted = asked.words("previousStatusIds")
    if set(wanted).isdisjoint(visited):
        known = [asked.store.configuration.statuses.by_id(number) for number in wanted]
        names = ", ".join(status.name for status in known if status)
        raise Refused(400, f"The issue has not been in the status '{names}' before.")


def _required(given: Input) -> None:
    asked, missing = given.asked, {}
    for name in asked.words("fieldsRequired"):
        field = asked.store.configuration.fields.by_id(name)
        if field is None:
            continue
        value = given.values[name] if name in given.values else asked.issue.get(name)
        if value in (None, ()):
            missing[name] = asked.parameters.get("errorMessage") or f"{field.name} is required."
    if missing:
        raise Refused(400, errors=missing)


def _changed(given: Input) -> None:
    asked = given.asked
    exempt = [asked.store.people.group(one) for one in asked.words("groupsExemptFromValidation")]
    if any(group is not None and group.name in asked.user.groups for group in exempt):
        return
    if given.value("fieldKey") == asked.issue.get(asked.parameters["fieldKey"]):
        raise given.refuse("fieldKey", f"Field {given.name('fieldKey')} has not been modified.")


def _single(given: Input) -> None:
    value = given.value("fieldKey")
    if isinstance(value, tuple) and len(value) > 1:
        raise given.refuse("fieldKey", f"Field {given.name('fieldKey')} must have a single value.")


def _matches(given: Input) -> None:
    value = given.value("fieldKey")
    text = to_text(value) if isinstance(value, str | dict) else getattr(value, "name", value)
    if text is None or not re.search(given.asked.parameters["regexp"], str(text)):
        raise given.refuse("fieldKey", f"Field {given.name('fieldKey')} has an invalid format.")


def _dates(given: Input) -> None:
    """Compare two dates; without both there is nothing to compare."""
    whole = given.asked.flag("includeTime")
    first, second = (_moment(given.value(name), whole=whole) for name in ("date1FieldKey", "date2FieldKey"))
    sign = given.asked.parameters["conditionSelected"]
    if first and second and not COMPARATORS[sign](first, second):
        names = given.name("date1FieldKey"), given.name("date2FieldKey")
        raise given.refuse("date1FieldKey", f"{names[0]} must be {sign} {names[1]}.")


def _window(given: Input) -> None:
    first, second = (_moment(given.value(name), whole=False) for name in ("date1FieldKey", "date2FieldKey"))
    days = timedelta(days=int(given.asked.parameters["numberOfDays"]))
    if first and second and not second <= first <= second + days:
        names = given.name("date1FieldKey"), given.name("date2FieldKey")
        words = f"{names[0]} must be within {days.days} days after {names[1]}."
        raise given.refuse("date1FieldKey", words)


def _moment(value: Any, *, whole: bool) -> datetime | None:
    """Return a date as a moment: with its time, or as its midnight."""
    if isinstance(value, datetime):
        return value if whole else datetime.combine(value.date(), time(), UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else None


PLAYED: Mapping[str, Callable[[Input], None]] = {
    "system:check-permission-validator": _permission,
    "system:parent-or-child-blocking-validator": _parent_status,
    "system:previous-status-validator": _previous_status,
    "system:validate-field-value/fieldRequired": _required,
    "system:validate-field-value/fieldChanged": _changed,
    "system:validate-field-value/fieldHasSingleValue": _single,
    "system:validate-field-value/fieldMatchesRegularExpression": _matches,
    "system:validate-field-value/dateFieldComparison": _dates,
    "system:validate-field-value/windowDateComparison": _window,
}
"""The validators that decide here, by their kinds."""
