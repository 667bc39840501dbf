"""Comments, who reads them, and the mails they cause."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from careloop.sandbox.jira.actions.properties import read_properties
from careloop.sandbox.jira.adf import RichText, is_document, to_text
from careloop.sandbox.jira.errors import Refused, invalid
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
    if not store.rights.may(user, "ADD_COMMENTS", issue.project):
        raise Refused(400, f"{user.display_name}, you do not have the permission to comment on this issue.")
    return read_draft(raw, rich=rich)


def read_draft(raw: Any, *, rich: bool) -> Draft:
    """Return the body, visibility and properties in a request."""
    if not isinstance(raw, Mapping):
        raise Refused(400, "Comment must be an object.")
    return Draft(
        _read_body(raw.get("body"), rich=rich), _read_visibility(raw), read_properties(raw.get("properties"))
    )


def add(store: Store, issue: Issue, user: User, draft: Draft) -> Comment:
    """Write a comment, which moves the issue's `updated`, and tell the customer of a public one."""
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
    if comment.public and comment.visibility is None:
        tell_reporter(store, issue, user, "comment", to_text(comment.body) or "")
    return comment


def edit(store: Store, user: User, comment: Comment, raw: Any, *, rich: bool) -> None:
    """Replace a comment's body; its properties and visibility stay unless the request names them."""
    permit(store, user, comment, "EDIT")
    draft = read_draft(raw, rich=rich)
    now = store.begin_write(comment.issue)
    comment.body, comment.updated, comment.update_author = draft.body, now, user
    if "visibility" in raw:
        comment.visibility = draft.visibility
    if "properties" in raw:
        comment.properties = {**comment.properties, **draft.properties}
        set_audience(comment)


def delete(store: Store, user: User, comment: Comment) -> None:
    """Remove a comment."""
    permit(store, user, comment, "DELETE")
    store.begin_write(comment.issue)
    comment.issue.comments = tuple(other for other in comment.issue.comments if other is not comment)
    del store.comments[comment.id]


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


def tell_reporter(store: Store, issue: Issue, actor: User, event: str, words: str) -> None:
    """Mail a request's reporter and whoever shares it about what somebody else did to it."""
    if issue.request_type is None:
        return
    subject = f"{issue.key} {issue.summary}"
    for reader in store.service.subscribers(issue):
        if reader is not actor:
            store.outbox.append(Mail(store.now(), reader.email, subject, words, issue.key, event))


def permit(store: Store, user: User, comment: Comment, verb: str) -> None:
    """Refuse with 400 an account that may not EDIT or DELETE a comment."""
    own = comment.author is user and store.rights.may(user, f"{verb}_OWN_COMMENTS", comment.issue.project)
    if not own and not store.rights.may(user, f"{verb}_ALL_COMMENTS", comment.issue.project):
        raise Refused(400, f"You do not have permission to {verb.lower()} comment with id: {comment.id}.")


def _read_body(raw: Any, *, rich: bool) -> RichText:
    if rich and raw is not None and not is_document(raw):
        raise invalid("comment", "Comment body is not valid!")
    if not rich and raw is not None and not isinstance(raw, str):
        raise invalid("comment", "Comment body must be a string.")
    text = to_text(raw)
    if not text or not text.strip():
        raise invalid("comment", "Comment body can not be empty!")
    if len(text) > LENGTH:
        raise invalid(
            "comment", f"The entered text is too long. It exceeds the allowed limit of {LENGTH} characters."
        )
    return raw if isinstance(raw, str) else dict(raw)


def _read_visibility(raw: Mapping[str, Any]) -> Visibility | None:
    given = raw.get("visibility")
    if not given:
        return None
    value = given.get("identifier") or given.get("value") if isinstance(given, Mapping) else None
    if not value or given.get("type") not in ("role", "group"):
        raise invalid(
            "commentLevel", "A visibility needs the type role or group, and a value or an identifier."
        )
    return Visibility(given["type"], str(value))
