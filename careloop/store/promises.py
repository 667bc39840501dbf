"""When which policy was switched how far."""

from dataclasses import asdict

from sqlalchemy import insert, select

from careloop.model.switch import Switched
from careloop.store.engine import Database
from careloop.store.schema import PROMISE


class SqlPromises:
    """The record of switches, only ever added to."""

    _database: Database

    def save_switch(self, switched: Switched) -> None:
        with self._database.writing() as connection:
            connection.execute(insert(PROMISE), asdict(switched))

    def switches(self) -> list[Switched]:
        told = [column for column in PROMISE.c if column is not PROMISE.c.id]
        with self._database.reading() as connection:
            found = connection.execute(select(*told).order_by(PROMISE.c.at, PROMISE.c.id))
            return [Switched(**row._asdict()) for row in found]
