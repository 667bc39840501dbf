"""The rights our account needs: tables, columns and roles by mode; never admin."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from careloop.connectors.servicenow.history import AUDIT, JOURNAL
from careloop.connectors.servicenow.tables import Table
from careloop.model.check import CheckContext, Right

ANYBODY = "(any user)"
GRANTED = "(a role with a read rule of its own)"
_PEOPLE = ("user_name", "name", "email", "active", "time_zone", "preferred_language", "vip")


@dataclass(frozen=True, slots=True)
class _Need:
    """One right without the instance it is needed on."""

    target: str
    access: str
    fields: tuple[str, ...]
    role: str
    mode: str
    why: str


_ALWAYS = (
    _Need("sys_user", "read", _PEOPLE, ANYBODY, "audit", "who asked and who resolved"),
    _Need("sys_user_grmember", "read", ("user", "group"), ANYBODY, "audit", "who is in a resolver group"),
    _Need(
        "sys_user_delegate",
        "read",
        ("user", "delegate", "starts", "ends"),
        ANYBODY,
        "audit",
        "whose answer counts as the customer's",
    ),
    _Need("sys_audit", "read", AUDIT, GRANTED, "audit", "history as it happened instead of differences"),
    _Need("sys_journal_field", "read", JOURNAL, GRANTED, "audit", "comments with author and time"),
    _Need("sys_properties", "read", ("name", "value"), GRANTED, "audit", "the auto-close settings"),
    _Need(
        "sysevent_email_action",
        "read",
        ("name", "collection", "active", "condition", "recipient_fields"),
        GRANTED,
        "audit",
        "mails of the platform that compete with ours",
    ),
    _Need("sys_choice", "read", ("element", "value", "label"), ANYBODY, "audit", "states and close codes"),
)
_CLOSING = _Need("incident", "close", ("state",), "itil_admin", "act", "closing what was confirmed")


def list_rights(instance: str, context: CheckContext, tables: Mapping[str, Table]) -> Iterator[Right]:
    """Yield the rights for what the settings intend."""
    needs = [need for table in tables.values() for need in _needs(table, context)]
    if context.closing and "incident" in tables:
        needs.append(_CLOSING)
    for need in (*needs, *_ALWAYS):
        yield Right(
            instance=instance,
            target=need.target,
            access=need.access,
            fields=need.fields,
            role=need.role,
            mode=need.mode,
            why=need.why,
        )


def _needs(table: Table, context: CheckContext) -> Iterator[_Need]:
    name = table.name
    reader, writer = ("sn_incident_read", "sn_incident_write") if name == "incident" else ("itil", "itil")
    mapped = {field for scope in context.scopes if scope.container == name for field in scope.fields}
    columns, cursor = tuple(sorted({*table.fields, *mapped})), ("sys_id", "sys_updated_on")
    yield _Need(name, "read", columns, reader, "audit", "what is pulled, and nothing else")
    yield _Need(name, "query_range", cursor, reader, "audit", "conditions and order of the cursor")
    if context.asking:
        yield _Need(name, "write", ("comments", "work_notes"), writer, "ask", "asks and notes")
    if context.acting:
        written = ("state", "assigned_to", "correlation_id", "correlation_display", *sorted(mapped))
        yield _Need(name, "write", written, writer, "act", "reopening, linking and mapped fields")
        yield _Need(name, "create", columns, writer, "act", "successors of closed records")
