"""The pretend Jira, used by people who know nothing of careloop."""

import random
from datetime import UTC, datetime, timedelta
from typing import Literal

from careloop.connectors.jira import Jira, Settings
from careloop.model.change import Create
from careloop.model.comment import Audience
from careloop.model.page import Scope
from careloop.model.record import RecordRef, State
from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.faults import Fault
from careloop.sandbox.world import Sandbox
from careloop.testing.connector_contract import ELSEWHERE, TOLD
from tests.conformance import judged

WRITES = ("CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "ADD_COMMENTS")


class SandboxClock:
    """Time of the sandbox, in which sleeping takes no time of ours; `ahead` sets it wrong by some seconds."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._clock = sandbox.clock
        self.ahead = 0.0

    def now(self) -> datetime:
        return self._clock.now() + timedelta(seconds=self.ahead)

    def sleep(self, seconds: float) -> None:
        self._clock.advance(seconds)


class JiraPlatform:
    """A project on the pretend Jira: ENG for engineers, HELP with customers."""

    title = "summary"

    def __init__(self, project: str, *, flavor: Literal["cloud", "dc"] = "cloud", **settings: object) -> None:
        self.sandbox = Sandbox(datetime(2026, 3, 2, 9, tzinfo=UTC), jira_flavor=flavor)
        self.site = self.sandbox.jira
        self.project = project
        self.clock = SandboxClock(self.sandbox)
        self.scope = Scope(instance="jira", container=project, fields=("summary", "priority", "Promised to"))
        plain = {
            "url": "http://127.0.0.1:8081",
            "auth": self.credentials(flavor),
            "projects": [project],
            "page_size": 3,
            **settings,
        }
        self.connector = Jira(
            "jira",
            Settings.model_validate(plain),
            self.clock,
            random.Random(1),
            AsgiAdapter(judged(self.sandbox.jira_app) if flavor == "cloud" else self.sandbox.jira_app),
        )
        people = self.site.store.people
        self.names = {name for user in people for name in (user.account_id, user.name, user.email)}

    def credentials(self, flavor: str) -> dict[str, str]:
        """Return how careloop signs in."""
        if flavor == "dc":
            return {"type": "bearer", "token": self.site.token}
        return {"type": "basic", "user": self.site.email, "password": self.site.token}

    @property
    def has_customers(self) -> bool:
        return self.project == "HELP"

    @property
    def target(self) -> tuple[State, str]:
        return (State.RESOLVED, "Resolved") if self.has_customers else (State.IN_PROGRESS, "In Progress")

    def open_record(self, title: str) -> RecordRef:
        if self.has_customers:
            key = self.site.act("gina.rossi").raise_request("Report a problem", title)
        else:
            key = self.site.act("ada.keller").create_issue(self.project, "Bug", title)
        return RecordRef("jira", "issue", self.site.act("admin").get(key)["id"])

    def rename(self, ref: RecordRef, title: str) -> None:
        self.site.act("dilan.aydin").edit(ref.id, summary=title)

    def comment(self, ref: RecordRef, text: str, audience: Audience) -> None:
        public = audience is Audience.PUBLIC
        words = f"[public] {text}" if public and not self.has_customers else text
        self.site.act("dilan.aydin").comment(ref.id, words, public=public)

    def make_create(self, title: str) -> Create:
        kind = "Incident" if self.has_customers else "Bug"
        return Create(
            **{**TOLD, "subject": ELSEWHERE},
            instance="jira",
            container=self.project,
            issue_type=kind,
            fields={"summary": title},
        )

    def refuse_writes(self) -> None:
        self.site.take_away(self.site.email, self.project, *WRITES)

    def lose_answer(self, after: int) -> None:
        for method in ("POST", "PUT"):
            path = "/rest/api/2/issue(/|$)"
            self.sandbox.faults.add(Fault("answer_lost", path, method, platform="jira", skip=after))
