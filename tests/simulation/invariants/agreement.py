"""Both sides agree once edits stop, and nothing is left hanging."""

from collections import Counter
from collections.abc import Iterator

from careloop.model.intent import IntentState
from careloop.sandbox.jira.adf import to_text
from careloop.sandbox.jira.model.issue import Issue
from tests.simulation.books import DONE, Entry, Incident, read_comments
from tests.simulation.invariants.words import PREFIX
from tests.simulation.witness import Witness

BOTH, FORWARD, BACKWARD = "both", "forward", "backward"


def both_sides_agree(witness: Witness) -> Iterator[str]:
    """Mapped fields are equal, or parked as a conflict for a person."""
    if witness.organisation.sync_mode != "act":
        return
    parked = {(conflict.left, conflict.right) for conflict in witness.store.conflicts(open_only=False)}
    for incident, issue in _pairs(witness):
        for left, right in _fields(incident, issue):
            if left != right and (left, right) not in parked:
                yield f"{incident.number} holds {left!r} and {issue.key} holds {right!r}"


def every_hand_over_arrives(witness: Witness) -> Iterator[str]:
    """An open incident of the group that the link rule names has its issue."""
    rule = witness.organisation.link
    if witness.organisation.sync_mode != "act" or not rule["create"]:
        return
    groups = {row["name"]: row["sys_id"] for row in _groups(witness)}
    for incident in witness.books.incidents:
        handed = incident.row["assignment_group"] == groups["Engineering"] and incident.state not in (
            *DONE,
            "8",
        )
        if handed and not witness.books.made_for(incident):
            yield f"{incident.number} was handed to Engineering and has no issue"


def every_word_arrives(witness: Witness) -> Iterator[str]:
    """Each comment that crosses stands on the other side too, exactly once."""
    if witness.organisation.sync_mode != "act":
        return
    for incident, issue in _pairs(witness):
        here, there = incident.entries, tuple(read_comments(issue))
        yield from _missing(here, there, witness, (BOTH, FORWARD))
        yield from _missing(there, here, witness, (BOTH, BACKWARD))


def nothing_is_left_hanging(witness: Witness) -> Iterator[str]:
    """No write is without an outcome, and what waits has its reason."""
    for intent in witness.store.intents(IntentState.SENT.value):
        yield f"nobody knows what became of {intent.change.kind} on {intent.change.subject}"
    for intent in witness.store.intents(IntentState.FAILED.value):
        change = intent.change
        yield f"{change.kind} on {change.subject} ({change.reason}) waits: {intent.cause}"
    for intent in witness.store.intents(IntentState.PARKED.value):
        if not intent.cause:
            yield f"{intent.change.kind} on {intent.change.subject} is parked without a reason"


def _pairs(witness: Witness) -> Iterator[tuple[Incident, Issue]]:
    for incident in witness.books.incidents:
        for issue in witness.books.made_for(incident):
            yield incident, issue


def _fields(incident: Incident, issue: Issue) -> Iterator[tuple[str, str]]:
    yield incident.row["short_description"], issue.summary
    yield incident.row["description"], to_text(issue.description) or ""
    values = {"1": "Highest", "2": "High"}
    if wanted := values.get(incident.row["priority"]):
        yield wanted, issue.priority.name if issue.priority else ""


def _missing(
    here: tuple[Entry, ...], there: tuple[Entry, ...], witness: Witness, ways: tuple[str, ...]
) -> Iterator[str]:
    rule = witness.organisation.link["comments"]
    arrived = Counter(e.said[e.heading.end() :].strip() for e in there if e.heading)
    for entry in here:
        public = entry.public or entry.text.startswith(PREFIX)
        if entry.ours or rule["public" if public else "internal"] not in ways:
            continue
        body = entry.text.strip().removeprefix(PREFIX).strip()
        arrived[body] -= 1
        if arrived[body] < 0:
            yield f"{entry.author}'s words on {entry.record} have not arrived: {body!r}"


def _groups(witness: Witness) -> list[dict[str, str]]:
    return witness.sandbox.servicenow.act("admin").query("sys_user_group")
