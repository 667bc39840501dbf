"""Tasks, which are done by the time anybody asks."""

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.rest.call import Answer, Call, Route

_MISSING = "The task does not exist."


def get(call: Call) -> Answer:
    call.sign_in()
    number = call.parameters["task"]
    found = call.store.tasks.get(number)
    if found is None:
        raise Refused(404, _MISSING)
    return Answer(200, {"self": address(call, number), **found.show()})


def cancel(call: Call) -> Answer:
    """Refuse to cancel what is done, and anybody who neither administers the site nor began it."""
    user, number = call.actor, call.parameters["task"]
    found = call.store.tasks.get(number)
    if found is None:
        return _refuse(404, _MISSING)
    if found.owner is not user and not call.store.rights.administers(user):
        return _refuse(403, "You do not have permission to cancel this task.")
    return _refuse(400, f"The task with ID '{number}' is done and cannot be cancelled.")


def lead_to(call: Call, description: str) -> Answer:
    """Note a task of these words, which is done, and lead to it."""
    number = call.store.note_task(call.actor, description)
    return Answer(303, headers={"Location": address(call, number)})


def address(call: Call, number: int | str) -> str:
    """Return where a task is found."""
    return f"{call.view.api}/task/{number}"


def _refuse(status: int, words: str) -> Answer:
    """Return a refusal to cancel, which is a list of words (Jira OpenAPI, cancelTask)."""
    return Answer(status, [words])


CLOUD_ROUTES: list[Route] = [
    ("GET", "/task/{task}", get),
    ("POST", "/task/{task}/cancel", cancel),
]
