"""What to do next, from what an audit found; text and HTML say the same."""

from careloop.report.audit.figures import Audit, Kind
from careloop.report.audit.spans import say_span


def advise(audit: Audit) -> tuple[str, ...]:
    """Return the next steps, the first one first."""
    steps = []
    timer = audit.closed_without_word
    if timer and timer.incidents and timer.hours_after_resolution is not None:
        steps.append(
            f"Find out which timer closes {say_span(timer.hours_after_resolution)} after the resolution, and "
            "let no closing by it count as solved until the customer was asked."
        )
    if audit.repeats.same_subcategory:
        steps.append(
            "Take twenty of those who came back and ask the people at your desk: was it the same problem, "
            "and who told the customer to open a new one?"
        )
    if audit.source.kind is not Kind.LIVE:
        steps.append(
            "Look at your own instance with nothing switched on: 'careloop init' writes the settings, "
            "'careloop check' says which rights a reading account needs, and 'careloop audit' then shows "
            "what an export hides."
        )
    steps.append(
        "Begin small: one group, mode 'ask', one question after each resolution. 'careloop plan' shows every "
        "message before anybody gets one."
    )
    return tuple(steps)
