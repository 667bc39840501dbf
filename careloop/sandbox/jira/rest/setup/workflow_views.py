"""How workflows look in an answer."""

from collections.abc import Iterable, Mapping
from typing import Any

from careloop.sandbox.jira.dates import write_instant
from careloop.sandbox.jira.model.workflow import Conditions, Node, Rule, Transition, Workflow
from careloop.sandbox.jira.rest.setup.statuses import show_scope, show_status


def show_workflows(workflows: Iterable[Workflow], *, transitions: bool = True) -> dict[str, Any]:
    """Return workflows with the statuses that they have; a status is referred to by its id."""
    rows = list(workflows)
    known = dict.fromkeys(status for one in rows for status in one.statuses())
    shown = [show_workflow(one, transitions=transitions) for one in rows]
    return {
        "statuses": [{**show_status(status), "statusReference": status.id} for status in known],
        "workflows": shown,
    }


def show_workflow(workflow: Workflow, *, transitions: bool = True) -> dict[str, Any]:
    """Return a workflow, perhaps with its transitions."""
    shown: dict[str, Any] = {
        "id": workflow.id,
        "name": workflow.name,
        "description": workflow.description,
        "scope": show_scope(workflow.project),
        "isEditable": True,
        "statuses": [_show_node(node) for node in workflow.nodes],
        "version": {"id": workflow.id, "versionNumber": workflow.version},
        **workflow.details,
    }
    if transitions:
        shown["transitions"] = [_show_transition(step) for step in workflow.transitions]
    for name, when in (("created", workflow.created), ("updated", workflow.updated or workflow.created)):
        if when is not None:
            shown[name] = write_instant(when)
    return shown


def _show_node(node: Node) -> dict[str, Any]:
    layout = {"layout": node.details["layout"]} if node.details.get("layout") else {}
    shown = {"statusReference": node.status.id, "properties": dict(node.properties), "deprecated": False}
    return {**shown, **layout}


def _show_transition(step: Transition) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": step.id,
        "type": step.kind,
        "name": step.name,
        "description": step.description,
        "links": step.details.get("links") or [{"fromStatusReference": one} for one in sorted(step.sources)],
        "actions": [_show_rule(rule) for rule in step.actions],
        "validators": [_show_rule(rule) for rule in step.validators],
        "triggers": step.details.get("triggers", []),
        "properties": step.properties,
    }
    if step.target:
        shown["toStatusReference"] = step.target.id
    if step.conditions:
        shown["conditions"] = _show_conditions(step.conditions)
    if step.screen:
        number = {"screenId": step.screen.id}
        shown["transitionScreen"] = {"ruleKey": "system:transition-screen", "parameters": number}
    if step.details.get("customIssueEventId"):
        shown["customIssueEventId"] = step.details["customIssueEventId"]
    return shown


def _show_conditions(conditions: Conditions) -> Mapping[str, Any]:
    return {
        "operation": conditions.operation,
        "conditions": [_show_rule(rule) for rule in conditions.rules],
        "conditionGroups": [_show_conditions(group) for group in conditions.groups],
    }


def _show_rule(rule: Rule) -> dict[str, Any]:
    return {"id": rule.id, "ruleKey": rule.key, "parameters": dict(rule.parameters)}
