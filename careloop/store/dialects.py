"""How each container says the common words, as its platform last told."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from careloop.model.dialect import Dialect
from careloop.model.plain import from_plain, to_plain
from careloop.store.engine import Database
from careloop.store.schema import DIALECT


class SqlDialects:
    """Dialects in SQL."""

    _database: Database

    def save_dialects(self, dialects: Mapping[tuple[str, str], Dialect]) -> None:
        held = self.dialects()
        if held | dict(dialects) == held:
            return
        rows = [
            {"instance": instance, "container": container, "body": to_plain(dialect)}
            for (instance, container), dialect in dialects.items()
        ]
        upsert = insert(DIALECT)
        upsert = upsert.on_conflict_do_update(
            index_elements=DIALECT.primary_key, set_={"body": upsert.excluded.body}
        )
        with self._database.writing() as connection:
            connection.execute(upsert, rows)

    def dialects(self) -> dict[tuple[str, str], Dialect]:
        with self._database.reading() as connection:
            return {
                (row.instance, row.container): from_plain(Dialect, row.body)
                for row in connection.execute(select(DIALECT))
            }
