"""Jira Cloud, Data Center and Service Management as a connector."""

from careloop.connectors.jira.connector import Jira
from careloop.connectors.jira.settings import JiraSettings

__all__ = ["Jira", "JiraSettings"]
