"""Workflows that administrators create, and how they decide what happens to issues."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/api/3"
FLOWS = f"{API}/workflows"
BUG, TASK = "10004", "10002"
TO_DO, DOING, DONE = "10000", "3", "10002"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


def rule(key: str, **parameters: str) -> dict[str, Any]:
    return {"ruleKey": f"system:{key}", "parameters": parameters}


def step(number: str, name: str, to: str, *sources: str, **more: Any) -> dict[str, Any]:
    kind = "DIRECTED" if sources else "GLOBAL"
    links = [{"fromStatusReference": one, "fromPort": 0, "toPort": 1} for one in sources]
    return {"id": number, "type": kind, "name": name, "toStatusReference": to, "links": links, **more}


def flow(*steps: dict[str, Any], name: str = "Ours") -> dict[str, Any]:
    """A workflow of To Do, In Progress and Done with these transitions besides the initial one."""
    first = {"id": "1", "type": "INITIAL", "name": "Create", "toStatusReference": TO_DO}
    nodes = [{"statusReference": one, "properties": {}} for one in (TO_DO, DOING, DONE)]
    return {"name": name, "statuses": nodes, "transitions": [first, *steps]}


def payload(*flows: dict[str, Any], statuses: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"scope": {"type": "GLOBAL"}, "statuses": statuses or [], "workflows": list(flows)}


def use(admin: Caller, *steps: dict[str, Any]) -> str:
    """Make a workflow and have bugs of ENG, which has no issues, go through it; return its id."""
    made = admin.ok("POST", f"{FLOWS}/create", payload(flow(*steps)))["workflows"][0]
    scheme = {"name": "Ours", "defaultWorkflow": "Software workflow", "issueTypeMappings": {BUG: "Ours"}}
    number = admin.ok("POST", f"{API}/workflowscheme", scheme)["id"]
    admin.ok("PUT", f"{API}/workflowscheme/project", {"projectId": "10000", "workflowSchemeId": str(number)})
    return str(made["id"])


def new(call: Caller, kind: str = "Bug", **more: Any) -> str:
    fields = {"project": {"key": "ENG"}, "issuetype": {"name": kind}, "summary": "Printer jams", **more}
    return str(call.ok("POST", "/rest/api/2/issue", {"fields": fields})["key"])


def names(call: Caller, issue: str) -> list[str]:
    return [one["name"] for one in call.ok("GET", f"{API}/issue/{issue}/transitions")["transitions"]]


def move(call: Caller, issue: str, number: str, **fields: Any) -> Any:
    asked = {"transition": {"id": number}, "fields": fields}
    return call("POST", f"{API}/issue/{issue}/transitions", asked)


def field(call: Caller, issue: str, name: str) -> Any:
    return call.ok("GET", f"/rest/api/2/issue/{issue}")["fields"][name]


# -- creating and reading -----------------------------------------------------------------------------------


def test_a_workflow_is_created_with_statuses_of_its_own_and_read_as_it_was_made(admin: Caller) -> None:
    fresh = [{"statusReference": "new", "name": "On the way", "statusCategory": "IN_PROGRESS"}]
    asked = flow(step("11", "Send", "new", TO_DO, properties={"jira.x": "1"}, description="By van"))
    asked["statuses"].append({"statusReference": "new", "properties": {}, "layout": {"x": 1.5, "y": 2.0}})
    made = admin.ok("POST", f"{FLOWS}/create", payload(asked, statuses=fresh))
    number = next(one["id"] for one in made["statuses"] if one["name"] == "On the way")
    shown = admin.ok("POST", FLOWS, {"workflowNames": ["Ours"]})["workflows"][0]
    assert shown == made["workflows"][0]
    assert shown["statuses"][-1]["layout"] == {"x": 1.5, "y": 2.0}
    sent = next(one for one in shown["transitions"] if one["id"] == "11")
    assert (sent["toStatusReference"], sent["properties"], sent["description"]) == (
        number,
        {"jira.x": "1"},
        "By van",
    )
    assert sent["links"] == [{"fromStatusReference": TO_DO, "fromPort": 0, "toPort": 1}]
    assert number in {one["id"] for one in admin.ok("GET", f"{API}/status")}


def test_the_workflow_of_a_type_of_a_project_is_read(admin: Caller) -> None:
    pair = {"projectId": "10000", "issueTypeId": BUG}
    shown = admin.ok("POST", FLOWS, {"projectAndIssueTypes": [pair]})["workflows"]
    assert [one["name"] for one in shown] == ["Software workflow"]


def test_workflows_are_searched_by_name_scope_and_use(admin: Caller, call: Caller) -> None:
    admin.ok("POST", f"{FLOWS}/create", payload(flow(name="Idle")))
    found = admin.ok("GET", f"{FLOWS}/search", queryString="WORKFLOW", orderBy="-name")
    assert [one["name"] for one in found["values"]] == ["Software workflow", "Service workflow"]
    assert "transitions" not in found["values"][0]
    whole = admin.ok("GET", f"{FLOWS}/search", expand="values.transitions", maxResults=1)
    assert (whole["values"][0]["name"], whole["isLast"], whole["total"]) == ("Idle", False, 3)
    assert whole["values"][0]["transitions"]
    assert [one["name"] for one in admin.ok("GET", f"{FLOWS}/search", isActive=False)["values"]] == ["Idle"]
    assert admin.ok("GET", f"{FLOWS}/search", scope="PROJECT")["total"] == 0
    assert call.ok("GET", f"{FLOWS}/search")["total"] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "Software workflow"}, "NON_UNIQUE_NAME"),
        ({"name": ""}, "INVALID_NAME"),
        ({"statuses": []}, "WORKFLOW_STATUSES_MISSING"),
        ({"statuses": [{"statusReference": "nowhere", "properties": {}}]}, "UNKNOWN_STATUS"),
        ({"transitions": []}, "INITIAL_TRANSITION"),
        ({"transitions": [step("11", "Go", "5", TO_DO)]}, "UNKNOWN_STATUS"),
        ({"transitions": [step("11", "Go", DONE), step("11", "Stay", DONE)]}, "NON_UNIQUE_TRANSITION_ID"),
        ({"transitions": [{**step("11", "Go", DONE), "type": "DIRECTED"}]}, "NO_SOURCE"),
        (
            {"transitions": [step("11", "Go", DONE, validators=[rule("proforma-forms-attached")])]},
            "INVALID_RULE",
        ),
    ],
)
def test_what_is_wrong_with_a_workflow_is_told_before_and_refused_after(
    admin: Caller, change: dict[str, Any], code: str
) -> None:
    asked = payload({**flow(), **change})
    told = admin.ok("POST", f"{FLOWS}/create/validation", {"payload": asked})["errors"]
    assert code in {one["code"] for one in told}
    refused = admin("POST", f"{FLOWS}/create", asked)
    assert refused.status_code == 400
    assert refused.json()["errorMessages"][0] in {one["message"] for one in told}
    assert admin.ok("GET", f"{FLOWS}/search")["total"] == 2


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"actions": [rule("trigger-webhook", webhookId="1")]}, "system:trigger-webhook"),
        (
            {"conditions": {"operation": "ALL", "conditions": [rule("block-in-progress-approval")]}},
            "approval",
        ),
        ({"validators": [rule("validate-field-value", ruleType="fieldRequired", fieldsRequired="x")]}, "'x'"),
        ({"validators": [rule("check-permission-validator", permissionKey="FLY")]}, "FLY"),
        ({"actions": [rule("update-field", field="created", value="x")]}, "created"),
        (
            {
                "conditions": {
                    "operation": "ALL",
                    "conditions": [
                        rule("check-field-value", fieldId="summary", fieldValue="x", comparisonType="NUMBER")
                    ],
                }
            },
            "no number",
        ),
        ({"transitionScreen": rule("transition-screen", screenId="77")}, "77"),
        ({"actions": [rule("change-assignee", type="to-selected-user", accountId="x")]}, "unknown account"),
    ],
)
def test_a_rule_that_is_not_played_here_is_refused_by_name(
    admin: Caller, more: dict[str, Any], named: str
) -> None:
    answer = admin("POST", f"{FLOWS}/create", payload(flow(step("11", "Go", DONE, **more))))
    assert answer.status_code == 400
    assert named in answer.text


def test_every_rule_that_is_told_of_is_one_that_is_played(admin: Caller) -> None:
    told = admin.ok("GET", f"{FLOWS}/capabilities")["systemRules"]
    assert {one["ruleType"] for one in told} == {"Condition", "Validator", "Function", "Screen"}
    assert admin.ok("GET", f"{FLOWS}/defaultEditor") == {"value": "NEW"}


def test_who_administers_nothing_changes_no_workflow(call: Caller) -> None:
    assert call("POST", f"{FLOWS}/create", payload(flow())).status_code == 401
    assert call("POST", f"{FLOWS}/create/validation", {"payload": payload(flow())}).status_code == 401
    assert call("DELETE", f"{API}/workflow/{'0' * 8}").status_code == 403


def test_a_workflow_in_use_is_not_deleted_and_says_where_it_is(admin: Caller) -> None:
    number = use(admin)
    assert admin("DELETE", f"{API}/workflow/{number}").status_code == 400
    assert admin.ok("GET", f"{API}/workflow/{number}/projectUsages")["projects"]["values"] == [
        {"id": "10000"}
    ]
    kinds = admin.ok("GET", f"{API}/workflow/{number}/project/10000/issueTypeUsages")["issueTypes"]
    assert kinds["values"] == [{"id": BUG}]
    assert len(admin.ok("GET", f"{API}/workflow/{number}/workflowSchemes")["workflowSchemes"]["values"]) == 1
    idle = admin.ok("POST", f"{FLOWS}/create", payload(flow(name="Idle")))["workflows"][0]["id"]
    assert admin("DELETE", f"{API}/workflow/{idle}").status_code == 204
    assert admin("DELETE", f"{API}/workflow/{idle}").status_code == 404


# -- deciding -----------------------------------------------------------------------------------------------


def test_the_workflow_of_its_type_decides_what_can_be_done_with_an_issue(admin: Caller, call: Caller) -> None:
    use(admin, step("11", "Finish", DONE, TO_DO), step("21", "Start over", TO_DO))
    bug, task = new(call), new(call, "Task")
    assert names(call, bug) == ["Finish", "Start over"]
    assert names(call, task) == ["Start work", "Done"]
    assert move(call, bug, "11").status_code == 204
    assert names(call, bug) == ["Start over"]
    shown = call.ok("GET", f"{API}/project/ENG/statuses")
    assert [one["name"] for one in next(row for row in shown if row["id"] == BUG)["statuses"]] == [
        "To Do",
        "In Progress",
        "Done",
    ]


def test_a_transition_without_a_target_stays_where_it_is(admin: Caller, call: Caller) -> None:
    loop = {"id": "11", "type": "GLOBAL", "name": "Poke"}
    use(admin, loop, step("21", "Start", DOING, TO_DO))
    bug = new(call)
    move(call, bug, "21")
    assert call.ok("GET", f"{API}/issue/{bug}/transitions")["transitions"][0]["isLooped"] is True
    assert move(call, bug, "11").status_code == 204
    assert field(call, bug, "status")["id"] == DOING


def test_a_screen_of_a_transition_says_what_can_be_filled_in(admin: Caller, call: Caller) -> None:
    use(admin, step("11", "Finish", DONE, transitionScreen=rule("transition-screen", screenId="3")))
    bug = new(call)
    assert move(call, bug, "11").json()["errors"] == {"resolution": "Resolution is required."}
    assert move(call, bug, "11", resolution={"id": "10000"}).status_code == 204


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        (rule("restrict-issue-transition", accountIds="allow-reporter"), 1),
        (rule("restrict-issue-transition", accountIds="allow-assignee"), 0),
        (rule("restrict-issue-transition", roleIds="10004,10005"), 1),
        (rule("restrict-issue-transition", roleIds="10005"), 0),
        (rule("restrict-issue-transition", permissionKeys="DELETE_ISSUES"), 0),
        (rule("restrict-issue-transition", permissionKeys="EDIT_ISSUES"), 1),
        (rule("restrict-issue-transition"), 0),
        (
            rule(
                "check-field-value",
                fieldId="priority",
                fieldValue='["3"]',
                comparator="=",
                comparisonType="OPTIONID",
            ),
            1,
        ),
        (
            rule(
                "check-field-value",
                fieldId="priority",
                fieldValue='["1"]',
                comparator="=",
                comparisonType="OPTIONID",
            ),
            0,
        ),
        (
            rule(
                "check-field-value",
                fieldId="summary",
                fieldValue='["Printer jams"]',
                comparator="!=",
                comparisonType="STRING",
            ),
            0,
        ),
        (
            rule(
                "check-field-value",
                fieldId="assignee",
                fieldValue="",
                comparator="!=",
                comparisonType="STRING",
            ),
            0,
        ),
        (
            rule(
                "check-field-value",
                fieldId="customfield_10016",
                fieldValue="5",
                comparator=">=",
                comparisonType="NUMBER",
            ),
            0,
        ),
        (rule("previous-status-condition", previousStatusIds=TO_DO), 0),
        (rule("previous-status-condition", previousStatusIds=TO_DO, includeCurrentStatus="true"), 1),
        (rule("previous-status-condition", **{"previousStatusIds": TO_DO, "not": "true"}), 1),
        (rule("restrict-from-all-users", restrictMode="users"), 1),
        (rule("restrict-from-all-users", restrictMode="usersAndAPI"), 0),
        (rule("parent-or-child-blocking-condition", blocker="CHILD", statusIds=TO_DO), 1),
        (rule("separation-of-duties", fromStatusId=TO_DO, toStatusId=DOING), 1),
    ],
)
def test_a_condition_decides_who_can_make_a_transition(
    admin: Caller, call: Caller, condition: dict[str, Any], shown: int
) -> None:
    use(admin, step("11", "Finish", DONE, conditions={"operation": "ALL", "conditions": [condition]}))
    bug = new(call)
    assert len(names(call, bug)) == shown
    assert move(call, bug, "11").status_code == (204 if shown else 400)


def test_conditions_look_at_the_past_and_at_sub_tasks(admin: Caller, call: Caller) -> None:
    rules = [
        rule("separation-of-duties", fromStatusId=TO_DO, toStatusId=DOING),
        rule("previous-status-condition", previousStatusIds=TO_DO, mostRecentStatusOnly="true"),
    ]
    use(
        admin,
        step("11", "Start", DOING, TO_DO),
        step("21", "By another", DONE, DOING, conditions={"operation": "ALL", "conditions": rules[:1]}),
        step("31", "After To Do", DONE, DOING, conditions={"operation": "ALL", "conditions": rules[1:]}),
    )
    bug = new(call)
    move(call, bug, "11")
    assert names(call, bug) == ["After To Do"]
    assert names(admin, bug) == ["By another", "After To Do"]


def test_any_of_some_conditions_is_enough_when_a_group_says_so(admin: Caller, call: Caller) -> None:
    never, ever = rule("restrict-issue-transition"), rule("restrict-issue-transition", roleIds="10004")
    group = {"operation": "ANY", "conditions": [never, ever]}
    use(
        admin,
        step("11", "Any", DONE, conditions=group),
        step(
            "21",
            "All",
            DONE,
            conditions={"operation": "ALL", "conditions": [never], "conditionGroups": [group]},
        ),
    )
    assert names(call, new(call)) == ["Any"]


@pytest.mark.parametrize(
    ("validator", "problem"),
    [
        (rule("check-permission-validator", permissionKey="DELETE_ISSUES"), "DELETE_ISSUES"),
        (rule("check-permission-validator", permissionKey="EDIT_ISSUES"), ""),
        (
            rule(
                "validate-field-value",
                ruleType="fieldRequired",
                fieldsRequired="duedate",
                errorMessage="When?",
            ),
            "When?",
        ),
        (rule("validate-field-value", ruleType="fieldRequired", fieldsRequired="summary"), ""),
        (rule("validate-field-value", ruleType="fieldChanged", fieldKey="assignee"), "Assignee has not been"),
        (rule("validate-field-value", ruleType="fieldHasSingleValue", fieldKey="labels"), "single value"),
        (
            rule(
                "validate-field-value",
                ruleType="fieldMatchesRegularExpression",
                regexp="^P",
                fieldKey="summary",
            ),
            "",
        ),
        (
            rule(
                "validate-field-value",
                ruleType="fieldMatchesRegularExpression",
                regexp="^J",
                fieldKey="summary",
            ),
            "format",
        ),
        (rule("previous-status-validator", previousStatusIds=DONE), "Done"),
        (rule("parent-or-child-blocking-validator", blocker="PARENT", statusIds=TO_DO), ""),
        (
            rule(
                "validate-field-value",
                ruleType="dateFieldComparison",
                date1FieldKey="created",
                date2FieldKey="updated",
                conditionSelected="<",
            ),
            "Created must be < Updated",
        ),
        (
            rule(
                "validate-field-value",
                ruleType="windowDateComparison",
                date1FieldKey="created",
                date2FieldKey="updated",
                numberOfDays="3",
            ),
            "",
        ),
    ],
)
def test_a_validator_decides_what_a_transition_takes(
    admin: Caller, call: Caller, validator: dict[str, Any], problem: str
) -> None:
    use(admin, step("11", "Finish", DONE, validators=[validator]))
    bug = new(call, labels=["a", "b"])
    answer = move(call, bug, "11")
    assert answer.status_code == (400 if problem else 204)
    assert problem in answer.text
    assert field(call, bug, "status")["id"] == (TO_DO if problem else DONE)


def test_post_functions_change_fields_in_the_same_breath(admin: Caller, call: Caller, site: Site) -> None:
    bot = site.act("bot").user.account_id
    use(
        admin,
        step(
            "11",
            "Finish",
            DONE,
            actions=[
                rule("change-assignee", type="to-selected-user", accountId=bot),
                rule("update-field", field="labels", value="done", mode="append"),
                rule("update-field", field="resolution", value="10001", mode="replace"),
                rule("update-field", field="environment", value="lab"),
                rule("copy-value-from-other-field", sourceFieldKey="summary", targetFieldKey="description"),
            ],
        ),
        step(
            "21",
            "Reopen",
            TO_DO,
            actions=[
                rule("change-assignee", type="to-unassigned"),
                rule("update-field", field="resolution", value=""),
            ],
        ),
    )
    bug = new(call, labels=["old"])
    assert move(call, bug, "11").status_code == 204
    shown = call.ok("GET", f"/rest/api/2/issue/{bug}", expand="changelog")
    fields = shown["fields"]
    assert (fields["assignee"]["accountId"], fields["labels"]) == (bot, ["old", "done"])
    assert (fields["resolution"]["id"], fields["environment"], fields["description"]) == (
        "10001",
        "lab",
        "Printer jams",
    )
    assert len(shown["changelog"]["histories"]) == 1
    assert move(call, bug, "21").status_code == 204
    assert (field(call, bug, "assignee"), field(call, bug, "resolution")) == (None, None)


def test_what_does_not_fit_is_not_copied(admin: Caller, call: Caller) -> None:
    copies = [("summary", "duedate"), ("priority", "environment"), ("description", "customfield_10050")]
    rules = [rule("copy-value-from-other-field", sourceFieldKey=a, targetFieldKey=b) for a, b in copies]
    use(admin, step("11", "Finish", DONE, actions=rules))
    bug = new(call)
    assert move(call, bug, "11").status_code == 204
    assert (field(call, bug, "duedate"), field(call, bug, "environment")) == (None, "Medium")


def test_rules_leave_a_field_alone_that_was_deleted_since(admin: Caller, call: Caller) -> None:
    asked = {"name": "Answer", "type": "com.atlassian.jira.plugin.system.customfieldtypes:textfield"}
    made = admin.ok("POST", f"{API}/field", asked)["id"]
    use(
        admin,
        step(
            "11",
            "Finish",
            DONE,
            validators=[rule("validate-field-value", ruleType="fieldRequired", fieldsRequired=made)],
            actions=[rule("update-field", field=made, value="x")],
        ),
    )
    bug = new(call)
    assert move(call, bug, "11").status_code == 400
    assert (
        admin.session.delete(f"http://jira.test{API}/field/{made}", allow_redirects=False).status_code == 303
    )
    assert move(call, bug, "11").status_code == 204


# -- changing -----------------------------------------------------------------------------------------------


def test_an_update_takes_effect_and_moves_issues_out_of_statuses_that_go(admin: Caller, call: Caller) -> None:
    number = use(admin, step("11", "Start", DOING))
    bug = new(call)
    move(call, bug, "11")
    known = admin.ok("POST", FLOWS, {"workflowIds": [number]})["workflows"][0]
    changed = {**flow(step("31", "Finish", DONE)), "id": number, "version": known["version"]}
    del changed["name"]
    changed["statuses"] = [one for one in changed["statuses"] if one["statusReference"] != DOING]
    told = admin.ok("POST", f"{FLOWS}/update/validation", {"payload": {"workflows": [changed]}})["errors"]
    assert [one["code"] for one in told] == ["MISSING_STATUS_MAPPING"]
    assert admin("POST", f"{FLOWS}/update", {"workflows": [changed]}).status_code == 400
    changed["defaultStatusMappings"] = [{"oldStatusReference": DOING, "newStatusReference": TO_DO}]
    shown = admin.ok("POST", f"{FLOWS}/update", {"workflows": [changed]})["workflows"][0]
    assert shown["version"]["versionNumber"] == known["version"]["versionNumber"] + 1
    assert (field(call, bug, "status")["id"], names(call, bug)) == (TO_DO, ["Finish"])
    outdated = admin("POST", f"{FLOWS}/update", {"workflows": [changed]})
    assert outdated.status_code == 400
