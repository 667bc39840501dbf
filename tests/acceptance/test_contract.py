"""The settings that everything outside relies on work as they stand."""

import pytest

from tests.acceptance.shop import Shop

SETTINGS = """\
clock: platform
store: careloop.db
instances:
  servicenow:
    kind: servicenow
    url: {servicenow[url]}
    auth: {{type: basic, user: careloop, password: env:SERVICENOW_PASSWORD}}
    production: false
    tables: [incident]
  jira:
    kind: jira
    url: {jira[url]}
    flavor: cloud
    auth: {{type: basic, user: bot@example.com, password: env:JIRA_TOKEN}}
    projects: [ENG]
contact:
  channel: comment
  non_production: send
  test_mailbox: test@example.com
  phone: "+00 000 0000"
  hours: {{zone: UTC, days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}}
sync:
  mode: act
  links:
    - from: {{instance: servicenow, table: incident, query: assignment_group.name=Engineering}}
      to: {{instance: jira, project: ENG, issue_type: Bug}}
      create: true
      fields:
        - {{from: short_description, to: summary, direction: both}}
        - {{from: description, to: description, direction: forward}}
        - {{from: priority, to: priority, direction: forward, values: {{"1": Highest, "2": High}}}}
      states:
        - {{from: "2", to: In Progress, direction: both}}
      comments: {{public: both, internal: both}}
policies:
  defaults: {{mode: act, since: 2026-01-01, approved_by: owner@example.com, care_level: cost}}
  confirmed_closure: {{reminder_after: 3, window: 10}}
  awaiting_caller: {{}}
  reopen: {{look_back: 30}}
  deferred_scope: {{label: deferred, remind_before: [30, 7]}}
limits: {{changes: 200, share: 0.2, share_floor: 10, contacts: 50}}
"""


def test_secrets_from_the_environment_and_a_file_named_there_are_enough(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = shop.folder / "agreed.yaml"
    place.write_text(SETTINGS.format(**shop.addresses))
    shop.resolve(shop.call("Printer jams"))
    shop.wait(minutes=5)
    monkeypatch.setenv("CARELOOP_CONFIG", str(place))
    monkeypatch.setenv("SERVICENOW_PASSWORD", shop.addresses["servicenow"]["password"])
    monkeypatch.setenv("JIRA_TOKEN", shop.addresses["jira"]["token"])

    done = shop.careloop("plan")

    assert (done.code, done.err) == (2, "")
    assert "ask Omar Haddad - INC0010001 was resolved" in done.out
