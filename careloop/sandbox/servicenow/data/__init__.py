"""The data of a fresh instance; `load` reads one file of it."""

from importlib.resources import files
from typing import Any

import orjson


def load(name: str) -> Any:
    """Return the parsed content of `<name>.json`."""
    return orjson.loads(files(__name__).joinpath(f"{name}.json").read_bytes())
