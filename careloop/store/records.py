"""Current versions of records, the problem each belongs to, and how far each scope was read."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from careloop.model.case import Earlier
from careloop.model.plain import from_plain
from careloop.model.record import Record, RecordRef, State
from careloop.store.engine import Database, among, encode
from careloop.store.problems import demand_known, look_again, refresh_problems
from careloop.store.schema import CURSOR, LOOK, RECORD, REFERENCE

OVER = (State.CLOSED, State.CANCELED)
OLDEST_FIRST = (RECORD.c.opened_at, RECORD.c.ref)
EARLIER = (
    "ref",
    "number",
    "resolved_at",
    "category",
    "subcategory",
    "service",
    "title",
    "group",
    "opened_at",
)


class SqlRecords:
    """Records and cursors in SQL."""

    _database: Database

    def save_records(self, records: Iterable[Record]) -> list[RecordRef]:
        """Store what is not older than what is held and differs from it; return what was stored.

        A version that is held already can still differ, when the settings now ask for more of its fields.
        """
        saved = list(records)
        given = [_to_row(item) for item in saved]
        with self._database.writing() as connection:
            query = select(RECORD.c.ref, RECORD.c.updated, RECORD.c.body)
            found = connection.execute(query.where(among(RECORD.c.ref, [row["ref"] for row in given])))
            held: dict[str, tuple[datetime, str]] = {ref: (updated, body) for ref, updated, body in found}
            newer: dict[str, dict[str, Any]] = {}
            for row in given:
                updated, body = held.get(row["ref"], (row["updated"], ""))
                if row["updated"] >= updated and row["body"] != body:
                    held[row["ref"]] = (row["updated"], row["body"])
                    newer[row["ref"]] = row
            if newer:
                upsert = insert(RECORD)
                changed = {name: upsert.excluded[name] for name in given[0] if name != "ref"}
                upsert = upsert.on_conflict_do_update(index_elements=["ref"], set_=changed)
                connection.execute(upsert, list(newer.values()))
                _keep_references(connection, [record for record in saved if str(record.ref) in newer])
        return [RecordRef.parse(ref) for ref in newer]

    def get_record(self, ref: RecordRef) -> Record | None:
        return self.get_records([ref]).get(ref)

    def get_records(self, refs: Collection[RecordRef]) -> dict[RecordRef, Record]:
        query = select(RECORD.c.body).where(among(RECORD.c.ref, [str(ref) for ref in refs]))
        with self._database.reading() as connection:
            return {found.ref: found for found in map(_to_record, connection.scalars(query))}

    def find_records(self, number: str) -> list[Record]:
        query = select(RECORD.c.body).where(func.lower(RECORD.c.number) == func.lower(number))
        with self._database.reading() as connection:
            return [_to_record(body) for body in connection.scalars(query.order_by(*OLDEST_FIRST))]

    def records_naming(self, numbers: Collection[str]) -> list[Record]:
        wanted = among(REFERENCE.c.number, [number.lower() for number in numbers])
        naming = select(REFERENCE.c.record).where(wanted)
        query = select(RECORD.c.body).where(RECORD.c.id.in_(naming)).order_by(*OLDEST_FIRST)
        with self._database.reading() as connection:
            return [_to_record(body) for body in connection.scalars(query)]

    def records_of(self, problems: Collection[str]) -> dict[str, list[Record]]:
        query = select(RECORD.c.problem, RECORD.c.body).where(among(RECORD.c.problem, problems))
        members: dict[str, list[Record]] = {}
        with self._database.reading() as connection:
            for problem, body in connection.execute(query.order_by(*OLDEST_FIRST)):
                members.setdefault(problem, []).append(_to_record(body))
        return members

    def problems_of(self, refs: Collection[RecordRef]) -> dict[RecordRef, str]:
        query = select(RECORD.c.ref, RECORD.c.problem).where(among(RECORD.c.ref, [str(ref) for ref in refs]))
        with self._database.reading() as connection:
            found = connection.execute(query.where(RECORD.c.problem.is_not(None)))
            return {RecordRef.parse(ref): problem for ref, problem in found}

    def put_in_problem(self, members: Iterable[tuple[RecordRef, str]]) -> None:
        """Move records; the problems they leave and join are looked at again.

        Raises RecordMissing for a record that was never saved.
        """
        wanted = {str(ref): problem for ref, problem in members}
        with self._database.writing() as connection:
            query = select(RECORD.c.ref, RECORD.c.problem).where(among(RECORD.c.ref, list(wanted)))
            homes = dict(connection.execute(query).all())
            demand_known(wanted, homes)
            moves = {ref: problem for ref, problem in wanted.items() if homes[ref] != problem}
            if moves:
                move = (
                    update(RECORD)
                    .where(RECORD.c.ref == bindparam("member"))
                    .values(problem=bindparam("home"))
                )
                connection.execute(move, [{"member": ref, "home": home} for ref, home in moves.items()])
                touched = {homes[ref] for ref in moves if homes[ref] is not None} | set(moves.values())
                refresh_problems(connection, touched)
                look_again(connection, touched)

    def earlier_records(self, requesters: Collection[str]) -> dict[str, list[Earlier]]:
        columns = [RECORD.c[name] for name in EARLIER]
        query = (
            select(RECORD.c.requester, RECORD.c.problem, LOOK.c.basis, *columns)
            .select_from(RECORD.outerjoin(LOOK, LOOK.c.problem == RECORD.c.problem))
            .where(among(RECORD.c.requester, requesters))
        )
        earlier: dict[str, list[Earlier]] = {}
        with self._database.reading() as connection:
            for requester, problem, basis, ref, *rest in connection.execute(query.order_by(*OLDEST_FIRST)):
                told = dict(zip(EARLIER[1:], rest, strict=True))
                line = Earlier(problem=problem or "", basis=basis or "", ref=RecordRef.parse(ref), **told)
                earlier.setdefault(requester, []).append(line)
        return earlier

    def count_open_problems(self) -> int:
        """Count problems whose oldest record, the one the customer knows, is neither closed nor canceled."""
        place = func.row_number().over(partition_by=RECORD.c.problem, order_by=OLDEST_FIRST)
        ranked = select(RECORD.c.state, place.label("place")).where(RECORD.c.problem.is_not(None)).subquery()
        query = select(func.count()).where(ranked.c.place == 1, ranked.c.state.not_in(OVER))
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def get_cursor(self, scope: str) -> tuple[str, str] | None:
        query = select(CURSOR.c.value, CURSOR.c.fingerprint).where(CURSOR.c.scope == scope)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (row.value, row.fingerprint)

    def set_cursor(self, scope: str, cursor: str, fingerprint: str) -> None:
        row = {"value": cursor, "fingerprint": fingerprint}
        upsert = (
            insert(CURSOR)
            .values(scope=scope, **row)
            .on_conflict_do_update(index_elements=["scope"], set_=row)
        )
        with self._database.writing() as connection:
            connection.execute(upsert)


def _to_row(item: Record) -> dict[str, Any]:
    return {
        "ref": str(item.ref),
        "number": item.number,
        "kind": item.kind,
        "state": item.state,
        "requester": item.requester,
        "group": item.group,
        "category": item.category,
        "subcategory": item.subcategory,
        "service": item.service,
        "title": item.title,
        "opened_at": item.opened_at or item.created,
        "resolved_at": item.resolved_at,
        "updated": item.updated,
        "body": encode(item),
    }


def _keep_references(connection: Connection, records: Collection[Record]) -> None:
    """Keep which numbers these records name now."""
    query = select(RECORD.c.ref, RECORD.c.id).where(among(RECORD.c.ref, [str(one.ref) for one in records]))
    ids = dict(connection.execute(query).all())
    connection.execute(delete(REFERENCE).where(among(REFERENCE.c.record, list(ids.values()))))
    lines = {(ids[str(one.ref)], number.lower()) for one in records for number in one.references}
    if lines:
        connection.execute(insert(REFERENCE), [{"record": id, "number": number} for id, number in lines])


def _to_record(body: str) -> Record:
    found: Record = from_plain(Record, orjson.loads(body))
    return found
