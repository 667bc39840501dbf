"""Writes to the outside, and the ledger of contacts: what was begun can always be found again."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from careloop.model.case import Contacted
from careloop.model.change import Contact, Purpose
from careloop.model.intent import Intent, IntentState
from careloop.model.plain import from_plain, to_plain
from careloop.model.rules import Budget
from careloop.store.engine import among
from careloop.store.installation import SqlInstallation
from careloop.store.schema import CONTACT, INTENT

NEVER_WENT_OUT = (IntentState.FAILED, IntentState.DROPPED)


class SqlOutbox(SqlInstallation):
    """Intents and contacts in SQL."""

    def begin(self, intent: Intent, budget: Budget, reserve: Contact | None) -> bool:
        """Store an intent and the contact it makes, in one transaction that lets nobody in between.

        False when the key is known in any state, or when a counted contact would exceed the budget. Raises
        StoreNotOurs on the copy of a store.
        """
        with self._database.writing() as connection:
            self._demand_bound(connection)
            if _state(connection, intent.key) is not None:
                return False
            if reserve is not None:
                if reserve.counted and not _affordable(connection, intent, reserve, budget):
                    return False
                _reserve(connection, intent, reserve)
            connection.execute(insert(INTENT).values(_to_row(intent)))
        return True

    def settle(self, intent: Intent) -> None:
        """Store an intent's new state; raises LookupError when it was never begun.

        A message that turns out never to have gone out is taken off the ledger; one that was parked or done
        has, or may have, reached its reader and stays there.
        """
        with self._database.writing() as connection:
            before = _state(connection, intent.key)
            if before is None:
                raise LookupError(f"the intent {intent.key} was never begun")
            connection.execute(update(INTENT).where(INTENT.c.key == intent.key).values(_to_row(intent)))
            if before == IntentState.SENT and intent.state in NEVER_WENT_OUT:
                _take_off_ledger(connection, intent.key)

    def intents(self, *states: str) -> list[Intent]:
        query = (
            select(INTENT.c.body).where(INTENT.c.state.in_(states)).order_by(INTENT.c.sent_at, INTENT.c.id)
        )
        with self._database.reading() as connection:
            return [from_plain(Intent, body) for body in connection.scalars(query)]

    def intent_states(self, keys: Collection[str]) -> dict[str, str]:
        query = select(INTENT.c.key, INTENT.c.state).where(among(INTENT.c.key, keys))
        with self._database.reading() as connection:
            return dict(connection.execute(query).all())

    def forget(self, key: str) -> None:
        """Remove an intent, and its contact from the ledger unless it went out or may have."""
        with self._database.writing() as connection:
            if _state(connection, key) == IntentState.SENT:
                _take_off_ledger(connection, key)
            connection.execute(delete(INTENT).where(INTENT.c.key == key))

    def contacts_of(self, people: Collection[str]) -> dict[str, list[Contacted]]:
        query = (
            select(CONTACT)
            .where(among(CONTACT.c.person, people))
            .order_by(CONTACT.c.sent_at, *CONTACT.primary_key)
        )
        ledgers: dict[str, list[Contacted]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(query):
                ledgers.setdefault(row.person, []).append(_to_contacted(row))
        return ledgers


def _affordable(connection: Connection, intent: Intent, reserve: Contact, budget: Budget) -> bool:
    """Tell whether one more contact fits the budget; a message about several matters is one contact."""
    messages = select(func.count(CONTACT.c.key.distinct())).where(CONTACT.c.counted)
    to_person = messages.where(
        CONTACT.c.person == reserve.person,
        CONTACT.c.sent_at > intent.sent_at - timedelta(days=budget.person_window),
    )
    if (connection.scalar(to_person) or 0) >= budget.per_person:
        return False
    # The planner counts business days exactly. Here the shortest time that so many days of a five-day week
    # can take, a clock change included, guards against a race: what was granted is never refused for good.
    days = budget.problem_window + budget.problem_window // 5 * 2
    since = intent.sent_at - timedelta(days=days) + timedelta(hours=1)
    return all(
        (connection.scalar(messages.where(CONTACT.c.problem == problem, CONTACT.c.sent_at > since)) or 0)
        < budget.per_problem
        for problem in {matter.problem for matter in reserve.covers}
    )


def _reserve(connection: Connection, intent: Intent, reserve: Contact) -> None:
    line = {
        "key": intent.key,
        "person": reserve.person,
        "sent_at": intent.sent_at,
        "channel": reserve.channel,
        "counted": reserve.counted,
    }
    lines = [
        line | {"problem": matter.problem, "purpose": matter.purpose, "cause": matter.cause}
        for matter in reserve.covers
    ]
    upsert = insert(CONTACT)
    changed = {name: upsert.excluded[name] for name in line}
    connection.execute(upsert.on_conflict_do_update(index_elements=CONTACT.primary_key, set_=changed), lines)


def _take_off_ledger(connection: Connection, key: str) -> None:
    connection.execute(delete(CONTACT).where(CONTACT.c.key == key))


def _state(connection: Connection, key: str) -> str | None:
    return connection.scalar(select(INTENT.c.state).where(INTENT.c.key == key))


def _to_row(intent: Intent) -> dict[str, Any]:
    return {"key": intent.key, "state": intent.state, "sent_at": intent.sent_at, "body": to_plain(intent)}


def _to_contacted(row: Row[Any]) -> Contacted:
    return Contacted(
        key=row.key,
        person=row.person,
        purpose=Purpose(row.purpose),
        problem=row.problem,
        cause=row.cause,
        sent_at=row.sent_at,
        channel=row.channel,
        counted=row.counted,
    )
