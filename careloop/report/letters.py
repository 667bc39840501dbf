"""Writes that wait: with a cause that may pass, or for a person."""

from typing import Any

from careloop.model.intent import Intent, IntentState
from careloop.report.names import Names
from careloop.report.words import say_change

LETTERS = (IntentState.FAILED.value, IntentState.PARKED.value)


def letter_as_data(letter: Intent, names: Names) -> dict[str, Any]:
    """Return one letter for JSON; `key` is what `careloop retry` takes."""
    change = letter.change
    return {
        "key": change.key,
        "reference": letter.reference,
        "subject": str(change.subject),
        "number": names.number(change.subject),
        "kind": change.kind,
        "purpose": change.purpose.value,
        "state": letter.state.value,
        "sent_at": letter.sent_at.isoformat(),
        "cause": letter.cause,
    }


def letter_as_text(letter: Intent, names: Names) -> str:
    """Return one letter on a line."""
    change = letter.change
    return f"{letter.reference}  {names.title(change.subject)}: {say_change(change, names)}: {letter.cause}"
