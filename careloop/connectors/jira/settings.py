"""The section of the settings that describes one Jira site."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

from careloop.model.record import RecordKind, State

ProjectKey = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]+$")]
Url = Annotated[
    str,
    Field(pattern=r"^https?://[^\s/?#@]+(/[^\s?#@]*)?$"),
    AfterValidator(lambda url: str(url).rstrip("/")),
]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Basic(_Section):
    """E-mail address and API token on Cloud, user name and password on Data Center."""

    type: Literal["basic"]
    user: str
    password: SecretStr


class Bearer(_Section):
    """A personal access token, as Data Center has them."""

    type: Literal["bearer"]
    token: SecretStr


class ProjectSettings(_Section):
    """One project; what is not said is read from the site.

    `query` narrows what is pulled. `states` says what a status means, by its name. `canceled_by` lists the
    resolutions that mean that nothing was done.
    """

    key: ProjectKey
    kind: Literal["software", "service_desk"] | None = None
    query: str = ""
    states: Mapping[str, State] = Field(default_factory=dict)
    canceled_by: tuple[str, ...] = ("Won't Do", "Won't Fix", "Declined", "Duplicate")

    @property
    def record_kind(self) -> RecordKind | None:
        """Return what its issues are, as far as the settings say it."""
        kinds = {"software": RecordKind.ISSUE, "service_desk": RecordKind.SERVICE_REQUEST}
        return kinds[self.kind] if self.kind else None


class Settings(_Section):
    """`instances.<name>` of kind `jira`.

    Times are in seconds: `settling_seconds` is how long a write whose answer was lost may still arrive,
    `overlap_seconds` how far each walk goes back behind the newest issue the last one saw, since the search
    index lags. `rate` is in requests a second. `workflow` gives, for a status, those that can follow it: with
    it a target is reached over several transitions. `references` lists fields that hold numbers of records
    elsewhere, `due_field` is the date on which an issue is due. `transition_fields` gives, for a target
    status, values for the fields its screen demands.
    """

    kind: Literal["jira"] = "jira"
    url: Url
    auth: Annotated[Basic | Bearer, Field(discriminator="type")]
    flavor: Literal["cloud", "dc"] | None = None
    production: bool = False
    projects: tuple[ProjectSettings, ...] = ()
    settling_seconds: float = Field(600, ge=0)
    overlap_seconds: float = Field(300, ge=0)
    timeout: float = Field(60, gt=0)
    page_size: int = Field(100, ge=1, le=1000)
    rate: float | None = Field(None, gt=0)
    ca: str = ""
    due_field: str = "duedate"
    references: tuple[str, ...] = ()
    workflow: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    transition_fields: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)

    @field_validator("projects", mode="before", json_schema_input_type=tuple[str | ProjectSettings, ...])
    @classmethod
    def _read_bare_keys(cls, value: Any) -> Any:
        """A project may be written as its key alone."""
        if isinstance(value, list | tuple):
            return [{"key": item} if isinstance(item, str) else item for item in value]
        return value

    @field_validator("projects")
    @classmethod
    def _refuse_repetition(cls, value: tuple[ProjectSettings, ...]) -> tuple[ProjectSettings, ...]:
        if len({project.key for project in value}) < len(value):
            raise ValueError("a project is named twice")
        return value

    @property
    def queries(self) -> Mapping[str, str]:
        """Return what is pulled: the query by project, empty for the whole project."""
        return {project.key: project.query for project in self.projects}

    def project(self, key: str) -> ProjectSettings:
        """Return what is said of a project."""
        return next((project for project in self.projects if project.key == key), ProjectSettings(key=key))
