"""Credentials never show, in whatever form they travelled."""

import base64

import pytest
from requests import Request
from requests.auth import HTTPBasicAuth

from careloop.connectors.http.secrets import Secrets


@pytest.mark.parametrize(
    ("request_", "secret"),
    [
        (Request("GET", "https://example.com", auth=HTTPBasicAuth("someone", "hunter22")), "hunter22"),
        (Request("GET", "https://example.com", auth=("a", "pass:word")), "pass:word"),
        (Request("GET", "https://example.com", headers={"Authorization": "Bearer t0p-secret"}), "t0p-secret"),
        (Request("GET", "https://example.com", headers={"x-sn-apikey": "key-1234"}), "key-1234"),
        (Request("GET", "https://example.com", headers={"Cookie": "JSESSIONID=ABCD"}), "JSESSIONID=ABCD"),
        (Request("GET", "https://example.com", headers={"Authorization": "Basic no-base64!"}), "no-base64!"),
    ],
)
def test_a_credential_is_hidden_once_it_was_sent(request_: Request, secret: str) -> None:
    secrets = Secrets()
    secrets.learn(request_.prepare())
    assert secrets.hide(f"the server said: {secret}!") == "the server said: ***!"


def test_a_basic_header_is_hidden_as_a_whole() -> None:
    secrets = Secrets()
    secrets.learn(Request("GET", "https://example.com", auth=("someone", "hunter22")).prepare())
    encoded = base64.b64encode(b"someone:hunter22").decode()
    assert encoded not in secrets.hide(f"Authorization: Basic {encoded}")


def test_what_is_no_credential_stays() -> None:
    secrets = Secrets()
    secrets.learn(Request("GET", "https://example.com", auth=("someone", "abc")).prepare())
    assert secrets.hide("abc of service desks") == "abc of service desks"
