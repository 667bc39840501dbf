"""What customers read: short texts by language, as a message of their own and as one line among several.

They name what was done and how to check it, offer three answers and a phone number, and never demand a
reason.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Template

from careloop.policies.phrases import CALL_ME, NOT_YET, WORKS


@dataclass(frozen=True, slots=True)
class Text:
    """One thing to say, in one line and in full."""

    line: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a message speaks of; empty facts leave their sentence out. `number` is what to name on the phone.

    `noun` is the organisation's word for a customer's matter, `done` what was done in plain words, `next_on`
    the day of the reminder or the end of a promise, `words` somebody's own words. `is_way_round` means that
    the lasting fix was put off, until `later_on` if that is known.
    """

    name: str = ""
    noun: str = "problem"
    title: str = ""
    number: str = ""
    reported: date | None = None
    done: str = ""
    phone: str = ""
    next_on: date | None = None
    asked_on: date | None = None
    words: str = ""
    is_way_round: bool = False
    later_on: date | None = None


Wording = Mapping[str, str]

ENGLISH: Wording = {
    "hello": "Hello $name,",
    "hello_all": "Hello,",
    "matter": "your $noun $title of $reported",
    "ask": "we have worked on $matter.",
    "done": "What was done: $done",
    "way_round": "That gets you working for now. The lasting fix is put off.",
    "way_round_until": (
        "That gets you working for now. The lasting fix is put off until $later_on; "
        "you will hear then what becomes of it."
    ),
    "check": "Please try again what did not work before.",
    "choose": (
        f"Does it work now? Reply with one of these, or in your own words:\n{WORKS}\n{NOT_YET}\n{CALL_ME}"
    ),
    "ring": "You can also ring $phone and name $number.",
    "ring_only": "You can also ring $phone.",
    "object": "If that does not suit you, reply, or ring $phone and name $number.",
    "object_only": "If that does not suit you, reply, or ring $phone.",
    "once_more": "If we hear nothing we will ask once more, on $next_on, and then leave you in peace.",
    "reminder": "on $asked_on we asked whether $matter is solved. This is our last question about it.",
    "reminder_choose": (
        f"If it does not work, reply {NOT_YET} or {CALL_ME}. "
        f"If it does, {WORKS} helps us, but you need not do anything."
    ),
    "way_back": "Your reply opens it again at any time, without a form.",
    "lapse": (
        "we have not heard from you about $matter, so we have stopped working on it. "
        "It does not count as solved."
    ),
    "thanks": (
        "thank you for telling us. $Matter is open again, with all you told us; no need to repeat it."
    ),
    "sorry": "We are sorry that it was not right the first time.",
    "question": "on $asked_on we asked you something about $matter, and we cannot go on without your answer.",
    "question_reply": "A short reply is enough; this is the only time we remind you.",
    "deferral_due": "we promised to come back to you about $title. Its day was $next_on: we look at it now.",
    "deferral_near": "we promised to come back to you about $title. Its date is still $next_on.",
    "deferral_do": "what was put off, $title, is going to be done.",
    "deferral_keep": "$title stays put off, until $next_on. We will come back to you then.",
    "deferral_keep_undated": "$title stays put off for now.",
    "deferral_drop": "$title is not going to be done.",
    "why": "The reason: $words",
    "line_ask": f"$Matter: does it work now? Reply {WORKS}, {NOT_YET} or {CALL_ME}.",
    "line_reminder": f"$Matter: our last question. If it does not work, reply {NOT_YET} or {CALL_ME}.",
    "months": "January February March April May June July August September October November December",
}

WORDINGS: Mapping[str, Wording] = {"en": ENGLISH}


def write_ask(facts: Facts, language: str = "") -> Text:
    """Return the question whether a resolution works."""
    way_round = ("way_round_until" if facts.later_on else "way_round",) if facts.is_way_round else ()
    parts = ("ask", "done", *way_round, "check", "choose", "ring", "once_more")
    return _write(parts, facts, language, line="line_ask")


def write_reminder(facts: Facts, language: str = "") -> Text:
    """Return the one reminder of an unanswered question."""
    return _write(("reminder", "reminder_choose", "ring"), facts, language, line="line_reminder")


