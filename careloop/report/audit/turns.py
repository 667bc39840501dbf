"""What a change of an incident's state means to an audit, whoever tells of it."""

from careloop.report.audit.incident import Incident, Past
from careloop.report.audit.servicenow import Stage

_DONE = (Stage.RESOLVED, Stage.CLOSED)


def follow(past: Past, incident: Incident, stage: Stage, at: int, actor: str) -> bool:
    """Let the state of an incident change; tell whether IT says with it that something is solved."""
    before = incident.stage
    if stage in (Stage.UNKNOWN, before):
        return False
    incident.stage = stage
    if stage not in _DONE:
        incident.back += before in _DONE
        return False
    if stage is Stage.RESOLVED and not incident.was_resolved:
        incident.was_resolved = True
        incident.from_waiting = before == Stage.WAITING
    if stage is Stage.CLOSED and not incident.was_closed:
        incident.was_closed = True
        incident.closer = past.accounts.number(actor)
        incident.closing = at
    if before in _DONE:
        return False
    past.resolutions.add(incident.ordinal, at)
    return True
