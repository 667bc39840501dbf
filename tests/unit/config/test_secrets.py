"""Secrets are named in the settings and never stand there, nor in any error."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from careloop.config.secrets import SecretMissing, resolve
from careloop.errors import SettingsError
from tests.unit.config.conftest import Read, working

SECRET = "hush-4711"


class PretendRing(KeyringBackend):
    """A key ring in memory."""

    priority = 1

    def __init__(self) -> None:
        self.broken = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.broken:
            raise KeyringError("the ring is locked")
        return SECRET if (service, username) == ("careloop", "jira") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture
def ring() -> Iterator[PretendRing]:
    before = keyring.get_keyring()
    made = PretendRing()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_secret_is_read_where_its_reference_says(tmp_path: Path, ring: PretendRing) -> None:
    (tmp_path / "token").write_text(f"  {SECRET}  \nsecond line\n")

    assert resolve("env:TOKEN", {"TOKEN": SECRET}, tmp_path) == SECRET
    assert resolve("env:TOKEN", {"TOKEN": f"{SECRET}\n"}, tmp_path) == SECRET
    assert resolve("file:token", {}, tmp_path) == SECRET
    assert resolve(f"file:{tmp_path / 'token'}", {}, Path("elsewhere")) == SECRET
    assert resolve("keyring:careloop/jira", {}, tmp_path) == SECRET


@pytest.mark.parametrize("end", ["\n", "\r", "\x00", "\u2028"])
def test_a_secret_that_no_header_can_carry_is_refused_before_anybody_quotes_it(
    tmp_path: Path, end: str
) -> None:
    with pytest.raises(SecretMissing, match="what env:TOKEN stands for") as caught:
        resolve("env:TOKEN", {"TOKEN": f"{SECRET}{end}more"}, tmp_path)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("env:TOKEN", "the environment variable TOKEN is not set"),
        ("env:EMPTY", "the environment variable EMPTY is not set"),
        ("file:nothing", "cannot be read"),
        ("file:empty", "is empty; put the secret on its first line"),
        ("file:.", "cannot be read"),
        ("keyring:careloop/nobody", "holds nothing for careloop/nobody"),
        ("keyring:nothing", "holds nothing for nothing/"),
    ],
)
def test_a_secret_that_is_not_there_is_asked_for(
    tmp_path: Path, ring: PretendRing, reference: str, says: str
) -> None:
    (tmp_path / "empty").write_text("\n")

    with pytest.raises(SecretMissing, match=says):
        resolve(reference, {"EMPTY": ""}, tmp_path)


def test_a_key_ring_that_cannot_be_read_says_why(tmp_path: Path, ring: PretendRing) -> None:
    ring.broken = True

    with pytest.raises(SecretMissing, match="the key ring cannot be read: the ring is locked"):
        resolve("keyring:careloop/jira", {}, tmp_path)


def with_password(value: Any) -> dict[str, Any]:
    data = working()
    data["instances"]["jira"]["auth"]["password"] = value
    return data


@pytest.mark.parametrize("value", [SECRET, "", 4711, [SECRET], {"env": SECRET}, None])
def test_a_secret_in_the_file_is_refused_and_not_repeated(read: Read, value: Any) -> None:
    with pytest.raises(SettingsError, match=r"careloop\.yaml:\d+:\d+: instances\.jira\.auth") as refused:
        read(with_password(value))

    assert "4711" not in str(refused.value)


def test_no_error_and_no_picture_of_the_settings_holds_a_secret(read: Read) -> None:
    data = with_password("env:TOKEN")
    assert SECRET not in repr(read(data, {"TOKEN": SECRET, "SERVICENOW_PASSWORD": SECRET}))
    data["instances"]["jira"]["unknown"] = 1

    with pytest.raises(SettingsError) as refused:
        read(data, {"TOKEN": SECRET, "SERVICENOW_PASSWORD": SECRET})
    assert SECRET not in str(refused.value)


def test_who_only_reads_the_store_needs_no_secret(read: Read) -> None:
    assert len(read(working(), None).instances) == 2
