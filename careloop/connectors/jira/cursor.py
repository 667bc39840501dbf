"""How far a project was read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from careloop.connectors.jira.moment import from_milliseconds, to_milliseconds


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next walk starts, and the versions by issue id that the last one saw from there on.

    Without a start everything is read. The versions spare us to read again what the overlap brings once more.
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

    def advance(self, versions: Mapping[str, str], overlap: timedelta) -> "Cursor":
        """Return the cursor behind a page in which these versions were seen.

        The newest change in the answers counts, never a clock of ours: the index is behind it by an unknown
        time.
        """
        seen = {**self.seen, **versions}
        if not seen:
            return self
        newest = max(from_milliseconds(int(version)) for version in seen.values())
        start = newest - overlap
        kept = {id: version for id, version in seen.items() if int(version) >= to_milliseconds(start)}
        return Cursor(start, kept)
