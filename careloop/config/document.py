"""A YAML file with the place of every value, so that an error can name file, line and column."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from careloop.errors import SettingsError

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where: `places` maps paths of keys to (line, column), both from 1."""

    path: Path
    data: dict[str, Any]
    places: dict[Place, tuple[int, int]]

    def error(self, at: Sequence[str | int], says: str) -> SettingsError:
        """Return an error that names the place of the nearest known part of a path."""
        known: Place = tuple(at)
        while known and known not in self.places:
            known = known[:-1]
        line, column = self.places.get(known, (1, 1))
        name = ".".join(str(part) for part in at)
        return SettingsError(f"{self.path}:{line}:{column}: {name + ': ' if name else ''}{says}")


def read_document(path: Path) -> Document:
    """Read a YAML file whose top level is a mapping; raises SettingsError with the place of the fault."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: there is no such file; write one with 'careloop init'") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from error
    places: dict[Place, tuple[int, int]] = {}
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        _refuse_circles(node, (), path)
        data = _build(node, (), places, path)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise SettingsError(f"{path}:{line}:{column}: not YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}:1:1: not YAML: {str(error).splitlines()[0]}") from error
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise SettingsError(f"{path}:1:1: the settings are a mapping of names to values, not {_kind(data)}")
    return Document(path, data, places)


def _refuse_circles(node: yaml.Node | None, above: tuple[yaml.Node, ...], path: Path) -> None:
    """Raise SettingsError for an alias that stands for something it is itself a part of."""
    if any(node is other for other in above):
        line, column = above[-1].start_mark.line + 1, above[-1].start_mark.column + 1
        raise SettingsError(f"{path}:{line}:{column}: an alias stands for something that it is a part of")
    if isinstance(node, yaml.MappingNode):
        inside = [child for pair in node.value for child in pair]
    else:
        inside = node.value if isinstance(node, yaml.SequenceNode) else []
    for child in inside:
        _refuse_circles(child, (*above, node) if node else above, path)


def _build(node: yaml.Node | None, at: Place, places: dict[Place, tuple[int, int]], path: Path) -> Any:
    if node is None:
        return None
    places.setdefault(at, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, yaml.MappingNode):
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = _scalar(key_node)
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if not isinstance(key_node, yaml.ScalarNode) or isinstance(key, dict | list):
                raise SettingsError(f"{path}:{line}:{column}: a name is a single word, not a list or mapping")
            name = str(key_node.value)
            if name in built:
                raise SettingsError(f"{path}:{line}:{column}: {name} is given twice")
            places[(*at, name)] = (line, column)
            built[name] = _build(value_node, (*at, name), places, path)
        return built
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*at, index), places, path) for index, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    finally:
        loader.dispose()


def _kind(value: Any) -> str:
    return "a list" if isinstance(value, list) else f"{value!r}"
