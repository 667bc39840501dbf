"""Files on issues."""

from collections.abc import Iterable, Sequence
from email.parser import BytesParser
from email.policy import HTTP
from mimetypes import guess_type
from typing import NamedTuple

from careloop.sandbox.jira.actions.issue import changelog
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.issue import Attachment, Issue, Item
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

UPLOAD_LIMIT = 10_485_760
MOST_AT_ONCE = 60
PART = "file"
"""The name of the form's parts that hold files (Jira OpenAPI, addAttachment)."""


class File(NamedTuple):
    """A file on its way: its name, type and content."""

    name: str
    mime_type: str
    content: bytes


def read_form(content_type: str, body: bytes) -> list[File]:
    """Return the files of a multipart form, those of its parts that are called `file`."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    files = []
    for part in message.iter_parts() if message.is_multipart() else ():
        if part.get_param("name", header="content-disposition") != PART:
            continue
        name = part.get_filename() or ""
        kind = part.get_content_type() if part["content-type"] else None
        content = part.get_payload(decode=True)
        files.append(File(name, kind or _guess(name), content if isinstance(content, bytes) else b""))
    return files


def attach(store: Store, user: User, issue: Issue, files: Iterable[File]) -> list[Attachment]:
    """Put files on an issue; 413 for too many or too large ones."""
    given = list(files)
    if not store.rights.may(user, "CREATE_ATTACHMENTS", issue):
        raise Refused(403, "You do not have permission to create attachments for this issue.")
    if not given or any(not file.name for file in given):
        raise Refused(400, "The request has no file: a part of the form must be called 'file'.")
    if len(given) > MOST_AT_ONCE:
        raise Refused(413, f"At most {MOST_AT_ONCE} files can be uploaded at once.")
    if any(len(file.content) > UPLOAD_LIMIT for file in given):
        raise Refused(413, f"The file exceeds the maximum size of {UPLOAD_LIMIT} bytes.")
    return keep(store, user, issue, given)


def keep(store: Store, user: User, issue: Issue, given: Sequence[File]) -> list[Attachment]:
    """Put files on an issue that were found right."""
    store.demand_room("attachments", issue.attachments, len(given))
    now = store.begin_write(issue)
    fresh = [
        Attachment(store.next_id("attachment"), issue.id, file.name, user, now, file.mime_type, file.content)
        for file in given
    ]
    for one in fresh:
        store.attachments[one.id] = one
    issue.attachments = (*issue.attachments, *fresh)
    items = [Item("Attachment", "attachment", "jira", None, None, str(one.id), one.name) for one in fresh]
    changelog.record(store, issue, user, now, items)
    for one in fresh:
        store.announce(Happening("attachment_created", user, issue, thing=one))
    return fresh


def find(store: Store, user: User | None, reference: str) -> Attachment:
    """Return an attachment whose issue an account sees; 404 otherwise."""
    found = store.attachments.get(int(reference)) if reference.isdecimal() else None
    if found is None or not store.rights.sees(user, store.issues[found.issue_id]):
        raise Refused(404, f"The attachment with id '{reference}' does not exist")
    return found


def remove(store: Store, user: User, gone: Attachment) -> None:
    """Take a file off its issue; 403 without the right to."""
    issue = store.issues[gone.issue_id]
    own = gone.author is user and store.rights.may(user, "DELETE_OWN_ATTACHMENTS", issue)
    if not own and not store.rights.may(user, "DELETE_ALL_ATTACHMENTS", issue):
        raise Refused(403, f"You do not have permission to delete attachment with id: {gone.id}")
    now = store.begin_write(issue)
    issue.attachments = tuple(one for one in issue.attachments if one is not gone)
    del store.attachments[gone.id]
    item = Item("Attachment", "attachment", "jira", str(gone.id), gone.name, None, None)
    changelog.record(store, issue, user, now, [item])
    store.announce(Happening("attachment_deleted", user, issue, thing=gone))


def _guess(name: str) -> str:
    return guess_type(name)[0] or "application/octet-stream"
