"""Deliveries: one message to one address, tried again until it is taken or given up."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from careloop.sandbox.jira.webhooks.webhook import Webhook

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))
"""Pauses before each further try: five of them, half an hour in all."""

RETRIED = frozenset({408, 409, 425, 429})
"""Statuses after which a message is sent again, as after any of 500 and above, and no answer at all."""

Flow = Literal["Primary", "Secondary"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it goes out; `identifier` stays the same over all its tries, `retry` counts them."""

    webhook: Webhook
    event: str
    url: str
    identifier: str
    flow: Flow
    due: datetime
    body: bytes
    retry: int = 0

    @property
    def local(self) -> bool:
        """Whether it goes to this machine; nothing else is ever sent."""
        host = urlsplit(self.url).hostname or ""
        if host == "localhost":
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False

    def headers(self, agent: str) -> dict[str, str]:
        """Return the headers: the signature is an HMAC of the raw body, its method stands before the sign."""
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "User-Agent": agent,
            "X-Atlassian-Webhook-Identifier": self.identifier,
            "X-Atlassian-Webhook-Flow": self.flow,
        }
        if self.retry:
            headers["X-Atlassian-Webhook-Retry"] = str(self.retry)
        if self.webhook.secret:
            headers["X-Hub-Signature"] = sign(self.body, self.webhook.secret)
        return headers

    def again(self, now: datetime) -> "Delivery | None":
        """Return the next try, or None when this was the last."""
        if self.retry >= len(RETRY_AFTER):
            return None
        return replace(self, retry=self.retry + 1, due=now + RETRY_AFTER[self.retry])


def sign(body: bytes, secret: str) -> str:
    """Return the signature of a body, such as `sha256=a4771c…`."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def is_retried(status: int | None) -> bool:
    """Return whether a message that was answered so, or not at all, is sent again."""
    return status is None or status in RETRIED or status >= 500


@dataclass(frozen=True, slots=True)
class Try:
    """What became of one try: the status of the answer, None for none; `sent` is False off this machine."""

    delivery: Delivery
    at: datetime
    status: int | None
    sent: bool = True


@dataclass(slots=True)
class Post:
    """The letters of a site: what waits, what was tried, and what was given up."""

    waiting: list[Delivery] = field(default_factory=list)
    tries: list[Try] = field(default_factory=list)
    failed: list[Try] = field(default_factory=list)

    def due(self, now: datetime) -> list[Delivery]:
        """Take out what is to be sent now, earliest first."""
        ready = sorted((one for one in self.waiting if one.due <= now), key=lambda one: one.due)
        self.waiting = [one for one in self.waiting if one.due > now]
        return ready

    def record(self, delivery: Delivery, now: datetime, status: int | None) -> None:
        """Note what became of a try, and put the next one in the queue where there is to be one."""
        tried = Try(delivery, now, status, sent=delivery.local)
        self.tries.append(tried)
        if not tried.sent or not is_retried(status):
            return
        following = delivery.again(now)
        if following is not None:
            self.waiting.append(following)
        else:
            self.failed.append(tried)
