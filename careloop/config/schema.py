"""The shape of `careloop.yaml` as a JSON schema, from the same classes that check it."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass as checked

from careloop.config.sections import PromiseSection, Root
from careloop.ports import Policy

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def settings_schema(kinds: Mapping[str, type[BaseModel]], policies: Iterable[Policy]) -> dict[str, Any]:
    """Return the schema of the whole file: each platform's section, and each policy with its own keys."""
    schema = Root.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    defs: dict[str, Any] = schema.setdefault("$defs", {})
    for name, section in kinds.items():
        defs[f"instance_{name}"] = _embedded(section.model_json_schema(by_alias=True), defs, name)
    shared = _embedded(PromiseSection.model_json_schema(by_alias=True), defs, "promise")
    defs["policy_defaults"] = shared
    for policy in policies:
        own = policy_schema(policy)
        defs[f"policy_{policy.name}"] = own | {"properties": shared["properties"] | own["properties"]}
    names = [name.removeprefix("policy_") for name in defs if name.startswith("policy_")]
    schema["properties"]["instances"] |= {
        "additionalProperties": {"anyOf": [{"$ref": f"#/$defs/instance_{name}"} for name in kinds]}
    }
    schema["properties"]["policies"] |= {
        "additionalProperties": False,
        "properties": {
            name: {"anyOf": [{"$ref": f"#/$defs/policy_{name}"}, {"type": "null"}]} for name in names
        },
    }
    return {"$schema": DIALECT, "title": "careloop.yaml", **{k: v for k, v in schema.items() if k != "title"}}


def policy_schema(policy: Policy) -> dict[str, Any]:
    """Return the schema of the keys that only this policy has."""
    shape = checked(config=ConfigDict(extra="forbid"), frozen=True)(policy.settings)
    schema = TypeAdapter(shape).json_schema()
    return {
        "description": schema.get("description", ""),
        **schema,
        "properties": schema.get("properties", {}),
    }


def _embedded(schema: dict[str, Any], defs: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Move a schema's own definitions beside the others, under names of its own."""
    own = schema.pop("$defs", {})
    renamed: dict[str, Any] = _renamed(schema, prefix)
    defs.update({f"{prefix}_{name}": _renamed(found, prefix) for name, found in own.items()})
    return renamed


def _renamed(value: Any, prefix: str) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(item, prefix) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, prefix) for item in value]
    if isinstance(value, str) and value.startswith("#/$defs/"):
        return f"#/$defs/{prefix}_{value.removeprefix('#/$defs/')}"
    return value
