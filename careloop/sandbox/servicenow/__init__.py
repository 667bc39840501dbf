"""A pretend ServiceNow instance."""

from careloop.sandbox.servicenow.actor import Actor
from careloop.sandbox.servicenow.history import read_event_log
from careloop.sandbox.servicenow.instance import Instance
from careloop.sandbox.servicenow.rules.mail import Mail

__all__ = ["Actor", "Instance", "Mail", "read_event_log"]
