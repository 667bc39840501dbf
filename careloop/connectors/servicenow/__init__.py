"""ServiceNow, over its Table API."""

from careloop.connectors.servicenow.connector import ServiceNow
from careloop.connectors.servicenow.settings import Settings

__all__ = ["ServiceNow", "Settings"]
