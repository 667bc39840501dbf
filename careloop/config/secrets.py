"""Secrets by reference: settings name where they are, and never hold them."""

import importlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path

REFERENCES = ("env:", "file:", "keyring:")


class SecretMissing(ValueError):
    """The secret is not where the settings say it is."""


def resolve(value: str, environ: Mapping[str, str], folder: Path) -> str:
    """Return what a reference stands for, without the blank space around it; a plain text is left alone.

    `env:NAME` reads the environment, `file:PATH` the first line of a file (relative to `folder`),
    `keyring:SERVICE/NAME` the system's key ring. Raises SecretMissing, whose message never holds a secret.
    """
    if not value.startswith(REFERENCES):
        return value
    source, _, name = value.partition(":")
    read = {"env": partial(_from_environment, environ), "file": partial(_from_file, folder)}
    secret = read.get(source, _from_keyring)(name).strip()
    if not secret.isprintable():  # a header cannot carry it, and whoever says so would quote it
        raise SecretMissing(f"what {value} stands for has several lines or control characters; put it right")
    return secret


def _from_environment(environ: Mapping[str, str], name: str) -> str:
    if not environ.get(name, "").strip():
        raise SecretMissing(f"the environment variable {name} is not set; set it and run again")
    return environ[name]


def _from_file(folder: Path, name: str) -> str:
    path = folder / name
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretMissing(f"the file {path} cannot be read: {error}") from error
    if not lines or not lines[0].strip():
        raise SecretMissing(f"the file {path} is empty; put the secret on its first line")
    return lines[0]


def _from_keyring(name: str) -> str:
    service, _, user = name.partition("/")
    try:
        keyring = importlib.import_module("keyring")
        importlib.import_module("keyring.errors")
    except ImportError as error:
        raise SecretMissing(
            "the key ring needs the extra 'keyring': pip install 'careloop[keyring]'"
        ) from error
    try:
        found = keyring.get_password(service, user)
    except keyring.errors.KeyringError as error:
        raise SecretMissing(f"the key ring cannot be read: {error}") from error
    if not found:
        raise SecretMissing(f"the key ring holds nothing for {service}/{user}; store it there and run again")
    return str(found)