def write_lapse(facts: Facts, language: str = "") -> Text:
    """Return the notice that nothing was heard, with the way back."""
    return _write(("lapse", "way_back", "ring"), facts, language, line="lapse")


def write_thanks(facts: Facts, language: str = "") -> Text:
    """Return the thanks for a no, once the problem is open again."""
    return _write(("thanks", "sorry", "ring"), facts, language, line="thanks")


def write_question_reminder(facts: Facts, language: str = "") -> Text:
    """Return the one reminder of an agent's question."""
    return _write(("question", "question_reply", "ring"), facts, language, line="question")


def write_deferral_notice(facts: Facts, language: str = "", *, due: bool) -> Text:
    """Return the notice that the date of something put off has come, or comes near."""
    part = "deferral_due" if due else "deferral_near"
    return _write((part, "object"), facts, language, line=part)


def write_deferral_decision(facts: Facts, action: str, language: str = "") -> Text:
    """Return what was decided about something put off: do, keep or drop."""
    part = "deferral_keep_undated" if action == "keep" and facts.next_on is None else f"deferral_{action}"
    return _write((part, "why", "object"), facts, language, line=part)


def reads_plainly(notes: str) -> bool:
    """Tell whether close notes read as plain words that may be shown to a customer.

    They do when they are a short sentence or two without addresses, identifiers, paths, code or shouting.
    """
    text = notes.strip()
    words = re.findall(r"[^\W\d_]{2,}", text)
    if not 3 <= len(words) <= 80 or len(text) > 500 or "\n\n\n" in text:
        return False
    if _TECHNICAL.search(text) or text.isupper():
        return False
    letters = sum(char.isalpha() or char.isspace() for char in text)
    return letters / len(text) > 0.85


_TECHNICAL = re.compile(
    r"https?:|www\.|\S+@\S+|\\|/\w+/|[{}<>=;|#*_~^\[\]]|\b[A-Z]{2,}-?\d{2,}\b|\b\d+\.\d+\.\d+|\b\w+\(\)|\b0x|\d{5,}"
    r"|\b(caller|customer|end ?user|user) (says|said|called|informed|confirmed|is|was|did|does|error)\b"
    r"|\b(n/a|tbd|wip|asdf|test)\b",
    re.IGNORECASE,
)


def _write(parts: tuple[str, ...], facts: Facts, language: str, *, line: str) -> Text:
    wording = WORDINGS.get(language.casefold()[:2], ENGLISH)
    values = _values(facts, wording)
    hello = _fill(wording, "hello" if facts.name else "hello_all", values)
    said = [sentence for part in parts if (sentence := _fill(wording, part, values))]
    return Text(
        line=_capital(_fill(wording, line, values)), message="\n\n".join([hello, *map(_capital, said)])
    )


def _values(facts: Facts, wording: Wording) -> dict[str, str]:
    title = f"\u201c{facts.title.strip()}\u201d" if facts.title.strip() else facts.number
    values = {
        "name": facts.name,
        "noun": facts.noun,
        "title": title,
        "number": facts.number,
        "reported": say_date(facts.reported, wording),
        "done": facts.done.strip(),
        "phone": facts.phone,
        "next_on": say_date(facts.next_on, wording),
        "later_on": say_date(facts.later_on, wording),
        "asked_on": say_date(facts.asked_on, wording),
        "words": facts.words.strip(),
    }
    matter = Template(wording["matter"]).substitute(values)
    values["matter"] = (
        re.sub(r"\s+", " ", matter).strip() if facts.reported else f"your {facts.noun} {title}".strip()
    )
    values["Matter"] = _capital(values["matter"])
    return values


def _fill(wording: Wording, part: str, values: Mapping[str, str]) -> str:
    """Return a sentence, or nothing when a fact that it speaks of is missing."""
    template = Template(wording[part])
    if part in ("ring", "object") and not values["number"]:
        template = Template(wording[f"{part}_only"])
    needed = [name for name in template.get_identifiers() if name != "title"]
    return template.substitute(values) if all(values[name] for name in needed) else ""


def say_date(day: date | None, wording: Wording = ENGLISH) -> str:
    """Return a date in words, which nobody can take for another one."""
    return f"{day.day} {wording['months'].split()[day.month - 1]} {day.year}" if day else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
