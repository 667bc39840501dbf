"""The section of a ServiceNow instance in the settings, with its secrets already resolved."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from careloop.model.record import RecordKind, State


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Basic(_Section):
    """A user name and a password."""

    type: Literal["basic"]
    user: str = Field(min_length=1)
    password: SecretStr


class Token(_Section):
    """A bearer token that somebody else keeps fresh."""

    type: Literal["token"]
    token: SecretStr


class TableSettings(_Section):
    """One table, and in what it differs from the way ServiceNow ships it.

    `states` reads native states as common ones, `write_states` says which native state to write for a
    common one, `columns` names the column behind a common name (`affected: u_affected_user`), and `query`
    narrows what is pulled.
    """

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    kind: RecordKind | None = None
    query: str = ""
    states: Mapping[str, State] = Field(default_factory=dict)
    write_states: Mapping[State, str] = Field(default_factory=dict)
    columns: Mapping[str, str] = Field(default_factory=dict)
    asks: bool | None = None


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class Settings(_Section):
    """How to reach one instance, and what to read there; times are in seconds.

    `settling_seconds` is how long a write may still be on its way after its answer was lost (the load
    balancer cuts at five minutes), `lag_seconds` how far the end of a read stays behind the platform's clock,
    `rate` the most requests a second. Secrets are resolved before this is built.
    """

    kind: Literal["servicenow"] = "servicenow"
    url: str = Field(pattern=r"^https?://[^/?#@\s]+/?$")
    auth: Annotated[Basic | Token, Field(discriminator="type")]
    production: bool = False
    tables: tuple[
        Annotated[TableSettings, BeforeValidator(_named, json_schema_input_type=str | TableSettings)], ...
    ] = (TableSettings(name="incident"),)
    settling_seconds: float = Field(default=300, ge=0)
    lag_seconds: float = Field(default=2, ge=0)
    page_size: int = Field(default=1000, ge=1, le=10_000)
    timeout: float = Field(default=65, gt=0)
    rate: float | None = Field(default=None, gt=0)
    ca: str | None = None
    proxy: str | None = None

    @field_validator("url")
    @classmethod
    def _bare(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("tables")
    @classmethod
    def _once(cls, tables: tuple[TableSettings, ...]) -> tuple[TableSettings, ...]:
        names = [table.name for table in tables]
        if len(set(names)) < len(names):
            raise ValueError("a table is named twice")
        return tables

    @property
    def queries(self) -> Mapping[str, str]:
        """Return what is pulled: the query by table, empty for the whole table."""
        return {table.name: table.query for table in self.tables}

    @property
    def login(self) -> str:
        """Return the user name we log in with, empty for a token."""
        return self.auth.user if isinstance(self.auth, Basic) else ""
