"""Opening a store: where it may be, what is found there, and what is said when it cannot be used."""

import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from careloop.errors import CareloopError, SettingsError, StoreNotOurs, TryAgain
from careloop.store import open_store
from careloop.store.engine import Database
from careloop.store.installation import machine_id, this_installation
from careloop.store.migration import KNOWN, NEWEST, migrate
from careloop.store.schema import metadata
from careloop.testing.examples import incident, make_comment, make_intent
from careloop.testing.outbox_contract import BUDGET


def refusal(location: str | Path) -> str:
    """Return the one line that says why a store cannot be opened."""
    with pytest.raises(SettingsError) as caught:
        open_store(location, installation="here")
    said = str(caught.value)
    assert "\n" not in said
    return said


@contextmanager
def plain(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database without any of our code."""
    with closing(sqlite3.connect(path)) as connection, connection:
        yield connection


def test_a_path_and_a_url_name_the_same_store(tmp_path: Path) -> None:
    path = tmp_path / "care loop?.db"
    with closing(open_store(path, installation="here")) as store:
        store.set_cursor("a", "1", "")

    with closing(open_store(f"sqlite:///{tmp_path}/care loop%3F.db", installation="here")) as store:
        assert store.get_cursor("a") == ("1", "")
    with closing(open_store(str(path), installation="here")) as store:
        assert store.get_cursor("a") == ("1", "")


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("postgresql://db.example.com/careloop", "postgres extra later"),
        ("postgresql+psycopg://db.example.com/careloop", "postgres extra later"),
        ("mysql://db.example.com/careloop", "mysql is not supported"),
        ("sqlite+pysqlcipher:///careloop.db", "not supported"),
        ("://", "no address of a database"),
        ("sqlite://", "must outlive the process"),
        (":memory:", "must outlive the process"),
        ("", "must outlive the process"),
    ],
)
def test_a_place_that_is_not_supported_is_named_with_what_to_write_instead(location: str, said: str) -> None:
    refused = refusal(location)

    assert said in refused
    assert "careloop.db" in refused


def test_a_password_in_an_address_is_never_repeated() -> None:
    assert "hunter2" not in refusal("mysql://ada:hunter2@db.example.com/careloop")
    assert "hunter2" not in refusal("ada:hunter2@db.example.com://")


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 100)

    assert f"{path} is no SQLite database" in refusal(path)
    assert path.read_text() == "not a database " * 100


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with plain(path) as connection:
        connection.execute("CREATE TABLE invoice (id INTEGER)")

    assert "another program" in refusal(path)
    with plain(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("invoice",)]


def test_a_folder_and_a_file_in_no_folder_are_refused(tmp_path: Path) -> None:
    assert "cannot be opened" in refusal(tmp_path)
    assert "does its folder exist" in refusal(tmp_path / "nowhere" / "careloop.db")


def test_a_store_of_a_newer_careloop_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "careloop.db"
    open_store(path, installation="here").close()
    with plain(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    assert "newer careloop (schema 9999)" in refusal(path)


def test_a_damaged_store_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "careloop.db"
    open_store(path, installation="here").close()
    content = bytearray(path.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    path.write_bytes(content)

    assert "damaged" in refusal(path)


@pytest.mark.filterwarnings(
    "ignore:.*ix_record_number"
)  # its expression cannot be read back; looked for below
def test_the_migrations_make_the_tables_the_code_expects(tmp_path: Path) -> None:
    database = Database(tmp_path / "careloop.db")
    migrate(database)
    with database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        indexes = {row.name for row in connection.exec_driver_sql("SELECT name FROM sqlite_master")}
    database.close()

    assert differences == []
    assert {index.name for table in metadata.tables.values() for index in table.indexes} <= indexes


def test_every_migration_is_known() -> None:
    config = Config()
    config.set_main_option("script_location", "careloop.store:migrations")
    scripts = ScriptDirectory.from_config(config)

    assert scripts.get_heads() == [NEWEST]
    assert {script.revision for script in scripts.walk_revisions()} == KNOWN


def test_many_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    def use(name: str) -> None:
        with closing(open_store(tmp_path / "careloop.db", installation="here")) as store:
            store.set_cursor(name, "1", "")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use, "abcd"))

    with closing(open_store(tmp_path / "careloop.db", installation="here")) as store:
        assert all(store.get_cursor(name) for name in "abcd")


def test_a_store_up_to_date_is_opened_while_another_process_writes(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "careloop.db", installation="here")) as busy, busy.transaction():
        open_store(tmp_path / "careloop.db", installation="here").close()


def test_who_waits_too_long_for_another_writer_is_told_to_try_again(tmp_path: Path) -> None:
    path = tmp_path / "careloop.db"
    hasty = Database(path, patience=0.01)
    with closing(open_store(path, installation="here")) as busy, busy.transaction():  # noqa: SIM117 - in this order
        with pytest.raises(TryAgain, match="another process"), hasty.writing():
            raise AssertionError
    hasty.close()


def test_a_copied_store_begins_no_write_until_it_is_bound(tmp_path: Path) -> None:
    original, copy = tmp_path / "careloop.db", tmp_path / "copy.db"
    intent = make_intent(make_comment(incident("1"), "c"))
    open_store(original, installation="there").close()
    shutil.copy(original, copy)

    with closing(open_store(copy, installation="here")) as store:
        assert not store.bound
        with pytest.raises(StoreNotOurs, match="careloop bind"):
            store.begin(intent, BUDGET, None)
        assert store.intents("sent") == []

        store.bind()
        assert store.bound
        assert store.begin(intent, BUDGET, None)


def test_an_installation_is_one_store_on_one_machine(tmp_path: Path) -> None:
    here = this_installation(str(tmp_path / "careloop.db"))

    assert here == this_installation(f"{tmp_path}/../{tmp_path.name}/careloop.db")
    assert here == this_installation(f"sqlite:///{tmp_path}/careloop.db")
    assert here != this_installation(str(tmp_path / "copy.db"))
    assert machine_id()
    assert here.startswith(machine_id())


def test_a_mistake_of_ours_is_not_explained_away(tmp_path: Path) -> None:
    database = Database(tmp_path / "careloop.db")
    with pytest.raises(Exception, match="no such table") as caught, database.reading() as connection:
        connection.exec_driver_sql("SELECT * FROM ticket")
    database.close()

    assert not isinstance(caught.value, CareloopError)
