"""What really happened, read from the pretend platforms' own books: nothing here asks careloop."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from careloop.sandbox.jira.adf import to_text
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.world import Sandbox

US = ("careloop", "bot")
"""careloop's accounts on the two platforms."""
REFERENCE = re.compile(r"\[ref ([0-9a-f]{10})\]")
HEADING = re.compile(
    r"^(?:\[public\] )?(?P<author>.+) wrote on (?P<number>\S+), "
    r"(?P<when>\d{4}-\d\d-\d\d \d\d:\d\d UTC)(?:, (?P<seen>seen by the customer|internal))?:\n"
)
IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED, CANCELED = "2", "3", "6", "7", "8"
DONE = (RESOLVED, CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text on a record; `public` when its customer reads it, `name` is what people call its author."""

    id: str
    record: str
    at: datetime
    author: str
    name: str
    public: bool
    text: str

    @property
    def ours(self) -> bool:
        """Tell whether careloop wrote it."""
        return self.author in US

    @property
    def reference(self) -> str:
        """Return the mark of the change that wrote it, if it is ours."""
        found = REFERENCE.findall(self.text) if self.ours else []
        return found[-1] if found else ""

    @property
    def said(self) -> str:
        """Return the text without our mark."""
        return REFERENCE.sub("", self.text).strip()

    @property
    def heading(self) -> "re.Match[str] | None":
        """Return the heading of a text that we carried over from the other side."""
        return HEADING.match(self.text) if self.ours else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One change of a record's state."""

    record: str
    at: datetime
    actor: str
    before: str
    after: str

    @property
    def ours(self) -> bool:
        """Tell whether careloop made it."""
        return self.actor in US


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident as it stands, with its texts and moves, oldest first."""

    row: Mapping[str, str]
    caller: str
    zone: str
    opener: str
    entries: tuple[Entry, ...]
    moves: tuple[Move, ...]

    @property
    def number(self) -> str:
        """Return what people call it."""
        return self.row["number"]

    @property
    def state(self) -> str:
        """Return the state's value."""
        return self.row["state"]

    @property
    def resolutions(self) -> tuple[Move, ...]:
        """Return every time somebody said that it is solved."""
        return tuple(move for move in self.moves if move.after == RESOLVED)


class Books:
    """Both platforms' records at one moment; made anew for every look."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._query = sandbox.servicenow.act("admin").query

    @cached_property
    def incidents(self) -> tuple[Incident, ...]:
        """Return every incident, oldest first."""
        return tuple(self._incident(row) for row in self._query("incident", "ORDERBYnumber"))

    @cached_property
    def issues(self) -> tuple[Issue, ...]:
        """Return every issue, oldest first."""
        return tuple(sorted(self._sandbox.jira.store.issues.values(), key=lambda issue: issue.id))

    @cached_property
    def issue_entries(self) -> tuple[Entry, ...]:
        """Return every comment on an issue."""
        return tuple(entry for issue in self.issues for entry in read_comments(issue))

    @cached_property
    def issue_moves(self) -> tuple[Move, ...]:
        """Return every change of an issue's status."""
        return tuple(move for issue in self.issues for move in _read_moves(issue))

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Return every text on either side."""
        return (*(entry for incident in self.incidents for entry in incident.entries), *self.issue_entries)

    @cached_property
    def mails(self) -> tuple[str, ...]:
        """Return the text of every mail that went out."""
        return tuple(f"{mail['subject']}\n{mail['body']}" for mail in self._sandbox.outbox())

    def made_for(self, incident: Incident) -> list[Issue]:
        """Return the issues that careloop made for an incident, by the note that each carries."""
        wanted = f"/incident/{incident.row['sys_id']}"
        return [issue for issue in self.issues if _subject(issue).endswith(wanted)]

    @cached_property
    def _users(self) -> dict[str, Mapping[str, str]]:
        return {row["sys_id"]: row for row in self._query("sys_user", "")}

    @cached_property
    def _names(self) -> dict[str, str]:
        return {row["user_name"]: row["name"] for row in self._users.values()}

    @cached_property
    def _journals(self) -> dict[str, list[Mapping[str, str]]]:
        return _grouped(self._query("sys_journal_field", "ORDERBYsys_created_on"), "element_id")

    @cached_property
    def _trails(self) -> dict[str, list[Mapping[str, str]]]:
        return _grouped(self._query("sys_audit", "fieldname=state^ORDERBYsys_created_on"), "documentkey")

    def _incident(self, row: Mapping[str, str]) -> Incident:
        caller = self._users.get(row["caller_id"], {})
        moves = (self._move(row["number"], trace) for trace in self._trails.get(row["sys_id"], ()))
        return Incident(
            row=row,
            caller=caller.get("user_name", ""),
            zone=caller.get("time_zone") or "UTC",
            opener=row["sys_created_by"],
            entries=tuple(self._entry(row["number"], line) for line in self._journals.get(row["sys_id"], ())),
            moves=tuple(moves),
        )

    def _entry(self, number: str, row: Mapping[str, str]) -> Entry:
        author = row["sys_created_by"]
        return Entry(
            id=row["sys_id"],
            record=number,
            at=_read_stamp(row["sys_created_on"]),
            author=author,
            name=self._names.get(author, author),
            public=row["element"] == "comments",
            text=row["value"],
        )

    def _move(self, number: str, row: Mapping[str, str]) -> Move:
        at = _read_stamp(row["sys_created_on"])
        return Move(record=number, at=at, actor=row["user"], before=row["oldvalue"], after=row["newvalue"])


def read_comments(issue: Issue) -> Iterator[Entry]:
    """Yield the comments of an issue; outside a service desk nobody but our people reads them."""
    for comment in issue.comments:
        yield Entry(
            id=str(comment.id),
            record=issue.key,
            at=comment.created,
            author=comment.author.name,
            name=comment.author.display_name,
            public=issue.project.is_service_desk and comment.public and comment.visibility is None,
            text=to_text(comment.body) or "",
        )


def _read_moves(issue: Issue) -> Iterator[Move]:
    for history in issue.histories:
        for item in history.items:
            if item.field == "status":
                yield Move(
                    record=issue.key,
                    at=history.created,
                    actor=history.author.name,
                    before=item.before_text or "",
                    after=item.after_text or "",
                )


def _subject(issue: Issue) -> str:
    note = (issue.properties or {}).get("careloop")
    return str(note.get("subject", "")) if isinstance(note, Mapping) else ""


def _read_stamp(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _grouped(rows: Iterable[Mapping[str, str]], name: str) -> dict[str, list[Mapping[str, str]]]:
    groups: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return groups
