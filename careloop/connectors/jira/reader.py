"""Reading a site: walks over what changed, and single issues."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from careloop.connectors.jira import jql
from careloop.connectors.jira.cursor import Cursor, make_stamp
from careloop.connectors.jira.records import PROPERTY, Issue, version_of
from careloop.connectors.jira.search import walk
from careloop.connectors.jira.site import Site
from careloop.connectors.jira.snapshots import Snapshots
from careloop.errors import RecordMissing, UnreadableRecord
from careloop.model.page import Page, Scope
from careloop.model.record import Record, RecordRef
from careloop.ports import Clock


class Reader:
    """Reads issues of a site, and remembers for each project which fields and selections are wanted of it."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self._site = site
        self._clock = clock
        self._scopes: dict[str, Scope] = {}

    def changes(self, scope: Scope, cursor: str) -> Iterator[Page]:
        """Walk from the cursor to the present, oldest change first, leaving out what the last walk saw."""
        settings = self._site.settings
        snapshots = self._snapshots(scope)
        at = Cursor.parse(cursor)
        began = self._clock.now()
        if at.start is not None and at.start > began and at.start > self._site.client.read_clock():
            at = Cursor()  # the site's clock was set back: what it stamps from now on lies before the cursor
        query = jql.conjunction(jql.in_project(scope.container), jql.bracket(scope.query))
        pages = walk(
            *(self._site.client, query, at.start, snapshots.requested),
            size=settings.page_size,
            properties=PROPERTY,
        )
        for issues in pages:
            stamps = {str(issue["id"]): _stamp(issue) for issue in issues}
            fresh = [issue for issue in issues if at.seen.get(str(issue["id"])) != stamps[str(issue["id"])]]
            overlap = max(timedelta(seconds=settings.overlap_seconds), self._clock.now() - began)
            at = at.advance({id: stamp for id, stamp in stamps.items() if stamp}, overlap)
            yield snapshots.page(fresh, str(at))

    def fetch(self, refs: Sequence[RecordRef], scope: Scope) -> Page:
        """Read issues as they are now, past the index; what is gone or hidden is missing."""
        snapshots = self._snapshots(scope)
        return snapshots.page(list(self._existing(refs, snapshots)), "")

    def read_back(self, id: str, fields: Sequence[str] = ()) -> Record:
        """Return an issue as a walk over its project would, with these fields besides.

        Raises RecordMissing or UnreadableRecord.
        """
        known = [name for scope in self._scopes.values() for name in scope.fields]
        anywhere = Scope(instance=self._site.name, container="", fields=(*known, *fields))
        issue = self._read(id, Snapshots(self._site, anywhere))
        container = issue["fields"]["project"]["key"]
        scope = self._scopes.get(container) or Scope(instance=self._site.name, container=container)
        try:
            return Snapshots(self._site, replace(scope, fields=(*scope.fields, *fields))).record(issue)
        except UnreadableRecord as error:
            raise UnreadableRecord(f"{self._site.name}: {issue['key']} cannot be read: {error}") from error

    def _snapshots(self, scope: Scope) -> Snapshots:
        self._scopes[scope.container] = scope
        return Snapshots(self._site, scope)

    def _existing(self, refs: Sequence[RecordRef], snapshots: Snapshots) -> Iterator[Issue]:
        for ref in refs:
            try:
                yield self._read(ref.id, snapshots)
            except RecordMissing:
                continue

    def _read(self, id: str, snapshots: Snapshots) -> Issue:
        issue: Issue = self._site.client.get(
            f"issue/{id}", fields=",".join(snapshots.requested), properties=PROPERTY
        )
        return issue


def _stamp(issue: Issue) -> str:
    """Return an issue's stamp, or an empty text when it has no version that can be read."""
    try:
        return make_stamp(version_of(issue), issue)
    except (AttributeError, KeyError, TypeError, ValueError):
        return ""
