"""The reference pages say what the program says, and the schema accepts what the program accepts."""

from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from careloop.cli import make_app
from careloop.commands.init import render_settings
from careloop.commands.reference import make_pages
from careloop.config import load
from careloop.config.schema import settings_schema
from careloop.wiring import connector_kinds, policies
from tests.unit.commands.conftest import Call

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
SECRETS = {"SERVICENOW_PASSWORD": "pretend", "JIRA_TOKEN": "pretend"}
PAGES = make_pages(make_app(), connector_kinds().values(), policies())


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_reference_page_is_what_the_program_writes(name: str) -> None:
    """Make them anew with: careloop schema --docs docs/reference."""
    assert (REFERENCE / name).read_text(encoding="utf-8") == PAGES[name]


def test_the_commands_page_knows_every_command() -> None:
    for command in (
        *("init", "check", "plan", "apply", "run", "explain", "status", "retry", "answer", "override list"),
        *("deferral decide", "conflicts keep", "link", "bind", "sandbox", "demo", "schema"),
    ):
        assert f"# careloop {command}\n" in PAGES["commands.md"]


def test_the_settings_page_knows_keys_of_platforms_and_policies() -> None:
    assert "| `settling_seconds` |" in PAGES["settings.md"]
    assert "| `approved_by` |" in PAGES["settings.md"]
    assert "| `look_back` | whole number | `30` |" in PAGES["policies.md"]


def schema() -> dict[str, Any]:
    return settings_schema({name: kind.settings for name, kind in connector_kinds().items()}, policies())


def test_every_reference_inside_the_schema_leads_somewhere() -> None:
    found = schema()

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [ref for item in value.values() for ref in references(item)]
        return [ref for item in value for ref in references(item)] if isinstance(value, list) else []

    assert {ref.removeprefix("#/$defs/") for ref in references(found)} <= set(found["$defs"])


def test_the_schema_is_printed_as_json(call: Call) -> None:
    done = call("schema")

    assert (done.code, orjson.loads(done.out)) == (0, orjson.loads(orjson.dumps(schema())))
    assert set(orjson.loads(call("schema", "--policies", "-f", "json").out)) == {p.name for p in policies()}


@pytest.mark.parametrize("ready", [None, "cloud", "dc"])
def test_the_settings_that_init_writes_are_accepted(tmp_path: Path, ready: str | None) -> None:
    place = tmp_path / "careloop.yaml"
    found = {
        "servicenow": {"url": "http://127.0.0.1:1", "user": "careloop", "password": "x"},
        "jira": {
            "url": "http://127.0.0.1:2",
            "flavor": ready or "",
            "email": "bot@example.com",
            "token": "y",
            "project": "ENG",
        },
    }
    place.write_text(render_settings(found if ready else None), encoding="utf-8")
    for name in ("servicenow", "jira"):
        (tmp_path / f"{name}.secret").write_text("pretend\n")
    kinds = {kind.name: kind.settings for kind in connector_kinds().values()}

    settings = load(place, kinds=kinds, policies=policies(), environ=SECRETS)

    assert {section.policy.name for section in settings.policies} == {policy.name for policy in policies()}
    assert settings.root.sync.mode == ("act" if ready else "audit")


def test_every_top_level_key_that_init_writes_is_in_the_schema() -> None:
    written = yaml.safe_load(render_settings(None))

    assert set(written) <= set(schema()["properties"])
