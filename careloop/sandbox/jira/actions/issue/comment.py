"""Comments, who reads them, and the mails they cause."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from careloop.sandbox.jira.actions.issue.properties import read_properties
from careloop.sandbox.jira.adf import RichText, is_document, is_valid, to_text
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.issue import Comment, Issue, Visibility
from careloop.sandbox.jira.model.mail import Mail
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

AUDIENCE = "sd.public.comment"
"""The comment property that makes a comment internal in a service desk."""

LENGTH = 32_767


class Draft(NamedTuple):
    """A comment that was read and found right, but not yet written."""

    body: RichText
    visibility: Visibility | None
    properties: dict[str, Any]

    @property
    def public(self) -> bool:
        setting = self.properties.get(AUDIENCE)
        return not (isinstance(setting, Mapping) and setting.get("internal") in (True, "true"))


def read(store: Store, user: User, issue: Issue, raw: Any, *, rich: bool) -> Draft:
    """Return the comment that a request asks for; 400 when it is empty, malformed or not permitted."""
    if not store.rights.may(user, "ADD_COMMENTS", issue):
        raise Refused(400, f"{user.display_name}, you do not have the permission to comment on this issue.")
    draft = read_draft(raw, rich=rich)
    return draft._replace(visibility=settle_visibility(store, user, issue, draft.visibility))


def read_draft(raw: Any, *, rich: bool) -> Draft:
    """Return the body, visibility and properties in a request."""
    if not isinstance(raw, Mapping):
        raise Refused(400, "Comment must be an object.")
    return Draft(
        _read_body(raw.get("body"), rich=rich), read_visibility(raw), read_properties(raw.get("properties"))
    )


def add(store: Store, issue: Issue, user: User, draft: Draft) -> Comment:
    """Write a comment, which moves the issue's `updated`, and tell the customer of a public one."""
    store.demand_room("comments", issue.comments)
    now = store.begin_write(issue)
    comment = Comment(
        id=store.next_id("comment"),
        issue=issue,
        author=user,
        body=draft.body,
        created=now,
        updated=now,
        update_author=user,
        public=draft.public,
        visibility=draft.visibility,
        properties=draft.properties,
    )
    store.comments[comment.id] = comment
    issue.comments = (*issue.comments, comment)
    if user.watches_by_itself and user not in issue.watchers and store.rights.sees(user, issue):
        issue.watchers = (*issue.watchers, user)
    if comment.public and comment.visibility is None:
        tell_reporter(store, issue, user, "comment", to_text(comment.body) or "")
    store.announce(Happening("comment_created", user, issue, comment))
    if not store.is_cloud:  # Cloud no longer counts a comment as an update of the issue
        store.announce(Happening("jira:issue_updated", user, issue, comment))
    return comment


def edit(store: Store, user: User, comment: Comment, raw: Any, *, rich: bool) -> None:
    """Replace a comment's body; its properties and visibility stay unless the request names them."""
    permit(store, user, comment, "EDIT")
    draft = read_draft(raw, rich=rich)
    visibility = settle_visibility(store, user, comment.issue, draft.visibility)
    now = store.begin_write(comment.issue)
    comment.body, comment.updated, comment.update_author = draft.body, now, user
    if "visibility" in raw:
        comment.visibility = visibility
    if "properties" in raw:
        comment.properties = {**comment.properties, **draft.properties}
        set_audience(comment)
    store.announce(Happening("comment_updated", user, comment.issue, comment))


def delete(store: Store, user: User, comment: Comment) -> None:
    """Remove a comment."""
    permit(store, user, comment, "DELETE")
    store.begin_write(comment.issue)
    comment.issue.comments = tuple(other for other in comment.issue.comments if other is not comment)
    del store.comments[comment.id]
    store.announce(Happening("comment_deleted", user, comment.issue, comment))


def set_audience(comment: Comment) -> None:
    """Take a comment's audience from its properties."""
    comment.public = Draft(None, None, comment.properties).public


