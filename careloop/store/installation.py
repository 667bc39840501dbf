"""Where a store belongs: to one installation of careloop, and to the instances it has spoken to."""

import platform
from pathlib import Path

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from careloop.errors import StoreNotOurs
from careloop.store.engine import Database, read_location
from careloop.store.schema import INSTALLATION, INSTANCE


class SqlInstallation:
    """What the store is bound to.

    A copy of a store knows of the same promises as the original, so both would keep them: until a person says
    `careloop bind`, a copy begins no write to the outside.
    """

    _database: Database
    _installation: str

    @property
    def bound(self) -> bool:
        """Tell whether the store belongs to this installation."""
        with self._database.reading() as connection:
            return _owner(connection) == self._installation

    def bind(self) -> None:
        """Make the store this installation's own, and forget which instances it belonged to."""
        with self._database.writing() as connection:
            connection.execute(delete(INSTANCE))
            connection.execute(delete(INSTALLATION))
            connection.execute(insert(INSTALLATION).values(id=self._installation))

    def save_identity(self, instance: str, identity: str) -> None:
        upsert = insert(INSTANCE).values(name=instance, identity=identity)
        upsert = upsert.on_conflict_do_update(index_elements=["name"], set_={"identity": identity})
        with self._database.writing() as connection:
            connection.execute(upsert)

    def identities(self) -> dict[str, str]:
        with self._database.reading() as connection:
            return {
                row.name: row.identity
                for row in connection.execute(select(INSTANCE).order_by(INSTANCE.c.name))
            }

    def _claim(self) -> None:
        """Take a store that belongs to nobody yet."""
        with self._database.reading() as connection:
            owner = _owner(connection)
        if owner is None:
            self.bind()

    def _demand_bound(self, connection: Connection) -> None:
        owner = _owner(connection)
        if owner != self._installation:
            raise StoreNotOurs(
                f"{self._database.file} belongs to {owner} and this is {self._installation}, so nothing is "
                "written to the outside; if the original is no longer in use, run `careloop bind`"
            )


def _owner(connection: Connection) -> str | None:
    return connection.scalar(select(INSTALLATION.c.id))


def this_installation(location: str) -> str:
    """Return what tells this installation from one with a copy of its store: the machine and the place."""
    return f"{machine_id()}:{Path(read_location(location)).resolve()}"


def machine_id() -> str:
    """Return the machine's own id where the system keeps one, else its host name."""
    for place in (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id")):
        if place.is_file():
            return place.read_text(encoding="ascii").strip()
    return platform.node()
