"""What administrators can look up later: who did what to projects and accounts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.users import User

_SUMMARIES: Mapping[str, tuple[str, str]] = {
    "project_created": ("Project created", "projects"),
    "project_updated": ("Project updated", "projects"),
    "project_deleted": ("Project deleted", "projects"),
    "project_archived": ("Project archived", "projects"),
    "project_soft_deleted": ("Project moved to trash", "projects"),
    "project_restored_archived": ("Project restored", "projects"),
    "project_restored_deleted": ("Project restored", "projects"),
    "user_created": ("User created", "user management"),
    "user_updated": ("User updated", "user management"),
    "user_deleted": ("User deleted", "user management"),
}
"""What the log says of an event, and under which heading; it is silent about all others."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the log; `thing` is what it is about, as its id, name and type."""

    id: int
    created: datetime
    author: User
    summary: str
    category: str
    thing: tuple[str, str, str]

    def words(self) -> Iterator[str]:
        """Yield what a filter looks at, in small letters."""
        return (text.casefold() for text in (self.summary, self.category, *self.thing))


def record(happening: Happening, number: int, now: datetime) -> Record | None:
    """Return the line that the log gives to an event, None for those it is silent about."""
    match happening.name in _SUMMARIES, happening.thing:
        case True, Project() as project:
            thing = project.id, project.name, "PROJECT"
        case True, User() as user:
            thing = user.account_id, user.display_name, "USER"
        case _:
            return None
    return Record(number, now, happening.actor, *_SUMMARIES[happening.name], thing)
