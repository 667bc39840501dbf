"""What people do on the ServiceNow half: one function per verb of a script."""

from collections.abc import Callable, Mapping

from careloop.sandbox.servicenow import Instance

IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED = "2", "3", "6", "7"
AWAITING_CALLER = "1"


def reports(instance: Instance, actor: str, matter: str, words: str) -> None:
    """Raise an incident in the portal; `matter` is category/subcategory."""
    category, _, subcategory = matter.partition("/")
    fields = {"caller_id": user_id(instance, actor), "short_description": words, "description": words}
    fields |= {"category": category, "subcategory": subcategory, "contact_type": "self-service"}
    instance.act(actor).insert("incident", fields)


def says(instance: Instance, actor: str, number: str, words: str) -> None:
    """Write a comment that the customer reads, or wrote."""
    _update(instance, actor, number, comments=words)


def notes(instance: Instance, actor: str, number: str, words: str) -> None:
    """Write a work note."""
    _update(instance, actor, number, work_notes=words)


def takes(instance: Instance, actor: str, number: str) -> None:
    """Take an incident on and begin to work."""
    _update(instance, actor, number, assigned_to=user_id(instance, actor), state=IN_PROGRESS)


def asks(instance: Instance, actor: str, number: str, words: str) -> None:
    """Ask the caller something and wait for the answer."""
    _update(instance, actor, number, state=ON_HOLD, hold_reason=AWAITING_CALLER, comments=words)


def assigns(instance: Instance, actor: str, number: str, group: str, words: str) -> None:
    """Hand an incident over to another group, with a work note."""
    _update(
        instance, actor, number, assignment_group=_group_id(instance, group), assigned_to="", work_notes=words
    )


def resolves(instance: Instance, actor: str, number: str, code: str, words: str) -> None:
    """Say that the incident is solved, with a close code and close notes."""
    _update(instance, actor, number, state=RESOLVED, close_code=code, close_notes=words)


def closes(instance: Instance, actor: str, number: str, code: str = "", words: str = "") -> None:
    """Close an incident: its caller in the portal, or an agent behind the caller's back.

    One that was not resolved before needs a close code and close notes.
    """
    outcome = {"close_code": code, "close_notes": words} if code else {}
    _update(instance, actor, number, state=CLOSED, **outcome)


def reopens(instance: Instance, actor: str, number: str, words: str) -> None:
    """Take a resolved incident back into work, saying why."""
    _update(instance, actor, number, state=IN_PROGRESS, comments=words)


def sets(instance: Instance, actor: str, number: str, field: str, value: str) -> None:
    """Change one field."""
    _update(instance, actor, number, **{field: value})


def user_id(instance: Instance, user_name: str) -> str:
    """Return the sys_id of a user."""
    return _first(instance, "sys_user", f"user_name={user_name}")


def _group_id(instance: Instance, name: str) -> str:
    return _first(instance, "sys_user_group", f"name={name}")


def _update(instance: Instance, actor: str, number: str, **fields: str) -> None:
    sys_id = _first(instance, "incident", f"number={number}")
    instance.act(actor).update("incident", sys_id, fields)


def _first(instance: Instance, table: str, query: str) -> str:
    rows = instance.act("admin").query(table, query)
    if not rows:
        raise LookupError(f"no {table} with {query}")
    return str(rows[0]["sys_id"])


ACTS: Mapping[str, Callable[..., None]] = {
    act.__name__: act for act in (reports, says, notes, takes, asks, assigns, resolves, closes, reopens, sets)
}
"""Every verb: the instance, the acting user's name, then the words of the line."""
