"""Writes to the outside, and the ledger of contacts: what was begun can always be found again."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from careloop.model.case import Contacted
from careloop.model.change import AnyChange, Contact, Purpose
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
            if connection.scalar(select(INTENT.c.id).where(INTENT.c.key == intent.key)) is not None:
                return False
            if reserve is not None:
                if reserve.counted and not _affordable(connection, intent, reserve, budget):
                    return False
                _reserve(connection, intent, reserve)
            row = {"key": intent.key, "change": to_plain(intent.change), **_outcome(intent)}
            connection.execute(insert(INTENT).values(row))
        return True

    def settle(self, intent: Intent) -> None:
        """Store an intent's new state; raises LookupError when it was never begun."""
        with self._database.writing() as connection:
            changed = update(INTENT).where(INTENT.c.key == intent.key).values(_outcome(intent))
            if not connection.execute(changed).rowcount:
                raise LookupError(f"the intent {intent.key} was never begun")
            stands = intent.state not in NEVER_WENT_OUT
            connection.execute(update(CONTACT).where(CONTACT.c.key == intent.key).values(stands=stands))

    def intents(self, *states: str) -> list[Intent]:
        query = select(INTENT).where(INTENT.c.state.in_(states)).order_by(INTENT.c.sent_at, INTENT.c.id)
        with self._database.reading() as connection:
            return [_to_intent(row) for row in connection.execute(query)]

    def intent_states(self, keys: Collection[str]) -> dict[str, str]:
        query = select(INTENT.c.key, INTENT.c.state).where(among(INTENT.c.key, keys))
        with self._database.reading() as connection:
            return dict(connection.execute(query).all())

    def forget(self, key: str) -> None:
        """Remove an intent; a contact that went out, or may have, stays on the ledger."""
        with self._database.writing() as connection:
            connection.execute(delete(INTENT).where(INTENT.c.key == key))

    def contacts_of(self, people: Collection[str]) -> dict[str, list[Contacted]]:
        query = select(CONTACT).where(among(CONTACT.c.person, people), CONTACT.c.stands)
        ledgers: dict[str, list[Contacted]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(
                query.order_by(CONTACT.c.sent_at, CONTACT.c.key, CONTACT.c.problem)
            ):
                ledgers.setdefault(row.person, []).append(_to_contacted(row))
        return ledgers


def _affordable(connection: Connection, intent: Intent, reserve: Contact, budget: Budget) -> bool:
    """Tell whether one more contact fits the budget; a message about several matters is one contact."""
    messages = select(func.count(CONTACT.c.key.distinct())).where(CONTACT.c.counted, CONTACT.c.stands)
    to_person = messages.where(
        CONTACT.c.person == reserve.person,
        CONTACT.c.sent_at > intent.sent_at - timedelta(days=budget.person_window),
    )
    if (connection.scalar(to_person) or 0) >= budget.per_person:
        return False
    # The planner counts business days exactly; here the same span in calendar days guards against a race.
    since = intent.sent_at - timedelta(days=-(-budget.problem_window * 7 // 5))
    return all(
        (connection.scalar(messages.where(CONTACT.c.problem == problem, CONTACT.c.sent_at > since)) or 0)
        < budget.per_problem
        for problem in {matter.problem for matter in reserve.covers}
    )


def _reserve(connection: Connection, intent: Intent, reserve: Contact) -> None:
    line = {
        "key": intent.key,
        "person": reserve.person,
        "purpose": reserve.purpose,
        "sent_at": intent.sent_at,
        "channel": reserve.channel,
        "counted": reserve.counted,
        "stands": True,
    }
    lines = [
        {"problem": matter.problem, "cause": matter.cause, **line} for matter in sorted(set(reserve.covers))
    ]
    upsert = insert(CONTACT).on_conflict_do_update(index_elements=["key", "problem", "cause"], set_=line)
    connection.execute(upsert, lines)


def _outcome(intent: Intent) -> dict[str, Any]:
    return {
        "state": intent.state,
        "sent_at": intent.sent_at,
        "attempt": intent.attempt,
        "looks": intent.looks,
        "before": intent.before,
        "cause": intent.cause,
        "native_id": intent.native_id,
    }


def _to_intent(row: Row[Any]) -> Intent:
    return Intent(
        change=from_plain(AnyChange, row.change),
        state=IntentState(row.state),
        sent_at=row.sent_at,
        attempt=row.attempt,
        looks=row.looks,
        before=row.before,
        cause=row.cause,
        native_id=row.native_id,
    )


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
