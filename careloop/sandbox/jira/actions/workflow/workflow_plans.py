"""What a program wants a workflow to be, read and checked before anything changes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from careloop.sandbox.jira.actions.workflow import statuses, workflow_rules
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.screen import Screen
from careloop.sandbox.jira.model.status import Status
from careloop.sandbox.jira.model.workflow import Node, Transition, Workflow
from careloop.sandbox.jira.store import Store

T = TypeVar("T")
NAME_LENGTH = 255
_KINDS = ("INITIAL", "GLOBAL", "DIRECTED")
_KEPT = ("triggers", "customIssueEventId")
_LAID_OUT = ("startPointLayout", "loopedTransitionContainerLayout")


class Problem(NamedTuple):
    """What is wrong with a part of a workflow, as the platform names parts; `at` says which one."""

    part: str
    code: str
    message: str
    at: Mapping[str, str] = MappingProxyType({})


class Flaw(Exception):
    """A part that cannot be read, with the problem to tell of."""

    def __init__(self, part: str, code: str, message: str, **at: str) -> None:
        super().__init__(part, code, message, at)
        self.problem = Problem(part, code, message, at)


class Plan(NamedTuple):
    """A workflow to be: its nodes and transitions name statuses that may not exist yet."""

    name: str
    description: str
    scope: str | None
    nodes: tuple[Node, ...]
    transitions: tuple[Transition, ...]
    details: Mapping[str, Any]


class Planning:
    """Reads the workflows of one request, and collects what is wrong with them in `problems`.

    Statuses that a request brings along are made in advance, and belong to the site only when it is carried
    out (`fresh`); those that exist are changed then (`changed`, with what is said of them).
    """

    def __init__(self, store: Store, scope: str | None, rows: object) -> None:
        self._store = store
        self._scope = scope
        self._by_reference: dict[str, Status] = {}
        self.problems: list[Problem] = []
        self.fresh: list[Status] = []
        self.changed: list[tuple[Status, Mapping[str, Any]]] = []
        for row in rows if isinstance(rows, list) else ():
            self._try(self._read_status, row)

    def plan(self, raw: object, itself: Workflow | None = None) -> Plan | None:
        """Return the plan for one workflow, None when it cannot be read."""
        if not isinstance(raw, Mapping):
            self._note("WORKFLOW", "INVALID_WORKFLOW", "A workflow must be an object.")
            return None
        name = itself.name if itself else str(raw.get("name") or "").strip()
        self._check_name(name, itself)
        nodes = tuple(node for row in _list(raw, "statuses") if (node := self._try(self._node, row)))
        if not nodes:
            self._note("WORKFLOW", "WORKFLOW_STATUSES_MISSING", "A workflow must have a status.")
        allowed = {node.status.id for node in nodes}
        transitions = tuple(
            step
            for row in _list(raw, "transitions")
            if (step := self._try(lambda one: self._transition(one, allowed), row))
        )
        self._check_transitions(transitions)
        details = {key: raw[key] for key in _LAID_OUT if raw.get(key)}
        return Plan(name, str(raw.get("description") or ""), self._scope, nodes, transitions, details)

    def status(self, reference: object) -> Status | None:
        """Return the status that a request refers to, by its own reference or by an id."""
        found = self._by_reference.get(str(reference))
        return found or self._store.configuration.statuses.by_id(reference)

    def _note(self, part: str, code: str, message: str, **at: str) -> None:
        self.problems.append(Problem(part, code, message, at))

    def _try(self, read: Callable[[Any], T], row: object) -> T | None:
        """Return what is read, or note its flaw and return None."""
        try:
            return read(row)
        except Flaw as flaw:
            self.problems.append(flaw.problem)
            return None

    def _read_status(self, row: object) -> None:
        if not isinstance(row, Mapping) or not row.get("statusReference"):
            raise Flaw("STATUS", "STATUS_REFERENCE_MISSING", "Each status must have a statusReference.")
        reference, statuses_of_site = str(row["statusReference"]), self._store.configuration.statuses
        known = statuses_of_site.by_id(row.get("id")) if row.get("id") else None
        if row.get("id") and known is None:
            raise Flaw("STATUS", "UNKNOWN_STATUS", "The status does not exist.", statusReference=reference)
        if problem := statuses.name_problem(self._store, row.get("name"), self._scope, known):
            raise Flaw("STATUS", "NON_UNIQUE_STATUS_NAME", problem, statusReference=reference)
        names = [status.name for status in self.fresh] + [str(one["name"]) for _, one in self.changed]
        if str(row["name"]).casefold() in map(str.casefold, names):
            words = "You must use a unique status name."
            raise Flaw("STATUS", "NON_UNIQUE_STATUS_NAME", words, statusReference=reference)
        try:
            statuses.category(self._store, row.get("statusCategory"))
        except Refused as refusal:
            words = refusal.messages[0]
            raise Flaw("STATUS", "INVALID_CATEGORY", words, statusReference=reference) from None
        if known:
            self.changed.append((known, row))
        else:
            self.fresh.append(statuses.make(self._store, self._scope, row, len(self.fresh)))
        self._by_reference[reference] = known or self.fresh[-1]

    def _check_name(self, name: str, itself: Workflow | None) -> None:
        if not name or len(name) > NAME_LENGTH:
            self._note("WORKFLOW", "INVALID_NAME", f"The name must have up to {NAME_LENGTH} characters.")
        if any(one is not itself for one in self._store.configuration.workflows.named(name)):
            self._note("WORKFLOW", "NON_UNIQUE_NAME", f"A workflow with the name '{name}' already exists.")

    def _node(self, raw: object) -> Node | None:
        reference = str(raw.get("statusReference")) if isinstance(raw, Mapping) else ""
        status = self.status(reference)
        if status is None or not isinstance(raw, Mapping):
            words = f"The status '{reference}' is not part of this request."
            raise Flaw("STATUS_LAYOUT", "UNKNOWN_STATUS", words, statusReference=reference)
        if status.project not in (None, self._scope):
            words = f"The status '{status.name}' belongs to another project."
            raise Flaw("SCOPE", "STATUS_OUT_OF_SCOPE", words, statusReference=reference)
        if raw.get("approvalConfiguration"):
            words = "Approval configurations are not available on this site."
            raise Flaw("STATUS_LAYOUT", "APPROVAL_CONFIGURATION", words, statusReference=reference)
        return Node(status, dict(raw.get("properties") or {}), {"layout": raw.get("layout")})

    def _transition(self, raw: object, allowed: set[str]) -> Transition:
        if not isinstance(raw, Mapping) or raw.get("type") not in _KINDS or not raw.get("name"):
            words = "A transition must have a name, and a type: INITIAL, GLOBAL or DIRECTED."
            raise Flaw("TRANSITION", "INVALID_TRANSITION", words)
        number, to = str(raw.get("id") or ""), raw.get("toStatusReference")
        links = [link for link in _list(raw, "links") if isinstance(link, Mapping)]
        sources = [self.status(link.get("fromStatusReference")) for link in links]
        target = self.status(to) if to else None
        if any(one is None or one.id not in allowed for one in (*sources, *([target] if to else ()))):
            words = f"The transition '{raw['name']}' uses a status that the workflow does not have."
            raise Flaw("TRANSITION", "UNKNOWN_STATUS", words, transitionId=number)
        try:
            step = self._with_rules(raw, number, frozenset(one.id for one in sources if one), target)
        except Refused as refusal:
            raise Flaw("RULE", "INVALID_RULE", refusal.messages[0], transitionId=number) from None
        pairs = [(one.id, link) for one, link in zip(sources, links, strict=True) if one]
        ends = [{**link, "fromStatusReference": source} for source, link in pairs]
        return replace(step, details={**step.details, "links": ends} if ends else step.details)

    def _with_rules(
        self, raw: Mapping[str, Any], number: str, sources: frozenset[str], target: Status | None
    ) -> Transition:
        store = self._store
        return Transition(
            id=number,
            name=str(raw["name"]),
            kind=raw["type"],
            sources=sources,
            target=target,
            screen=_read_screen(store, raw.get("transitionScreen")),
            conditions=workflow_rules.read_conditions(store, raw.get("conditions")),
            validators=workflow_rules.read_rules(store, workflow_rules.VALIDATOR, raw.get("validators")),
            actions=workflow_rules.read_rules(store, workflow_rules.FUNCTION, raw.get("actions")),
            description=str(raw.get("description") or ""),
            properties=dict(raw.get("properties") or {}),
            details={key: raw[key] for key in _KEPT if raw.get(key)},
        )

    def _check_transitions(self, steps: tuple[Transition, ...]) -> None:
        initial = [step for step in steps if step.kind == "INITIAL"]
        if len(initial) != 1 or initial[0].target is None:
            self._note("WORKFLOW", "INITIAL_TRANSITION", "A workflow must have one initial transition.")
        for step in steps:
            if step.kind == "DIRECTED" and not step.sources:
                words = f"The transition '{step.name}' must start at a status."
                self._note("TRANSITION", "NO_SOURCE", words, transitionId=step.id)
            if step.kind == "INITIAL" and (step.sources or step.screen or step.conditions or _acts(step)):
                words = "The initial transition has no source, screen or rules on this site."
                self._note("TRANSITION", "INITIAL_TRANSITION", words, transitionId=step.id)
        given = [step.id for step in steps if step.id]
        for number in {one for one in given if given.count(one) > 1}:
            words = f"The transition id '{number}' is used more than once."
            self._note("TRANSITION", "NON_UNIQUE_TRANSITION_ID", words, transitionId=number)


def _acts(step: Transition) -> bool:
    """Return whether a transition has rules that do more than creating an issue does anyway."""
    harmless = "system:check-permission-validator", {"permissionKey": "CREATE_ISSUES"}
    return bool(step.actions) or any((rule.key, rule.parameters) != harmless for rule in step.validators)


def _list(raw: Mapping[str, Any], name: str) -> list[Any]:
    value = raw.get(name)
    return value if isinstance(value, list) else []


def _read_screen(store: Store, raw: object) -> Screen | None:
    """Return the screen of a transition; a reminder to fill in fields changes nothing and is not kept."""
    if not isinstance(raw, Mapping) or raw.get("ruleKey") == workflow_rules.REMINDER:
        return None
    number = (raw.get("parameters") or {}).get("screenId")
    if raw.get("ruleKey") != workflow_rules.SCREEN:
        raise Refused(400, f"The rule '{raw.get('ruleKey')}' is not available as a Screen on this site.")
    screen = store.configuration.screens.by_id(number)
    if number and screen is None:
        raise Refused(400, f"The screen with the id '{number}' does not exist.")
    return screen
