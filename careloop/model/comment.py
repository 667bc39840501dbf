"""A comment or work note, and who may read it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from careloop.model.record import RecordRef


class Audience(StrEnum):
    """Who may read a text: the customer too, or our people only."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment as it stands on a platform.

    `author` is a pseudonym, `key` the change that wrote it when it is ours.

    `automatic` is set when machine headers or the account's type say that no person wrote it.
    """

    id: str
    record: RecordRef
    at: datetime
    author: str | None
    audience: Audience
    body: str
    author_name: str = ""
    key: str = ""
    automatic: bool = False
