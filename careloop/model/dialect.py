"""How one table or project says the common words: data that lets pure code speak to a platform."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from careloop.model.record import RecordKind, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What to write on a platform for what is meant.

    `states` gives the native value to write for a state; a missing state cannot be reached. `names` gives the
    native field for a common one (`title`, `description`, `requester`, `assignee`, `group`, `category`,
    `subcategory`, `service`, `priority`, `parent`, `close_code`, `close_notes`); a missing name is not
    written. `closed_is_final` means that a closed record never opens again. `asks` tells whether a resolution
    here proposes something to a customer at all. `successor` is the container in which a new record continues
    a frozen one, empty when there is none. `public_comments` is False where every comment is internal (a Jira
    project without a service desk).
    """

    kind: RecordKind
    states: Mapping[State, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    closed_is_final: bool = False
    asks: bool = False
    successor: str = ""
    public_comments: bool = True
