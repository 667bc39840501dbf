"""Where a store belongs: to one installation of careloop, and to the instances it has spoken to."""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from careloop.errors import StoreNotOurs
from careloop.store.engine import Database
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

    def bind(self, installation: str) -> None:
        """Make the store belong to an installation."""
        with self._database.writing() as connection:
            connection.execute(delete(INSTALLATION))
            connection.execute(insert(INSTALLATION).values(id=installation))

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
            self.bind(self._installation)

    def _demand_bound(self, connection: Connection) -> None:
        owner = _owner(connection)
        if owner != self._installation:
            raise StoreNotOurs(
                f"{self._database.file} belongs to {owner} and this is {self._installation}, so nothing is "
                "written to the outside; if the original is no longer in use, run `careloop bind`"
            )


def _owner(connection: Connection) -> str | None:
    return connection.scalar(select(INSTALLATION.c.id))
