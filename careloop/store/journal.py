"""The append-only journal."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.sqlite import insert

from careloop.model.event import Event, EventKind, Quality
from careloop.model.record import RecordRef
from careloop.store.engine import Database, among
from careloop.store.problems import demand_known, refresh_problems
from careloop.store.schema import EVENT, EVENT_TEXT, RECORD

IN_ORDER = (EVENT.c.occurred_at, EVENT.c.source_key)


class SqlJournal:
    """Events in SQL."""

    _database: Database

    def append(self, events: Iterable[Event], recorded_at: datetime) -> int:
        """Add what is new, numbered in the order given; raises RecordMissing for a record never saved."""
        given = {item.source_key: item for item in events}
        with self._database.writing() as connection:
            known = self.known_keys(given)
            fresh = [item for key, item in given.items() if key not in known]
            if not fresh:
                return 0
            refs = {str(item.record) for item in fresh}
            query = select(RECORD.c.ref, RECORD.c.id, RECORD.c.problem).where(among(RECORD.c.ref, refs))
            homes = {ref: (id, problem) for ref, id, problem in connection.execute(query)}
            demand_known(refs, homes)
            # Nobody else can write until the commit, so the numbers are ours and rise with each commit.
            first = (connection.scalar(select(func.max(EVENT.c.seq))) or 0) + 1
            rows = [
                _to_row(item, seq, homes[str(item.record)][0], recorded_at)
                for seq, item in enumerate(fresh, first)
            ]
            texts = [
                {"event": seq, "text": item.text}
                for seq, item in enumerate(fresh, first)
                if item.text is not None
            ]
            connection.execute(insert(EVENT), rows)
            if texts:
                connection.execute(insert(EVENT_TEXT), texts)
            refresh_problems(connection, {problem for _, problem in homes.values() if problem is not None})
        return len(fresh)

    def events_of(self, problems: Collection[str]) -> dict[str, list[Event]]:
        query = _events().add_columns(RECORD.c.problem).where(among(RECORD.c.problem, problems))
        events: dict[str, list[Event]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(query):
                events.setdefault(row.problem, []).append(_to_event(row))
        return events

    def events_on(self, refs: Collection[RecordRef], kinds: Collection[str]) -> dict[RecordRef, list[Event]]:
        query = _events().where(among(RECORD.c.ref, [str(ref) for ref in refs]), among(EVENT.c.kind, kinds))
        events: dict[RecordRef, list[Event]] = {}
        with self._database.reading() as connection:
            for item in map(_to_event, connection.execute(query)):
                events.setdefault(item.record, []).append(item)
        return events

    def records_with(self, kinds: Collection[str]) -> list[RecordRef]:
        query = select(RECORD.c.ref).join_from(EVENT, RECORD).where(among(EVENT.c.kind, kinds)).distinct()
        with self._database.reading() as connection:
            return [RecordRef.parse(ref) for ref in connection.scalars(query.order_by(RECORD.c.ref))]

    def known_keys(self, source_keys: Collection[str]) -> set[str]:
        query = select(EVENT.c.source_key).where(among(EVENT.c.source_key, source_keys))
        with self._database.reading() as connection:
            return set(connection.scalars(query))

    def last_recorded(self) -> datetime | None:
        newest = select(EVENT.c.recorded_at).order_by(EVENT.c.seq.desc()).limit(1)
        with self._database.reading() as connection:
            return connection.scalar(newest)

    def count_events(self) -> int:
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(EVENT)) or 0


def _events() -> Select[Any]:
    joined = EVENT.join(RECORD, EVENT.c.record == RECORD.c.id).outerjoin(
        EVENT_TEXT, EVENT_TEXT.c.event == EVENT.c.seq
    )
    own = [column for column in EVENT.c if column is not EVENT.c.record]
    return select(RECORD.c.ref, EVENT_TEXT.c.text, *own).select_from(joined).order_by(*IN_ORDER)


def _to_row(item: Event, seq: int, record_id: int, recorded_at: datetime) -> dict[str, Any]:
    return {
        "seq": seq,
        "record": record_id,
        "kind": item.kind,
        "occurred_at": item.occurred_at,
        "recorded_at": recorded_at,
        "source_key": item.source_key,
        "actor": item.actor,
        "quality": item.quality,
        "data": item.data,
    }


def _to_event(row: Row[Any]) -> Event:
    return Event(
        kind=EventKind(row.kind),
        record=RecordRef.parse(row.ref),
        occurred_at=row.occurred_at,
        source_key=row.source_key,
        actor=row.actor,
        quality=Quality(row.quality),
        data=row.data,
        text=row.text,
        seq=row.seq,
        recorded_at=row.recorded_at,
    )
