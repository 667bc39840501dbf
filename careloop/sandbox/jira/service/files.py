"""Files for customer requests: sent to a service desk first, then attached with a comment."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from careloop.sandbox.jira.actions.issue import attachment, comment
from careloop.sandbox.jira.actions.issue.attachment import MOST_AT_ONCE, UPLOAD_LIMIT, File
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import ServiceDesk
from careloop.sandbox.jira.model.issue import Attachment, Comment, Issue
from careloop.sandbox.jira.model.service import TemporaryFile
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.service.requests import comments, may_comment
from careloop.sandbox.jira.store import Store

LIFE = timedelta(hours=1)
"""How long a file waits to be attached; the document says that it expires, not when."""
_IDS = UUID("6b7f3c52-0f4d-4d7b-8a0e-2f1c9d5e8a41")


class Attached(NamedTuple):
    """What attaching files to a request made."""

    comment: Comment
    attachments: list[Attachment]


def receive(store: Store, desk: ServiceDesk, files: Iterable[File]) -> list[TemporaryFile]:
    """Take files in for a while; 413 for more than 60, 400 for none or too large ones."""
    given = list(files)
    if len(given) > MOST_AT_ONCE:
        raise Refused(413, f"At most {MOST_AT_ONCE} files can be uploaded at once.")
    if not given or any(not file.name for file in given):
        raise Refused(400, "The request has no file: a part of the form must be called 'file'.")
    if any(len(file.content) > UPLOAD_LIMIT for file in given):
        raise Refused(400, f"The file exceeds the maximum size of {UPLOAD_LIMIT} bytes.")
    now, kept = store.now(), []
    for file in given:
        number = f"temp{uuid5(_IDS, str(store.next_id('temporary file', first=1)))}"
        kept.append(TemporaryFile(number, desk.id, file.name, file.mime_type, file.content, now))
    store.service.files |= {one.id: one for one in kept}
    return kept


def attach(store: Store, user: User, issue: Issue, asked: Mapping[str, Any]) -> Attached:
    """Attach files that wait, in a comment that names them; customers do so publicly (createAttachment)."""
    public, ids = asked.get("public"), asked.get("temporaryAttachmentIds")
    if not isinstance(public, bool) or not isinstance(ids, list) or not ids:
        raise Refused(400, "The 'public' field and the temporaryAttachmentIds are required.")
    if not may_comment(store, user, issue):
        raise Refused(403, "You do not have permission to attach files to this request.")
    if not public and not store.rights.is_agent(user, issue.project):
        raise Refused(403, "You do not have permission to add an internal comment to this request.")
    files = [_take(store, str(number)) for number in ids]
    extra = asked.get("additionalComment")
    words = str(extra.get("body") or "") if isinstance(extra, Mapping) else ""
    fresh = attachment.keep(store, user, issue, [File(f.name, f.media_type, f.content) for f in files])
    for file in files:
        del store.service.files[file.id]
    text = "\n".join([*([words, ""] if words else []), *(_mention(one) for one in fresh)])
    properties = [{"key": comment.AUDIENCE, "value": {"internal": not public}}]
    draft = comment.read_draft({"body": text, "properties": properties}, rich=False)
    said = comment.add(store, issue, user, draft)
    store.service.attached[said.id] = tuple(one.id for one in fresh)
    return Attached(said, fresh)


def visible(store: Store, user: User, issue: Issue) -> list[Attachment]:
    """Return the files of a request that an account may see: to customers none of an internal comment."""
    if store.rights.is_agent(user, issue.project):
        return list(issue.attachments)
    readable = comments(store, user, issue)
    hidden = [one for said in issue.comments if said not in readable for one in of_comment(store, said)]
    return [one for one in issue.attachments if one not in hidden]


def of_comment(store: Store, said: Comment) -> list[Attachment]:
    """Return the files that came with a comment."""
    ids = store.service.attached.get(said.id, ())
    return [one for one in said.issue.attachments if one.id in ids]


def _take(store: Store, number: str) -> TemporaryFile:
    found = store.service.files.get(number)
    if found is None or found.sent + LIFE <= store.now():
        raise Refused(400, f"The temporary attachment '{number}' does not exist or has expired.")
    return found


def _mention(one: Attachment) -> str:
    return f"!{one.name}|thumbnail!" if one.mime_type.startswith("image/") else f"[^{one.name}]"
