"""Forms with a file in them (`multipart/form-data`)."""

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import NamedTuple

from careloop.sandbox.servicenow.errors import HttpRefused


class File(NamedTuple):
    """A file of a form."""

    name: str
    content_type: str
    content: bytes


def read_form(content_type: str, body: bytes) -> tuple[dict[str, str], File]:
    """Return the fields of a form and its file, the last one where there are several.

    Raises HttpRefused 415 for what is no form, 400 for one without a file.
    """
    if not content_type.lower().startswith("multipart/form-data"):
        raise HttpRefused(415, "Unsupported media type", f"Media type {content_type} is not supported")
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    form = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + body)
    fields: dict[str, str] = {}
    file: File | None = None
    for part in form.iter_parts():
        content = part.get_payload(decode=True)
        held = content if isinstance(content, bytes) else b""
        if name := part.get_filename():
            file = File(name, part.get_content_type(), held)
        else:
            label = part.get_param("name", header="content-disposition")
            fields[str(label)] = held.decode("utf-8", "replace")
    if file is None:
        raise HttpRefused(400, "Bad Request", "The form holds no file")
    return fields, file
