"""The pretend ServiceNow, used by people who know nothing of careloop."""

import random
from datetime import UTC, datetime

from careloop.connectors.servicenow import ServiceNow, Settings
from careloop.model.change import Create
from careloop.model.comment import Audience
from careloop.model.page import Scope
from careloop.model.record import RecordRef, State
from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.faults import Fault
from careloop.sandbox.world import Sandbox
from careloop.testing.connector_contract import ELSEWHERE, TOLD
from tests.contract.jira_platform import SandboxClock


class ServiceNowPlatform:
    """The incidents of the pretend ServiceNow."""

    title = "short_description"
    target = (State.IN_PROGRESS, "2")

    def __init__(self) -> None:
        self.sandbox = Sandbox(datetime(2026, 3, 2, 9, tzinfo=UTC))
        self.instance = self.sandbox.servicenow
        self.clock = SandboxClock(self.sandbox)
        self.scope = Scope(
            instance="servicenow", container="incident", fields=("short_description", "priority")
        )
        plain = {
            "url": "http://127.0.0.1:8080",
            "auth": {"type": "basic", "user": self.instance.user, "password": self.instance.password},
        }
        self.connector = ServiceNow(
            "servicenow",
            Settings.model_validate(plain),
            self.clock,
            random.Random(1),
            AsgiAdapter(self.sandbox.servicenow_app),
        )
        users = self.instance.act("admin").query("sys_user", "")
        self.names = {user[name] for user in users for name in ("sys_id", "user_name", "email") if user[name]}

    def open_record(self, title: str) -> RecordRef:
        caller = self.instance.act("admin").query("sys_user", "user_name=lena.moreau")[0]["sys_id"]
        values = {"short_description": title, "caller_id": caller}
        return RecordRef("servicenow", "incident", self.instance.act("ines.lund").insert("incident", values))

    def rename(self, ref: RecordRef, title: str) -> None:
        self.instance.act("paul.adeyemi").update("incident", ref.id, {"short_description": title})

    def comment(self, ref: RecordRef, text: str, audience: Audience) -> None:
        column = "comments" if audience is Audience.PUBLIC else "work_notes"
        self.instance.act("paul.adeyemi").update("incident", ref.id, {column: text})

    def make_create(self, title: str) -> Create:
        told = TOLD | {"subject": ELSEWHERE}
        return Create(
            **told, instance="servicenow", container="incident", fields={"short_description": title}
        )

    def refuse_writes(self) -> None:
        for operation in ("create", "write"):
            self.instance.revoke(self.instance.user, "incident", operation)

    def lose_answer(self, after: int) -> None:
        for method in ("POST", "PATCH"):
            path = "/api/now/table/incident"
            self.sandbox.faults.add(Fault("answer_lost", path, method, platform="servicenow", skip=after))
