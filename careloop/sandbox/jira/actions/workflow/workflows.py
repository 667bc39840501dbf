"""Creating, changing and deleting workflows: the work of administrators."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

from careloop.sandbox.jira.actions.workflow import migrations, statuses
from careloop.sandbox.jira.actions.workflow.migrations import Moves, Origin, stranded
from careloop.sandbox.jira.actions.workflow.workflow_plans import Plan, Planning, Problem
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import IssueType, Project
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.model.workflow import Workflow
from careloop.sandbox.jira.store import Store

FIRST_TRANSITION = 11
_IDS = UUID("0b0e6a3e-97d5-4a63-8a4f-2f4f6f3f7c55")


def plan_new(store: Store, user: User, asked: Mapping[str, Any]) -> tuple[Planning, list[Plan]]:
    """Return what a request wants to create, with everything that is wrong with it."""
    scope = statuses.read_scope(store, asked.get("scope"))
    statuses.permit(store, user, scope)
    planning = Planning(store, scope, asked.get("statuses"))
    rows = asked.get("workflows")
    plans = [planning.plan(row) for row in rows] if isinstance(rows, list) else []
    names = [plan.name.casefold() for plan in plans if plan]
    for name in {one for one in names if names.count(one) > 1}:
        words = f"The name '{name}' is used more than once."
        planning.problems.append(Problem("WORKFLOW", "NON_UNIQUE_NAME", words))
    return planning, [plan for plan in plans if plan]


def create(store: Store, user: User, asked: Mapping[str, Any]) -> list[Workflow]:
    """Create workflows with their statuses; 400 with all that is wrong."""
    planning, plans = plan_new(store, user, asked)
    _demand_none(planning.problems)
    _settle(store, planning)
    made = []
    for plan in plans:
        number, now = store.next_id("workflow", first=1), store.now()
        workflow = Workflow(str(uuid5(_IDS, str(number))), plan.name, (), (), project=plan.scope, created=now)
        _write(store, workflow, plan)
        made.append(store.configuration.workflows.add(workflow))
    store.configuration.revision += 1
    return made


def plan_change(
    store: Store, user: User, asked: Mapping[str, Any]
) -> tuple[Planning, list[tuple[Workflow, Plan, Moves]]]:
    """Return what a request wants to change, with everything that is wrong with it."""
    rows = [row for row in asked.get("workflows") or () if isinstance(row, Mapping)]
    known = [(store.configuration.workflows.by_id(row.get("id")), row) for row in rows]
    scopes = {workflow.project for workflow, _ in known if workflow} or {None}
    if len(scopes) > 1:
        raise Refused(400, "Workflows of different scopes cannot be changed together.")
    scope = scopes.pop()
    statuses.permit(store, user, scope)
    planning = Planning(store, scope, asked.get("statuses"))
    found = []
    for workflow, row in known:
        if workflow is None:
            words = f"The workflow with the id '{row.get('id')}' does not exist."
            planning.problems.append(Problem("WORKFLOW", "UNKNOWN_WORKFLOW", words))
        elif plan := planning.plan(row, workflow):
            moves = _read_moves(planning, row)
            problems = _version_problems(workflow, row) + _migration_problems(store, workflow, plan, moves)
            planning.problems.extend(problems)
            found.append((workflow, plan, moves))
    return planning, found


def update(store: Store, user: User, asked: Mapping[str, Any]) -> list[Workflow]:
    """Change workflows, and move issues out of statuses that these lose; 400 with all that is wrong."""
    planning, plans = plan_change(store, user, asked)
    _demand_none(planning.problems)
    _settle(store, planning)
    for workflow, plan, moves in plans:
        _write(store, workflow, plan)
        workflow.version, workflow.updated = workflow.version + 1, store.now()
        migrations.carry_out(store, user, issues_in(store, [workflow]), moves)
    store.renew()
    return [workflow for workflow, _, _ in plans]


def delete(store: Store, workflow: Workflow) -> None:
    """Delete a workflow that no scheme uses."""
    for scheme in store.configuration.workflow_schemes:
        draft = store.configuration.workflow_drafts.get(scheme.id)
        if workflow in scheme.things() or (draft and workflow in draft.scheme.things()):
            raise Refused(400, f"The workflow '{workflow.name}' is used by the scheme '{scheme.name}'.")
    store.configuration.workflows.remove(workflow)
    store.configuration.revision += 1


def users_of(store: Store, workflow: Workflow) -> list[tuple[Project, IssueType]]:
    """Return which types of which projects go through a workflow."""
    return [
        (project, kind)
        for project in store.configuration.every_project()
        for kind in project.issue_types
        if project.schemes.workflow.of(kind.id) is workflow
    ]


def issues_in(store: Store, workflows: Iterable[Workflow]) -> list[Issue]:
    """Return the issues that go through any of some workflows."""
    wanted = list(workflows)
    return [issue for issue in store.issues.values() if issue.workflow in wanted]


def _demand_none(problems: list[Problem]) -> None:
    if problems:
        raise Refused(400, *dict.fromkeys(problem.message for problem in problems))


def _settle(store: Store, planning: Planning) -> None:
    """Make the statuses of a request part of the site."""
    for status, row in planning.changed:
        statuses.change(store, status, row)
    for status in planning.fresh:
        store.configuration.statuses.add(status)


def _write(store: Store, workflow: Workflow, plan: Plan) -> None:
    workflow.description, workflow.details = plan.description, plan.details
    workflow.nodes, workflow.transitions = plan.nodes, plan.transitions
    taken = {step.id for step in plan.transitions}
    numbers = (str(number) for number in range(FIRST_TRANSITION, 100_000, 10))
    for step in plan.transitions:
        if not step.id:
            step.id = next(one for one in numbers if one not in taken)


def _version_problems(workflow: Workflow, row: Mapping[str, Any]) -> list[Problem]:
    given = row.get("version")
    number = given.get("versionNumber") if isinstance(given, Mapping) else None
    if number == workflow.version:
        return []
    words = f"The version of the workflow '{workflow.name}' is {workflow.version} by now."
    return [Problem("WORKFLOW", "OUTDATED_VERSION", words)]


def _read_moves(planning: Planning, row: Mapping[str, Any]) -> Moves:
    """Return where issues go, as `defaultStatusMappings` and, for single types, `statusMappings` say."""
    rows = [("", "", one) for one in row.get("defaultStatusMappings") or ()]
    for group in row.get("statusMappings") or ():
        place = str(group.get("projectId") or ""), str(group.get("issueTypeId") or "")
        rows += [(*place, one) for one in group.get("statusMigrations") or ()]
    found = {}
    for project, kind, one in rows:
        before, after = planning.status(one["oldStatusReference"]), planning.status(one["newStatusReference"])
        if before and after:
            found[Origin(before.id, project, kind)] = after
    return found


def _migration_problems(store: Store, workflow: Workflow, plan: Plan, moves: Moves) -> list[Problem]:
    kept = {node.status for node in plan.nodes}
    issues = issues_in(store, [workflow])
    names = stranded(issues, moves, {issue.kind.id: kept for issue in issues})
    words = "A mapping is required for issues in the status '{}'."
    return [Problem("STATUS_MAPPING", "MISSING_STATUS_MAPPING", words.format(name)) for name in names]
