"""What the whole site is set to."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class TimeTracking(NamedTuple):
    """How long a day and a week are at work, and how durations are written."""

    hours_per_day: float = 8.0
    days_per_week: float = 5.0
    time_format: str = "pretty"
    default_unit: str = "minute"

    def show(self) -> dict[str, Any]:
        """Return these settings as the platform shows them."""
        return {
            "workingHoursPerDay": self.hours_per_day,
            "workingDaysPerWeek": self.days_per_week,
            "timeFormat": self.time_format,
            "defaultUnit": self.default_unit,
        }


DEFAULT_COLUMNS = (
    *("issuetype", "issuekey", "summary", "assignee", "reporter", "priority", "status"),
    "created",
)
"""The ids of the fields that a table of issues shows as long as nobody chooses others."""


@dataclass(slots=True)
class Settings:
    """Application properties that were changed, the banner, time tracking, and the columns of tables."""

    properties: dict[str, str] = field(default_factory=dict)
    banner: dict[str, Any] = field(
        default_factory=lambda: {
            "message": "",
            "isEnabled": False,
            "isDismissible": False,
            "visibility": "private",
        }
    )
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    time_tracking: TimeTracking = field(default_factory=TimeTracking)
