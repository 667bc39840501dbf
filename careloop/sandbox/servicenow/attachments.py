"""Files on records: a row of `sys_attachment` for each, and its content."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import replace

from careloop.sandbox.servicenow.errors import AclRefused, NotFound
from careloop.sandbox.servicenow.records import Records
from careloop.sandbox.servicenow.rights import Rights
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row

TABLE = "sys_attachment"


class Attachments:
    """Adds, renames and deletes files; who may write a record may do so with its files.

    Columns as on a live instance (servicenow.itsm, sample of module `problem`): the hash is SHA-256 in hex,
    the state stays `pending` because nothing scans for viruses here, the content is said to be compressed.
    """

    def __init__(self, db: Database, rights: Rights, records: Records) -> None:
        self._db = db
        self._rights = rights
        self._records = records
        self._contents: dict[str, bytes] = {}

    def add(self, session: Session, described: Mapping[str, str], content: bytes) -> Row:
        """Store a file; `described` names table_name, table_sys_id, file_name and content_type.

        Raises UnknownTable or NotFound when there is no such record to be seen, AclRefused when it may not be
        written.
        """
        record = self._records.read(session, described["table_name"], described["table_sys_id"])
        self._check(session, record, "Insert")
        fields = {
            **described,
            "size_bytes": str(len(content)),
            "size_compressed": str(len(zlib.compress(content))),
            "compressed": "true",
            "hash": hashlib.sha256(content).hexdigest(),
            "state": "pending",
        }
        row = self._records.insert(_elevated(session), TABLE, fields)
        self._contents[row[0].value(row[1], "sys_id")] = content
        return row

    def read(self, session: Session, sys_id: str) -> Row:
        """Return a file's row; raises NotFound unless the user may read its record."""
        row = self._db.find(TABLE, sys_id)
        if row is None or not self.is_visible(session, row):
            raise NotFound
        return row

    def is_visible(self, session: Session, row: Row) -> bool:
        """Return whether the user may see a file: whoever may read its record."""
        record = self._record(row)
        return session.user.is_admin or (record is not None and self._rights.on_row("read", record, session))

    def content(self, row: Row) -> bytes:
        """Return what is in a file."""
        return self._contents.get(row[0].value(row[1], "sys_id"), b"")

    def rename(self, session: Session, row: Row, name: str) -> None:
        """Give a file another name; raises AclRefused."""
        self._check(session, self._record(row), "Update")
        self._records.update(_elevated(session), row, {"file_name": name})

    def delete(self, session: Session, row: Row) -> None:
        """Take a file out; raises AclRefused."""
        self._check(session, self._record(row), "Delete")
        self._take_out(session, row)

    def drop(self, session: Session, table: str, sys_id: str) -> None:
        """Take out the files of a record that has been deleted."""
        for row in tuple(self._db.where(TABLE, table_sys_id=sys_id, table_name=table)):
            self._take_out(session, row)

    def _take_out(self, session: Session, row: Row) -> None:
        sys_id = row[0].value(row[1], "sys_id")
        self._records.delete(_elevated(session), row)
        self._db.finally_do(lambda: self._contents.pop(sys_id, None))

    def _record(self, row: Row) -> Row | None:
        table, slot = row
        return self._db.find(table.value(slot, "table_name"), table.value(slot, "table_sys_id"))

    def _check(self, session: Session, record: Row | None, operation: str) -> None:
        if session.user.is_admin or (record and self._rights.on_row("write", record, session)):
            return
        raise AclRefused(operation)


def _elevated(session: Session) -> Session:
    """Return the session with every right: the record's rights have decided already."""
    return Session(replace(session.user, roles=session.user.roles | {"admin"}), session.now)
