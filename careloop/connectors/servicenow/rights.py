"""The rights our account needs: tables, columns and roles by mode; never admin."""

from collections.abc import Iterator, Mapping

from careloop.connectors.servicenow.history import AUDIT, JOURNAL
from careloop.connectors.servicenow.tables import Table
from careloop.model.check import CheckContext, Right


def list_rights(instance: str, context: CheckContext, tables: Mapping[str, Table]) -> Iterator[Right]:
    """Yield the rights for what the settings intend."""

    def right(target: str, access: str, fields: tuple[str, ...], role: str, mode: str, why: str) -> Right:
        return Right(
            instance=instance, target=target, access=access, fields=fields, role=role, mode=mode, why=why
        )

    for name, table in tables.items():
        scopes = [scope for scope in context.scopes if scope.container == name]
        mapped = {field for scope in scopes for field in scope.fields}
        columns = tuple(sorted({*table.fields, *mapped}))
        reader = "sn_incident_read" if name == "incident" else "itil"
        yield right(name, "read", columns, reader, "audit", "what is pulled, and nothing else")
        yield right(
            name,
            "query_range",
            ("sys_id", "sys_updated_on"),
            reader,
            "audit",
            "conditions and order of the cursor",
        )
        if context.asking:
            writer = "sn_incident_write" if name == "incident" else "itil"
            yield right(name, "write", ("comments", "work_notes"), writer, "ask", "asks and notes")
        if context.acting:
            writer = "sn_incident_write" if name == "incident" else "itil"
            written = ("state", "assigned_to", "correlation_id", "correlation_display", *sorted(mapped))
            yield right(name, "write", written, writer, "act", "reopening, linking and mapped fields")
            yield right(name, "create", columns, writer, "act", "successors of closed records")
    if context.closing and "incident" in tables:
        yield right("incident", "close", ("state",), "itil_admin", "act", "closing what was confirmed")
    people = ("user_name", "name", "email", "active", "time_zone", "preferred_language", "vip")
    yield right("sys_user", "read", people, "(any user)", "audit", "who asked and who resolved")
    yield right(
        "sys_user_grmember", "read", ("user", "group"), "(any user)", "audit", "who is in a resolver group"
    )
    own = "(own role with a read rule)"
    yield right("sys_audit", "read", AUDIT, own, "audit", "history as it happened instead of differences")
    yield right("sys_journal_field", "read", JOURNAL, own, "audit", "comments with author and time")
    yield right(
        "sys_properties", "read", ("name", "value"), own, "audit", "the instance's auto-close settings"
    )
    yield right(
        "sys_choice", "read", ("element", "value", "label"), "(any user)", "audit", "states and close codes"
    )
