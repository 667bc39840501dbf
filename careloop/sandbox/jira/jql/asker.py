"""Who asks, and when."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store


class Asker(NamedTuple):
    """The account that runs a query, in its time zone, at one moment."""

    store: Store
    user: User | None
    zone: ZoneInfo
    now: datetime
