"""What is in an archive that hangs on an issue."""

from io import BytesIO
from mimetypes import guess_type
from zipfile import BadZipFile, ZipFile, ZipInfo

from careloop.sandbox.jira.actions.issue import attachment
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Attachment
from careloop.sandbox.jira.rest.call import Answer, Call, Route


def for_people(call: Call) -> Answer:
    found, entries = _opened(call)
    rows = [
        {
            "index": number,
            "label": entry.filename,
            "mediaType": _kind(entry.filename),
            "path": entry.filename,
            "size": f"{entry.file_size / 1024:.1f} kB",
        }
        for number, entry in enumerate(entries)
    ]
    shown = {"id": found.id, "name": found.name, "mediaType": found.mime_type, "entries": rows}
    return Answer(200, {**shown, "totalEntryCount": len(rows)})


def for_programs(call: Call) -> Answer:
    _, entries = _opened(call)
    rows = [
        {
            "entryIndex": number,
            "abbreviatedName": entry.filename[-40:],
            "name": entry.filename,
            "mediaType": _kind(entry.filename),
            "size": entry.file_size,
        }
        for number, entry in enumerate(entries)
    ]
    return Answer(200, {"entries": rows, "totalEntryCount": len(rows)})


def _opened(call: Call) -> tuple[Attachment, list[ZipInfo]]:
    """Return an attachment and what is in it; 409 for what is no archive."""
    found = attachment.find(call.store, call.user, call.parameters["attachment"])
    try:
        with ZipFile(BytesIO(found.content)) as archive:
            return found, [entry for entry in archive.infolist() if not entry.is_dir()]
    except BadZipFile:
        raise Refused(409, f"The attachment '{found.name}' is not an archive of a known format.") from None


def _kind(name: str) -> str:
    return guess_type(name)[0] or "application/octet-stream"


CLOUD_ROUTES: list[Route] = [
    ("GET", "/attachment/{attachment}/expand/human", for_people),
    ("GET", "/attachment/{attachment}/expand/raw", for_programs),
]
