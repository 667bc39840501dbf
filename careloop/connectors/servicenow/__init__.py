"""ServiceNow, over its Table API."""

from careloop.connectors.servicenow.connector import ServiceNow
from careloop.connectors.servicenow.settings import Settings
from careloop.ports import Kind

__all__ = ["KIND", "ServiceNow", "Settings"]

KIND = Kind("servicenow", Settings, ServiceNow)
