"""The built-in connectors keep the contract that is open to every other."""

import pytest

from careloop.testing.connector_contract import ConnectorContract, Platform
from tests.contract.jira_platform import JiraPlatform
from tests.contract.servicenow_platform import ServiceNowPlatform


class TestServiceNow(ConnectorContract):
    """Incidents."""

    @pytest.fixture
    def platform(self) -> Platform:
        return ServiceNowPlatform()


class TestJiraProject(ConnectorContract):
    """A software project, in which no customer reads anything."""

    @pytest.fixture
    def platform(self) -> Platform:
        return JiraPlatform("ENG")


class TestJiraServiceDesk(ConnectorContract):
    """A service desk, whose customers read what is public."""

    @pytest.fixture
    def platform(self) -> Platform:
        return JiraPlatform("HELP")


class TestJiraDataCenterProject(ConnectorContract):
    """A software project on a server of one's own."""

    @pytest.fixture
    def platform(self) -> Platform:
        return JiraPlatform("ENG", flavor="dc")


class TestJiraDataCenterServiceDesk(ConnectorContract):
    """A service desk on a server of one's own."""

    @pytest.fixture
    def platform(self) -> Platform:
        return JiraPlatform("HELP", flavor="dc")
