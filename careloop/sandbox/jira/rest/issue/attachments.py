"""Files on issues: uploading, describing, downloading and removing them."""

import re
from urllib.parse import quote
from uuid import UUID, uuid5

from careloop.sandbox.jira.actions.issue import attachment
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Attachment
from careloop.sandbox.jira.picture import draw_png, measure
from careloop.sandbox.jira.rest.call import Answer, Call, Raw, Route

_MEDIA = UUID("3c3a6a1f-9b1b-4d8e-8a53-0b6f3a2f1d77")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


def add(call: Call) -> Answer:
    """Take the files of a form."""
    call.check_forgery()
    files = attachment.read_form(call.headers.get("content-type", ""), call.body)
    fresh = attachment.attach(call.store, call.actor, call.issue, files)
    return Answer(200, [call.rendering.attachment(one) for one in fresh])


def get(call: Call) -> Answer:
    """Describe a file; its id is a number here, a text inside its issue (Jira OpenAPI)."""
    found = _attachment(call)
    return Answer(200, call.rendering.attachment(found) | {"id": found.id})


def remove(call: Call) -> Answer:
    attachment.remove(call.store, call.actor, _attachment(call))
    return Answer(204)


def settings(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, {"enabled": True, "uploadLimit": attachment.UPLOAD_LIMIT})


def content(call: Call) -> Answer:
    """Lead to the file's own address, which needs no credentials, or give it out here."""
    found = _attachment(call)
    if call.flag("redirect", default=True):
        return Answer(303, headers={"Location": _address(call, found)})
    return download(call, found)


def media(call: Call) -> Answer:
    """Give out a file to whoever was led here."""
    number = call.parameters["attachment"]
    found = call.store.attachments.get(int(number)) if number.isdecimal() else None
    if found is None or call.query.get("token") != _ticket(found):
        raise Refused(404, "The file does not exist, or its address is out of date.")
    return download(call, found)


def dc_content(call: Call) -> Answer:
    return download(call, _attachment(call))


def thumbnail(call: Call) -> Answer:
    """Give out a picture as it came, or lead to it; for any other file a picture of the site's own."""
    found = _attachment(call)
    shown = measure(found.content) is not None
    if not shown and not call.flag("fallbackToDefault", default=True):
        raise Refused(404, f"There is no thumbnail of the attachment '{found.id}'.")
    if call.flag("redirect", default=True):
        address = _address(call, found) if shown else f"{call.root}/avatar/file/48x48.png"
        return Answer(303, headers={"Location": address})
    return download(call, found) if shown else Answer(200, Raw(draw_png(found.id, 48), "image/png"))


def _attachment(call: Call) -> Attachment:
    return attachment.find(call.store, call.user, call.parameters["attachment"])


def _address(call: Call, found: Attachment) -> str:
    """Return where a file is given out to whoever was led there."""
    return f"{call.root}/media/file/{found.id}/binary?token={_ticket(found)}&name={quote(found.name)}"


def _ticket(found: Attachment) -> str:
    return str(uuid5(_MEDIA, f"{found.id} {found.created}"))


def download(call: Call, found: Attachment) -> Answer:
    """Give a file out, or the part of it that the header Range asks for."""
    plain = found.name.encode("ascii", "replace").decode().replace('"', "'")
    name = f"filename=\"{plain}\"; filename*=UTF-8''{quote(found.name)}"
    headers = {"Content-Disposition": f"attachment; {name}", "Accept-Ranges": "bytes"}
    wanted = call.headers.get("range")
    if not wanted:
        return Answer(200, Raw(found.content, found.mime_type), headers)
    size = len(found.content)
    start, end = _read_range(wanted, size)
    headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return Answer(206, Raw(found.content[start : end + 1], found.mime_type), headers)


def _read_range(wanted: str, size: int) -> tuple[int, int]:
    match = _RANGE.match(wanted.strip())
    if match is None or not (match[1] or match[2]):
        raise Refused(400, f"The range '{wanted}' is malformed.")
    if match[1]:
        start, end = int(match[1]), min(int(match[2]) if match[2] else size - 1, size - 1)
    else:
        start, end = max(size - int(match[2]), 0), size - 1
    if start >= size or end < start:
        raise Refused(416, f"The range '{wanted}' does not lie within the {size} bytes of the file.")
    return start, end


ROUTES: list[Route] = [
    ("POST", "/issue/{issue}/attachments", add),
    ("GET", "/attachment/meta", settings),
    ("GET", "/attachment/{attachment}", get),
    ("DELETE", "/attachment/{attachment}", remove),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/attachment/content/{attachment}", content),
    ("GET", "/attachment/thumbnail/{attachment}", thumbnail),
]
