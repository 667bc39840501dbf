"""How a file is written, found out by reading it: again from the beginning where it seemed otherwise."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from careloop.errors import SettingsError
from careloop.report.audit.export import FALLBACK, Export, name_of, open_export
from careloop.report.audit.incident import Past
from careloop.report.audit.moments import Moments, Order, OtherOrder

Walk = Callable[[Past, Export, Moments], int]
"""Reads a file into a past and returns how many of its rows could be read."""


@dataclass(slots=True, kw_only=True)
class Form:
    """A file, the columns it must have, the order of its dates where somebody said it, and what was found."""

    path: Path
    needed: tuple[str, ...]
    dates: Order | None = None
    encoding: str = ""
    assumed: Order = Order.DAY_FIRST

    def read(self, past: Past, walk: Walk) -> bool:
        """Read the file; return False where its form was not the right one, which is corrected then.

        Raises SettingsError where the file cannot be used.
        """
        moments = Moments(self.dates, self.assumed)
        try:
            count = walk(past, open_export(self.path, self.needed, self.encoding), moments)
        except OtherOrder:
            self.assumed = Order.MONTH_FIRST
            return False
        except UnicodeDecodeError:
            self.encoding = FALLBACK
            return False
        except SettingsError as error:
            raise error if str(self.path) in str(error) else SettingsError(f"{self.path}: {error}") from error
        if not count:
            raise SettingsError(f"{self.path}: {_say_nothing(name_of(self.path), past)}")
        notes = (_say_encoding(self.encoding), moments.note)
        past.notes += [f"{name_of(self.path)}: {note}" for note in notes if note]
        return True


def read_files(start: Callable[[], Past], forms: Sequence[Form], walk: Walk) -> Past:
    """Read files into one past; all of them again when the form of one was corrected."""
    while True:
        past = start()
        if all(form.read(past, walk) for form in forms):
            return past


def _say_nothing(name: str, past: Past) -> str:
    first = next((row for row in past.unreadable if row.file == name), None)
    if first is None:
        return "there is no row below its heading that can be read"
    return f"no row can be read; the first, in line {first.line}: {first.why}"


def _say_encoding(encoding: str) -> str:
    return "is not UTF-8 and was read as Windows-1252; check names with accents" if encoding else ""
