"""What must never be shown: the credentials that travel in requests."""

import base64
import binascii
from urllib.parse import unquote, urlsplit

from requests import PreparedRequest

SHORTEST = 4  # anything shorter is part of ordinary words, and hiding it would garble every message
_HEADERS = ("authorization", "proxy-authorization", "x-sn-apikey", "cookie")


class Secrets:
    """The credentials seen so far; texts that may quote them go through `hide`."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def learn(self, request: PreparedRequest) -> None:
        """Remember whatever a request proves its identity with."""
        for name in _HEADERS:
            value = request.headers.get(name)
            if value:
                self._known |= _parts(value if isinstance(value, str) else value.decode("latin-1"))
        password = urlsplit(str(request.url)).password
        if password:
            self._known |= {password, unquote(password)}

    def hide(self, text: str) -> str:
        """Return a text in which every known credential is replaced by stars; longest first."""
        for secret in sorted(self._known, key=len, reverse=True):
            if len(secret) >= SHORTEST:
                text = text.replace(secret, "***")
        return text


def _parts(value: str) -> set[str]:
    """Return a header's value, the credential after its scheme, and the password inside a basic one."""
    scheme, _, credential = value.partition(" ")
    parts = {value, credential}
    if scheme.lower() == "basic":
        try:
            plain = base64.b64decode(credential, validate=True).decode("latin-1")
        except binascii.Error:
            return parts
        parts.add(plain.partition(":")[2])
    return parts
