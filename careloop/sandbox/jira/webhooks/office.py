"""The office that hears what happens, writes to whoever wants to know, and keeps what became of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid5

from careloop.sandbox.faults import Faults
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.search import Search
from careloop.sandbox.jira.store import Store
from careloop.sandbox.jira.webhooks.delivery import Delivery, Flow, Post, Try
from careloop.sandbox.jira.webhooks.payload import write_body
from careloop.sandbox.jira.webhooks.webhook import Webhook

SECONDARY_DELAY = timedelta(minutes=2)
"""How much later messages come that follow from bulk operations and cascades."""
OVERTAKEN = timedelta(seconds=30)
"""How long a message is held back so that later ones come first."""
FAILURES_KEPT = timedelta(hours=72)

_TENANT = UUID("1f6c2a90-5b1d-4c57-9a83-7e2d0c4b8a11")
Send = Callable[[str, bytes, dict[str, str]], int | None]
"""Sends a body with headers to a URL; returns the status of the answer, None for none."""


@dataclass(slots=True)
class Office:
    """Every webhook of a site, and its post.

    Nothing is sent by itself: `deliver` sends what is due, whenever somebody calls it, in the order of time.
    """

    store: Store
    search: Search
    faults: Faults
    root: str = "http://jira.example.com"
    """The address under which the site was last called, which stands in what it tells."""
    webhooks: dict[int, Webhook] = field(default_factory=dict)
    post: Post = field(default_factory=Post)

    def hear(self, happening: Happening) -> None:
        """Write to every webhook that wants to know of this."""
        now = self.store.now()
        for webhook in list(self.webhooks.values()):
            if webhook.wants(happening, now) and self._admits(webhook, happening):
                self._write(webhook, happening)

    def deliver(self, send: Send) -> list[Try]:
        """Send what is due now and return what became of it."""
        begun = len(self.post.tries)
        for delivery in self.due():
            self.record(delivery, send(delivery.url, delivery.body, self.headers(delivery)))
        return self.post.tries[begun:]

    def due(self) -> list[Delivery]:
        """Take out what is to be sent to this machine now; what would leave it is noted and goes nowhere."""
        ready = self.post.due(self.store.now())
        for delivery in ready:
            if not delivery.local:
                self.record(delivery, None)
        return [one for one in ready if one.local]

    def headers(self, delivery: Delivery) -> dict[str, str]:
        """Return the headers of a message."""
        version = "1001.0.0-SNAPSHOT (100300)" if self.store.is_cloud else "9.12.15 (9120015)"
        return delivery.headers(f"Atlassian HttpClient unknown / JIRA-{version} / Default")

    def record(self, delivery: Delivery, status: int | None) -> None:
        """Note what became of a message."""
        self.post.record(delivery, self.store.now(), status)

    def failures(self) -> list[Try]:
        """Return what was given up in the last three days, oldest first."""
        since = self.store.now() - FAILURES_KEPT
        return [one for one in self.post.failed if one.at >= since]

    def forget_expired(self) -> None:
        """Drop webhooks whose time is over."""
        now = self.store.now()
        for webhook in list(self.webhooks.values()):
            if webhook.expires and webhook.expires <= now:
                del self.webhooks[webhook.id]

    def _admits(self, webhook: Webhook, happening: Happening) -> bool:
        if not webhook.jql or happening.issue is None:
            return True
        try:
            return self.search.admits(webhook.owner, webhook.jql, happening.issue)
        except Refused:
            return False

    def _write(self, webhook: Webhook, happening: Happening) -> None:
        now = self.store.now()
        number = self.store.next_id("webhook delivery", first=1)
        flow: Flow = "Secondary" if happening.cascade else "Primary"
        delivery = Delivery(
            webhook=webhook,
            event=happening.name,
            url=webhook.address(happening),
            identifier=str(uuid5(_TENANT, str(number))),
            flow=flow,
            due=now + (SECONDARY_DELAY if happening.cascade else timedelta()),
            body=write_body(self.store, happening, webhook, self.root),
        )
        self.post.waiting += self._spoil(delivery)

    def _spoil(self, delivery: Delivery) -> Iterable[Delivery]:
        """Return what really goes into the post: nothing, the message twice, or the message later."""
        strikes = self.faults.strike
        if strikes("webhook_loss", delivery.url):
            return []
        if strikes("webhook_duplicate", delivery.url):
            return [delivery, delivery]
        if strikes("webhook_reorder", delivery.url):
            return [replace(delivery, due=delivery.due + OVERTAKEN)]
        return [delivery]
