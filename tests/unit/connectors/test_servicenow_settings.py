"""The settings of a ServiceNow instance."""

from typing import Any

import pytest
from pydantic import ValidationError

from careloop.connectors.servicenow.settings import Settings
from careloop.connectors.servicenow.tables import define
from careloop.model.record import RecordKind, State

AUTH = {"type": "basic", "user": "careloop", "password": "hunter22"}


def settings(**more: Any) -> Settings:
    return Settings.model_validate({"url": "https://example.com", "auth": AUTH, **more})


def test_a_table_is_a_name_or_a_section() -> None:
    read = settings(tables=["incident", {"name": "problem", "query": "active=true"}])
    assert read.queries == {"incident": "", "problem": "active=true"}


def test_incidents_are_read_when_nothing_is_said() -> None:
    assert settings().queries == {"incident": ""}


def test_a_secret_does_not_show_when_settings_are_printed() -> None:
    assert "hunter22" not in repr(settings())
    assert settings(auth={"type": "token", "token": "t0p-secret"}).login == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "example.com"},
        {"url": "https://user:hunter22@example.com"},
        {"url": "https://example.com/path"},
        {"auth": {"type": "basic", "user": "", "password": "x"}},
        {"auth": {"type": "magic"}},
        {"tables": ["incident", "incident"]},
        {"tables": ["incident/../sys_user"]},
        {"tables": [{"name": "incident", "states": {"1": "sleeping"}}]},
        {"page_size": 0},
        {"pages": 3},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_a_final_slash_of_the_address_does_not_matter() -> None:
    assert settings(url="https://example.com/").url == "https://example.com"


def test_a_table_of_ones_own_reads_its_states_as_named() -> None:
    table = define(
        settings(
            tables=[{"name": "u_case", "kind": "incident", "states": {"10": "resolved"}, "asks": True}]
        ).tables[0]
    )
    assert table.kind is RecordKind.INCIDENT
    assert table.state("10", "") is State.RESOLVED
    assert table.dialect.asks


def test_a_deferred_demand_is_read_as_deferred() -> None:
    table = define(settings(tables=["dmn_demand"]).tables[0])
    assert table.kind is RecordKind.DEMAND
    assert table.state("4", "") is State.DEFERRED


def test_on_hold_tells_apart_who_is_awaited() -> None:
    table = define(settings().tables[0])
    assert table.state("3", "1") is State.AWAITING_CALLER
    assert table.state("3", "4") is State.ON_HOLD
    assert table.state("3", "") is State.ON_HOLD
    assert table.state("99", "") is None
