"""What careloop remembers, in SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from careloop.store.dialects import SqlDialects
from careloop.store.engine import Database
from careloop.store.journal import SqlJournal
from careloop.store.links import SqlLinks
from careloop.store.migration import migrate
from careloop.store.outbox import SqlOutbox
from careloop.store.people import SqlPeople
from careloop.store.problems import SqlProblems
from careloop.store.promises import SqlPromises
from careloop.store.records import SqlRecords

__all__ = ["SqlStore", "open_store"]


class SqlStore(SqlRecords, SqlPeople, SqlProblems, SqlJournal, SqlLinks, SqlOutbox, SqlPromises, SqlDialects):
    """Everything `careloop.ports.Store` promises, on one database."""

    def __init__(self, database: Database, installation: str) -> None:
        self._database = database
        self._installation = installation
        self._claim()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make several calls one; nested use joins the outer one."""
        with self._database.writing():
            yield

    def close(self) -> None:
        self._database.close()


def open_store(location: str | Path, *, installation: str) -> SqlStore:
    """Open the store at a path or `sqlite:///` URL, and create or upgrade its tables.

    `installation` says which careloop this is (machine and path). Raises SettingsError for an unusable place.
    """
    database = Database(location)
    try:
        migrate(database)
        return SqlStore(database, installation)
    except BaseException:
        database.close()
        raise
