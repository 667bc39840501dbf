"""Carries the messages of webhooks to addresses on this machine, beside the servers."""

import asyncio
import contextlib
from collections.abc import Callable

import requests

from careloop.sandbox.jira.webhooks.delivery import Delivery
from careloop.sandbox.jira.webhooks.office import Office

PAUSE = 0.02
"""Seconds between two looks into the post."""
PATIENCE = 10.0
"""Seconds within which a receiver has to answer."""


async def carry(office: Callable[[], Office], stop: asyncio.Event) -> None:
    """Send what is due until `stop`; the office is asked for each time, since a reset exchanges it."""
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PAUSE)
        ready = office()
        await asyncio.gather(*(_carry_one(ready, delivery) for delivery in ready.due()))


async def _carry_one(office: Office, delivery: Delivery) -> None:
    headers = office.headers(delivery)
    office.record(delivery, await asyncio.to_thread(send, delivery.url, delivery.body, headers))


def send(url: str, body: bytes, headers: dict[str, str]) -> int | None:
    """Send a message and return the status of the answer, None when there was none in time."""
    try:
        answer = requests.post(url, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False)
    except requests.RequestException:
        return None
    return answer.status_code
