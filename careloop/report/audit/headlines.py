"""The first screen: six figures in the words that every form of an audit shows."""

from dataclasses import dataclass, replace
from datetime import date

from careloop.report.audit.definitions import FIRST_SCREEN, define
from careloop.report.audit.figures import Audit
from careloop.report.audit.spans import say_share, say_span
from careloop.report.words import say_count

TITLE = "What your figures never showed you"
LEDE = (
    "Reports show how fast tickets are closed. These figures, from the same records, show what became of "
    "the customer."
)
NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure of the first screen: the number itself, what it is, and what stands beside it.

    `figure` is its name among the definitions.
    """

    number: str
    title: str
    beside: str
    figure: str = ""


def headlines(audit: Audit) -> tuple[Headline, ...]:
    """Return the figures of the first screen in their order; an unknown one says why."""
    titles = define(audit.terms)
    told = {name: tell(audit) for name, tell in _TELLERS.items()}
    return tuple(
        replace(
            told[name]
            or Headline(NOT_KNOWN, _within(titles[name].title), f"Because {audit.not_known[name]}."),
            figure=name,
        )
        for name in FIRST_SCREEN
    )


def say_source(audit: Audit) -> str:
    """Return what an audit was taken of, and its files or its instance."""
    return f"{say_extent(audit)}: {', '.join(audit.source.names)}"


def say_extent(audit: Audit) -> str:
    """Return how much an audit was taken of, and from when to when."""
    source = audit.source
    period = ""
    if source.first and source.last:
        period = f", opened {say_day(source.first)} to {say_day(source.last)}"
    events = f" with {say_count(audit.events, 'event')}" if audit.events is not None else ""
    return f"{say_count(audit.incidents, 'incident')}{events}{period}"


def say_day(day: date) -> str:
    """Return a day as people write it."""
    return f"{day.day} {day:%B %Y}"


def _within(title: str) -> str:
    """Return a title as it stands within a line."""
    return title[0].lower() + title[1:]


def _closed_without_word(audit: Audit) -> Headline | None:
    found = audit.closed_without_word
    if found is None:
        return None
    title = "closed by a timer, without the customer's word"
    about = f"{found.incidents:,} of {say_count(found.of, 'closed incident')}"
    if found.hours_after_resolution is not None:
        after = f"typically {say_span(found.hours_after_resolution)} after the resolution"
        about += f", {after}" + (" (estimated: the data do not say who closed)" if found.estimated else "")
    else:
        why = audit.not_known["closed_without_word.hours_after_resolution"]
        about += f": {why}"
    others = found.of - found.incidents
    rest = f" Whether anybody asked about the other {others:,}, nothing says." if others else ""
    if others and found.estimated:
        rest = f" The other {others:,} were closed at other times, or nothing says when they were resolved."
    return Headline(say_share(found.incidents, found.of), title, f"{about}.{rest}")


def _repeats(audit: Audit) -> Headline | None:
    found = audit.repeats
    if found.eligible is None or found.same_subcategory is None:
        return None
    title = f"came back under a new number within {say_count(found.window_days, 'day')}"
    came = found.same_subcategory
    beside = (
        f"{came:,} of {found.eligible:,} eligible incidents followed one of the same kind by the same caller."
    )
    if found.expected_by_chance is not None:
        chance = found.expected_by_chance
        beside += (
            f" Chance alone would make about {chance:,.0f}, so {max(came - chance, 0):,.0f} "
            f"({say_share(max(came - chance, 0), found.eligible)}) are more than chance."
        )
    if found.same_symptom is not None:
        beside += f" With the same symptom too: {found.same_symptom:,}."
    reopened = audit.incidents_with_recorded_reopen
    beside += (
        f" On record as reopened: {reopened:,} ({say_share(reopened, audit.incidents)})."
        if reopened is not None
        else " On record as reopened: not known."
    )
    return Headline(say_share(came, found.eligible), title, beside)


def _waiting(audit: Audit) -> Headline | None:
    found = audit.resolved_while_waiting
    if found is None:
        return None
    resolved = say_count(found.of, "resolved incident")
    beside = f"{found.incidents:,} of {resolved} went straight from waiting for an answer to Resolved."
    title = "resolved while waiting for the customer"
    return Headline(say_share(found.incidents, found.of), title, beside)


def _until_over(audit: Audit) -> Headline | None:
    found = audit.until_over
    if found is None:
        return None
    if found.real_hours is None or found.official_hours is None:
        return Headline("0", "matters that came back", "So the official time is the real one.")
    title = f"until it was really over; {say_span(found.official_hours)} in the official figure"
    beside = (
        f"Half of the {say_count(found.chains, 'matter')} that came back took longer; together they were "
        f"{say_count(found.incidents, 'incident')}."
    )
    return Headline(say_span(found.real_hours), title, beside)


def _put_off(audit: Audit) -> Headline | None:
    found = audit.put_off
    if found is None or found.incidents is None:
        return None
    if found.without_date is None:
        why = audit.not_known["put_off.without_date"]
        return Headline(f"{found.incidents:,}", "put off", f"How many without a date is not known: {why}.")
    beside = f"Of {found.incidents:,} that were put off: nobody will come back to them by themselves."
    return Headline(f"{found.without_date:,}", "put off without a date", beside)


def _switching_on(audit: Audit) -> Headline | None:
    found = audit.switching_on
    if found is None:
        return None
    reasons = ", ".join(f"{why}: {count:,}" for why, count in found.because.items() if count)
    beside = (
        f"{found.messages_in_busiest_week:,} in the busiest week; to one person at most "
        f"{found.most_to_one_person_a_week:,} in a week. "
    )
    resolutions = say_count(found.of, "resolution")
    beside += (
        f"Nobody can be asked about {found.cannot_be_asked:,} of {resolutions} ({reasons})."
        if reasons
        else f"Somebody can be asked about each of {resolutions}."
    )
    title = "messages in a typical week, if you asked after each resolution"
    return Headline(f"{found.messages_a_week:,}", title, beside)


_TELLERS = {
    "closed_without_word": _closed_without_word,
    "repeats": _repeats,
    "resolved_while_waiting": _waiting,
    "until_over": _until_over,
    "put_off": _put_off,
    "switching_on": _switching_on,
}
