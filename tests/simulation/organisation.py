"""One seed's organisation: what it agreed on with careloop, and how its platforms are set up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from careloop.sandbox.world import Sandbox
from tests.simulation.office import on_jira

WORKFLOW = {
    "To Do": ["In Progress"],
    "In Progress": ["In Review", "To Do"],
    "In Review": ["In Progress", "Done"],
    "Done": ["To Do"],
}
MANY = 10_000
ON_DATA_CENTER = 0.3
"""How many of the seeds play on Jira Data Center."""
AUTOCLOSE = "glide.ui.autoclose.time"


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """Settings, and how the platforms are set: days until a timer closes, seconds that a search lags."""

    settings: Mapping[str, Any]
    autoclose_days: int
    search_lag: int

    @property
    def mode(self) -> str:
        """Return how far the promises go."""
        return str(self.settings["policies"]["defaults"]["mode"])

    @property
    def sync_mode(self) -> str:
        """Return whether records are kept in step."""
        return str(self.settings["sync"]["mode"])

    @property
    def link(self) -> Mapping[str, Any]:
        """Return the link rule."""
        rule: Mapping[str, Any] = self.settings["sync"]["links"][0]
        return rule

    @property
    def closure(self) -> Mapping[str, Any]:
        """Return the settings of confirmed closure."""
        settings: Mapping[str, Any] = self.settings["policies"]["confirmed_closure"]
        return settings

    def furnish(self, sandbox: Sandbox) -> None:
        """Set the platforms up."""
        sandbox.servicenow.set_property(AUTOCLOSE, str(self.autoclose_days))
        sandbox.jira.switches.search_lag = timedelta(seconds=self.search_lag)
        if self.closure.get("close"):
            _let_close(sandbox)


def _let_close(sandbox: Sandbox) -> None:
    """Give careloop's account the role that closing takes."""
    admin = sandbox.servicenow.act("admin")
    [user] = admin.query("sys_user", f"user_name={sandbox.servicenow.user}")
    [role] = admin.query("sys_user_role", "name=itil_admin")
    admin.insert("sys_user_has_role", {"user": user["sys_id"], "role": role["sys_id"]})


def draw_organisation(seed: int) -> Organisation:
    """Return the organisation of a seed; most of them let careloop act."""
    rng = Random(f"organisation {seed}")
    settings = on_jira("dc" if Random(f"flavor {seed}").random() < ON_DATA_CENTER else "cloud")
    mode = rng.choice(["act", "act", "act", "ask", "audit"])
    settings["policies"] = _draw_policies(rng, mode)
    settings["sync"]["mode"] = "audit" if mode == "audit" else rng.choice(["act", "act", "act", "audit"])
    settings["sync"]["links"] = [_draw_link(rng, settings["sync"]["links"][0])]
    settings["contact"]["lapse_notice"] = rng.random() < 0.3
    settings["instances"]["jira"]["projects"] = rng.choice([["ENG"], ["ENG", "HELP"]])
    settings["instances"]["jira"]["workflow"] = WORKFLOW
    settings["limits"] = {"changes": MANY, "share_floor": MANY, "contacts": MANY}
    return Organisation(
        settings=settings, autoclose_days=rng.choice([0, 0, 1, 3, 7]), search_lag=rng.choice([0, 0, 20])
    )


def _draw_policies(rng: Random, mode: str) -> dict[str, Any]:
    reminder = rng.randint(1, 4)
    return {
        "defaults": {
            "mode": mode,
            "since": "2026-01-01",
            "approved_by": "owner@example.com",
            "care_level": rng.choice(["cost", "cost", "care"]),
        },
        "confirmed_closure": {
            "reminder_after": reminder,
            "window": reminder + rng.randint(1, 7),
            "close": rng.random() < 0.25,
            "words_as": rng.choice(["work_note", "work_note", "comment"]),
            "same_resolver": rng.random() < 0.8,
        },
        "awaiting_caller": {"reminder_after": rng.randint(1, 3), "window": rng.randint(4, 10)},
        "reopen": {"look_back": rng.choice([7, 30])},
        "deferred_scope": {"label": "deferred", "remind_before": [30, 7]},
    }


def _draw_link(rng: Random, usual: Mapping[str, Any]) -> dict[str, Any]:
    states = [{"from": "2", "to": "In Progress", "direction": "both"}]
    if rng.random() < 0.5:
        states.append({"from": "1", "to": "To Do", "direction": "forward"})
    return {
        **usual,
        "create": rng.random() < 0.9,
        "states": states,
        "comments": rng.choice(
            [
                {"public": "both", "internal": "both"},
                {"public": "both", "internal": "both"},
                {"public": "forward", "internal": "both"},
                {"public": "both", "internal": "none"},
            ]
        ),
    }
