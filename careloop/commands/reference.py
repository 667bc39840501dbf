"""The reference pages of the documentation, from the program itself, so that they cannot be wrong."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import typer
from typer.core import TyperArgument, TyperGroup
from typer.main import get_command

from careloop.commands.console import EXIT_CODES
from careloop.config.schema import policy_schema, settings_schema
from careloop.ports import Kind, Policy

MADE = "<!-- Made by 'careloop schema --docs docs/reference'; a test compares it with the program. -->"


def write_pages(folder: Path, app: typer.Typer, kinds: Iterable[Kind], policies: tuple[Policy, ...]) -> None:
    """Write every page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in make_pages(app, kinds, policies).items():
        (folder / name).write_text(text, encoding="utf-8")


def make_pages(app: typer.Typer, kinds: Iterable[Kind], policies: tuple[Policy, ...]) -> dict[str, str]:
    """Return every page by its file name."""
    return {
        "commands.md": _page("Commands", _command_parts(get_command(app), "careloop")),
        "settings.md": _page("Settings", _settings_parts({k.name: k.settings for k in kinds}, policies)),
        "policies.md": _page("Policies", _policy_parts(policies)),
        "exit-codes.md": _page("Exit codes", _exit_code_parts()),
    }


def policies_as_text(policies: Iterable[Policy]) -> str:
    """Return each policy with its settings and their defaults."""
    return "\n\n".join(_policy_parts(policies))


def policies_as_data(policies: Iterable[Policy]) -> dict[str, Any]:
    """Return the schema of each policy's own settings, by name."""
    return {policy.name: policy_schema(policy) for policy in policies}


def _page(title: str, parts: Iterable[str]) -> str:
    return "\n\n".join([f"# {title}", MADE, *parts]) + "\n"


# --- commands ---


def _command_parts(command: Any, path: str) -> Iterator[str]:
    if isinstance(command, TyperGroup):
        if " " in path:
            yield f"## {path}\n\n{command.help}"
        for name, child in command.commands.items():
            yield from _command_parts(child, f"{path} {name}")
        return
    heading = "#" * (1 + min(path.count(" "), 2))
    lines = [_parameter(p) for p in command.params if p.name not in ("help", "config")]
    yield f"{heading} {path}\n\n{_unwrap(inspect.cleandoc(command.help or ''))}"
    if lines:
        yield "\n".join(lines)


def _parameter(parameter: Any) -> str:
    annotation = parameter.type_descriptor.annotation
    if isinstance(parameter, TyperArgument):
        name = parameter.name.upper() if parameter.required else f"[{parameter.name.upper()}]"
    else:
        name = ", ".join((*parameter.opts, *parameter.secondary_opts))
    choices = [str(choice) for choice in _choices(annotation)]
    given = parameter.default
    default = "" if given in (None, "", False) or parameter.required else f" Default: `{given}`."
    required = " Required." if parameter.required and not isinstance(parameter, TyperArgument) else ""
    of = f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""
    return f"- `{name}`: {parameter.help or ''}{of}{required}{default}"


def _choices(annotation: Any) -> Iterable[Any]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [member.value for member in annotation]
    return [choice for choice in get_args(annotation) if isinstance(choice, str)]


# --- settings ---


def _settings_parts(kinds: Mapping[str, Any], policies: Iterable[Policy]) -> Iterator[str]:
    schema = settings_schema(kinds, policies)
    defs = schema["$defs"]
    yield (
        "`--config FILE`, then `$CARELOOP_CONFIG`, then `./careloop.yaml`. Unknown names are refused with "
        "file, line and column. Secrets never stand in the file: `env:NAME`, `file:PATH` or "
        "`keyring:SERVICE/NAME` says where one is."
    )
    yield _section("The file", schema, defs)
    listed = [name for name in defs if not name.startswith("policy_") and "properties" in defs[name]]
    for name in sorted(listed, key=lambda name: _title(name, defs).lower()):
        yield _section(_title(name, defs), defs[name], defs)
    yield _section("policies: what all policies share", defs["policy_defaults"], defs)
    yield "The keys of each policy: [policies](policies.md)."


def _title(name: str, defs: Mapping[str, Any]) -> str:
    if name.startswith("instance_"):
        return f"instances: kind {name.removeprefix('instance_')}"
    vendor, _, rest = name.rpartition("_")
    plain = rest.removesuffix("Section").removesuffix("Settings")
    return f"{plain} ({vendor})" if vendor and vendor != "promise" else plain


def _section(title: str, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    described = _unwrap(inspect.cleandoc(schema.get("description", "")))
    rows = [
        f"| `{name}` | {_type(found, defs)} | {_default(name, found, schema)} |"
        for name, found in schema["properties"].items()
    ]
    table = "\n".join(["| name | value | default |", "| --- | --- | --- |", *rows])
    return "\n\n".join(part for part in (f"## {title}", described, table) if part)


def _type(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        found = defs[name]
        return _type(found, defs) if "properties" not in found else f"see {_title(name, defs)}"
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{choice}`" for choice in schema.get("enum", [schema.get("const")]))
    for alternatives in ("anyOf", "oneOf"):
        if alternatives in schema:
            kinds = dict.fromkeys(_type(one, defs) for one in schema[alternatives])
            return " or ".join(kind for kind in kinds if kind != "null")
    kind = schema.get("format") or schema.get("type", "anything")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}), defs)}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"by name: {_type(schema['additionalProperties'], defs)}"
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(str(kind), str(kind))


def _default(name: str, found: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if name in schema.get("required", ()):
        return "required"
    default = found.get("default")
    if default in (None, "", [], {}) or isinstance(default, Mapping):
        return ""
    text = ", ".join(map(str, default)) if isinstance(default, list) else str(default)
    return f"`{text.lower() if isinstance(default, bool) else text}`"


# --- policies ---


def _policy_parts(policies: Iterable[Policy]) -> Iterator[str]:
    for policy in policies:
        promise = inspect.cleandoc(inspect.getmodule(policy.decide).__doc__ or "")
        described = inspect.cleandoc(policy.settings.__doc__ or "")
        schema = policy_schema(policy) | {"description": f"{_unwrap(promise)}\n\n{_unwrap(described)}"}
        yield _section(policy.name, schema, schema.get("$defs", {}))


# --- exit codes ---


def _exit_code_parts() -> Iterator[str]:
    yield "When several hold, 1 comes before 2 and 2 before 3."
    rows = [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    yield "\n".join(["| code | meaning |", "| --- | --- |", *rows])


def _unwrap(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
