"""The connection to the database, and what a transaction is."""

import sqlite3
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.sql.elements import ColumnElement
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_random

from careloop.errors import CareloopError, SettingsError, TryAgain
from careloop.model.plain import to_plain

PATIENCE = 30.0  # seconds to wait for another process that is writing
ADVICE = "write the path of a file, such as careloop.db"


def encode(value: Any) -> str:
    """Write a value of our model as JSON."""
    return orjson.dumps(value, default=to_plain).decode()


def among(column: ColumnElement[Any], values: Collection[str | int]) -> ColumnElement[bool]:
    """Ask for rows whose column holds one of the values.

    They travel as one parameter, so there is no limit to their number and the statement is compiled once.
    """
    return column.in_(select(func.json_each(encode(list(values))).table_valued("value").c.value))


def read_location(location: str | Path) -> str:
    """Return the SQLite file that a path or URL names; raises SettingsError for anything else."""
    file = str(location)
    if "://" in file:
        try:
            url = make_url(file)
        except ArgumentError as error:
            raise SettingsError(f"store: what is given is no address of a database; {ADVICE}") from error
        if url.get_backend_name() == "postgresql":
            raise SettingsError(f"store: PostgreSQL comes with the postgres extra later; {ADVICE}")
        if url.drivername != "sqlite":
            raise SettingsError(f"store: {url.drivername} is not supported; {ADVICE}")
        file = url.database or ""
    if file in ("", ":memory:"):
        raise SettingsError(f"store: a store must outlive the process; {ADVICE}")
    return file


class Database:
    """One SQLite database; each thread has at most one transaction, which everything inside it joins."""

    def __init__(self, location: str | Path, patience: float = PATIENCE) -> None:
        self.file = read_location(location)
        self._engine = create_engine(
            URL.create("sqlite", database=self.file),
            connect_args={"timeout": patience},
            json_serializer=encode,
            json_deserializer=orjson.loads,
        )
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        self._writer = self._engine.execution_options(writes=True)
        self._thread = threading.local()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write in the transaction this thread is in, or in one of its own."""
        joined = self._joined
        if joined is not None:
            yield joined
            return
        with self._explained(), self._writer.begin() as connection:
            self._thread.connection = connection
            try:
                yield connection
            finally:
                self._thread.connection = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read what this thread's transaction sees, or else what is committed."""
        joined = self._joined
        if joined is not None:
            yield joined
            return
        with self._explained(), self._engine.begin() as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()

    @property
    def _joined(self) -> Connection | None:
        return getattr(self._thread, "connection", None)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            explanation = _explain(error, self.file)
            if explanation is None:
                raise
            raise explanation from error


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    # The driver would begin transactions by itself, too late and always deferred: of two that read before
    # they write, one would lose its work. Commits stay fully durable, which intents rely on.
    connection.isolation_level = None
    _write_ahead(connection)
    connection.execute("PRAGMA foreign_keys = ON")


def _is_busy(error: BaseException) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")


@retry(
    retry=retry_if_exception(_is_busy), stop=stop_after_attempt(200), wait=wait_random(0, 0.05), reraise=True
)
def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging; several that open a new file at once get in each other's way.

    SQLite does not wait here for as long as the connection's timeout says, since that could be a deadlock.
    """
    connection.execute("PRAGMA journal_mode = WAL")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")


def _explain(error: DBAPIError | sqlite3.Error, file: str) -> CareloopError | None:
    """Return what an operator can do about an error, or None when it is a fault of ours."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    match getattr(cause, "sqlite_errorname", "").split("_")[1:2]:
        case ["BUSY"] | ["LOCKED"]:
            return TryAgain(f"{file}: another process has been writing to it for too long")
        case ["NOTADB"]:
            return SettingsError(f"{file} is no SQLite database; name another file as the store")
        case ["CORRUPT"]:
            return SettingsError(f"{file} is damaged ({cause}); put a copy of it back")
        case ["CANTOPEN"]:
            return SettingsError(
                f"{file} cannot be opened as the store; does its folder exist, and may we write there?"
            )
        case ["READONLY"] | ["FULL"] | ["IOERR"] | ["PERM"] | ["AUTH"]:
            return SettingsError(f"{file} cannot be used as the store: {cause}")
    return None
