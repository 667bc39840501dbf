"""The tables of ServiceNow as it ships: what a row is, how its states read, which columns are pulled.

States and columns: ServiceNow docs c_IncidentManagementStateModel.md, project-and-project-task-states.md and
the state choices of the base system; every entry can be changed per table in the settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from careloop.connectors.servicenow.settings import TableSettings
from careloop.model.dialect import Dialect
from careloop.model.record import RecordKind, State

HOLD = "hold_reason"
AWAITING_CALLER = "1"

_TASK = {
    "title": "short_description",
    "opened_by": "opened_by",
    "assignee": "assigned_to",
    "group": "assignment_group",
    "opened_at": "opened_at",
    "closed_at": "closed_at",
    "close_notes": "close_notes",
    "service": "business_service",
    "contact_type": "contact_type",
    "priority": "priority",
    "parent": "parent",
    "due": "due_date",
    "domain": "sys_domain",
}
_INCIDENT = _TASK | {
    "requester": "caller_id",
    "resolver": "resolved_by",
    "resolved_at": "resolved_at",
    "close_code": "close_code",
    "category": "category",
    "subcategory": "subcategory",
    "parent": "parent_incident",
}
_WRITTEN = frozenset(
    {
        *("title", "requester", "assignee", "group", "category", "subcategory", "service", "parent"),
        *("close_code", "close_notes"),
    }
)
_TASK_STATES = {
    "-5": State.NEW,
    "1": State.NEW,
    "2": State.IN_PROGRESS,
    "3": State.CLOSED,
    "4": State.CLOSED,
    "5": State.CLOSED,
    "7": State.CANCELED,
}
_TASK_WRITES = {State.NEW: "1", State.IN_PROGRESS: "2", State.CLOSED: "3", State.CANCELED: "7"}
_ALWAYS = (
    *("sys_id", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_mod_count"),
    *("number", "state", "correlation_id", "correlation_display"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: `columns` names the native column of a common name, `states` reads native states.

    Where `holds` is set, a hold reason says whether On Hold means that the caller is awaited.
    """

    name: str
    kind: RecordKind
    states: Mapping[str, State]
    writes: Mapping[State, str]
    columns: Mapping[str, str] = field(default_factory=lambda: _TASK)
    holds: bool = False
    final: bool = False
    asks: bool = False
    successor: str = ""

    def state(self, native: str, hold_reason: str) -> State | None:
        """Return the common state, or None when the native one is unknown."""
        state = self.states.get(native)
        if state is State.ON_HOLD and self.holds and hold_reason == AWAITING_CALLER:
            return State.AWAITING_CALLER
        return state

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the columns that are pulled, and no other ones."""
        own = {*_ALWAYS, *self.columns.values(), *((HOLD,) if self.holds else ())}
        own |= {f"{self.columns['group']}.name"} if "group" in self.columns else set()
        return tuple(sorted(own))

    @property
    def audited(self) -> tuple[str, ...]:
        """Return the columns whose history is read."""
        named = ("assignee", "group", "close_code", "close_notes")
        columns = [self.columns[name] for name in named if name in self.columns]
        return ("state", *((HOLD,) if self.holds else ()), *columns)

    @property
    def dialect(self) -> Dialect:
        """Return how to write here what is meant."""
        names = {name: column for name, column in self.columns.items() if name in _WRITTEN}
        return Dialect(
            kind=self.kind,
            states=self.writes,
            names={"description": "description"} | names,
            closed_is_final=self.final,
            asks=self.asks,
            successor=self.successor,
        )


_INCIDENT_TABLE = Table(
    name="incident",
    kind=RecordKind.INCIDENT,
    states={
        "1": State.NEW,
        "2": State.IN_PROGRESS,
        "3": State.ON_HOLD,
        "4": State.AWAITING_CALLER,  # instances older than Helsinki: Awaiting User Info, Awaiting Evidence
        "5": State.ON_HOLD,
        "6": State.RESOLVED,
        "7": State.CLOSED,
        "8": State.CANCELED,
    },
    writes={
        State.NEW: "1",
        State.IN_PROGRESS: "2",
        State.ON_HOLD: "3",
        State.RESOLVED: "6",
        State.CLOSED: "7",
        State.CANCELED: "8",
    },
    columns=_INCIDENT,
    holds=True,
    final=True,
    asks=True,
    successor="incident",
)
_TASK_TABLE = Table(name="task", kind=RecordKind.TASK, states=_TASK_STATES, writes=_TASK_WRITES)
_SHIPPED = {
    table.name: table
    for table in (
        _INCIDENT_TABLE,
        _TASK_TABLE,
        replace(
            _TASK_TABLE,
            name="sc_req_item",
            kind=RecordKind.REQUEST_ITEM,
            states=_TASK_STATES | {"3": State.RESOLVED},
            writes=_TASK_WRITES | {State.RESOLVED: "3"},
            columns=_TASK
            | {"requester": "requested_for", "resolver": "closed_by", "resolved_at": "closed_at"},
            final=True,
            successor="incident",
        ),
        replace(
            _TASK_TABLE,
            name="problem",
            kind=RecordKind.PROBLEM_RECORD,
            states={
                "101": State.NEW,
                "102": State.IN_PROGRESS,
                "103": State.IN_PROGRESS,
                "104": State.IN_PROGRESS,
                "106": State.RESOLVED,
                "107": State.CLOSED,
            },
            writes={State.NEW: "101", State.IN_PROGRESS: "104", State.RESOLVED: "106", State.CLOSED: "107"},
            columns=_TASK
            | {"resolver": "resolved_by", "resolved_at": "resolved_at", "close_code": "resolution_code"},
        ),
        replace(
            _TASK_TABLE,
            name="change_request",
            kind=RecordKind.CHANGE,
            states={
                **dict.fromkeys(("-5", "-4", "-3", "-2"), State.NEW),
                **dict.fromkeys(("-1", "0"), State.IN_PROGRESS),
                "3": State.CLOSED,
                "4": State.CANCELED,
            },
            writes={State.IN_PROGRESS: "-1", State.CLOSED: "3", State.CANCELED: "4"},
        ),
        replace(
            _TASK_TABLE,
            name="dmn_demand",
            kind=RecordKind.DEMAND,
            states={
                **dict.fromkeys(("-5", "1"), State.NEW),
                **dict.fromkeys(("2", "3", "8"), State.IN_PROGRESS),
                "4": State.DEFERRED,
                "9": State.CLOSED,
                "-4": State.CANCELED,
            },
            writes={State.DEFERRED: "4", State.CLOSED: "9"},
            columns=_TASK | {"requester": "submitter", "assignee": "demand_manager"},
        ),
        replace(
            _TASK_TABLE,
            name="problem_task",
            states={
                "151": State.NEW,
                **dict.fromkeys(("152", "154"), State.IN_PROGRESS),
                "157": State.CLOSED,
            },
            writes={State.NEW: "151", State.IN_PROGRESS: "154", State.CLOSED: "157"},
        ),
        replace(_TASK_TABLE, name="change_task", states=_TASK_STATES | {"4": State.CANCELED}),
        replace(_TASK_TABLE, name="pm_project_task", kind=RecordKind.PROJECT_TASK),
    )
}


def define(settings: TableSettings) -> Table:
    """Return a table as the settings want it; one that is not shipped starts out as a plain task."""
    shipped = _SHIPPED.get(settings.name, replace(_TASK_TABLE, name=settings.name))
    return replace(
        shipped,
        kind=settings.kind or shipped.kind,
        states={**shipped.states, **settings.states},
        writes={**shipped.writes, **settings.write_states},
        columns={**shipped.columns, **settings.columns},
        asks=shipped.asks if settings.asks is None else settings.asks,
    )
