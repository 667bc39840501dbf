"""An export as a table: whatever its compression, encoding, separator and headings."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from careloop.errors import SettingsError
from careloop.ports import Progress
from careloop.report.audit.servicenow import HEADINGS

LONGEST_FIELD = 16 * 2**20
"""Characters; a field beyond that is a quote that was not closed."""
FALLBACK = "cp1252"
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_GZIP, _ZIP, _OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_TELL_EVERY = 4096  # rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file that was looked into: how to read it, and which column holds what."""

    path: Path
    encoding: str
    separator: str
    headings: tuple[str, ...]
    columns: Mapping[str, int]

    @property
    def name(self) -> str:
        """Return the file's name as it can be shown."""
        return name_of(self.path)

    def rows(self, tell: Progress, refuse: Callable[[int, str], None]) -> Iterator[tuple[int, list[str]]]:
        """Yield every row with the line it ends in; what is no row of this table is refused with its line.

        Raises SettingsError where the file cannot be read on, and UnicodeDecodeError.
        """
        width = len(self.headings)
        size = self.path.stat().st_size
        with _reading(self.path), self.path.open("rb") as raw, _text(raw, self.encoding) as lines:
            rows = csv.reader(lines, delimiter=self.separator, strict=True)
            for count in _numbers():
                before = rows.line_num
                try:
                    row = next(rows)
                except StopIteration:
                    break
                except csv.Error as error:
                    self._judge(error, before + 1, refuse)
                    continue
                if not count % _TELL_EVERY:
                    tell(f"reading {self.name}", raw.tell(), size)
                if len(row) == width:
                    if count:
                        yield rows.line_num, row
                elif row:
                    refuse(rows.line_num, f"it holds {len(row)} values where the heading has {width}")

    def _judge(self, error: csv.Error, line: int, refuse: Callable[[int, str], None]) -> None:
        if "unexpected end" in str(error):
            raise SettingsError(
                f"{self.path}: a quote that opens in line {line} is never closed, so the rest cannot be read"
            ) from error
        refuse(line, str(error))


def name_of(path: Path) -> str:
    """Return a file's name as it can be shown; a name in another encoding gets a question mark or more."""
    return path.name.encode("utf-8", "replace").decode()


def open_export(path: Path, needed: tuple[str, ...], encoding: str = "") -> Export:
    """Look into a file: find out how it is written and where its columns are.

    Raises SettingsError for what is no table in text, and for a table without a needed column.
    """
    csv.field_size_limit(LONGEST_FIELD)
    if path.exists() and not path.is_file() and not path.is_dir():
        raise SettingsError(f"{path}: is no file on a disk, and it may have to be read more than once")
    with _reading(path), path.open("rb") as raw:
        start = raw.read(8)
        if start.startswith((_ZIP, _OLE)):
            raise SettingsError(f"{path}: is a spreadsheet or an archive; export it as CSV instead")
        raw.seek(0)
        with _bytes(raw) as unpacked:
            encoding = encoding or _encoding(unpacked.read(4096))
        if not encoding:
            raise SettingsError(f"{path}: is empty")
        raw.seek(0)
        with _text(raw, encoding) as lines:
            heading = lines.readline(LONGEST_FIELD)
    separator, headings, columns = _split(path, heading)
    plain = [_plain(text) for text in headings]
    for place in columns.values():
        if plain.count(plain[place]) > 1:
            raise SettingsError(f"{path}: has two columns '{headings[place]}'; take the wrong one out")
    missing = [name for name in needed if name not in columns]
    if missing:
        raise SettingsError(_say_missing(path, headings, missing))
    return Export(path=path, encoding=encoding, separator=separator, headings=headings, columns=columns)


def say_column(name: str) -> str:
    """Return what a column is called, as field name and as label."""
    field, *others = HEADINGS[name]
    return f"{field} ('{others[-1]}')"


def _split(path: Path, heading: str) -> tuple[str, tuple[str, ...], dict[str, int]]:
    """Return the separator that yields most known columns, with all headings and the known ones."""
    best: tuple[str, tuple[str, ...], dict[str, int]] = (",", (), {})
    for separator in SEPARATORS:
        try:
            headings = tuple(next(csv.reader([heading.rstrip("\r\n")], delimiter=separator), ()))
        except csv.Error:
            continue
        columns = _columns(headings)
        if (len(columns), len(headings)) > (len(best[2]), len(best[1])):
            best = separator, headings, columns
    if not best[1]:
        raise SettingsError(f"{path}: its first line is no heading")
    return best


def _columns(headings: tuple[str, ...]) -> dict[str, int]:
    places = {_plain(text): place for place, text in enumerate(headings)}
    found: dict[str, int] = {}
    for name, called in HEADINGS.items():
        place = next((places[_plain(word)] for word in called if _plain(word) in places), None)
        if place is not None:
            found[name] = place
    return found


def _plain(heading: str) -> str:
    return heading.strip().casefold()


def _say_missing(path: Path, headings: tuple[str, ...], missing: list[str]) -> str:
    found = ", ".join(f"'{text.strip()[:30]}'" for text in headings[:12])
    more = f" and {len(headings) - 12} more" if len(headings) > 12 else ""
    needed = ", ".join(map(say_column, missing))
    return (
        f"{path}: has no column {needed}; its headings are {found}{more}. Export it with field names or with "
        "English labels as headings"
    )


def _encoding(start: bytes) -> str:
    """Return how a text is encoded as far as its start tells; nothing for an empty one."""
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return encoding
    if b"\0" in start[:64]:
        return "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
    return "utf-8" if start.strip() else ""


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Say in one line what is wrong with a file."""
    try:
        yield
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: there is no such file") from error
    except IsADirectoryError as error:
        raise SettingsError(f"{path}: is a folder, not a file") from error
    except EOFError as error:
        raise SettingsError(
            f"{path}: ends in the middle: it was cut off when it was copied or packed; get it anew"
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SettingsError(f"{path}: is damaged and cannot be unpacked ({error})") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeError as error:
        if isinstance(error, UnicodeDecodeError) and error.encoding == "utf-8":
            raise
        raise SettingsError(f"{path}: is not text in {FALLBACK}, UTF-8 or UTF-16 ({error})") from error


@contextmanager
def _bytes(raw: BinaryIO) -> Iterator[BinaryIO]:
    start = raw.read(2)
    raw.seek(0)
    if start != _GZIP:
        yield raw
        return
    with gzip.GzipFile(fileobj=raw) as unpacked:
        yield cast("BinaryIO", unpacked)


@contextmanager
def _text(raw: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    with _bytes(raw) as plain:
        lines = io.TextIOWrapper(plain, encoding=encoding, newline="")
        try:
            yield lines
        finally:
            lines.detach()


def _numbers() -> Iterator[int]:
    count = 0
    while True:
        yield count
        count += 1
