"""Work that the platform does behind an answer; here it is done at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from careloop.sandbox.jira.dates import epoch_millis
from careloop.sandbox.jira.model.users import User


@dataclass(frozen=True, slots=True)
class Task:
    """A task that was carried out when it was begun, and what came of it, if anything did."""

    id: int
    description: str
    owner: User
    when: datetime
    result: Any = None

    def show(self) -> dict[str, Any]:
        """Return the task as the platform shows it, without its address."""
        moment = epoch_millis(self.when)
        return {
            "id": str(self.id),
            "description": self.description,
            "status": "COMPLETE",
            "progress": 100,
            "elapsedRuntime": 0,
            "submitted": moment,
            "started": moment,
            "finished": moment,
            "lastUpdate": moment,
            "submittedBy": 10_000,
            **({} if self.result is None else {"result": self.result}),
        }
