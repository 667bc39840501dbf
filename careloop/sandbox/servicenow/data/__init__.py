"""The data of a fresh instance; `load` reads one file of it, `load_all` a folder."""

from importlib.resources import files
from typing import Any

import orjson


def load(name: str) -> Any:
    """Return the parsed content of `<name>.json`."""
    return orjson.loads(files(__name__).joinpath(f"{name}.json").read_bytes())


def load_all(folder: str) -> dict[str, Any]:
    """Return what the files of a folder hold, as one object; each file is one family of tables."""
    parts = sorted(files(__name__).joinpath(folder).iterdir(), key=lambda part: part.name)
    loaded: dict[str, Any] = {}
    for part in parts:
        loaded |= orjson.loads(part.read_bytes())
    return loaded
