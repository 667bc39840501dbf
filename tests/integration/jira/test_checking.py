"""`check` finds what stands in the way before the first run, and says what to change."""

from dataclasses import replace
from typing import Any

import pytest

from careloop.model.check import Check, CheckContext, Severity
from careloop.sandbox.faults import Fault
from tests.integration.jira.desk import Desk


def context(desk: Desk, **more: Any) -> CheckContext:
    modes: dict[str, Any] = {
        "acting": True,
        "asking": True,
        "closing": False,
        "window_days": 14,
        "care_level": "cost",
    }
    return CheckContext(**({"scopes": (desk.scope,)} | modes | more))


def found(desk: Desk, severity: Severity, **more: Any) -> dict[str, Check]:
    """Return the checks of one severity, by name."""
    checks = desk.connector.check(context(desk, **more))
    return {check.name: check for check in checks if check.severity is severity}


@pytest.mark.parametrize("project", ["ENG", "HELP"])
def test_a_site_that_is_ready_passes(project: str) -> None:
    desk = Desk(project)
    desk.open_record("Here")

    checks = list(desk.connector.check(context(desk)))
    assert {check.severity for check in checks} == {Severity.OK}
    assert {"account", "clock", "project", "permissions", "fields", "query", "history"} <= {
        c.name for c in checks
    }


def test_checking_writes_nothing() -> None:
    desk = Desk()
    desk.open_record("Here")
    list(desk.connector.check(context(desk)))

    assert {call for call in desk.sent if not call.startswith("GET")} == {
        "POST changelog/bulkfetch",
        "POST search/jql",
    }


def test_wrong_credentials_block_and_explain_the_traps_of_tokens() -> None:
    desk = Desk(auth={"type": "basic", "user": "bot@example.com", "password": "expired"})

    checks = list(desk.connector.check(context(desk)))
    assert [check.severity for check in checks] == [Severity.BLOCKING]
    assert "api.atlassian.com/ex/jira" in checks[0].advice
    assert "expired" not in checks[0].says


@pytest.mark.parametrize("fault", [Fault("html", code=200), Fault("connect_timeout", times=9)])
def test_an_address_that_is_no_jira_blocks(fault: Fault) -> None:
    desk = Desk()
    desk.sandbox.faults.add(fault)

    assert list(found(desk, Severity.BLOCKING)) == ["account"]


def test_a_project_that_cannot_be_seen_blocks() -> None:
    desk = Desk()
    desk.site.take_away(desk.site.email, "ENG", "BROWSE_PROJECTS")

    blocking = found(desk, Severity.BLOCKING)
    assert "Browse Projects in ENG" in blocking["project"].advice


def test_a_missing_permission_blocks_the_modes_that_need_it_only() -> None:
    desk = Desk()
    desk.site.take_away(desk.site.email, "ENG", "TRANSITION_ISSUES")

    assert found(desk, Severity.BLOCKING)["permissions"].advice == "grant Transition Issues to it in ENG"
    assert "permissions" in found(desk, Severity.OK, acting=False)


def test_a_project_of_another_kind_than_declared_blocks() -> None:
    desk = Desk("HELP", projects=[{"key": "HELP", "kind": "software"}])

    assert "but is service_desk" in found(desk, Severity.BLOCKING)["project"].says


def test_a_mapped_field_that_does_not_exist_is_named() -> None:
    desk = Desk()
    desk.scope = replace(desk.scope, fields=("sumary",))

    assert "sumary" in found(desk, Severity.WARNING)["fields"].says


def test_a_broken_query_blocks() -> None:
    desk = Desk()
    desk.scope = replace(desk.scope, selections={"link": "assignee = "})

    assert "query" in found(desk, Severity.BLOCKING)


def test_a_status_that_the_project_lacks_is_named() -> None:
    desk = Desk(projects=[{"key": "ENG", "states": {"Finished": "closed"}}])

    assert found(desk, Severity.WARNING)["statuses"].says == "ENG has no status Finished"


def test_a_screen_that_demands_what_the_settings_lack_is_named() -> None:
    desk = Desk()
    desk.open_record("Here")

    def demand(answer: Any) -> Any:
        for step in answer["transitions"]:
            step["fields"] = {"customfield_10052": {"required": True, "name": "External reference"}}
        return answer

    desk.between.changes["transitions"] = demand
    warning = found(desk, Severity.WARNING)["screens"]
    assert "demands External reference" in warning.says
    assert "screens" not in found(desk, Severity.WARNING, acting=False)


def test_what_is_done_without_a_resolution_is_told() -> None:
    desk = Desk()
    ref = desk.open_record("Done, unresolved")
    desk.site.act("ada.keller").transition(ref.id, "Done", resolution={"name": "Done"})
    issue = desk.site.store.issue_for(desk.site.store.people.find("admin"), ref.id)
    desk.site.store.begin_write(issue)
    issue.resolution = None

    assert "without a resolution" in found(desk, Severity.WARNING)["resolution"].says


def test_clocks_that_disagree_are_told() -> None:
    desk = Desk()
    late = list(desk.connector.check(context(desk)))
    assert [check.severity for check in late if check.name == "clock"] == [Severity.OK]

    desk.clock.ahead = 300
    warning = found(desk, Severity.WARNING)["clock"]
    assert "-300 seconds" in warning.says


def test_rights_are_named_by_project_and_mode_and_never_include_an_administrators() -> None:
    desk = Desk()

    audit = list(desk.connector.rights(context(desk, acting=False, asking=False)))
    assert [(right.target, right.role, right.mode) for right in audit] == [
        ("ENG", "Browse Projects", "audit")
    ]
    assert "summary" in audit[0].fields
    acting = {right.role for right in desk.connector.rights(context(desk))}
    assert acting >= {"Browse Projects", "Add Comments", "Create Issues", "Edit Issues", "Transition Issues"}
    assert not [role for role in acting if "Admin" in role]
