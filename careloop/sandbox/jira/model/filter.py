"""A saved search."""

from dataclasses import dataclass

from careloop.sandbox.jira.model.share import Shareable


@dataclass(slots=True, eq=False)
class Filter(Shareable):
    """A saved search; `columns` are the ids of the fields that its table shows, None for the reader's own."""

    jql: str = ""
    columns: tuple[str, ...] | None = None
