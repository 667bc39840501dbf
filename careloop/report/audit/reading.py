"""What was read of an instance, kept in a file page by page, so that it can be stopped and resumed."""

import os
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from careloop.errors import SettingsError
from careloop.model.history import HistoryPage
from careloop.model.page import Scope
from careloop.model.plain import from_plain, to_plain
from careloop.ports import Auditable, Progress

FORMAT = 1


class Reading:
    """A file of pages, one a line below a heading that says what is read.

    A line that a crash cut off is forgotten. What a later page says of an incident replaces what an earlier
    one said.
    """

    def __init__(self, path: Path, scope: Scope, *, again: bool = False) -> None:
        """Open a reading, or begin one: where there is none, it is of something else, or `again` says so."""
        self._path = path
        self._heading = {"careloop_audit": FORMAT, "of": scope.id, "query": scope.query}
        self._places = array("Q")
        self.cursor = ""
        with _named(path):
            if again or not self._resume():
                self._begin()

    def read_on(self, instance: Auditable, scope: Scope, tell: Progress) -> None:
        """Read what is missing, and keep each page once it is whole."""
        done = 0
        for page in instance.histories(scope, self.cursor):
            if page.histories or page.unread:
                self._keep(page)
                done += len(page.histories)
                tell(f"reading {scope.id}", done, page.total)

    def pages(self) -> Iterator[HistoryPage]:
        """Yield the pages kept, the newest first."""
        with _named(self._path), self._path.open("rb") as stream:
            for place in reversed(self._places):
                stream.seek(place)
                page: HistoryPage = from_plain(HistoryPage, orjson.loads(stream.readline()))
                yield page

    def _begin(self) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(_line(self._heading))

    def _resume(self) -> bool:
        """Find every page that is whole, and where to read on."""
        if not self._path.exists():
            return False
        end, last = 0, b""
        with self._path.open("rb") as stream:
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                if not end:
                    if orjson.loads(line) != self._heading:
                        return False
                else:
                    self._places.append(end)
                    last = line
                end += len(line)
        if not end:
            return False
        os.truncate(self._path, end)
        self.cursor = orjson.loads(last)["cursor"] if last else ""
        return True

    def _keep(self, page: HistoryPage) -> None:
        with _named(self._path), self._path.open("ab") as stream:
            place = stream.tell()
            stream.write(_line(to_plain(page)))
        self._places.append(place)
        self.cursor = page.cursor


def _line(plain: Any) -> bytes:
    return orjson.dumps(plain, option=orjson.OPT_APPEND_NEWLINE)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say in one line what is wrong with the file of a reading."""
    try:
        yield
    except OSError as error:
        raise SettingsError(f"{path}: the reading cannot be kept here: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{path}: is no reading of an audit; give --read-again to begin a new one there"
        ) from error
