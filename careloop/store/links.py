"""Pairs of records, what both sides last agreed on, and where they did not."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, and_, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from careloop.errors import UnknownNumber
from careloop.model.change import BaseValue
from careloop.model.intent import Conflict, Pair
from careloop.model.record import RecordRef
from careloop.store.engine import Database, among
from careloop.store.schema import BASE, COMMENT_PAIR, CONFLICT, PAIR


class SqlLinks:
    """Pairs, bases, comment pairs and conflicts in SQL."""

    _database: Database

    def save_pair(self, pair: Pair) -> None:
        """Keep a pair, unless these two records are one already, whichever of them is on the left."""
        left, right = str(pair.left), str(pair.right)
        same = or_(
            PAIR.c.id == pair.id,
            and_(PAIR.c.left == left, PAIR.c.right == right),
            and_(PAIR.c.left == right, PAIR.c.right == left),
        )
        with self._database.writing() as connection:
            if connection.scalar(select(PAIR.c.id).where(same).limit(1)) is None:
                connection.execute(insert(PAIR).values(id=pair.id, rule=pair.rule, left=left, right=right))

    def pairs_of(self, refs: Collection[RecordRef]) -> list[Pair]:
        texts = [str(ref) for ref in refs]
        query = (
            select(PAIR).where(or_(among(PAIR.c.left, texts), among(PAIR.c.right, texts))).order_by(PAIR.c.id)
        )
        with self._database.reading() as connection:
            return [_to_pair(row) for row in connection.execute(query)]

    def get_pairs(self, ids: Collection[str]) -> dict[str, Pair]:
        with self._database.reading() as connection:
            return {
                row.id: _to_pair(row) for row in connection.execute(select(PAIR).where(among(PAIR.c.id, ids)))
            }

    def bases_of(self, pair: str) -> dict[str, BaseValue]:
        query = select(BASE.c.field, BASE.c.left, BASE.c.right).where(BASE.c.pair == pair)
        with self._database.reading() as connection:
            return {
                row.field: BaseValue(**row._asdict())
                for row in connection.execute(query.order_by(BASE.c.field))
            }

    def save_bases(self, pair: str, values: Iterable[BaseValue]) -> None:
        rows = [{"pair": pair, **asdict(value)} for value in values]
        if not rows:
            return
        upsert = insert(BASE)
        changed = {"left": upsert.excluded.left, "right": upsert.excluded.right}
        upsert = upsert.on_conflict_do_update(index_elements=["pair", "field"], set_=changed)
        with self._database.writing() as connection:
            connection.execute(upsert, rows)

    def save_comment_pair(
        self, instance: str, native_id: str, pair: str, other_id: str, audience: str
    ) -> None:
        row = insert(COMMENT_PAIR).values(
            instance=instance, native_id=native_id, pair=pair, other_id=other_id, audience=audience
        )
        with self._database.writing() as connection:
            connection.execute(row.on_conflict_do_nothing())

    def comment_pairs(self, pair: str) -> set[tuple[str, str]]:
        query = select(
            PAIR.c.left,
            PAIR.c.right,
            COMMENT_PAIR.c.instance,
            COMMENT_PAIR.c.native_id,
            COMMENT_PAIR.c.other_id,
        )
        query = query.join_from(COMMENT_PAIR, PAIR).where(PAIR.c.id == pair)
        found = set()
        with self._database.reading() as connection:
            for left, right, instance, native_id, other_id in connection.execute(query):
                sides = RecordRef.parse(left).instance, RecordRef.parse(right).instance
                found |= {(instance, native_id), (sides[1] if instance == sides[0] else sides[0], other_id)}
        return found

    def save_conflicts(self, conflicts: Iterable[Conflict]) -> None:
        rows = [asdict(item) for item in conflicts]
        if not rows:
            return
        upsert = insert(CONFLICT)
        afresh = {name: upsert.excluded[name] for name in ("base", "found_at", "kept")}
        upsert = upsert.on_conflict_do_update(index_elements=["id"], set_=afresh, where=CONFLICT.c.kept != "")
        with self._database.writing() as connection:
            connection.execute(upsert, rows)

    def conflicts(self, *, open_only: bool = True) -> list[Conflict]:
        query = select(CONFLICT).order_by(CONFLICT.c.found_at, CONFLICT.c.id)
        if open_only:
            query = query.where(CONFLICT.c.kept == "")
        with self._database.reading() as connection:
            return [Conflict(**row._asdict()) for row in connection.execute(query)]

    def settle_conflict(self, id: str, kept: str) -> None:
        """Record which text a person chose; raises UnknownNumber when there is no such conflict."""
        with self._database.writing() as connection:
            if not connection.execute(update(CONFLICT).where(CONFLICT.c.id == id).values(kept=kept)).rowcount:
                raise UnknownNumber(
                    f"there is no conflict {id}; `careloop conflicts` lists those that are open"
                )


def _to_pair(row: Row[Any]) -> Pair:
    return Pair(id=row.id, rule=row.rule, left=RecordRef.parse(row.left), right=RecordRef.parse(row.right))
