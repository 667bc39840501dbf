"""One incident from the first call to the customer's no, as steps that can be interrupted anywhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from requests.adapters import BaseAdapter

from careloop.config import Instance
from careloop.sync.run import Cycle, plan_once, run_cycle
from careloop.wiring import House
from tests.simulation.executioner import Executioner, Killed
from tests.simulation.office import Office, say_nothing

NO = "It is still broken, the paper jams after two pages."


class Story:
    """The story's people and records."""

    def __init__(self, office: Office, executioner: Executioner | None = None) -> None:
        self.office = office
        self.executioner = executioner or Executioner()
        self.instance, self.site = office.sandbox.servicenow, office.sandbox.jira
        self.admin = self.instance.act("admin")
        self.users = {row["user_name"]: row["sys_id"] for row in self.admin.query("sys_user")}
        self.groups = {row["name"]: row["sys_id"] for row in self.admin.query("sys_user_group")}
        self.incident = ""

    def steps(self) -> Iterator[Callable[[], None]]:
        """Yield what people do, one after the other; careloop runs in between."""
        yield self.call
        yield self.hand_to_engineering
        yield self.resolve
        yield self.refuse

    def call(self) -> None:
        """Omar calls; Paul writes it down."""
        self.incident = self.instance.act("paul.adeyemi").insert(
            "incident",
            {
                "caller_id": self.users["omar.haddad"],
                "short_description": "Printer jams",
                "category": "hardware",
                "assignment_group": self.groups["Service Desk"],
                "assigned_to": self.users["paul.adeyemi"],
            },
        )

    def hand_to_engineering(self) -> None:
        """Paul passes it on."""
        self.instance.act("paul.adeyemi").update(
            "incident",
            self.incident,
            {
                "state": "2",
                "assignment_group": self.groups["Engineering"],
                "assigned_to": self.users["rosa.quint"],
            },
        )

    def resolve(self) -> None:
        """Rosa says that it is solved."""
        self.instance.act("rosa.quint").update(
            "incident",
            self.incident,
            {"state": "6", "close_code": "Solution provided", "close_notes": "We replaced the roller."},
        )

    def refuse(self) -> None:
        """Omar answers that it is not."""
        self.instance.act("omar.haddad").update("incident", self.incident, {"comments": NO})

    def cycle(self) -> Cycle:
        """Run careloop once, as a process of its own."""
        with self._house() as house:
            return run_cycle(house.desk(say_nothing))

    def plan_size(self) -> int:
        """Return how many changes a plan would hold now."""
        with self._house() as house:
            plan, _ = plan_once(house.desk(say_nothing))
            return len(plan.changes)

    def settle(self, rounds: int = 8) -> None:
        """Run careloop every twelve minutes until it has nothing left to do."""
        for _ in range(rounds):
            self.office.wait(minutes=12)
            cycle = self.cycle()
            if not cycle.plan.changes and not cycle.recovered.settling:
                return
        raise AssertionError("careloop does not come to rest")

    def tell(self) -> None:
        """Play the whole story; a killed process is started again."""
        for step in self.steps():
            step()
            self.office.wait(minutes=5)
            try:
                self.settle()
            except Killed:
                self.settle()

    @contextmanager
    def _house(self) -> Iterator[House]:
        plain = self.office.adapter

        def adapter(instance: Instance) -> BaseAdapter:
            return self.executioner.around(plain(instance))

        with self.office.house(adapter) as house:
            yield house

    # --- what is there in the end ---

    def comments(self) -> list[str]:
        """Return what the customer reads on the incident from careloop, oldest first."""
        return self._entries("comments")

    def work_notes(self) -> list[str]:
        """Return careloop's work notes on the incident."""
        return self._entries("work_notes")

    def _entries(self, element: str) -> list[str]:
        query = f"element_id={self.incident}^element={element}^sys_created_by=careloop^ORDERBYsys_created_on"
        return [row["value"] for row in self.admin.query("sys_journal_field", query)]

    def issues(self) -> list[str]:
        """Return the keys of all issues in the project."""
        return self.site.act("bot@example.com").search("project = ENG ORDER BY key")

    def issue_comments(self) -> list[str]:
        """Return the comments of the only issue."""
        (key,) = self.issues()
        return [str(comment["body"]) for comment in self.site.act("bot@example.com").comments(key)]

    def issue_moves(self) -> list[str]:
        """Return the statuses the only issue was moved to."""
        (key,) = self.issues()
        history = self.site.act("bot@example.com").history(key)
        return [item["toString"] for entry in history for item in entry["items"] if item["field"] == "status"]

    def moves(self) -> list[str]:
        """Return the states the incident was moved to."""
        query = f"documentkey={self.incident}^fieldname=state^ORDERBYsys_created_on"
        return [row["newvalue"] for row in self.admin.query("sys_audit", query)]
