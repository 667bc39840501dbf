"""The rules of transitions as a program describes them, and which of them are played here."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from careloop.sandbox.jira.actions.issue import conditions, post_functions, validators
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.workflow import Conditions, Rule
from careloop.sandbox.jira.store import Store

SCREEN = "system:transition-screen"
REMINDER = "system:remind-people-to-update-fields"
_FIELDS = {
    "system:check-field-value": ("fieldId",),
    "system:update-field": ("field",),
    "system:copy-value-from-other-field": ("sourceFieldKey", "targetFieldKey"),
    "system:validate-field-value/fieldChanged": ("fieldKey",),
    "system:validate-field-value/fieldHasSingleValue": ("fieldKey",),
    "system:validate-field-value/fieldMatchesRegularExpression": ("fieldKey",),
    "system:validate-field-value/dateFieldComparison": ("date1FieldKey", "date2FieldKey"),
    "system:validate-field-value/windowDateComparison": ("date1FieldKey", "date2FieldKey"),
    "system:validate-field-value/fieldRequired": ("fieldsRequired",),
}
"""The parameters of a rule that name fields."""

_CHOICES = {
    "comparisonType": ("STRING", "NUMBER", "OPTIONID"),
    "comparator": tuple(conditions.COMPARATORS),
    "conditionSelected": tuple(conditions.COMPARATORS),
    "mode": ("append", "replace"),
    "issueSource": ("SAME", "PARENT"),
    "type": ("to-selected-user", "to-unassigned", "to-current-user", "to-default-user"),
    "restrictMode": ("users", "usersAndAPI"),
}
"""What a parameter can say, wherever it occurs; dates in conditions are not played."""

_PATTERNS = {"numberOfDays": re.compile(r"\d+")}
_NUMBERS = re.compile(r'-?[\d.]+|\["?-?[\d.]+"?\]')
_STATUSES = ("previousStatusIds", "statusIds", "fromStatusId", "toStatusId")


class Kind(NamedTuple):
    """A kind of rules: what it is called, what plays it, and where it stands in a transition."""

    name: str
    played: Mapping[str, Any]


CONDITION = Kind("Condition", conditions.PLAYED)
VALIDATOR = Kind("Validator", validators.PLAYED)
FUNCTION = Kind("Function", post_functions.PLAYED)


def read_rules(store: Store, kind: Kind, rows: object) -> tuple[Rule, ...]:
    """Return rules; 400 names one that is not played here, or that asks for what does not exist."""
    if rows is None:
        return ()
    if not isinstance(rows, list):
        raise Refused(400, f"The rules of the kind {kind.name} must be a list.")
    return tuple(_read_rule(store, kind, row) for row in rows if row is not None)


def read_conditions(store: Store, raw: object) -> Conditions | None:
    """Return a group of conditions with those below it, None when there is none at all."""
    if raw is None:
        return None
    if not isinstance(raw, Mapping) or raw.get("operation") not in ("ANY", "ALL"):
        raise Refused(400, "The 'operation' of conditions must be ANY or ALL.")
    groups = tuple(read_conditions(store, group) for group in raw.get("conditionGroups") or ())
    rules = read_rules(store, CONDITION, raw.get("conditions"))
    known = Conditions(raw["operation"], rules, tuple(group for group in groups if group))
    return known if known.every() else None


def _read_rule(store: Store, kind: Kind, raw: object) -> Rule:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("ruleKey"), str):
        raise Refused(400, "Each rule must have a 'ruleKey'.")
    key, given = raw["ruleKey"], raw.get("parameters") or {}
    if not isinstance(given, Mapping) or not all(isinstance(text, str) for text in given.values()):
        raise Refused(400, f"The parameters of the rule '{key}' must be texts.")
    played = validators.kind_of(key, given)
    if played not in kind.played:
        raise Refused(400, f"The rule '{played}' is not available as a {kind.name} on this site.")
    _check(store, played, given)
    return Rule(str(raw.get("id") or store.next_id("rule")), key, dict(given))


def _check(store: Store, played: str, given: Mapping[str, str]) -> None:
    """Refuse parameters that name what does not exist, so that no issue finds out later."""
    for name in _FIELDS.get(played, ()):
        known = [one.strip() for one in given.get(name, "").split(",")]
        for field_id in known:
            if store.configuration.fields.by_id(field_id) is None:
                raise Refused(400, f"The rule '{played}' names the unknown field '{field_id}'.")
    for name, text in given.items():
        if name in _CHOICES and text not in _CHOICES[name]:
            raise Refused(400, f"The rule '{played}' is not available with the {name} '{text}'.")
        if name in _PATTERNS and not _PATTERNS[name].fullmatch(text):
            raise Refused(400, f"The {name} '{text}' of the rule '{played}' is not right.")
        if name in _STATUSES:
            for number in filter(None, (one.strip() for one in text.split(","))):
                if store.configuration.statuses.by_id(number) is None:
                    raise Refused(400, f"The rule '{played}' names the unknown status '{number}'.")
    _check_single(store, played, given)


def _check_single(store: Store, played: str, given: Mapping[str, str]) -> None:
    """Refuse what one kind of rules alone asks for."""
    permissions = {one.key for one in store.configuration.permissions}
    named = {given["permissionKey"]} if "permissionKey" in given else set()
    named |= set(filter(None, given.get("permissionKeys", "").split(",")))
    if played == "system:check-permission-validator" and not named:
        raise Refused(400, f"The rule '{played}' must name a permission.")
    if wrong := named - permissions:
        raise Refused(400, f"The rule '{played}' names the unknown permission '{min(wrong)}'.")
    for name in ("field", "targetFieldKey") if played in post_functions.PLAYED else ():
        if name in given and not post_functions.can_write(store.configuration.fields[given[name]]):
            raise Refused(400, f"The rule '{played}' cannot set the field '{given[name]}'.")
    if given.get("comparisonType") == "NUMBER" and not _NUMBERS.fullmatch(given.get("fieldValue", "")):
        raise Refused(400, f"The rule '{played}' compares with no number.")
    if given.get("type") == "to-selected-user" and not store.people.by_account(given.get("accountId", "")):
        raise Refused(400, f"The rule '{played}' names an unknown account.")
    if played.endswith("/fieldMatchesRegularExpression"):
        try:
            re.compile(given["regexp"])
        except (KeyError, re.error):
            raise Refused(400, f"The regular expression of the rule '{played}' is not right.") from None
