"""What hardly ever changes on a site, read when it is first needed."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from careloop.connectors.jira.client import Client
from careloop.connectors.jira.fields import Fields
from careloop.connectors.jira.people import native_id
from careloop.connectors.jira.settings import ProjectSettings, Settings
from careloop.connectors.jira.states import Status, read_state
from careloop.model.dialect import Dialect
from careloop.model.record import RecordKind, State

_NAMES = {
    "title": "summary",
    "description": "description",
    "requester": "reporter",
    "assignee": "assignee",
    "priority": "priority",
    "parent": "parent",
    "close_code": "resolution",
}


class Site:
    """A site with the settings for it; every fact costs at most one request in the object's life."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self.client = client
        self.settings = settings
        self._kinds: dict[str, RecordKind] = {}
        self._dialects: dict[str, Dialect] = {}
        self._statuses: dict[str, Status] = {}

    @property
    def name(self) -> str:
        """Return the instance's name in the settings."""
        return self.client.name

    @cached_property
    def myself(self) -> Mapping[str, Any]:
        """Return our own account."""
        account: Mapping[str, Any] = self.client.get("myself")
        return account

    @property
    def me(self) -> str:
        """Return the site's id of our own account."""
        return native_id(self.myself)

    @cached_property
    def fields(self) -> Fields:
        """Return every field of the site."""
        return Fields(self.name, self.client.get("field"), cloud=self.client.is_cloud)

    def project(self, key: str) -> ProjectSettings:
        """Return what the settings say of a project."""
        return self.settings.project(key)

    def kind(self, key: str) -> RecordKind:
        """Return what a project's issues are: requests of customers in a service desk, issues elsewhere."""
        declared = self.project(key).record_kind
        if declared:
            return declared
        if key not in self._kinds:
            type_key = self.client.get(f"project/{key}").get("projectTypeKey")
            is_desk = type_key == "service_desk"
            self._kinds[key] = RecordKind.SERVICE_REQUEST if is_desk else RecordKind.ISSUE
        return self._kinds[key]

    def status(self, id: str, name: str) -> Status:
        """Return a status by its id; one that no longer exists counts as work under way."""
        if id not in self._statuses:
            self._read_statuses()
        return self._statuses.setdefault(id, Status(id, name, "indeterminate"))

    def is_done(self, name: str) -> bool:
        """Tell whether a status of this name counts as done."""
        known = self._statuses or self._read_statuses()
        return any(s.name.casefold() == name.casefold() and s.category == "done" for s in known.values())

    def _read_statuses(self) -> dict[str, Status]:
        self._statuses.update({s.id: s for s in map(Status.read, self.client.get("status"))})
        return self._statuses

    def state(self, key: str, status: Status, resolution: str) -> State:
        """Return the state of an issue of a project."""
        return read_state(status, resolution, self.kind(key), self.project(key))

    def dialect(self, key: str) -> Dialect:
        """Return how a project says the common words, from the settings and then from its own statuses."""
        if key not in self._dialects:
            kind = self.kind(key)
            natives = {state: name for name, state in self.project(key).states.items()}
            for issue_type in self.client.get(f"project/{key}/statuses"):
                for status in map(Status.read, issue_type["statuses"]):
                    natives.setdefault(self.state(key, status, ""), status.name)
            is_desk = kind is RecordKind.SERVICE_REQUEST
            self._dialects[key] = Dialect(
                kind=kind, states=natives, names=_NAMES, asks=is_desk, public_comments=is_desk
            )
        return self._dialects[key]
