"""What stands in the way of a first run on one instance, in plain words."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from careloop.connectors.servicenow.client import Client, Row
from careloop.connectors.servicenow.pages import Pages, Whole
from careloop.connectors.servicenow.people import People
from careloop.connectors.servicenow.query import both, equals, one_of, ordered, read_stamp, since
from careloop.connectors.servicenow.tables import Table
from careloop.errors import CareloopError, RightMissing, SettingsError
from careloop.model.check import Check, CheckContext, Severity
from careloop.model.page import Scope
from careloop.model.record import State

SKEW = timedelta(seconds=60)
AUTOCLOSE = "glide.ui.autoclose.time"
AUTOCLOSE_BASE = "com.snc.incident.autoclose.basedon.resolved_at"
CLOSERS = frozenset({"admin", "itil_admin"})
RESOLVERS = CLOSERS | {"itil", "sn_incident_write", "list_updater"}
OK, WARNING, BLOCKING = Severity.OK, Severity.WARNING, Severity.BLOCKING

_NOTIFICATION = ("sys_id", "name", "condition", "recipient_fields", "collection", "active")
_ENDS = re.compile(r"resol|clos|stateCHANGESTO[67]", re.IGNORECASE)

Said = tuple[Severity, str, str]
"""How bad it is, what was seen, and what to change."""


class Checker:
    """Looks at one instance through our own account, without writing."""

    def __init__(self, instance: str, client: Client, pages: Pages, people: People) -> None:
        self._instance = instance
        self._client = client
        self._pages = pages
        self._people = people

    def run(self, context: CheckContext, tables: Mapping[str, Table], now: datetime) -> Iterator[Check]:
        """Yield one result after the other; a look that fails is a result too."""
        account = self._look("account", self._account)
        yield account
        if account.severity is BLOCKING:
            return
        yield self._look("clock", partial(self._clock, now))
        yield self._look("people", self._belonging)
        for scope in context.scopes:
            table = tables[scope.container]
            yield self._look(f"{table.name}: rows", partial(self._rows, scope))
            yield self._look(f"{table.name}: range and order", partial(self._order, scope))
            yield self._look(f"{table.name}: query", partial(self._query, scope))
            yield self._look(f"{table.name}: states", partial(self._states, table))
            yield self._look(f"{table.name}: history", partial(self._history, table))
            yield self._look(f"{table.name}: comments", partial(self._comments, table, context))
            if "close_code" in table.columns:
                yield self._look(f"{table.name}: close codes", partial(self._close_codes, table))
        if "incident" in tables:
            yield self._look("auto-close", partial(self._autoclose, context))
            yield self._look("roles", partial(self._roles, context))
            yield self._look("platform mails", partial(self._mails, tables["incident"], context))

    def _look(self, name: str, look: Callable[[], Said]) -> Check:
        try:
            severity, says, advice = look()
        except CareloopError as error:
            severity, says, advice = BLOCKING, str(error), ""
        return Check(instance=self._instance, name=name, severity=severity, says=says, advice=advice)

    def _account(self) -> Said:
        own, name = self._people.own(), self._people.own_name()
        if not own:
            says = f"the row of our own account {name} cannot be read"
            return WARNING, says, "give it read access to its own row of sys_user"
        zone = own.get("time_zone") or "the instance's zone"
        if zone not in ("UTC", "GMT", "Etc/UTC", "the instance's zone"):
            advice = "set its time zone to GMT: some releases read times in queries in the account's zone"
            return WARNING, f"we work as {name}, in the time zone {zone}", advice
        return OK, f"we work as {name}, in {zone}", ""

    def _clock(self, now: datetime) -> Said:
        there = self._client.list("sys_user", "", ("sys_id",), 1).date
        if there is None:
            return BLOCKING, "answers carry no Date header", "let it through the proxy; reads are timed by it"
        skew = abs(there - now)
        if skew > SKEW:
            advice = "set this machine's clock; reads are timed by the platform's, due dates by ours"
            return WARNING, f"the clocks differ by {int(skew.total_seconds())} seconds", advice
        return OK, f"the clocks differ by {int(skew.total_seconds())} seconds", ""

    def _belonging(self) -> Said:
        advice = "grant read access to it: people are not asked about what their own group resolved"
        closed = [name for name in ("sys_user", "sys_user_grmember") if not self._readable(name)]
        if closed:
            return WARNING, f"{' and '.join(closed)} cannot be read", advice
        if not self._readable("sys_user_delegate"):
            return OK, "accounts and groups are readable; stand-ins are not, so only customers answer", ""
        return OK, "accounts, groups and stand-ins are readable", ""

    def _readable(self, table: str) -> bool:
        try:
            page = self._client.list(table, "", ("sys_id",), 1)
        except (RightMissing, SettingsError):
            return False
        return bool(page.rows) or not page.total

    def _rows(self, scope: Scope) -> Said:
        page = self._client.list(scope.container, ordered(scope.query, "sys_id"), ("sys_id",), 100)
        total = page.total
        if total and not page.rows:
            return (
                BLOCKING,
                f"{total} rows, none of the first 100 visible to us",
                "give our account read access",
            )
        hidden = min(total, 100) - len(page.rows)
        if hidden > 0:
            advice = "if that is not meant, widen the read rules; hidden rows are never judged"
            return WARNING, f"{total} rows, {hidden} of the first 100 hidden from us", advice
        return OK, f"{total} rows", ""

    def _order(self, scope: Scope) -> Said:
        """Ask for the newest rows and those since: query rules drop what an account may not use."""
        advice = "give our account query_range access to sys_updated_on and sys_id (query rules of the table)"
        newest = self._updates(scope, "ORDERBYDESCsys_updated_on^ORDERBYDESCsys_id")
        oldest = self._updates(scope, "ORDERBYsys_updated_on^ORDERBYsys_id")
        if newest != sorted(newest, reverse=True) or oldest != sorted(oldest):
            return BLOCKING, "rows do not come in the order of sys_updated_on", advice
        if not newest:
            return OK, "nothing there to try it on", ""
        latest = read_stamp(newest[0])
        query = both(since("sys_updated_on", latest), scope.query)
        if any(read_stamp(found) < latest for found in self._updates(scope, "", query)):
            return BLOCKING, "a range on sys_updated_on is ignored", advice
        return OK, "both hold on sys_updated_on", ""

    def _updates(self, scope: Scope, order: str, query: str | None = None) -> list[str]:
        wanted = "^".join(part for part in (scope.query if query is None else query, order) if part)
        rows = self._client.list(scope.container, wanted, ("sys_id", "sys_updated_on"), 50).rows
        return [row["sys_updated_on"] for row in rows if row.get("sys_updated_on")]

    def _query(self, scope: Scope) -> Said:
        """Suspect a query that selects everything: parts that cannot be read are ignored in silence."""
        everything = self._pages.count(scope.container, "")
        named = {"what is pulled": scope.query, **{f"link rule {n}": q for n, q in scope.selections.items()}}
        ignored = [
            name
            for name, query in named.items()
            if query and everything and self._pages.count(scope.container, query) == everything
        ]
        if ignored:
            advice = "check the spelling of its columns; a part that cannot be read counts as true"
            return WARNING, f"the query of {', '.join(ignored)} selects every row", advice
        return OK, "queries select a part" if any(named.values()) else "no query narrows the table", ""

    def _states(self, table: Table) -> Said:
        known = ",".join(table.states)
        strange = self._pages.count(table.name, f"stateNOT IN{known}^stateISNOTEMPTY")
        if strange:
            says = f"{strange} rows are in a state that careloop does not know"
            return WARNING, says, f"name it under instances.{self._instance}.tables, states"
        return OK, "all states are known", ""

    def _history(self, table: Table) -> Said:
        advice = "grant read access to sys_audit, and switch auditing of the table on if it is off"
        query = both(equals("tablename", table.name), equals("fieldname", "state"))
        try:
            page = self._client.list("sys_audit", query, ("sys_id",), 1)
        except RightMissing:
            return WARNING, "sys_audit cannot be read: events are inferred from differences", advice
        if page.rows:
            return OK, "events are observed (sys_audit)", ""
        begun = ",".join(native for native in table.states if table.state(native, "") is not State.NEW)
        if not page.total and not self._pages.count(table.name, f"stateIN{begun}"):
            return OK, "no record has left its first state yet, so there is no history to read", ""
        says = "hidden from us" if page.total else "no changes of state on record"
        return WARNING, f"sys_audit: {says}; events are inferred from differences", advice

    def _comments(self, table: Table, context: CheckContext) -> Said:
        advice = "grant read access to sys_journal_field: without it answers in comments are not seen"
        severity = BLOCKING if context.asking else WARNING
        try:
            page = self._client.list("sys_journal_field", equals("name", table.name), ("sys_id",), 1)
        except RightMissing:
            return severity, "sys_journal_field cannot be read", advice
        if page.total and not page.rows:
            return severity, f"{page.total} journal entries, all hidden from us", advice
        return OK, "journal entries are readable" if page.rows else "no journal entries yet", ""

    def _close_codes(self, table: Table) -> Said:
        column = table.columns["close_code"]
        query = both(one_of("name", {table.name, "task"}), f"{equals('element', column)}^inactive=false")
        rows = self._pages.all("sys_choice", query, ("sys_id", "value", "sys_created_on")).rows
        values = sorted({row["value"] for row in rows if row.get("value")})
        if not values:
            return WARNING, f"no choices of {column} can be read", "grant read access to sys_choice"
        return OK, f"resolving offers: {', '.join(values)}", ""

    def _autoclose(self, context: CheckContext) -> Said:
        held = self._properties(AUTOCLOSE, AUTOCLOSE_BASE)
        if AUTOCLOSE not in held:
            advice = f"grant read access to sys_properties, or look at {AUTOCLOSE} yourself"
            return WARNING, "the auto-close settings cannot be read", advice
        days = int(held[AUTOCLOSE]) if held[AUTOCLOSE].isdigit() else 0
        if not days:
            return OK, "resolved incidents are not closed automatically", ""
        says = f"incidents close {days} days after resolution"
        if held.get(AUTOCLOSE_BASE) != "true":
            says = f"incidents close {days} days after their last update, so our notes put it off"
        if context.acting and context.care_level == "care":
            return BLOCKING, f"{says}, whatever the customer says", f"care level care needs {AUTOCLOSE} = 0"
        if days < context.window_days:
            advice = f"raise {AUTOCLOSE} above {context.window_days}, or shorten confirmed_closure.window"
            return WARNING, f"{says}, but customers have {context.window_days} days to answer", advice
        return OK, says, ""

    def _properties(self, *names: str) -> dict[str, str]:
        try:
            rows = self._pages.all("sys_properties", one_of("name", names), ("sys_id", "name", "value")).rows
        except RightMissing:
            return {}
        return {row["name"]: row.get("value", "") for row in rows if "name" in row}

    def _roles(self, context: CheckContext) -> Said:
        rows = self._held_roles()
        if not rows:
            return (
                WARNING,
                "our roles cannot be read",
                "grant read access to sys_user_has_role, or check by hand",
            )
        roles = {row.get("role.name", "") for row in rows}
        if "admin" in roles:
            return WARNING, "our account is an admin", "take that role away; careloop never needs it"
        if context.closing and not roles & CLOSERS:
            return BLOCKING, "our account may not close incidents", "grant itil_admin, or switch closing off"
        if context.acting and not roles & RESOLVERS:
            return BLOCKING, "our account may not write incidents", "grant sn_incident_write"
        return OK, f"our roles: {', '.join(sorted(roles))}", ""

    def _held_roles(self) -> list[Row]:
        own = self._people.own().get("sys_id", "")
        try:
            return self._pages.all("sys_user_has_role", equals("user", own), ("sys_id", "role.name")).rows
        except (RightMissing, SettingsError):
            return []

    def _mails(self, table: Table, context: CheckContext) -> Said:
        """Tell which mails reach the customer beside ours, and whether one carries what we write to them."""
        where = f"the notifications on {table.name}"
        query = both(equals("collection", table.name), "active=true")
        try:
            found = self._pages.all("sysevent_email_action", query, _NOTIFICATION)
        except (RightMissing, SettingsError):
            found = Whole([], 1)
        if found.hidden and not found.rows:
            advice = f"grant read access to sysevent_email_action, or look at {where} yourself"
            return WARNING, "the platform's own notifications cannot be read", advice
        told = [row for row in found.rows if _reaches(row, table.columns.get("requester", ""))]
        rivals = sorted(row.get("name", "") for row in told if _ENDS.search(_about(row)))
        if rivals:
            advice = f"look at {where} that tell customers of a resolution, and pick one voice"
            return WARNING, f"the platform writes to customers itself: {', '.join(rivals)}", advice
        if context.asking and not any("comments" in _about(row) for row in told):
            advice = f"switch on one of {where} for comments: our questions are comments"
            return WARNING, "the platform tells customers of no comment, so they find ours by chance", advice
        return OK, "the platform tells customers of comments, and leaves resolutions to us", ""


def _reaches(row: Row, requester: str) -> bool:
    """Tell whether a notification goes to the customer; one whose recipients come with its event may."""
    fields = [field for field in row.get("recipient_fields", "").split(",") if field]
    return not fields or requester in fields


def _about(row: Row) -> str:
    return f"{row.get('name', '')} {row.get('condition', '')}"
