"""The ticket list keeps the contract of every connector."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from careloop.model.change import Create
from careloop.model.comment import Audience
from careloop.model.page import Scope
from careloop.model.record import RecordRef, State
from careloop.testing.connector_contract import ELSEWHERE, TOLD, ConnectorContract, Platform
from careloop.testing.examples import MONDAY
from careloop.testing.fake_clock import FakeClock
from tests.examples.ticket_list import TABLE, Settings, Share, TicketList


class FragileShare(Share):
    """A drive that goes away right after it has saved, once `losing` other writes have gone well."""

    losing: int | None = None

    def write(self, data: bytes) -> None:
        super().write(data)
        if self.losing == 0:
            self.losing = None
            raise OSError("the drive is gone")
        if self.losing:
            self.losing -= 1


class ListPlatform:
    """The list, used by people who know nothing of careloop."""

    title = "title"
    target = (State.IN_PROGRESS, "working")
    names = ("nora", "sam", "nora@example.com", "Nora Vale")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FakeClock(MONDAY)
        self.scope = Scope(instance="list", container=TABLE, fields=("title",))
        self.share = FragileShare(path)
        people = {"nora": {"name": "Nora Vale", "email": "nora@example.com"}, "sam": {}}
        path.write_text(json.dumps({"revision": 0, "people": people, TABLE: []}))
        self.connector = TicketList("list", Settings(path=path), self.clock, random.Random(1), self.share)

    def save(self, id: str, **values: Any) -> None:
        """Have somebody edit a ticket."""
        document = json.loads(self.path.read_bytes())
        document["revision"] += 1
        (ticket,) = (t for t in document[TABLE] if t["id"] == id)
        ticket |= {**values, "revision": document["revision"], "changed": self.clock.now().isoformat()}
        self.path.write_text(json.dumps(document))

    def move(self, id: str, status: str, by: str) -> None:
        """Have somebody move a ticket."""
        history = self.ticket(id)["history"]
        self.save(
            id,
            status=status,
            history=[*history, {"at": self.clock.now().isoformat(), "by": by, "status": status}],
        )

    def ticket(self, id: str) -> dict[str, Any]:
        found: dict[str, Any]
        (found,) = (t for t in json.loads(self.path.read_bytes())[TABLE] if t["id"] == id)
        return found

    def open_record(self, title: str) -> RecordRef:
        document = json.loads(self.path.read_bytes())
        id = str(len(document[TABLE]) + 1)
        ticket = {"id": id, "key": "", "for": "nora", "worker": "sam", "notes": [], "see": []}
        document[TABLE].append({**ticket, "history": []})
        self.path.write_text(json.dumps(document))
        self.move(id, "open", by="nora")
        self.save(id, title=title)
        return RecordRef("list", TABLE, id)

    def rename(self, ref: RecordRef, title: str) -> None:
        self.save(ref.id, title=title)

    def comment(self, ref: RecordRef, text: str, audience: Audience) -> None:
        notes = self.ticket(ref.id)["notes"]
        note = {"id": len(notes) + 1, "at": self.clock.now().isoformat(), "by": "nora", "text": text}
        self.save(ref.id, notes=[*notes, {**note, "public": audience is Audience.PUBLIC}])

    def make_create(self, title: str) -> Create:
        told = {**TOLD, "subject": ELSEWHERE}
        return Create(**told, instance="list", container=TABLE, fields={"title": title, "for": "nora"})

    def refuse_writes(self) -> None:
        document = json.loads(self.path.read_bytes())
        self.path.write_text(json.dumps({**document, "locked": "sam"}))

    def lose_answer(self, after: int) -> None:
        self.share.losing = after


class TestTicketList(ConnectorContract):
    """Everything that careloop relies on, tried on a list of our own."""

    @pytest.fixture
    def platform(self, tmp_path: Path) -> Platform:
        return ListPlatform(tmp_path / "tickets.json")
