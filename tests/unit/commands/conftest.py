"""The command line called in this process, in a folder of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from careloop.cli import run

SETTINGS = """\
store: careloop.db
instances:
  servicenow:
    kind: servicenow
    url: http://127.0.0.1:9
    auth: {type: basic, user: careloop, password: env:SERVICENOW_PASSWORD}
    tables: [incident]
  jira:
    kind: jira
    url: http://127.0.0.1:9
    auth: {type: basic, user: bot@example.com, password: env:JIRA_TOKEN}
    projects: [ENG]
contact:
  non_production: send
sync:
  links:
    - from: {instance: servicenow, table: incident}
      to: {instance: jira, project: ENG, issue_type: Bug}
      fields:
        - {from: short_description, to: summary, direction: both}
policies:
  confirmed_closure: {}
  awaiting_caller: {}
  reopen: {}
  deferred_scope: {}
"""


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str


Call = Callable[..., Done]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that commands work in, with settings in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SERVICENOW_PASSWORD", "pretend")
    monkeypatch.setenv("JIRA_TOKEN", "pretend")
    (tmp_path / "careloop.yaml").write_text(SETTINGS)
    return tmp_path


@pytest.fixture
def call(folder: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that runs one command."""

    def called(*arguments: str) -> Done:
        code = run(list(arguments))
        printed = capsys.readouterr()
        return Done(code, printed.out, printed.err)

    return called
