"""Which problems there are, and which of them must be looked at again."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from careloop.errors import RecordMissing
from careloop.model.decision import Finding
from careloop.model.event import EventKind
from careloop.model.plain import from_plain, to_plain
from careloop.model.plan import Held, Look
from careloop.store.engine import Database, among
from careloop.store.schema import EVENT, LOOK, PROBLEM, RECORD

UNSEEN = -1  # less than the number of any event, and of none


class SqlProblems:
    """When to look at which problem."""

    _database: Database

    def problems_to_look_at(self, now: datetime, rules_hash: str) -> list[str]:
        due = or_(
            LOOK.c.problem.is_(None),
            PROBLEM.c.last_event > LOOK.c.seen_event,
            LOOK.c.due_at <= now,
            LOOK.c.rules_hash != rules_hash,
        )
        joined = PROBLEM.outerjoin(LOOK, LOOK.c.problem == PROBLEM.c.id)
        query = select(PROBLEM.c.id).select_from(joined).where(due).order_by(PROBLEM.c.id)
        with self._database.reading() as connection:
            return list(connection.scalars(query))

    def last_events(self, problems: Collection[str]) -> dict[str, int]:
        query = select(PROBLEM.c.id, PROBLEM.c.last_event).where(among(PROBLEM.c.id, problems))
        with self._database.reading() as connection:
            found = dict(connection.execute(query).all())
        return {id: found.get(id, 0) for id in problems}

    def save_looks(self, looks: Iterable[Look]) -> None:
        """Keep what evaluations came to; one that had seen less, from an older plan, changes nothing."""
        rows = [
            {
                "problem": item.problem,
                "due_at": item.due_at,
                "seen_event": item.seen_event,
                "rules_hash": item.rules_hash,
                "state": item.state,
                "basis": item.basis,
                "waits": any(finding.waits for finding in item.findings),
                "findings": to_plain(item.findings),
                "held": to_plain(item.held),
            }
            for item in looks
        ]
        if not rows:
            return
        upsert = insert(LOOK)
        upsert = upsert.on_conflict_do_update(
            index_elements=LOOK.primary_key,
            set_={name: upsert.excluded[name] for name in rows[0]},
            where=upsert.excluded.seen_event >= LOOK.c.seen_event,
        )
        with self._database.writing() as connection:
            connection.execute(upsert, rows)

    def someone_waits(self) -> bool:
        query = select(LOOK.c.problem).where(LOOK.c.waits.is_(True)).limit(1)
        with self._database.reading() as connection:
            return connection.scalar(query) is not None

    def looks(self, problems: Collection[str] | None = None) -> list[Look]:
        query = select(LOOK).order_by(LOOK.c.problem)
        if problems is not None:
            query = query.where(among(LOOK.c.problem, problems))
        with self._database.reading() as connection:
            return [_to_look(row) for row in connection.execute(query)]

    def look_again(self, problems: Iterable[str]) -> None:
        with self._database.writing() as connection:
            look_again(connection, set(problems))

    def rebuild(self) -> None:
        """Work out anew, from records and journal, which problems there are; all of them are due for a look.

        A record belongs where its last JOINED entry says (`problem` in its data), or stays where it was put.
        """
        with self._database.writing() as connection:
            joined = select(EVENT.c.data["problem"].as_string()).where(
                EVENT.c.record == RECORD.c.id, EVENT.c.kind == EventKind.JOINED
            )
            last = joined.order_by(EVENT.c.seq.desc()).limit(1).scalar_subquery()
            connection.execute(update(RECORD).values(problem=func.coalesce(last, RECORD.c.problem)))
            connection.execute(delete(LOOK))
            connection.execute(delete(PROBLEM))
            refresh_problems(
                connection, set(connection.scalars(select(RECORD.c.problem).distinct())) - {None}
            )


def refresh_problems(connection: Connection, problems: Collection[str]) -> None:
    """Work out whether these problems still have records, and what their newest event is."""
    connection.execute(delete(PROBLEM).where(among(PROBLEM.c.id, problems)))
    newest = (
        select(RECORD.c.problem, func.coalesce(func.max(EVENT.c.seq), 0))
        .select_from(RECORD.outerjoin(EVENT, EVENT.c.record == RECORD.c.id))
        .where(among(RECORD.c.problem, problems))
        .group_by(RECORD.c.problem)
    )
    connection.execute(insert(PROBLEM).from_select(["id", "last_event"], newest))
    gone = LOOK.c.problem.not_in(select(PROBLEM.c.id))
    connection.execute(delete(LOOK).where(among(LOOK.c.problem, problems), gone))


def look_again(connection: Connection, problems: Collection[str]) -> None:
    """Have these problems evaluated as if nothing had been seen; what stood last is kept until then."""
    connection.execute(update(LOOK).where(among(LOOK.c.problem, problems)).values(seen_event=UNSEEN))


def demand_known(refs: Iterable[str], known: Collection[str]) -> None:
    """Raise RecordMissing unless each record is among the known ones."""
    missing = [ref for ref in refs if ref not in known]
    if missing:
        raise RecordMissing(f"{missing[0]} was never saved, so nothing can be kept about it")


def _to_look(row: Row[Any]) -> Look:
    return Look(
        problem=row.problem,
        due_at=row.due_at,
        seen_event=row.seen_event,
        rules_hash=row.rules_hash,
        state=row.state,
        basis=row.basis,
        findings=from_plain(tuple[Finding, ...], row.findings),
        held=from_plain(tuple[Held, ...], row.held),
    )
