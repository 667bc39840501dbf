"""A pretend Jira: platform and Service Management, Cloud and Data Center."""

from careloop.sandbox.jira.actor import Actor
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.mail import Mail
from careloop.sandbox.jira.site import Site
from careloop.sandbox.jira.switches import Switches

__all__ = ["Actor", "Mail", "Refused", "Site", "Switches"]
