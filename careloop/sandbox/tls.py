"""https for clients that insist on it: an authority and a certificate made at start and gone at the end."""

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Certificate(NamedTuple):
    """What a server needs, and the file of the authority that a client has to trust."""

    context: ssl.SSLContext
    ca: Path


@contextmanager
def certify(*names: str) -> Iterator[Certificate]:
    """Give a certificate for these host names and addresses while the block lasts."""
    import trustme  # noqa: PLC0415 - takes a quarter of a second that plain http need not wait for

    authority = trustme.CA(organization_name="careloop sandbox")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    with tempfile.TemporaryDirectory(prefix="careloop-sandbox-") as folder:
        ca = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(ca)
        yield Certificate(context, ca)
