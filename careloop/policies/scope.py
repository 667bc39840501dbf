"""Where a policy works: its pilot, and what came before it was switched on."""

from datetime import datetime
from typing import Any

from careloop.model.case import Case
from careloop.model.rules import Mode, Pilot, Rules


def in_pilot(case: Case, pilot: Pilot) -> bool:
    """Tell whether a problem belongs to those that take part; an empty set means everyone.

    Groups are named by name or id, requesters by user name, e-mail address or id.
    """
    record = case.primary
    person = case.person(record.requester)
    requester = {person.id, person.native, person.account, person.email} if person else {record.requester}
    return (
        (not pilot.groups or not pilot.groups.isdisjoint({record.group, record.group_name}))
        and (not pilot.categories or record.category in pilot.categories)
        and (not pilot.containers or record.container in pilot.containers)
        and (not pilot.requesters or not pilot.requesters.isdisjoint(requester))
    )


def is_history(case: Case, at: datetime, rules: Rules[Any]) -> bool:
    """Tell whether something that happened then is only reported: before `since`, or outside the pilot."""
    if not in_pilot(case, rules.pilot):
        return True
    return at < rules.since if rules.since is not None else rules.mode is Mode.AUDIT