def find(store: Store, user: User | None, comment_id: str, issue: Issue | None = None) -> Comment:
    """Return a comment that an account may read; 404 otherwise."""
    comment = store.comments.get(int(comment_id)) if comment_id.isdecimal() else None
    seen = comment and store.rights.sees(user, comment.issue) and store.rights.reads(user, comment)
    if comment is None or not seen or (issue is not None and comment.issue is not issue):
        raise Refused(404, f"Can not find a comment for the id: {comment_id}.")
    return comment


def readable(store: Store, user: User | None, issue: Issue) -> list[Comment]:
    """Return the comments of an issue that an account may read, oldest first."""
    return [comment for comment in issue.comments if store.rights.reads(user, comment)]


def tell_reporter(store: Store, issue: Issue, actor: User | None, event: str, words: str) -> None:
    """Mail a request's reporter and whoever shares it, the `actor` apart, about what was done to it."""
    if issue.request_type is None:
        return
    subject = f"{issue.key} {issue.summary}"
    for reader in store.service.subscribers(issue):
        if reader is not actor:
            store.outbox.append(Mail(store.now(), reader.email, subject, words, issue.key, event))


def permit(store: Store, user: User, comment: Comment, verb: str) -> None:
    """Refuse with 400 an account that may not EDIT or DELETE a comment."""
    own = comment.author is user and store.rights.may(user, f"{verb}_OWN_COMMENTS", comment.issue)
    if not own and not store.rights.may(user, f"{verb}_ALL_COMMENTS", comment.issue):
        raise Refused(400, f"You do not have permission to {verb.lower()} comment with id: {comment.id}.")


def _read_body(raw: Any, *, rich: bool) -> RichText:
    body = read_text("comment", raw, rich=rich) if raw is not None else None
    if not (to_text(body) or "").strip():
        raise invalid("comment", "Comment body can not be empty!")
    return body


def read_text(field: str, raw: Any, *, rich: bool) -> RichText:
    """Return a long text in a request: a document or, in version 2, a string; 400 naming the field."""
    if rich and not is_document(raw):
        raise invalid(field, f"{field.capitalize()} body is not valid!")
    if not rich and not isinstance(raw, str):
        raise invalid(field, f"{field.capitalize()} body must be a string.")
    if rich and not is_valid(raw):
        raise Refused(400, "INVALID_INPUT")
    if len(to_text(raw) or "") > LENGTH:
        reason = f"It exceeds the allowed limit of {LENGTH} characters."
        raise invalid(field, f"The entered text is too long. {reason}")
    return raw if isinstance(raw, str) else dict(raw)


def read_visibility(raw: Mapping[str, Any]) -> Visibility | None:
    """Return the role or group to which a request restricts something, None without one."""
    given = raw.get("visibility")
    if not given:
        return None
    value = given.get("identifier") or given.get("value") if isinstance(given, Mapping) else None
    if not value or given.get("type") not in ("role", "group"):
        raise invalid(
            "commentLevel", "A visibility needs the type role or group, and a value or an identifier."
        )
    return Visibility(given["type"], str(value))


def settle_visibility(store: Store, user: User, issue: Issue, given: Visibility | None) -> Visibility | None:
    """Return a visibility by name; 400 unless its role or group exists and the user is in it."""
    if given is None:
        return None
    kind, reference = given
    if kind == "group":
        group = store.people.group(reference)
        if group is None:
            raise invalid("commentLevel", f"Group: {reference} does not exist.")
        if group.name not in user.groups:
            raise invalid("commentLevel", f"You are currently not a member of the group: {group.name}.")
        return Visibility(kind, group.name)
    roles = store.configuration.roles.find(reference)
    if not roles:
        raise invalid("commentLevel", f"Role: {reference} does not exist.")
    if roles[0].name not in store.rights.roles(user, issue.project):
        raise invalid("commentLevel", f"You are currently not a member of the project role: {roles[0].name}.")
    return Visibility(kind, roles[0].name)
