"""Behaviour that the public documents leave open, each with the default we believe in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(slots=True)
class Switches:
    """How this site behaves where Atlassian's documents are silent; tests flip them."""

    unknown_in_jql: Literal["error", "empty"] = "error"
    """What a signed-in account gets for an unknown field, value or function; anonymous calls find nothing."""

    property_moves_updated: bool = False
    """Whether writing an issue property moves the issue's `updated`."""

    search_lag: timedelta = timedelta()
    """How far the search index runs behind the issues."""

    page_limit: int = 100
    """The largest page of Cloud's search when more is asked for than ids and keys: 100 by experience."""

    changelog_created: Literal["text", "number"] = "text"
    """The form of `created` in the bulk changelog; the OpenAPI document says text and shows a number."""

    dc_search_window: int = 10_000
    """How deep Data Center pages into one search before it fails."""

    dc_page_limit: int = 1_000
    """The largest page that Data Center's search gives, a site property there."""

    experimental_header: Literal["required", "ignored"] = "required"
    """Whether experimental operations of Service Management insist on the header X-ExperimentalApi."""
