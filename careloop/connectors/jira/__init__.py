"""Jira Cloud, Data Center and Service Management as a connector."""

from careloop.connectors.jira.connector import Jira
from careloop.connectors.jira.settings import Settings
from careloop.ports import Kind

__all__ = ["KIND", "Jira", "Settings"]

KIND = Kind("jira", Settings, Jira)
