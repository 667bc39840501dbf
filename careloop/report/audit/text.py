"""An audit as people read it in a terminal: what should make them act first, then what it means."""

import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from careloop.report.audit.advice import advise
from careloop.report.audit.definitions import FIRST_SCREEN, define
from careloop.report.audit.figures import Audit
from careloop.report.audit.spans import say_share, say_span
from careloop.report.words import say_count

WIDTH = 80
_LEFT = 12  # columns for the figure itself
NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure of the first screen: the number itself, what it is, and what stands beside it."""

    number: str
    title: str
    beside: str


def headlines(audit: Audit) -> tuple[Headline, ...]:
    """Return the figures of the first screen in their order; an unknown one says why."""
    titles = define(audit.terms)
    told = {name: tell(audit) for name, tell in _TELLERS.items()}
    return tuple(
        told[name] or Headline(NOT_KNOWN, _within(titles[name].title), f"Because {audit.not_known[name]}.")
        for name in FIRST_SCREEN
    )


def _within(title: str) -> str:
    """Return a title as it stands within a line."""
    return title[0].lower() + title[1:]


def audit_as_text(audit: Audit, *, strong: Callable[[str], str] = str) -> str:
    """Return an audit for a terminal of 80 columns; `strong` makes a text stand out."""
    blocks = ["\n".join([strong("What your figures never showed you"), *_wrap(_head(audit))])]
    blocks += ["\n".join(_headline(one, strong)) for one in headlines(audit)]
    sections = {
        "Also in the data": [*_also(audit)],
        "What each figure means": [*_meanings(audit)],
        "To read with care": [*_care(audit)],
        "What to do next": [f"{place}. {step}" for place, step in enumerate(advise(audit), start=1)],
    }
    for title, paragraphs in sections.items():
        if paragraphs:
            lines = [line for text in paragraphs for line in _wrap(text, first="  ", rest="    ")]
            blocks.append("\n".join([strong(title), *lines]))
    return "\n\n".join(blocks)


def _head(audit: Audit) -> str:
    source = audit.source
    names = ", ".join(source.names)
    period = f", opened {source.first:%Y-%m-%d} to {source.last:%Y-%m-%d}" if source.first else ""
    events = f" with {say_count(audit.events, 'event')}" if audit.events is not None else ""
    return f"{say_count(audit.incidents, 'incident')}{events}{period}: {names}"


def _headline(one: Headline, strong: Callable[[str], str]) -> Iterator[str]:
    indent = " " * _LEFT
    first, *rest = textwrap.wrap(one.title, WIDTH - _LEFT)
    yield strong(f"{one.number:>{_LEFT - 2}}  {first}")
    yield from (strong(indent + line) for line in rest)
    yield from _wrap(one.beside, first=indent, rest=indent)


def _wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


# --- the first screen ---


def _closed_without_word(audit: Audit) -> Headline | None:
    found = audit.closed_without_word
    if found is None:
        return None
    title = "closed by a timer, without the customer's word"
    about = f"{found.incidents:,} of {say_count(found.of, 'closed incident')}"
    if found.hours_after_resolution is not None:
        after = f"typically {say_span(found.hours_after_resolution)} after the resolution"
        about += f", {after}" + (" (estimated: the data do not say who closed)" if found.estimated else "")
    others = found.of - found.incidents
    rest = f" Whether anybody asked about the other {others:,}, nothing says." if others else ""
    if others and found.estimated:
        rest = f" The other {others:,} were closed at other times, or nothing says when they were resolved."
    return Headline(say_share(found.incidents, found.of), title, f"{about}.{rest}")


def _repeats(audit: Audit) -> Headline | None:
    found = audit.repeats
    if found.eligible is None or found.same_subcategory is None:
        return None
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
    title = f"came back under a new number within {found.window_days} days"
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
        f"Medians over {say_count(found.chains, 'matter')} that came back, "
        f"{say_count(found.incidents, 'incident')} in all."
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
        f"{found.most_to_one_person_a_week:,} in a week. Nobody can be asked about "
        f"{found.cannot_be_asked:,} of {say_count(found.of, 'resolution')}"
    )
    beside += f" ({reasons})." if reasons else "."
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


# --- what follows ---


def _also(audit: Audit) -> Iterator[str]:
    top = audit.top_closer
    if top:
        hours = top.median_hours_after_resolution
        after = f", a median of {say_span(hours)} after the resolution" if hours is not None else ""
        who = f" ({top.actor})" if top.actor else ""
        yield f"One account{who} closed {top.closings:,} incidents, {say_share(top.share, 1)} of all{after}."
    else:
        yield f"Who closed most: not known, because {audit.not_known['top_closer']}."
    yield _say_reopens(audit)
    many = audit.incidents_with_3plus_reassignments
    if audit.reassignments is None or many is None:
        yield f"Reassignments: not known, because {audit.not_known['reassignments']}."
    else:
        yield (
            f"{say_count(audit.reassignments, 'reassignment')}; {many:,} incidents "
            f"({say_share(many, audit.incidents)}) were handed on three times or more."
        )


def _say_reopens(audit: Audit) -> str:
    parts = []
    for name, says in (("recorded", "on record"), ("observed", "seen in the history")):
        times = getattr(audit, f"{name}_reopens")
        incidents = getattr(audit, f"incidents_with_{name}_reopen")
        if times is None:
            parts.append(f"{says} not known, because {audit.not_known[f'{name}_reopens']}")
        else:
            parts.append(f"{says} {times:,} in {say_count(incidents, 'incident')}")
    return f"Reopens: {'; '.join(parts)}."


def _meanings(audit: Audit) -> Iterable[str]:
    for definition in define(audit.terms).values():
        leaves_open = f" Left open: {definition.leaves_open}" if definition.leaves_open else ""
        yield f"{definition.title}: {definition.says}{leaves_open}"


def _care(audit: Audit) -> Iterator[str]:
    for note in audit.notes:
        yield f"{note[0].upper()}{note[1:]}."
    if audit.unreadable_rows:
        yield f"{say_count(audit.unreadable_rows, 'row')} could not be read and are in no figure:"
        for row in audit.unreadable:
            yield f"{row.file}, line {row.line}: {row.why}"
        if audit.unreadable_rows > len(audit.unreadable):
            yield f"and {audit.unreadable_rows - len(audit.unreadable):,} more"
