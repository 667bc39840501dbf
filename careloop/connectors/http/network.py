"""The way out, for those who name the authority that they trust."""

from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter


class Network(HTTPAdapter):
    """requests' own adapter, but `ca`, the file of an authority, wins over what the environment says."""

    def __init__(self, ca: str | None = None) -> None:
        super().__init__()
        self._ca = ca

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        if self._ca:
            options["verify"] = self._ca
        return super().send(request, *args, **options)
