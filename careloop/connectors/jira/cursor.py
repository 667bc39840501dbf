"""How far a project was read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zlib import crc32

import orjson

from careloop.connectors.jira.moment import from_milliseconds, to_milliseconds


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next walk starts, and what the last one saw from there on: a stamp by issue id.

    Without a start everything is read. The stamps spare us to read again what the overlap brings once more.
    """

    start: datetime | None = None
    seen: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read what `str()` wrote; an empty text is the beginning."""
        if not text:
            return cls()
        plain = json.loads(text)
        return cls(from_milliseconds(plain["start"]), plain["seen"])

    def __str__(self) -> str:
        if self.start is None:
            return ""
        return json.dumps({"start": to_milliseconds(self.start), "seen": self.seen}, sort_keys=True)

    def advance(self, stamps: Mapping[str, str], overlap: timedelta) -> "Cursor":
        """Return the cursor behind a page in which these stamps were seen.

        The newest change in the answers counts, never a clock of ours: the index is behind it by an unknown
        time.
        """
        seen = {**self.seen, **stamps}
        if not seen:
            return self
        start = max(map(changed_at, seen.values())) - overlap
        return Cursor(start, {id: stamp for id, stamp in seen.items() if changed_at(stamp) >= start})


def make_stamp(version: str, content: object) -> str:
    """Return what tells whether an issue is as it was: two changes may share one millisecond."""
    return f"{version}.{crc32(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)):08x}"


def changed_at(stamp: str) -> datetime:
    """Return when the issue behind a stamp was last changed."""
    return from_milliseconds(int(stamp.partition(".")[0]))
