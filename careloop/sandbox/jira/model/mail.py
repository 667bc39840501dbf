"""The mails that the site would have sent."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person; `event` says what it tells: comment, resolution, notify or event."""

    sent_at: datetime
    to: str
    subject: str
    body: str
    issue: str
    event: str
