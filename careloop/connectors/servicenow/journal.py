"""Journal entries from what the platform displays, for accounts that may not read `sys_journal_field`.

A journal reads as one text, newest entry first, each under a line of time, author and kind. Nothing in it is
quoted, so a line inside an entry may look like such a heading; and an author is only a name, which two people
may share. Entries read this way therefore never count as somebody's answer.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from careloop.connectors.servicenow.client import Row
from careloop.connectors.servicenow.query import stamp

_HEADING = re.compile(r"^(?P<when>\S.{7,30}?) - (?P<who>.+) \([^()]+\)$", re.MULTILINE)
_PATTERNS = (  # of date and time as Java writes them, longest first
    *(("yyyy", "%Y"), ("MMM", "%b"), ("MM", "%m"), ("dd", "%d")),
    *(("HH", "%H"), ("hh", "%I"), ("mm", "%M"), ("ss", "%S"), ("a", "%p")),
)


@dataclass(frozen=True, slots=True)
class Style:
    """How our account sees times: its zone, and the format of date and time for `strptime`."""

    zone: ZoneInfo
    format: str

    @classmethod
    def of(cls, account: Row) -> "Style":
        """Return the style of an account; what it leaves open is as the platform ships it."""
        date = account.get("date_format") or "yyyy-MM-dd"
        time = account.get("time_format") or "HH:mm:ss"
        try:
            zone = ZoneInfo(account.get("time_zone") or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            zone = ZoneInfo("UTC")
        return cls(zone, _translate(f"{date} {time}"))

    def read(self, text: str) -> datetime | None:
        """Return a displayed time, or None when the text is none."""
        try:
            return datetime.strptime(text, self.format).replace(tzinfo=self.zone)
        except ValueError:
            return None


def _translate(pattern: str) -> str:
    for java, python in _PATTERNS:
        pattern = re.sub(rf"(?<!%){java}", python, pattern)
    return pattern


def read_entries(sys_id: str, element: str, text: str, style: Style) -> Iterator[Row]:
    """Yield the entries of a journal as rows of `sys_journal_field`; `author` is the name displayed."""
    headings = list(_headings(text, style))
    ends = [start for start, _, _, _ in headings[1:]] + [len(text)]
    for (_, begin, at, author), end in zip(headings, ends, strict=False):
        value = text[begin:end].strip("\n")
        digest = hashlib.sha256(f"{sys_id}\n{element}\n{stamp(at)}\n{author}\n{value}".encode()).hexdigest()
        yield {
            "sys_id": f"shown-{digest[:26]}",
            "element_id": sys_id,
            "element": element,
            "value": value,
            "sys_created_on": stamp(at),
            "sys_created_by": "",
            "author": author,
        }


def _headings(text: str, style: Style) -> Iterator[tuple[int, int, datetime, str]]:
    """Yield (start, end, time, author) of headings: after a blank line, no newer than the last one."""
    last: datetime | None = None
    for found in _HEADING.finditer(text):
        at = style.read(found["when"])
        begins = found.start() == 0 or text[: found.start()].endswith("\n\n")
        if at and begins and (last is None or at <= last):
            last = at
            yield found.start(), found.end() + 1, at, found["who"]
