"""Conditions of transitions: who may make a step, and when (Jira OpenAPI, workflowCapabilities)."""

from collections.abc import Callable, Iterator, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

import orjson

from careloop.sandbox.jira.adf import to_text
from careloop.sandbox.jira.model.grant import Holder
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.model.workflow import Conditions, Rule
from careloop.sandbox.jira.store import Store

COMPARATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "!=": ne,
    ">": gt,
    ">=": ge,
    "<": lt,
    "<=": le,
}


class Asked(NamedTuple):
    """A rule that is asked about an issue, for whoever wants to move it; rules of apps ask for nobody."""

    store: Store
    user: User
    issue: Issue
    parameters: Mapping[str, str]

    def words(self, name: str) -> list[str]:
        """Return the parts of a parameter that are separated by commas."""
        return [word.strip() for word in self.parameters.get(name, "").split(",") if word.strip()]

    def flag(self, name: str) -> bool:
        return self.parameters.get(name) == "true"


def hold(store: Store, user: User, issue: Issue, conditions: Conditions | None) -> bool:
    """Return whether conditions let an account move an issue; none at all do."""
    if conditions is None:
        return True
    answers = [
        *(_holds(store, user, issue, rule) for rule in conditions.rules),
        *(hold(store, user, issue, group) for group in conditions.groups),
    ]
    return any(answers) or not answers if conditions.operation == "ANY" else all(answers)


def statuses_before(issue: Issue) -> Iterator[tuple[str, str, User]]:
    """Yield each change of status, the latest first: from, to, and who made it."""
    for history in reversed(issue.histories):
        for item in history.items:
            if item.field_id == "status":
                yield str(item.before), str(item.after), history.author


def _holds(store: Store, user: User, issue: Issue, rule: Rule) -> bool:
    return PLAYED[rule.key](Asked(store, user, issue, rule.parameters))


def _restrict(asked: Asked) -> bool:
    """Return whether any of what the rule names is true of the account; a rule that names nothing denies."""
    user, issue, rights = asked.user, asked.issue, asked.store.rights
    denied = [Holder("userCustomField", name) for name in asked.words("denyUserCustomFields")]
    if any(user in rights.named(issue, holder) for holder in denied):
        return False
    accounts = asked.words("accountIds")
    holders = [
        *(Holder("user", name) for name in accounts),
        *(Holder(kind) for kind in ("reporter", "assignee") if f"allow-{kind}" in accounts),
        *(Holder("projectRole", number) for number in asked.words("roleIds")),
        *(Holder("groupCustomField", name) for name in asked.words("groupCustomFields")),
        *(Holder("userCustomField", name) for name in asked.words("allowUserCustomFields")),
    ]
    groups = [group.name for name in asked.words("groupIds") if (group := asked.store.people.group(name))]
    holders += [Holder("group", name) for name in groups]
    permitted = any(rights.may(user, key, issue) for key in asked.words("permissionKeys"))
    only_denies = bool(denied) and asked.parameters.keys() == {"denyUserCustomFields"}
    return only_denies or permitted or any(rights.is_among(user, holder, issue) for holder in holders)


def _was_in(asked: Asked) -> bool:
    """Return whether the issue has been in a status, or has not, as the rule says."""
    wanted = set(asked.words("previousStatusIds"))
    moves = list(statuses_before(asked.issue))
    if asked.flag("ignoreLoopTransitions"):
        moves = [move for move in moves if move[0] != move[1]]
    visited = [before for before, _, _ in moves]
    if asked.flag("mostRecentStatusOnly"):
        visited = visited[:1]
    if asked.flag("includeCurrentStatus"):
        visited.append(asked.issue.status.id)
    return wanted.isdisjoint(visited) if asked.flag("not") else not wanted.isdisjoint(visited)


def _children_elsewhere(asked: Asked) -> bool:
    """Return whether no sub-task is in a status that blocks its parent."""
    blocking = asked.words("statusIds")
    return not any(child.status.id in blocking for child in asked.issue.children if child.kind.subtask)


def _duties_separate(asked: Asked) -> bool:
    """Return whether the account has not itself made the transition that must be another's."""
    came, went = asked.parameters.get("fromStatusId"), asked.parameters.get("toStatusId")
    return not any(
        author is asked.user and after == went and came in (None, "", before)
        for before, after, author in statuses_before(asked.issue)
    )


def _open_to_programs(asked: Asked) -> bool:
    """Return whether programs may make a step that people are not shown; here everybody is a program."""
    return asked.parameters.get("restrictMode") != "usersAndAPI"


def _compares(asked: Asked) -> bool:
    """Return whether a field compares with any of the values that the rule lists; `!=` with all of them."""
    comparator, kind = (
        asked.parameters.get("comparator", "="),
        asked.parameters.get("comparisonType", "STRING"),
    )
    value, literals = _value(asked, kind), _listed(asked.parameters.get("fieldValue", ""))
    wanted: list[Any] = [float(text) if kind == "NUMBER" else text for text in literals] or [None]
    if comparator not in ("=", "!="):
        return value is not None and any(
            COMPARATORS[comparator](value, one) for one in wanted if one is not None
        )
    return (value not in wanted) if comparator == "!=" else (value in wanted)


def _listed(text: str) -> list[str]:
    """Return the values of a rule, which are a list in JSON or one bare word."""
    return [str(one) for one in orjson.loads(text)] if text.startswith("[") else [text] if text else []


def _value(asked: Asked, kind: str) -> Any:
    """Return the value of the field that a rule names as a number, the id of an option, or a text."""
    value = asked.issue.get(asked.parameters["fieldId"])
    if kind == "NUMBER":
        return float(value) if isinstance(value, int | float) else None
    if kind == "OPTIONID":
        return getattr(value, "id", None)
    if isinstance(value, User):
        return value.account_id
    return to_text(value) if isinstance(value, str | dict) else getattr(value, "name", None)


PLAYED: Mapping[str, Callable[[Asked], bool]] = {
    "system:restrict-issue-transition": _restrict,
    "system:previous-status-condition": _was_in,
    "system:parent-or-child-blocking-condition": _children_elsewhere,
    "system:separation-of-duties": _duties_separate,
    "system:restrict-from-all-users": _open_to_programs,
    "system:check-field-value": _compares,
}
"""The conditions that decide here, by their kinds."""
