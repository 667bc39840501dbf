"""What the environment says: where the settings are, and the secrets they name."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """`CARELOOP_CONFIG` names the settings file when `--config` does not."""

    model_config = SettingsConfigDict(env_prefix="CARELOOP_", frozen=True)

    config: Path = Path("careloop.yaml")

    @property
    def variables(self) -> Mapping[str, str]:
        """Return the variables secrets may be read from."""
        return os.environ
