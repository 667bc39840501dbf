"""Lists that are complete: pages to the real end, and windows of time that were still while they were read.

Row access rules act after the limit, so a short or empty page is not the end; rows that change while we read
move out of their place. Both are met by the platform's own count (ServiceNow docs c_TableAPI.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from careloop.connectors.servicenow.client import Client, Listing, PageTooLarge, Row
from careloop.connectors.servicenow.query import batches, before, both, one_of, ordered, read_stamp, since
from careloop.errors import RightMissing, Unreachable

LARGEST_WINDOW = 10_000  # rows that are read before a window counts as too large
SMALLEST_PAGE = 10
SECOND = timedelta(seconds=1)
DAWN = datetime(1970, 1, 1, tzinfo=UTC)
_EDGES = (None, *"123456789abcdef", None)  # where the ids of one second are cut


@dataclass(frozen=True, slots=True)
class Whole:
    """All rows of a query; `hidden` counts those that exist and that our account may not see."""

    rows: list[Row]
    hidden: int


@dataclass(frozen=True, slots=True)
class Window:
    """Rows updated from `start` on and before `end`; those of one second are also cut by their ids."""

    start: datetime
    end: datetime | None
    first: str | None = None
    last: str | None = None

    @property
    def query(self) -> str:
        """Return the window as a condition."""
        parts = [since("sys_updated_on", self.start)]
        parts += [before("sys_updated_on", self.end)] if self.end else []
        parts += [f"sys_id>={self.first}"] if self.first else []
        parts += [f"sys_id<{self.last}"] if self.last else []
        return "^".join(parts)

    def holds(self, row: Row, updated: datetime) -> bool:
        """Tell whether a row belongs here."""
        return (
            self.start <= updated
            and (self.end is None or updated < self.end)
            and (self.first or "") <= row["sys_id"]
            and (self.last is None or row["sys_id"] < self.last)
        )

    def split(self) -> list["Window"]:
        """Return smaller windows that cover the same, oldest first; none when it is as small as can be."""
        if self.end is None:
            return []
        seconds = int((self.end - self.start).total_seconds())
        if seconds > 1:
            middle = self.start + timedelta(seconds=seconds // 2)
            return [Window(self.start, middle), Window(middle, self.end)]
        if self.first is None and self.last is None:
            return [Window(self.start, self.end, *edges) for edges in pairwise(_EDGES)]
        return []


class Pages:
    """Reads whole lists from one instance, `size` rows at a time."""

    def __init__(self, client: Client, name: str, size: int) -> None:
        self._client = client
        self._name = name
        self._size = size

    def count(self, table: str, query: str) -> int:
        """Return how many rows match, also those our account may not see."""
        return self._client.list(table, query, ("sys_id",), 1).total

    def all(self, table: str, query: str, fields: tuple[str, ...], *order: str) -> Whole:
        """Read every row of a query, in the order of the columns, `sys_id` last."""
        pages = list(self._pages(table, ordered(query, *order, "sys_id"), fields))
        rows = {row.get("sys_id", ""): row for page in pages for row in page.rows}
        return Whole(list(rows.values()), max(0, pages[-1].total - len(rows)))

    def by_ids(
        self, table: str, column: str, ids: Sequence[str], fields: tuple[str, ...], query: str = ""
    ) -> Whole:
        """Read every row whose column holds one of the ids, many requests if need be."""
        parts = [
            self.all(table, both(one_of(column, batch), query), fields, "sys_created_on")
            for batch in batches(ids)
        ]
        return Whole([row for part in parts for row in part.rows], sum(part.hidden for part in parts))

    def displayed(self, table: str, ids: Sequence[str], fields: tuple[str, ...]) -> list[Row]:
        """Read rows the way the platform displays them to our account."""
        pages = (
            self._client.list(table, one_of("sys_id", batch), fields, len(batch), displayed=True)
            for batch in batches(ids)
        )
        return [row for page in pages for row in page.rows]

    def windows(
        self, table: str, query: str, fields: tuple[str, ...], start: datetime, end: datetime
    ) -> Iterator[tuple[list[Row], datetime]]:
        """Yield the rows updated within [start, end), oldest first, and until when they are complete."""
        waiting = [Window(start, end)] if start < end else []
        while waiting:
            window = waiting.pop()
            rows = self._settled(table, query, fields, window)
            if rows is None:
                parts = window.split()
                if not parts:
                    raise Unreachable(
                        f"{self._name}: {table} changes faster than it can be read; try again later"
                    )
                waiting.extend(reversed(parts))
                continue
            complete = not waiting or waiting[-1].start > window.start
            yield rows, window.end if complete and window.end else window.start

    def tail(self, table: str, query: str, fields: tuple[str, ...], start: datetime) -> list[Row]:
        """Read what was updated from `start` on, as far as it goes; it is read again as part of a window."""
        window = Window(start, None)
        pages = self._pages(table, self._ask(window, query), fields)
        return [row for page in pages for row in self._checked(table, window, page.rows)]

    def _settled(self, table: str, query: str, fields: tuple[str, ...], window: Window) -> list[Row] | None:
        """Read a window, or return None when it is too large or changed meanwhile (a single page cannot)."""
        rows: list[Row] = []
        totals: set[int] = set()
        for page in self._pages(table, self._ask(window, query), fields):
            totals.add(page.total)
            rows += self._checked(table, window, page.rows)
            if len(totals) > 1 or page.total > LARGEST_WINDOW:
                return None
        return rows

    @staticmethod
    def _ask(window: Window, query: str) -> str:
        return ordered(both(window.query, query), "sys_updated_on", "sys_id")

    def _pages(self, table: str, query: str, fields: tuple[str, ...]) -> Iterator[Listing]:
        """Yield pages until the platform's own count is reached; smaller ones where one is cut off."""
        offset, size = 0, self._size
        while True:
            try:
                page = self._client.list(table, query, fields, size, offset)
            except PageTooLarge:
                if size <= SMALLEST_PAGE:
                    raise
                size = max(SMALLEST_PAGE, size // 4)
                continue
            yield page
            offset += size
            if not page.has_next and offset >= page.total:
                return

    def _checked(self, table: str, window: Window, rows: list[Row]) -> list[Row]:
        """Return a page's rows if they are what was asked for; the platform drops conditions in silence.

        From one page to the next the order may break without anybody's fault, when rows come in late.
        """
        last = (DAWN, "")
        for row in rows:
            try:
                updated = read_stamp(row["sys_updated_on"])
                fits = window.holds(row, updated) and last <= (updated, row["sys_id"])
            except (KeyError, ValueError) as error:
                says = f"{self._name}: sys_id or sys_updated_on of {table} cannot be read"
                raise RightMissing(f"{says}; give our account read access to both columns") from error
            if not fits:
                says = f"{self._name}: {table} ignores a condition or an order on sys_updated_on or sys_id"
                raise RightMissing(f"{says}; give our account query_range access to both columns")
            last = (updated, row["sys_id"])
        return rows
