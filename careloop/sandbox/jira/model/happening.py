"""Something that happened on the site and may interest others."""

from dataclasses import dataclass
from typing import Any

from careloop.sandbox.jira.model.issue import Comment, History, Issue
from careloop.sandbox.jira.model.users import User


@dataclass(frozen=True, slots=True)
class Happening:
    """An event such as `jira:issue_updated`: who did it, to what, and what changed.

    `cascade` marks what followed from something else, such as the deletion of a deleted issue's sub-tasks,
    and what a bulk operation did.
    `thing` is what the event is about when it is neither an issue nor a comment.
    """

    name: str
    actor: User
    issue: Issue | None = None
    comment: Comment | None = None
    history: History | None = None
    thing: Any = None
    cascade: bool = False
