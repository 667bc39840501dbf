"""The Attachment API: files on records (ServiceNow docs c_AttachmentAPI.md).

Metadata are rows of `sys_attachment`, so the Table API queries them too.
"""

import json
from typing import Any

from starlette.responses import Response

from careloop.sandbox.servicenow.attachments import TABLE
from careloop.sandbox.servicenow.errors import HttpRefused
from careloop.sandbox.servicenow.rest.call import Call, Reply
from careloop.sandbox.servicenow.rest.multipart import read_form
from careloop.sandbox.servicenow.rest.params import read_params
from careloop.sandbox.servicenow.rest.table_api import find, links
from careloop.sandbox.servicenow.store.database import Row

_LIMIT = "1000"
_SHOWN = (
    *("table_sys_id", "size_bytes", "download_link", "sys_updated_on", "sys_id", "image_height"),
    *("sys_created_on", "file_name", "sys_created_by", "compressed", "average_image_color", "sys_updated_by"),
    *("sys_tags", "table_name", "image_width", "sys_mod_count", "content_type", "size_compressed"),
    *("chunk_size_bytes", "hash", "state"),
)
_DESCRIBED = ("table_name", "table_sys_id", "file_name")


def answer(call: Call) -> Reply:
    """Answer `/attachment`, `/attachment/<sys_id>`, and the two addresses that files are sent to."""
    match call.path.get("sys_id"):
        case None:
            return call.choose({"GET": _list})
        case "file":
            return call.choose({"POST": _upload})
        case "upload":
            return call.choose({"POST": _upload_form})
    return call.choose({"GET": _read, "PATCH": _rename, "DELETE": _delete})


def answer_file(call: Call) -> Reply:
    """Answer `/attachment/<sys_id>/file`."""
    return call.choose({"GET": _download})


def _list(call: Call) -> Reply:
    params = read_params(call.engine.db, TABLE, {"sysparm_limit": _LIMIT, **call.query})
    found = find(call, TABLE, params)
    page = found[params.offset : params.offset + params.limit]
    headers = {"X-Total-Count": str(len(found))} if params.count else {}
    if params.pagination:
        headers |= links(call, params, len(found))
    files = call.engine.attachments
    return Reply(200, [_metadata(call, row) for row in page if files.is_visible(call.session, row)], headers)


def _read(call: Call) -> Reply:
    return Reply(200, _metadata(call, _found(call)))


def _download(call: Call) -> Reply:
    row = _found(call)
    metadata = _metadata(call, row)
    name = str(metadata["file_name"]).encode("ascii", "replace").decode().replace('"', "'")
    headers = {
        "Content-Type": metadata["content_type"] or "application/octet-stream",
        "Content-Disposition": f'attachment;filename="{name}"',
        "X-Attachment-Metadata": json.dumps(metadata),
    }
    return Reply(200, raw=Response(call.engine.attachments.content(row), 200, headers))


def _upload(call: Call) -> Reply:
    _demand(call.query)
    if not call.headers.get("content-type"):
        raise HttpRefused(400, "Exception while reading request", "The Content-Type header is missing")
    described = {name: call.query[name] for name in _DESCRIBED}
    return _store(call, {**described, "content_type": call.headers["content-type"]}, call.body)


def _upload_form(call: Call) -> Reply:
    """Store the file of a form; it comes last, behind the names of its record."""
    fields, file = read_form(call.headers.get("content-type", ""), call.body)
    described = {**fields, "file_name": file.name}
    _demand(described)
    stored = {name: described[name] for name in _DESCRIBED}
    return _store(call, {**stored, "content_type": file.content_type}, file.content)


def _store(call: Call, described: dict[str, str], content: bytes) -> Reply:
    limit = call.engine.properties.number("com.glide.attachment.max_size", 1024) << 20
    if len(content) > limit:
        raise HttpRefused(413, "Request entity too large", f"The file is larger than {limit >> 20} MB")
    row = call.engine.attachments.add(call.session, described, content)
    location = f"{call.base}/attachment/{row[0].value(row[1], 'sys_id')}"
    return Reply(201, _metadata(call, row), {"Location": location})


def _rename(call: Call) -> Reply:
    name = call.fields().get("file_name")
    if not name:
        raise HttpRefused(400, "Bad Request", "file_name is required")
    call.engine.attachments.rename(call.session, _found(call), str(name))
    return Reply(204)


def _delete(call: Call) -> Reply:
    call.engine.attachments.delete(call.session, _found(call))
    return Reply(204)


def _found(call: Call) -> Row:
    return call.engine.attachments.read(call.session, call.path["sys_id"])


def _demand(described: Any) -> None:
    missing = [name for name in _DESCRIBED if not described.get(name)]
    if missing:
        raise HttpRefused(400, "Bad Request", f"Missing mandatory parameters: {', '.join(missing)}")


def _metadata(call: Call, row: Row) -> dict[str, str]:
    table, slot = row
    link = f"{call.base}/attachment/{table.value(slot, 'sys_id')}/file"
    return {name: link if name == "download_link" else table.value(slot, name) for name in _SHOWN}
