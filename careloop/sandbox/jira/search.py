"""Searching: parsing, rights, the index, order and pages."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

import orjson

from careloop.sandbox.jira.dates import epoch_millis, from_millis
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.jql.asker import Asker
from careloop.sandbox.jira.jql.evaluate import Evaluation, Test
from careloop.sandbox.jira.jql.fields import Searchables
from careloop.sandbox.jira.jql.order import Order
from careloop.sandbox.jira.jql.parser import parse
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

TOKEN_LIFE = timedelta(days=7)
MOST_RECONCILED = 50
LARGEST_PAGE = 5000
"""How many issues a page can be asked to hold; `most` says how many it holds (Jira OpenAPI, search/jql)."""
UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
_KEPT_RESULTS = 8
_MOST_CAUGHT_UP = 500
"""After more writes than these, asking again costs less."""
_MOVING = re.compile(r"\w\(|\d[wdhm]|\b(subtasks|filter|savedfilter|request|searchrequest)\b", re.IGNORECASE)
"""Queries that look at more than each issue by itself: at the clock, other issues, or other queries."""
_STEADY = re.compile(r"currentuser\s*\(\s*\)", re.IGNORECASE)
"""What looks like that and does not."""

_UTC = ZoneInfo("UTC")


class Found(NamedTuple):
    """A page of issues; `next_token` is None on the last one."""

    issues: list[Issue]
    next_token: str | None


class _Place(NamedTuple):
    """A place in a walk through pages: when that began, what it reconciles, the keys of the issue before."""

    asked: datetime
    fresh: list[int]
    keys: list[Any] | None


class Result(NamedTuple):
    """A whole result in order, as it was after so many writes."""

    issues: list[Issue]
    order: Order
    revision: int


class _Question(NamedTuple):
    """Everything that a result depends on, apart from the issues and the clock."""

    user: User | None
    jql: str
    fresh: frozenset[int]
    bounded: bool
    lenient: bool
    projects: frozenset[Project]


class Search:
    """The search of a site; whole results are kept, and kept up with writes, so that paging costs little."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._searchables = Searchables(store.configuration)
        self._revision = store.configuration.revision
        self._kept: OrderedDict[object, Result] = OrderedDict()

    @property
    def searchables(self) -> Searchables:
        """What queries can ask about, as the site is set up now."""
        if self._revision != self._store.configuration.revision:
            self._revision = self._store.configuration.revision
            self._searchables = Searchables(self._store.configuration)
        return self._searchables

    def result(
        self,
        user: User | None,
        jql: str,
        fresh: Sequence[int] = (),
        *,
        bounded: bool = False,
        lenient: bool | None = None,
        asked: datetime | None = None,
    ) -> Result:
        """Return all that an account finds with `jql`, in order; `fresh` ones whatever the index holds.

        400 for a mistake in the query and, when it must be `bounded`, for one without a condition. What is
        unknown fails too unless the search is `lenient`, which a switch decides when it is not said. Periods
        and functions count from when it was `asked`, now unless it is said.
        """
        store, now = self._store, asked or self._store.now()
        if lenient is None:
            lenient = user is None or store.switches.unknown_in_jql == "empty"
        may, browse = store.rights.may, "BROWSE_PROJECTS"
        projects = frozenset(
            project for project in store.configuration.projects if may(user, browse, project)
        )
        question = _Question(user, jql, frozenset(fresh), bounded, lenient, projects)
        moving = _MOVING.search(_STEADY.sub("", jql)) or store.index.is_behind(store.now())
        key = (question, store.configuration.revision, (now, store.revision) if moving else None)
        self._kept[key] = self._caught_up(self._kept.get(key), question) or self._find(question, now)
        while len(self._kept) > _KEPT_RESULTS:
            self._kept.popitem(last=False)
        return self._kept[key]

    def _caught_up(self, known: Result | None, question: _Question) -> Result | None:
        """Return a known result with the issues that were written to since in their new places, if it can.

        A test without functions looks at nothing but the issue and its parent, whose security level is that
        of its sub-tasks, so that all others stay as they are; 400 when the query names an issue that is gone.
        """
        if known is None or known.revision == self._store.revision:
            return known
        written = self._store.written_since(known.revision)
        if written is None or len(written) > _MOST_CAUGHT_UP:
            return None
        parents = [issue for number in written if (issue := self._store.issues.get(number))]
        written |= {child.id for parent in parents for child in parent.children}
        shows = self._shown(question, self._store.now())
        kept = [issue for issue in known.issues if issue.id not in written]
        for number in written:
            issue = self._store.issues.get(number)
            if issue and shows(issue):
                kept.insert(known.order.start_after(kept, known.order.keys(issue)), issue)
        return known._replace(issues=kept, revision=self._store.revision)

    def check(self, user: User | None, jql: str) -> None:
        """Read a query without asking it; 400 for a mistake in it."""
        self._test(user, jql)

    def admits(self, user: User | None, jql: str, issue: Issue) -> bool:
        """Return whether an account would find this issue as it is now; 400 for a mistake in the query."""
        test = self._test(user, jql)
        return self._store.rights.sees(user, issue) and (test is None or test(issue))

    def _test(
        self, user: User | None, jql: str, *, lenient: bool = False, now: datetime | None = None
    ) -> Test | None:
        store = self._store
        query = parse(jql, bare_words=store.is_cloud)
        evaluation = Evaluation(self.searchables, self._asker(user, now or store.now()), lenient=lenient)
        return evaluation.test(query.where) if query.where else None

    def _asker(self, user: User | None, now: datetime) -> Asker:
        return Asker(self._store, user, user.zone if user else _UTC, now)

    def page(
        self,
        user: User | None,
        jql: str,
        token: str | None,
        size: int,
        fresh: Sequence[int] = (),
        *,
        most: int = LARGEST_PAGE,
    ) -> Found:
        """Return the page behind `token` of a bounded search.

        Later pages reconcile what the first one did, and may name that again or nothing; 400 for others.
        """
        if len(fresh) > MOST_RECONCILED or not all(isinstance(number, int) for number in fresh):
            raise Refused(400, f"At most {MOST_RECONCILED} numeric issue IDs can be reconciled.")
        place = self._read_token(token, jql) if token else _Place(self._store.now(), sorted(fresh), None)
        if fresh and sorted(fresh) != place.fresh:
            raise Refused(400, "The reconcileIssues must be the same on each page.")
        if not 1 <= size <= LARGEST_PAGE:
            raise Refused(400, f"The max results parameter has to be between 1 and {LARGEST_PAGE:,}.")
        result = self.result(user, jql, place.fresh, bounded=True, asked=place.asked)
        start = 0 if place.keys is None else result.order.start_after(result.issues, place.keys)
        issues = result.issues[start : start + min(size, most)]
        more = start + len(issues) < len(result.issues)
        following = place._replace(keys=result.order.keys(issues[-1])) if more else None
        return Found(issues, self._token(jql, following) if following else None)

    def _find(self, question: _Question, now: datetime) -> Result:
        store = self._store
        query = parse(question.jql, bare_words=store.is_cloud)
        if question.bounded and query.where is None:
            raise Refused(400, UNBOUNDED)
        shows = self._shown(question, now)
        asker = self._asker(question.user, now)
        order = Order(self.searchables, query.order, asker, lenient=question.lenient, limited=store.is_cloud)
        issues = list(filter(shows, store.index.view(store.issues.values(), now, question.fresh)))
        order.sort(issues)
        return Result(issues, order, store.revision)

    def _shown(self, question: _Question, now: datetime) -> Test:
        """Return whether an issue is part of the answer to a question; 400 for a mistake in the query."""
        test = self._test(question.user, question.jql, lenient=question.lenient, now=now)
        rights, projects, user = self._store.rights, question.projects, question.user
        discreet = {project for project in projects if rights.differ_by_issue(project)}
        return lambda issue: (
            issue.project in projects
            and issue.archived is None
            and (issue.project not in discreet or rights.sees(user, issue))
            and (test is None or test(issue))
        )

    def _token(self, jql: str, place: _Place) -> str:
        """Return a place in a walk as a text that serves this query only, and not for ever."""
        issued, asked = epoch_millis(self._store.now()), epoch_millis(place.asked)
        content = [crc32(jql.encode()), issued, asked, place.fresh, place.keys]
        return urlsafe_b64encode(orjson.dumps(content)).decode()

    def _read_token(self, token: str, jql: str) -> _Place:
        try:
            fingerprint, issued, asked, fresh, keys = orjson.loads(urlsafe_b64decode(token.encode()))
        except (TypeError, ValueError):
            raise Refused(400, "The nextPageToken is invalid.") from None
        expired = from_millis(issued) + TOKEN_LIFE < self._store.now()
        if fingerprint != crc32(jql.encode()) or expired:
            raise Refused(400, "The nextPageToken has expired or belongs to another query.")
        return _Place(from_millis(asked), list(fresh), list(keys))
