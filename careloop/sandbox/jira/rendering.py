"""How an issue, its comments and its history look in an answer."""

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote

from careloop.sandbox.jira.actions.issue.changelog import Histories
from careloop.sandbox.jira.actions.issue.comment import readable
from careloop.sandbox.jira.actions.issue.metadata import show_schema
from careloop.sandbox.jira.dates import epoch_millis, in_words
from careloop.sandbox.jira.durations import write_duration
from careloop.sandbox.jira.html import to_html
from careloop.sandbox.jira.model.catalog import Field
from careloop.sandbox.jira.model.issue import (
    Attachment,
    Comment,
    History,
    Issue,
    Link,
    RemoteLink,
    Visibility,
    Worklog,
)
from careloop.sandbox.jira.model.service import SATISFACTION
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.picture import measure
from careloop.sandbox.jira.service.level_view import show_level
from careloop.sandbox.jira.service.levels import measure_level
from careloop.sandbox.jira.service.setup import Level, portal
from careloop.sandbox.jira.store import Store
from careloop.sandbox.jira.timetracking import show_progress, show_timetracking, total
from careloop.sandbox.jira.view import Json, View

Show = Callable[[Issue], Json]
_SLOW = frozenset(
    {"comment", "worklog", "attachment", "issuelinks", "subtasks", "environment", "timetracking"}
)
"""Fields that are not navigable: only *all or their own name brings them."""

WORKLOGS_INSIDE = 20
"""How many worklogs an issue carries itself; the others have pages of their own."""


