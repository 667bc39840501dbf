"""What the environment says: where the settings are, and the secrets they name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Environment:
    """`CARELOOP_CONFIG` names the settings file when `--config` does not; `variables` may hold secrets."""

    variables: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    @property
    def config(self) -> Path:
        """Return where the settings are."""
        return Path(self.variables.get("CARELOOP_CONFIG") or "careloop.yaml")
