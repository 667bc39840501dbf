"""Issues with their history, comments and people, as pages."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from careloop.connectors.jira import jql
from careloop.connectors.jira.comments import all_comments, own_keys, read_comment
from careloop.connectors.jira.history import Histories, fetch_histories, tell
from careloop.connectors.jira.people import People
from careloop.connectors.jira.records import FIELDS, Issue, read_record
from careloop.connectors.jira.search import FRESH, search
from careloop.connectors.jira.site import Site
from careloop.errors import RecordMissing, UnreadableRecord
from careloop.model.comment import Comment
from careloop.model.event import Event
from careloop.model.page import Page, Scope, Snapshot, Unread
from careloop.model.record import Record, RecordRef


@dataclass(frozen=True, slots=True)
class _Around:
    """What no search brings along, by issue id: changes, and the selections that an issue satisfies."""

    histories: Mapping[str, Histories]
    matches: Mapping[str, tuple[str, ...]]


@contextmanager
def _making_sense() -> Iterator[None]:
    """Turn whatever an absurd answer leads to into UnreadableRecord."""
    try:
        yield
    except (AttributeError, KeyError, RecordMissing, TypeError, ValueError) as error:
        raise UnreadableRecord(f"{type(error).__name__}: {error}") from error


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Makes pages for one scope."""

    site: Site
    scope: Scope

    @property
    def requested(self) -> list[str]:
        """Return the ids of all fields to ask for."""
        settings = self.site.settings
        named = [*self.scope.fields, settings.due_field, *settings.references]
        return list(dict.fromkeys([*FIELDS, *self.site.fields.known(named).values()]))

    def page(self, issues: Sequence[Issue], cursor: str, total: int | None = None) -> Page:
        """Return a page of issues with what no search brings: histories, long discussions, selections."""
        people = People(self.site.name, self.site.me)
        around = self._around(issues)
        snapshots: list[Snapshot] = []
        unread: list[Unread] = []
        for issue in issues:
            try:
                record, events = self._develop(issue, around, people)
                with _making_sense():
                    comments = self._comments(issue, record.ref, people)
            except UnreadableRecord as error:
                where = {"instance": self.site.name, "container": self.scope.container}
                unread.append(Unread(**where, id=str(issue["id"]), why=str(error)))
                continue
            snapshots.append(Snapshot(record=record, observed=True, events=events, comments=comments))
        return Page(
            snapshots=tuple(snapshots), cursor=cursor, people=people.all(), unread=tuple(unread), total=total
        )

    def record(self, issue: Issue) -> Record:
        """Return one issue as a record, without what was said on it; raises UnreadableRecord."""
        return self._develop(issue, self._around([issue]), People(self.site.name, self.site.me))[0]

    def _around(self, issues: Sequence[Issue]) -> _Around:
        ids = [str(issue["id"]) for issue in issues]
        return _Around(fetch_histories(self.site.client, ids), self._matches(ids))

    def _develop(self, issue: Issue, around: _Around, people: People) -> tuple[Record, tuple[Event, ...]]:
        id = str(issue["id"])
        with _making_sense():
            told = tell(self.site, people, issue, around.histories.get(id, []))
            record = read_record(self.site, people, issue, self.scope.fields)
        return replace(record, resolver=told.resolver, matches=around.matches[id]), told.events

    def _comments(self, issue: Issue, ref: RecordRef, people: People) -> tuple[Comment, ...]:
        kind = self.site.kind(issue["fields"]["project"]["key"])
        comments = all_comments(self.site.client, issue)
        keys = own_keys(self.site, comments)
        return tuple(read_comment(raw, ref, kind, people, keys.get(str(raw["id"]), "")) for raw in comments)

    def _matches(self, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return which of the scope's selections each issue satisfies, as the site itself sees it."""
        selections = self.scope.selections
        matches = dict.fromkeys(ids, tuple(name for name, query in selections.items() if not query))
        for name, query in selections.items():
            for start in range(0, len(ids) if query else 0, FRESH):
                for id in self._satisfying(query, ids[start : start + FRESH]):
                    matches[id] += (name,)
        return matches

    def _satisfying(self, query: str, ids: Sequence[str]) -> Iterator[str]:
        wanted = jql.conjunction(jql.in_project(self.scope.container), jql.bracket(query), jql.among(ids))
        for issues in search(self.site.client, wanted, ["id"], size=len(ids), fresh=ids):
            yield from (str(issue["id"]) for issue in issues)
