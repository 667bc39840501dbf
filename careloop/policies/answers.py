"""What a reply means, as far as explicit words tell; whatever they do not tell goes to a person."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from careloop.model.mark import find_mark
from careloop.model.rules import Phrases
from careloop.policies.dates import find_return
from careloop.policies.phrases import CALL, CALL_ME, NOT_YET, PARTLY, WORKS


class Reading(StrEnum):
    """How a reply reads."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"
    CALL = "call"
    THANKS = "thanks"
    AWAY = "away"
    AUTOMATIC = "automatic"
    QUESTION = "question"
    UNCLEAR = "unclear"

    @property
    def is_verdict(self) -> bool:
        """Tell whether it says by itself that the problem is solved or is not."""
        return self in (Reading.YES, Reading.NO, Reading.PARTLY)

    @property
    def needs_person(self) -> bool:
        """Tell whether one of our people has to read it."""
        return self in (Reading.CALL, Reading.QUESTION, Reading.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reading, with the day on which the person is back when an absence names one."""

    reading: Reading
    back: date | None = None


def classify(text: str, *, automatic: bool, phrases: Phrases, today: date) -> Reply:
    """Read a reply: machine marks, then absence, then whatever speaks against a yes, then yes, then thanks.

    `automatic` says that headers or the account's type prove a machine; `today` is when it was written, for
    dates without a year. Text quoted below the reply is not read.
    """
    own = strip_quoted(text)
    plain = _normalise(own)
    if automatic or _contains(plain, phrases.automatic):
        return (
            Reply(Reading.AWAY, find_return(plain, today))
            if _is_away(plain, phrases)
            else Reply(Reading.AUTOMATIC)
        )
    bare = _strip_words(plain, phrases.thanks)
    offered = _OFFERED.get(bare)
    if offered is not None:
        return Reply(offered)
    denied = _denies(plain, bare, phrases)
    if _is_away(plain, phrases) and not denied:
        if _affirms(plain, bare, phrases):
            return Reply(Reading.UNCLEAR)
        return Reply(Reading.AWAY, find_return(plain, today))
    reading = _read_words(plain, bare, denied=denied, phrases=phrases)
    return Reply(Reading.CALL if reading.needs_person and _contains(plain, CALL) else reading)


def _read_words(plain: str, bare: str, *, denied: bool, phrases: Phrases) -> Reading:
    if _contains(plain, PARTLY):
        return Reading.QUESTION if "?" in plain else Reading.PARTLY
    if denied:
        return Reading.NO
    if "?" in plain:
        return Reading.QUESTION
    if _affirms(plain, bare, phrases):
        doubtful = _contains(_mask(plain, phrases.yes), phrases.negations)
        return Reading.UNCLEAR if doubtful else Reading.YES
    doubtful = _contains(plain, phrases.negations) or _opens_with_no(plain, phrases)
    if _contains(plain, phrases.thanks) and not doubtful:
        return Reading.THANKS
    return Reading.UNCLEAR


_OFFERED = {WORKS.lower(): Reading.YES, NOT_YET.lower(): Reading.NO, CALL_ME.lower(): Reading.CALL}


def _is_away(plain: str, phrases: Phrases) -> bool:
    return _contains(plain, phrases.away)


def _denies(plain: str, bare: str, phrases: Phrases) -> bool:
    """Tell whether a sentence that is no question says that it does not work."""
    longer = tuple(phrase for phrase in phrases.no if " " in phrase)
    longer_yes = tuple(phrase for phrase in phrases.yes if " " in phrase)
    spoken = bare in phrases.no or _opens_with_no(plain, phrases)
    if spoken and not _contains(plain, (*longer_yes, *phrases.thanks)):
        return True
    sentences = (part for part in re.findall(r"[^.!?\n]+[.!?\n]*", plain) if "?" not in part)
    return any(_contains(_mask(sentence, phrases.yes), longer) for sentence in sentences)


def _opens_with_no(plain: str, phrases: Phrases) -> bool:
    """Tell whether a reply begins with a no that stands by itself, as in "No, it is slow"."""
    words = tuple(phrase for phrase in phrases.no if " " not in phrase)
    found = _pattern(words).match(_GREETING.sub("", plain)) if words else None
    return found is not None and found.string[found.end() :].lstrip()[:1] in tuple(",.!;:-\n")


def _affirms(plain: str, bare: str, phrases: Phrases) -> bool:
    longer = tuple(phrase for phrase in phrases.yes if " " in phrase)
    return bare in phrases.yes or _contains(plain, longer)


def _mask(plain: str, yes: tuple[str, ...]) -> str:
    """Take out the yes phrases that hold a negation themselves, such as "no longer occurs"."""
    own = tuple(phrase for phrase in yes if re.search(r"\b(no|nicht|kein\w*)\b", phrase))
    return _pattern(own).sub(" ", plain) if own else plain


def _contains(plain: str, phrases: Iterable[str]) -> bool:
    chosen = tuple(phrases)
    return bool(chosen) and _pattern(chosen).search(plain) is not None


@cache
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def _normalise(text: str) -> str:
    plain = unicodedata.normalize("NFC", text).casefold().replace("\u2019", "'").replace("ß", "ss")
    return re.sub(r"[ \t\r\f\v]+", " ", plain).strip()


_GREETING = re.compile(
    r"^(hello|hi|hey|dear|hallo|guten (tag|morgen)|moin|servus)\b[^,!.\n]{0,40}[,!.\n]+\s*"
)
_SIGN_OFF = re.compile(
    r"\n\s*(?:(?:best |kind )?regards|best wishes|viele gr(?:ü|ue)sse|mit freundlichen gr(?:ü|ue)ssen)\b.*",
    re.DOTALL,
)


def _strip_words(plain: str, words: tuple[str, ...]) -> str:
    """Return what is left of a short reply without greeting, thanks, sign-off and punctuation."""
    left = _SIGN_OFF.sub("", _GREETING.sub("", plain))
    left = _pattern(words).sub(" ", left) if words else left
    return re.sub(r"[\W_]+", " ", left).strip() if len(left) < 80 else left


_CUTS = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"^\s*-{2,}\s*(original message|ursprüngliche nachricht|forwarded message)\s*-{2,}",
        r"^\s*_{10,}\s*$",
        r"^\s*\*?(from|von):\*? .+\n(.*\n){0,2}\s*\*?(sent|date|gesendet|datum):\*? ",
        r"^-- $",
    )
)
_OUR_GREETING = re.compile(r"^Hello\b[^\n]*,$", re.MULTILINE)
_INTRODUCTION = re.compile(
    r"^[ \t]*(?:on\b[^\n]{3,200}(?:\n[^\n]{0,200})?\bwrote"
    r"|am\b[^\n]{3,200}(?:\n[^\n]{0,200})?\bschrieb\b[^\n]*):[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


def strip_quoted(text: str) -> str:
    """Return what the person wrote, without the message it answers.

    Quoted lines go wherever they stand, so that an answer below the quotation is kept; an unmarked original
    that follows its introduction is cut off with everything after it. A text of ours that a mail program left
    unmarked is known by its reference; then only what stands above its greeting is the person's own.
    """
    own = text.replace("\r\n", "\n")
    for pattern in _CUTS:
        own = own[: match.start()] if (match := pattern.search(own)) else own
    introduction = _INTRODUCTION.search(own)
    if introduction:
        below = own[introduction.end() :]
        marked = below.lstrip().startswith(">")
        own = own[: introduction.start()] + (below if marked else "")
    if find_mark(own):
        greeting = _OUR_GREETING.search(own)
        own = own[: greeting.start()] if greeting else ""
    kept = (line for line in own.split("\n") if not line.lstrip().startswith(">"))
    return "\n".join(kept).strip()
