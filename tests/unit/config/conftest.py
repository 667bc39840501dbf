"""A settings file that works, to be changed by each test."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from careloop.config import Settings, load
from careloop.wiring import connector_kinds, policies

KINDS = {name: kind.settings for name, kind in connector_kinds().items()}
SECRETS = {"SERVICENOW_PASSWORD": "pretend", "JIRA_TOKEN": "pretend"}

Read = Callable[..., Settings]


def working() -> dict[str, Any]:
    """Return settings that work, as plain data."""
    return {
        "instances": {
            "servicenow": {
                "kind": "servicenow",
                "url": "http://127.0.0.1:8080",
                "auth": {"type": "basic", "user": "careloop", "password": "env:SERVICENOW_PASSWORD"},
                "tables": ["incident"],
            },
            "jira": {
                "kind": "jira",
                "url": "http://127.0.0.1:8081",
                "auth": {"type": "basic", "user": "bot@example.com", "password": "env:JIRA_TOKEN"},
                "projects": ["ENG"],
            },
        },
        "sync": {"links": [link()]},
        "policies": {"confirmed_closure": {}},
    }


def link(**told: Any) -> dict[str, Any]:
    ends = {
        "from": {"instance": "servicenow", "table": "incident"},
        "to": {"instance": "jira", "project": "ENG"},
    }
    return ends | told


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that reads settings from a file with the given data or text."""

    def read(data: Any, environ: Mapping[str, str] | None = SECRETS) -> Settings:
        path = tmp_path / "careloop.yaml"
        path.write_text(data if isinstance(data, str) else yaml.safe_dump(data, sort_keys=False))
        return load(path, kinds=KINDS, policies=policies(), environ=environ)

    return read
