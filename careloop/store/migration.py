"""Bring a database to the tables this version of careloop knows."""

from sqlalchemy import Connection, text

from careloop.errors import SettingsError
from careloop.store.engine import Database

NEWEST = "0001"
KNOWN = frozenset({NEWEST})


def migrate(database: Database) -> None:
    """Create or upgrade the tables.

    Raises SettingsError for a database of a newer careloop or of another program. A store that is up to date
    is only read, so that opening it waits for nobody.
    """
    with database.reading() as connection:
        held = _version(connection, database.file)
    if held == NEWEST:
        return
    from alembic import command  # noqa: PLC0415 # slow to import, and needed only once per store
    from alembic.config import Config  # noqa: PLC0415 # as above

    with database.writing() as connection:  # another process that opens it waits, then finds it done
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "careloop.store:migrations")
        command.upgrade(config, "head")


def _version(connection: Connection, file: str) -> str | None:
    tables = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise SettingsError(f"{file} is the database of another program; name another file as the store")
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if version not in KNOWN:
        raise SettingsError(f"{file} was written by a newer careloop (schema {version}); install that one")
    return str(version)
