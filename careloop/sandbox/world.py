"""The whole pretend world: one clock, a ServiceNow instance, a Jira site, and what may go wrong between."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from careloop.sandbox.answer import read, replay
from careloop.sandbox.clock import Clock
from careloop.sandbox.control import PREFIX, Control
from careloop.sandbox.faults import Faults
from careloop.sandbox.jira import Site
from careloop.sandbox.servicenow import Instance


class Sandbox:
    """Both platforms on one clock, each behind an ASGI app that also serves the control paths.

    `source` makes the clock flow (seconds that only grow, such as `time.monotonic`); without one it stands
    still until it is moved. The same `seed` and the same calls give the same world.
    """

    def __init__(
        self,
        start: datetime,
        *,
        seed: int = 0,
        jira_flavor: Literal["cloud", "dc"] = "cloud",
        source: Callable[[], float] | None = None,
    ) -> None:
        self.clock = Clock(start, source)
        self.faults = Faults(self.clock.now, self.clock.advance, seed)
        self.servicenow = Instance(self.clock, seed=seed)
        self.jira = Site(self.clock, flavor=jira_flavor, seed=seed)
        orders = Control(self.clock, self.faults, self.outbox, self.reset).app
        self.servicenow_app = self._front(
            self.faults.around(self._punctual(self.servicenow.app), "servicenow"), orders
        )
        self.jira_app = self._front(self.faults.around(self._punctual(self.jira.app), "jira"), orders)

    def outbox(self) -> list[Mapping[str, Any]]:
        """Return the mails that both platforms would have sent, each with its `platform`."""
        halves = {"servicenow": self.servicenow.outbox, "jira": self.jira.outbox}
        return [{"platform": name, **asdict(mail)} for name, mails in halves.items() for mail in mails]

    def reset(self) -> None:
        """Start afresh: the first moment, the first records, no mails, no faults."""
        self.clock.reset()
        self.faults.reset()
        self.servicenow.reset()
        self.jira.reset()

    def _front(self, platform: ASGIApp, orders: ASGIApp) -> ASGIApp:
        """Take requests in whole, so that nothing comes between reading and answering; date the answers."""
        orders = self._punctual(orders)

        async def front(scope: Scope, receive: Receive, send: Send) -> None:
            async def dated(message: Message) -> None:
                if message["type"] == "http.response.start":
                    date = format_datetime(self.clock.now(), usegmt=True).encode()
                    message = {**message, "headers": [*message.get("headers", ()), (b"date", date)]}
                await send(message)

            app = orders if scope["path"].startswith(PREFIX + "/") else platform
            await app(scope, replay(await read(receive)), dated)

        return front

    def _punctual(self, app: ASGIApp) -> ASGIApp:
        """Run what fell due on the clock before the app looks at the world."""

        async def punctual(scope: Scope, receive: Receive, send: Send) -> None:
            self.clock.catch_up()
            await app(scope, receive, send)

        return punctual
