"""The whole pretend world: one clock, a ServiceNow instance, a Jira site, and what may go wrong between."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from email.utils import format_datetime
from operator import itemgetter
from typing import Any, Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from careloop.sandbox.answer import read, replay
from careloop.sandbox.clock import Clock
from careloop.sandbox.control import PREFIX, Control
from careloop.sandbox.faults import Faults
from careloop.sandbox.jira import Site
from careloop.sandbox.refusals import Platform
from careloop.sandbox.semaphores import Semaphores
from careloop.sandbox.servicenow import Instance


class Sandbox:
    """Both platforms on one clock, each behind an ASGI app that also serves the control paths.

    `source` makes the clock flow (seconds that only grow, such as `time.monotonic`); without one it stands
    still until it is moved. `prepare` fills the world at the start and after each reset. The same `seed` and
    the same calls give the same world.
    """

    def __init__(
        self,
        start: datetime,
        *,
        seed: int = 0,
        jira_flavor: Literal["cloud", "dc"] = "cloud",
        source: Callable[[], float] | None = None,
        prepare: Callable[["Sandbox"], object] | None = None,
    ) -> None:
        self.clock = Clock(start, source)
        self.faults = Faults(self.clock, seed)
        self.servicenow = Instance(self.clock, seed=seed)
        self.jira = Site(self.clock, flavor=jira_flavor, seed=seed, faults=self.faults)
        self._prepare = prepare or (lambda sandbox: None)
        self._prepare(self)
        boards = {"jira": self.jira}
        control = Control(self.clock, self.faults, self.outbox, self.reset, self.servicenow, boards)
        orders = self._punctual(control.app)
        semaphores = Semaphores(
            lambda: self.servicenow.read_number("sandbox.semaphores.slots", 4),
            lambda: self.servicenow.read_number("sandbox.semaphores.queue", 150),
            lambda: self.servicenow.read_flag("sandbox.semaphores.web_page"),
        )
        self.servicenow_app = self._front("servicenow", self.servicenow.app, orders, semaphores)
        self.jira_app = self._front("jira", self.jira.app, orders)

    def outbox(self) -> list[Mapping[str, Any]]:
        """Return the mails that both platforms would have sent, oldest first, each with its `platform`."""
        halves: dict[Platform, Sequence[Any]] = {
            "servicenow": self.servicenow.outbox,
            "jira": self.jira.outbox,
        }
        mails = [{"platform": name, **asdict(mail)} for name, outbox in halves.items() for mail in outbox]
        return sorted(mails, key=itemgetter("sent_at"))

    def reset(self) -> None:
        """Start afresh: the first moment, the first records, no mails, no faults."""
        self.clock.reset()
        self.faults.reset()
        self.servicenow.reset()
        self.jira.reset()
        self._prepare(self)

    def _front(
        self, name: Platform, app: ASGIApp, orders: ASGIApp, semaphores: Semaphores | None = None
    ) -> ASGIApp:
        """Take requests in whole, so that nothing comes between reading and answering; date the answers."""
        platform = self.faults.around(self._punctual(app), name)
        if semaphores is not None:
            platform = semaphores.around(platform)

        async def front(scope: Scope, receive: Receive, send: Send) -> None:
            async def dated(message: Message) -> None:
                if message["type"] == "http.response.start":
                    date = format_datetime(self.clock.now(), usegmt=True).encode()
                    message = {**message, "headers": [*message.get("headers", ()), (b"date", date)]}
                await send(message)

            chosen = orders if scope["path"].startswith(PREFIX + "/") else platform
            await chosen(scope, replay(await read(receive)), dated)

        return front

    def _punctual(self, app: ASGIApp) -> ASGIApp:
        """Run what fell due on the clock before the app looks at the world."""

        async def punctual(scope: Scope, receive: Receive, send: Send) -> None:
            self.clock.catch_up()
            await app(scope, receive, send)

        return punctual
