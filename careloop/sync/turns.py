"""Which write has to wait for an unfinished one."""

from careloop.model.change import AddComment, AnyChange, Contact, Create
from careloop.model.intent import Intent, IntentState


def goes_first(intent: Intent, change: AnyChange) -> bool:
    """Tell whether a change has to wait for an unfinished write.

    While nobody knows whether a write happened, nothing else is written to its record. A letter keeps only
    its own kind waiting: a value that is not taken, or a state that cannot be reached, is no reason to keep
    the customer's words from the engineers, or a problem from being opened again. A new record that could not
    be made yet holds up nothing: what demands it is not written to.
    """
    if isinstance(intent.change, Create) or intent.change.subject != change.subject:
        return False
    return intent.state is IntentState.SENT or _kind(intent.change) == _kind(change)


def _kind(change: AnyChange) -> str:
    return "words" if isinstance(change, AddComment | Contact) else change.kind