class Rendering:
    """Renders issues for one reader in one view."""

    def __init__(self, store: Store, user: User | None, view: View) -> None:
        self.store = store
        self.user = user
        self.view = view
        self._special: dict[str, Show] = {
            "comment": self._comments,
            "issuelinks": lambda issue: [self.link(issue, link) for link in issue.links],
            "subtasks": self._subtasks,
            "statusCategory": lambda issue: view.piece(issue.status.category),
            "customfield_10010": self._request_type,
            SATISFACTION: self._satisfaction,
            **{level.field: self._level(level) for level in portal().levels},
            "workratio": lambda issue: issue.work_ratio,
            "attachment": lambda issue: [self.attachment(file) for file in issue.attachments],
            "worklog": self._worklogs,
            "progress": lambda issue: show_progress([issue]),
            "aggregateprogress": lambda issue: show_progress([issue, *issue.children]),
            "timetracking": show_timetracking,
            "timespent": lambda issue: issue.time_spent,
            "timeestimate": lambda issue: issue.remaining_estimate,
            "timeoriginalestimate": lambda issue: issue.original_estimate,
            "aggregatetimespent": lambda issue: total([issue, *issue.children], "time_spent"),
            "aggregatetimeestimate": lambda issue: total([issue, *issue.children], "remaining_estimate"),
            "aggregatetimeoriginalestimate": lambda i: total([i, *i.children], "original_estimate"),
            "lastViewed": lambda issue: view.instant(store.viewed_at(user, issue)),
            "votes": self.votes,
            "watches": self.watches,
        }

    def chosen(self, names: Iterable[str], *, by_default: str) -> list[tuple[str, Show]]:
        """Return the renderers of the fields that a list such as `*navigable,-comment` asks for."""
        wanted = [name.strip() for name in names if name.strip()] or [by_default]
        if all(name.startswith("-") for name in wanted):
            wanted.insert(0, by_default)
        chosen: dict[str, Show] = {}
        for name in wanted:
            if name.startswith("-"):
                chosen.pop(name[1:], None)
            else:
                chosen |= {field.id: self._show(field) for field in self._meant(name)}
        return list(chosen.items())

    def issue(self, issue: Issue, chosen: Sequence[tuple[str, Show]]) -> dict[str, Json]:
        """Return an issue with the chosen fields."""
        shown: dict[str, Json] = {
            "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
            "id": str(issue.id),
            "self": self._self(issue),
            "key": issue.key,
        }
        if chosen:
            shown["fields"] = {name: show(issue) for name, show in chosen}
        return shown

    def comment(
        self, comment: Comment, *, properties: bool = False, rendered: bool = False
    ) -> dict[str, Json]:
        """Return a comment; `jsdPublic` tells whether a service desk's customer reads it."""
        view = self.view
        shown: dict[str, Json] = {
            "self": f"{self._self(comment.issue)}/comment/{comment.id}",
            "id": str(comment.id),
            "author": view.piece(comment.author),
            "body": view.text(comment.body),
            "updateAuthor": view.piece(comment.update_author),
            "created": view.instant(comment.created),
            "updated": view.instant(comment.updated),
        }
        if rendered:
            shown["renderedBody"] = to_html(comment.body)
        if comment.visibility:
            shown["visibility"] = self._visibility(comment.visibility)
        if view.is_cloud:
            shown["jsdPublic"] = comment.public
        if properties:
            shown["properties"] = [{"key": key, "value": value} for key, value in comment.properties.items()]
        return shown

    def worklog(self, log: Worklog, *, properties: bool = False) -> dict[str, Json]:
        """Return the work that somebody logged."""
        view = self.view
        shown: dict[str, Json] = {
            "self": f"{self._self(log.issue)}/worklog/{log.id}",
            "author": view.piece(log.author),
            "updateAuthor": view.piece(log.update_author),
            "created": view.instant(log.created),
            "updated": view.instant(log.updated),
            "started": view.instant(log.started),
            "timeSpent": write_duration(log.seconds),
            "timeSpentSeconds": log.seconds,
            "id": str(log.id),
            "issueId": str(log.issue.id),
        }
        if log.comment is not None:
            shown["comment"] = view.text(log.comment)
        if log.visibility:
            shown["visibility"] = self._visibility(log.visibility)
        if properties:
            shown["properties"] = [{"key": key, "value": value} for key, value in log.properties.items()]
        return shown

    def attachment(self, file: Attachment) -> dict[str, Json]:
        """Return a file without its content."""
        view = self.view
        here = f"{view.api}/attachment/content/{file.id}"
        if not view.is_cloud:
            here = f"{view.root}/secure/attachment/{file.id}/{quote(file.name)}"
        is_picture = view.is_cloud and measure(file.content) is not None
        thumbnail = {"thumbnail": f"{view.api}/attachment/thumbnail/{file.id}"} if is_picture else {}
        return {
            "self": f"{view.api}/attachment/{file.id}",
            "id": str(file.id),
            "filename": file.name,
            "author": view.piece(file.author),
            "created": view.instant(file.created),
            "size": len(file.content),
            "mimeType": file.mime_type,
            "content": here,
            **thumbnail,
        }

    def watches(self, issue: Issue) -> dict[str, Json]:
        """Return how many watch an issue, and whether the reader does."""
        return {
            "self": f"{self._self(issue)}/watchers",
            "watchCount": len(issue.watchers),
            "isWatching": self.user in issue.watchers,
        }

    def votes(self, issue: Issue) -> dict[str, Json]:
        """Return how many vote for an issue, and whether the reader does."""
        return {
            "self": f"{self._self(issue)}/votes",
            "votes": len(issue.voters),
            "hasVoted": self.user in issue.voters,
        }

    def rendered(self, issue: Issue, fields: Iterable[str]) -> dict[str, Json]:
        """Return fields as people read them: long texts as HTML and dates in words, None for the others."""
        return {name: self._rendered(issue, self.store.configuration.fields.by_id(name)) for name in fields}

    def history(self, history: History) -> dict[str, Json]:
        """Return one entry of the changelog."""
        items = [
            {
                "field": item.field,
                "fieldtype": item.field_type,
                "fieldId": item.field_id,
                "from": item.before,
                "fromString": item.before_text,
                "to": item.after,
                "toString": item.after_text,
            }
            for item in history.items
        ]
        return {
            "id": str(history.id),
            "author": self.view.piece(history.author),
            "created": self.view.instant(history.created),
            "items": items,
        }

    def changelog(self, issue: Issue, limit: int) -> dict[str, Json]:
        """Return the history inside an issue: newest first and cut on Cloud, whole and oldest first else.

        The cut differs by operation (JRACLOUD-96459).
        """
        shown = issue.histories[::-1][:limit] if self.view.is_cloud else issue.histories
        return {
            "startAt": 0,
            "maxResults": len(shown),
            "total": len(issue.histories),
            "histories": [self.history(history) for history in shown],
        }

    def bulk_changelog(self, found: Histories) -> dict[str, Json]:
        """Return the histories of several issues, oldest first in each."""
        as_number = self.store.switches.changelog_created == "number"
        logs: dict[str, list[Json]] = {}
        for issue, history in found.rows:
            shown = self.history(history)
            if as_number:
                shown["created"] = epoch_millis(history.created)
            logs.setdefault(str(issue.id), []).append(shown)
        rows = [{"issueId": number, "changeHistories": histories} for number, histories in logs.items()]
        return {"issueChangeLogs": rows} | ({"nextPageToken": found.next_token} if found.next_token else {})

    def names(self, fields: Iterable[str]) -> dict[str, str]:
        """Return the display name of each field."""
        return {name: self.store.configuration.fields[name].name for name in fields}

    def schemas(self, fields: Iterable[str]) -> dict[str, Json]:
        """Return the schema of each field."""
        return {name: show_schema(self.store.configuration.fields[name]) for name in fields}

    def properties(self, issue: Issue, keys: Sequence[str]) -> dict[str, Json]:
        """Return the issue properties asked for, every one of them for `*all`."""
        held = issue.properties or {}
        return held if "*all" in keys else {key: held[key] for key in keys if key in held}

    def link(self, issue: Issue, link: Link) -> dict[str, Json]:
        """Return a link as one of its two issues shows it."""
        outward = link.source is issue
        other = link.target if outward else link.source
        return {
            "id": str(link.id),
            "self": f"{self.view.api}/issueLink/{link.id}",
            "type": self.view.piece(link.kind),
            "outwardIssue" if outward else "inwardIssue": self.brief(other),
        }

    def remote_link(self, issue: Issue, link: RemoteLink) -> dict[str, Json]:
        """Return a link to the outside, without what it does not have."""
        shown = {
            "id": link.id,
            "self": f"{self._self(issue)}/remotelink/{link.id}",
            "globalId": link.global_id,
            "application": link.application or {},
            "relationship": link.relationship,
            "object": link.object,
        }
        return {name: value for name, value in shown.items() if value is not None}

    def brief(self, issue: Issue) -> dict[str, Json]:
        """Return the short form in which an issue appears inside another."""
        piece = self.view.piece
        fields = {
            "summary": issue.summary,
            "status": piece(issue.status),
            "priority": piece(issue.priority),
            "issuetype": piece(issue.kind),
        }
        return {"id": str(issue.id), "key": issue.key, "self": self._self(issue), "fields": fields}

    def _self(self, issue: Issue) -> str:
        return f"{self.view.api}/issue/{issue.id}"

    def _meant(self, name: str) -> list[Field]:
        fields = [field for field in self.store.configuration.fields if field.kind]
        if name == "*all":
            return fields
        if name == "*navigable":
            return [field for field in fields if field.id not in _SLOW]
        return [field for field in fields if field.id == name]

    def _show(self, field: Field) -> Show:
        special = self._special.get(field.id)
        if special is None and not field.kept:
            return lambda _: None
        return special or self._plain(field)

    def _plain(self, field: Field) -> Show:
        """Return the renderer of a field by the type of its values."""
        name, view, piece = field.id, self.view, self.view.piece
        match field.kind, field.items:
            case "datetime", _:
                return lambda issue: view.instant(issue.get(name))
            case "date", _:
                return lambda issue: day.isoformat() if (day := issue.get(name)) else None
            case "string", _:
                return lambda issue: view.text(issue.get(name)) if field.rich else issue.get(name)
            case "array", "string":
                return lambda issue: issue.get(name)
            case "array", _:
                return lambda issue: (
                    None if (members := issue.get(name)) is None else [piece(member) for member in members]
                )
            case "number", _:
                return lambda issue: issue.get(name)
            case "issuelink", _:
                return lambda issue: self.brief(issue.parent) if issue.parent else None
            case _:
                return lambda issue: piece(issue.get(name))

    def _rendered(self, issue: Issue, field: Field | None) -> Json:
        if field is None:
            return None
        if field.rich:
            return to_html(issue.get(field.id))
        if field.id == "comment":
            return self._comments(issue, rendered=True)
        if field.kind in ("date", "datetime") and field.kept and (when := issue.get(field.id)):
            return in_words(when, self.view.zone)
        return None

    def _comments(self, issue: Issue, *, rendered: bool = False) -> Json:
        """Return the comments inside an issue, when `rendered` as HTML and with dates in words."""
        comments = readable(self.store, self.user, issue)
        shown = [self.comment(comment) for comment in comments]
        if rendered:
            zone = self.view.zone
            for row, one in zip(shown, comments, strict=True):
                row |= {"body": to_html(one.body), "created": in_words(one.created, zone)}
                row["updated"] = in_words(one.updated, zone)
        return {
            "comments": shown,
            "self": f"{self._self(issue)}/comment",
            "maxResults": len(shown),
            "total": len(shown),
            "startAt": 0,
        }

    def _worklogs(self, issue: Issue) -> Json:
        logs = [log for log in issue.worklogs if self.store.rights.reads(self.user, log)]
        shown = [self.worklog(log) for log in logs[:WORKLOGS_INSIDE]]
        return {"startAt": 0, "maxResults": WORKLOGS_INSIDE, "total": len(logs), "worklogs": shown}

    def _visibility(self, visibility: Visibility) -> Json:
        kind, value = visibility
        if not self.view.is_cloud:
            return {"type": kind, "value": value}
        group = self.store.people.group(value) if kind == "group" else None
        role = self.store.configuration.roles.named(value) if kind == "role" else []
        known = group or (role[0] if role else None)
        return {"type": kind, "value": value, "identifier": known.id if known else value}

    def _subtasks(self, issue: Issue) -> Json:
        return [self.brief(child) for child in issue.children if child.kind.subtask]

    def _request_type(self, issue: Issue) -> Json:
        if issue.request_type is None:
            return None
        kind = issue.request_type
        return {
            "requestType": {"id": kind.id, "name": kind.name, "description": kind.description},
            "currentStatus": {
                "status": issue.status.name,
                "statusCategory": issue.status.category.key.upper(),
                "statusDate": {"jira": self.view.instant(issue.category_changed)},
            },
        }

    def _satisfaction(self, issue: Issue) -> Json:
        given = self.store.service.feedback.get(issue.id)
        return {"rating": given.rating} if given else None

    def _level(self, level: Level) -> Show:
        def show(issue: Issue) -> Json:
            if issue.request_type is None:
                return None
            return show_level(self.view, issue, measure_level(self.store, issue, level))

        return show
