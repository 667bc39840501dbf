"""What Jira says when it says no."""

from collections.abc import Iterator
from typing import Any

from requests import Response

from careloop.errors import CareloopError, NotAnApi, RecordMissing, Refused, RightMissing, SettingsError


def explain(instance: str, answer: Response, *, writes: bool) -> CareloopError:
    """Return the error for an answer with a status from 400 on that the transport let through.

    A 404 also stands for what our account may not see (Jira OpenAPI). A write that is answered so has not
    happened.
    """
    says = f"{instance}: {'; '.join(messages(answer)) or f'status {answer.status_code}, without a word'}"
    if answer.status_code == 410:
        return NotAnApi(f"{says}; set instances.{instance}.flavor to cloud")
    if writes:
        return Refused(says)
    if answer.status_code == 404:
        return RecordMissing(says)
    if answer.status_code == 403:
        return RightMissing(f"{says}; give our account the right to read this")
    return SettingsError(f"{says}; check the projects, queries and fields in the settings")


def messages(answer: Response) -> list[str]:
    """Return everything an error says, in plain words; the library would keep only half of it."""
    try:
        body = answer.json()
    except ValueError:
        return []
    return list(_messages(body))


def _messages(body: Any) -> Iterator[str]:
    if isinstance(body, list):
        for item in body:
            yield from _messages(item)
    if not isinstance(body, dict):
        return
    yield from (str(text) for text in body.get("errorMessages") or ())
    errors = body.get("errors")
    if isinstance(errors, dict):
        yield from (f"{field}: {text}" for field, text in errors.items())
    yield from (str(body[name]) for name in ("errorMessage", "message") if body.get(name))
