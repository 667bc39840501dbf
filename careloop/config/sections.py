"""The sections of `careloop.yaml` that are the same for every platform and policy."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from careloop.model.mapping import Direction
from careloop.model.rules import CareLevel, Mode

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Section(BaseModel):
    """A part of the settings: frozen, and no unknown key is accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class HoursSection(Section):
    """`contact.hours`: when people may be contacted, in `zone` unless the person's own is known."""

    zone: str = "UTC"
    days: tuple[Day, ...] = DAYS[:5]
    start: time = Field(default=time(9), alias="from")
    end: time = Field(default=time(17), alias="to")
    holidays: str = ""
    closed: tuple[date, ...] = ()

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"no time zone is called {zone!r}; use a name such as Europe/Berlin") from error
        return zone

    @field_validator("start", "end", mode="before")
    @classmethod
    def _quoted(cls, value: object) -> object:
        if isinstance(value, int | float):
            raise ValueError('write the time in quotes, such as "17:00": YAML reads 17:00 as the number 1020')
        return value

    @model_validator(mode="after")
    def _forward(self) -> "HoursSection":
        if self.start >= self.end:
            raise ValueError("'from' must be earlier than 'to'")
        if not self.days:
            raise ValueError("name at least one day")
        return self


class BudgetSection(Section):
    """`contact.budget`: how often a person may be contacted, over all policies together."""

    per_problem: int = Field(default=2, ge=0)
    problem_window: int = Field(default=10, ge=1)
    per_person: int = Field(default=3, ge=0)
    person_window: int = Field(default=30, ge=1)


class ContactSection(Section):
    """`contact`: how people are reached."""

    channel: Literal["comment"] = "comment"
    non_production: Literal["redirect", "send"] = "redirect"
    test_mailbox: str = ""
    phone: str = ""
    noun: str = "problem"
    lapse_notice: bool = False
    hours: HoursSection = HoursSection()
    budget: BudgetSection = BudgetSection()


class NeverAskSection(Section):
    """`never_ask`: whom no policy contacts."""

    accounts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ("security", "access", "access rights")
    contact_types: tuple[str, ...] = ("monitoring", "event", "event management", "integration")
    shared_account_above: int = Field(default=50, ge=1)


class PhrasesSection(Section):
    """`phrases`: explicit words in replies; a list given here replaces the built-in one."""

    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    thanks: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    automatic: tuple[str, ...] = ()
    attested: tuple[str, ...] = ()


class LimitsSection(Section):
    """`limits`: how large a plan may be before it is refused whole."""

    changes: int = Field(default=200, ge=0)
    share: float = Field(default=0.2, ge=0, le=1)
    share_floor: int = Field(default=10, ge=0)
    contacts: int = Field(default=50, ge=0)


class LeftEnd(Section):
    """`from` of a link: records of a table, selected by a query in the platform's own language."""

    instance: str
    table: str = ""
    project: str = ""
    query: str = ""

    @property
    def container(self) -> str:
        """Return the table or project."""
        return self.table or self.project


class RightEnd(Section):
    """`to` of a link: the project or table on the other side."""

    instance: str
    project: str = ""
    table: str = ""
    issue_type: str = ""

    @property
    def container(self) -> str:
        """Return the table or project."""
        return self.project or self.table


class FieldSection(Section):
    """One pair of fields of a link."""

    left: str = Field(alias="from")
    right: str = Field(alias="to")
    direction: Direction = Direction.BOTH
    values: Mapping[str, str] = Field(default_factory=dict)


class StateSection(Section):
    """One pair of states of a link that mean the same.

    `from_fields` and `to_fields` are what is written along with the state on that side, by its own names:
    `{from: "6", to: Done, from_fields: {close_code: Solution provided}, to_fields: {resolution: Fixed}}`.
    """

    left: str = Field(alias="from")
    right: str = Field(alias="to")
    direction: Direction = Direction.BOTH
    left_fields: Mapping[str, str] = Field(default_factory=dict, alias="from_fields")
    right_fields: Mapping[str, str] = Field(default_factory=dict, alias="to_fields")


class CommentSection(Section):
    """Which comments of a link cross, by audience."""

    public: Direction = Direction.BOTH
    internal: Direction = Direction.BOTH


class LinkSection(Section):
    """One entry of `sync.links`; without a `name` it is called after its two containers."""

    name: str = ""
    left: LeftEnd = Field(alias="from")
    right: RightEnd = Field(alias="to")
    create: bool = False
    fields: tuple[FieldSection, ...] = ()
    states: tuple[StateSection, ...] = ()
    comments: CommentSection = CommentSection()

    @property
    def title(self) -> str:
        """Return the name that tells the link from others."""
        return self.name or f"{self.left.container}-{self.right.container}"


class SyncSection(Section):
    """`sync`: what is kept in step."""

    mode: Literal["audit", "act"] = "audit"
    backfill: bool = False
    links: tuple[LinkSection, ...] = ()


class PilotSection(Section):
    """`pilot`: the part of the organisation a policy works in; what is left out is no restriction."""

    groups: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    requesters: tuple[str, ...] = ()


class PromiseSection(Section):
    """What every policy has besides its own keys, and `policies.defaults` for all of them."""

    mode: Mode = Mode.AUDIT
    since: datetime | date | None = None
    approved_by: str = ""
    author: str = ""
    care_level: CareLevel = CareLevel.COST
    pilot: PilotSection = PilotSection()


class Root(Section):
    """The whole file; `instances` and `policies` hold sections of their own kinds."""

    clock: Literal["system", "platform"] = "system"
    store: str = "careloop.db"
    instances: Mapping[str, dict[str, Any]] = Field(min_length=1)
    contact: ContactSection = ContactSection()
    never_ask: NeverAskSection = NeverAskSection()
    phrases: PhrasesSection = PhrasesSection()
    sync: SyncSection = SyncSection()
    policies: Mapping[str, dict[str, Any] | None] = Field(default_factory=dict)
    limits: LimitsSection = LimitsSection()
