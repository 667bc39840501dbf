"""Frozen values to plain data and back, for plan files, intents and hashes."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache
from typing import Any


def to_plain(value: Any) -> Any:
    """Turn a value of dataclasses, enums, times, tuples and mappings into what JSON can hold.

    A dataclass with a `kind` class attribute is written with it, so that unions can be read back.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        plain = {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        kind = getattr(type(value), "kind", "")
        return {"kind": kind, **plain} if isinstance(kind, str) and kind and "kind" not in plain else plain
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(to_plain(item) for item in value)
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return value


def from_plain(shape: Any, plain: Any) -> Any:
    """Read what `to_plain` wrote for a value of type `shape`; raises ValueError when it does not fit."""
    try:
        return _read(shape, plain)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a {getattr(shape, '__name__', shape)}: {error}") from error


def _read(shape: Any, plain: Any) -> Any:
    origin = typing.get_origin(shape)
    if origin in (types.UnionType, typing.Union):
        return _read_union(typing.get_args(shape), plain)
    if dataclasses.is_dataclass(shape):
        types_of = _field_types(typing.cast(type, shape))
        unknown = set(plain) - set(types_of) - {"kind"}
        if unknown:
            raise ValueError(f"unknown entries {sorted(unknown)} in {shape}")
        return typing.cast(type, shape)(
            **{n: _read(types_of[n], v) for n, v in plain.items() if n in types_of}
        )
    if origin is tuple:
        return tuple(_read(typing.get_args(shape)[0], item) for item in plain)
    if origin is frozenset:
        return frozenset(_read(typing.get_args(shape)[0], item) for item in plain)
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(typing.get_args(shape)[1], item) for key, item in plain.items()}
    return _read_scalar(shape, plain)


def _read_union(options: tuple[Any, ...], plain: Any) -> Any:
    if plain is None:
        if type(None) in options:
            return None
        raise ValueError("something is missing")
    if isinstance(plain, Mapping) and "kind" in plain:
        for option in options:
            if getattr(option, "kind", None) == plain["kind"]:
                return _read(option, plain)
        raise ValueError(f"unknown kind {plain['kind']!r}")
    for option in options:
        if isinstance(option, type) and isinstance(plain, option):
            return plain
    return _read(next(option for option in options if option is not type(None)), plain)


def _read_scalar(shape: Any, plain: Any) -> Any:
    if not isinstance(shape, type):
        return plain
    if issubclass(shape, datetime):
        return datetime.fromisoformat(plain)
    if issubclass(shape, date | time):
        return shape.fromisoformat(plain)
    if issubclass(shape, Enum):
        return shape(plain)
    if not isinstance(plain, shape):
        raise ValueError(f"expected {shape.__name__}, got {plain!r}")
    return plain


@cache
def _field_types(shape: type) -> dict[str, Any]:
    hints = typing.get_type_hints(shape)
    return {field.name: hints[field.name] for field in dataclasses.fields(shape)}
