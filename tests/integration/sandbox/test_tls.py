"""https beside http on one port, with an authority that clients can be told to trust."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import certifi
import orjson
import pytest
import requests
import yaml

from careloop.commands.init import read_ready, render_settings
from careloop.connectors.http import Network
from careloop.sandbox.server import running
from careloop.sandbox.world import Sandbox

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, Any]]:
    with running(Sandbox(START), tls=True) as addresses:
        yield addresses


def test_both_platforms_are_named_by_https_and_one_authority_vouches_for_them(
    addresses: dict[str, Any],
) -> None:
    servicenow, jira = addresses["servicenow"], addresses["jira"]
    incident = requests.get(
        f"{servicenow['url']}/api/now/table/incident",
        auth=(servicenow["user"], servicenow["password"]),
        verify=addresses["ca"],
        timeout=5,
    )
    info = requests.get(
        f"{jira['url']}/rest/api/2/serverInfo",
        auth=(jira["email"], jira["token"]),
        verify=jira["ca"],
        timeout=5,
    )

    assert (urlsplit(servicenow["url"]).scheme, incident.status_code) == ("https", 200)
    assert (urlsplit(jira["url"]).scheme, info.status_code) == ("https", 200)


def test_settings_made_from_the_ready_file_trust_the_authority(
    addresses: dict[str, Any], tmp_path: Path
) -> None:
    ready = tmp_path / "ready.json"
    ready.write_bytes(orjson.dumps(addresses))
    settings = yaml.safe_load(render_settings(read_ready(ready)))

    for name in ("servicenow", "jira"):
        assert settings["instances"][name]["ca"] == addresses["ca"]
        assert settings["instances"][name]["url"] == addresses[name]["url"]


def test_an_authority_in_the_settings_wins_over_the_environment(
    addresses: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    with requests.Session() as session:
        session.mount("https://", Network(addresses["ca"]))
        assert session.get(addresses["servicenow"]["url"], timeout=5).status_code == 404


def test_links_name_the_scheme_of_the_call(addresses: dict[str, Any]) -> None:
    servicenow = addresses["servicenow"]
    for url in (servicenow["url"], servicenow["url"].replace("https:", "http:")):
        answer = requests.get(
            f"{url}/api/now/table/sys_user_grmember",
            params={"sysparm_limit": "1"},
            auth=(servicenow["user"], servicenow["password"]),
            verify=addresses["ca"],
            timeout=5,
        )
        assert answer.json()["result"][0]["user"]["link"].startswith(f"{url}/api/now/table/sys_user/")


def test_who_does_not_trust_the_authority_is_not_answered(addresses: dict[str, Any]) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(addresses["servicenow"]["url"], timeout=5)


def test_the_same_port_speaks_plain_http_and_survives_what_is_neither(addresses: dict[str, Any]) -> None:
    port = urlsplit(addresses["servicenow"]["url"]).port
    assert port is not None
    for greeting in (b"\x16\x03\x01 no handshake", b"", b"\x00"):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(greeting)

    assert requests.get(f"{addresses['servicenow']['control']}/health", timeout=5).status_code == 200


def test_the_authority_is_gone_with_the_servers() -> None:
    with running(Sandbox(START), tls=True) as addresses:
        ca = Path(addresses["ca"])
        assert ca.read_text(encoding="ascii").startswith("-----BEGIN CERTIFICATE-----")
    assert not ca.exists()
