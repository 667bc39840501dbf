"""Behaviour that the public documents leave open, each with the default we believe in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(slots=True)
class Switches:
    """How this site behaves where Atlassian's documents are silent; tests flip them."""

    unknown_in_jql: Literal["error", "empty"] = "error"
    """What a signed-in account gets for an unknown field, value or function; anonymous calls find nothing."""

    properties_in_jql: Literal["every", "none"] = "every"
    """Which issue properties queries can ask about: real sites index what an app declares."""

    property_moves_updated: bool = False
    """Whether writing an issue property moves the issue's `updated`."""

    search_lag: timedelta = timedelta()
    """How far the search index runs behind the issues."""

    issue_capacity: int = 0
    """How many comments, worklogs, files or links one issue on Cloud holds, 0 for what real sites allow."""

    page_limit: int = 100
    """The largest page of Cloud's search when more is asked for than ids and keys: 100 by experience."""

    changelog_created: Literal["text", "number"] = "text"
    """The form of `created` in the bulk changelog; the OpenAPI document says text and shows a number."""

    dc_search_window: int = 10_000
    """How deep Data Center pages into one search before it fails."""

    dc_page_limit: int = 1_000
    """The largest page that Data Center's search gives, a site property there."""

    sla_calendar: Literal["always", "office"] = "always"
    """When the clocks of service levels run: round the clock, or from nine to five on working days (UTC)."""

    experimental_header: Literal["required", "ignored"] = "required"
    """Whether experimental operations of Service Management insist on the header X-ExperimentalApi."""

    burst_limits: bool = False
    """Whether Cloud counts the calls of each second to each address; real networks are never as fast."""

    issue_write_limits: bool = False
    """Whether Cloud refuses more than 20 writes to one issue in 2 seconds, or 100 in 30."""

    points_per_hour: int = 0
    """How many points of work Cloud admits in an hour, 0 for any: API tokens are exempt from this limit."""

    dc_rate_capacity: int = 0
    """How many calls a user of Data Center can have in hand, 0 for any: administrators set it."""

    dc_rate_fill: int = 5
    """How many calls come to that in each interval."""

    dc_rate_interval: int = 1
    """The seconds of an interval."""

    dc_login_attempts: int = 3
    """After so many wrong passwords in a row Data Center wants a CAPTCHA that no program solves; 0 never."""

    dynamic_webhooks: Literal["apps", "anybody"] = "apps"
    """Who may register dynamic webhooks: OAuth 2.0 apps, which call through the gateway, or any account."""

    dc_signed_webhooks: bool = False
    """Whether Data Center signs webhooks; nothing public says that it does."""
