"""The section of the settings that describes a site."""

from typing import Any

import pytest
from pydantic import ValidationError

from careloop.connectors.jira import Settings
from careloop.model.record import RecordKind, State

LEAST: dict[str, Any] = {
    "kind": "jira",
    "url": "https://example.atlassian.net/",
    "auth": {"type": "basic", "user": "bot@example.com", "password": "s3cret"},
    "projects": ["ENG", {"key": "HELP", "kind": "service_desk", "states": {"Waiting": "awaiting_caller"}}],
}


def test_a_project_is_a_key_or_says_more() -> None:
    settings = Settings.model_validate(LEAST)

    assert settings.queries == {"ENG": "", "HELP": ""}
    assert settings.project("ENG").record_kind is None
    assert settings.project("HELP").record_kind is RecordKind.SERVICE_REQUEST
    assert settings.project("HELP").states == {"Waiting": State.AWAITING_CALLER}
    assert settings.url == "https://example.atlassian.net"


def test_secrets_are_not_shown() -> None:
    bearer = LEAST | {"auth": {"type": "bearer", "token": "t0ken"}}

    assert "s3cret" not in repr(Settings.model_validate(LEAST))
    assert "t0ken" not in repr(Settings.model_validate(bearer))


@pytest.mark.parametrize(
    "wrong",
    [
        {"projects": ['ENG" OR project = "HELP']},
        {"projects": ["eng"]},
        {"projects": ["ENG", "ENG"]},
        {"url": "example.atlassian.net"},
        {"url": "ftp://example.com"},
        {"url": "https://bot:s3cret@example.com"},
        {"url": "https://example.com?token=s3cret"},
        {"auth": {"type": "basic", "user": "bot"}},
        {"auth": {"type": "oauth"}},
        {"flavor": "server"},
        {"settling_seconds": -1},
        {"page_size": 0},
        {"colour": "blue"},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(LEAST | wrong)
