"""Dates in absence notes: the day on which a person is back."""

import re
from datetime import date, timedelta

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january", "januar"),
            ("feb", "february", "februar"),
            ("mar", "march", "märz", "maerz"),
            ("apr", "april"),
            ("may", "mai"),
            ("jun", "june", "juni"),
            ("jul", "july", "juli"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october", "okt", "oktober"),
            ("nov", "november"),
            ("dec", "december", "dez", "dezember"),
        ),
        start=1,
    )
    for name in names
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            ("monday", "montag"),
            ("tuesday", "dienstag"),
            ("wednesday", "mittwoch"),
            ("thursday", "donnerstag"),
            ("friday", "freitag"),
            ("saturday", "samstag"),
            ("sunday", "sonntag"),
        )
    )
    for name in names
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = (
    r"(?:(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<d1>\d{1,2})\.(?P<m1>\d{1,2})\.(?P<y1>\d{4}|\d{2})?"
    r"|(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y2>\d{4})"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th|\.)? (?:of )?(?P<m3>{_MONTH})\b\.?,?(?: (?P<y3>\d{{4}}))?"
    rf"|(?P<m4>{_MONTH})\b\.? (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y4>\d{{4}}))?"
    rf"|(?P<weekday>{'|'.join(_WEEKDAYS)})\b)"
)
_FILL = r"(?:\w+,? ){0,3}?"
_BACK = re.compile(
    r"\b(?:back|return(?:ing)?|available again|ab|wieder|zurück)\b:? "
    rf"{_FILL}(?:on |from |am |ab |den |dem )?{_DATE}"
)
_LAST = re.compile(
    rf"\b(?:until|till|through|to|bis)\b:? (?:and including |including |einschliesslich |zum )?{_FILL}{_DATE}"
)


def find_return(plain: str, today: date) -> date | None:
    """Return the day a person is back, from normalised text; None when none is named or it is ambiguous."""
    match = _BACK.search(plain)
    if match:
        return _read(match, today)
    match = _LAST.search(plain)
    last = _read(match, today) if match else None
    return last + timedelta(days=1) if last else None


def _read(match: re.Match[str], today: date) -> date | None:
    found = {name: value for name, value in match.groupdict().items() if value}
    try:
        if "iso" in found:
            return date.fromisoformat(found["iso"])
        if "weekday" in found:
            ahead = (_WEEKDAYS[found["weekday"]] - today.weekday() - 1) % 7 + 1
            return today + timedelta(days=ahead)
        if "a" in found:
            return _read_slashed(int(found["a"]), int(found["b"]), int(found["y2"]))
        for day, month, year in (("d1", "m1", "y1"), ("d3", "m3", "y3"), ("d4", "m4", "y4")):
            if day in found:
                return _with_year(int(found[day]), found[month], found.get(year), today)
    except ValueError:
        return None
    return None


def _read_slashed(first: int, second: int, year: int) -> date | None:
    """Read 5/3/2026 only when day and month cannot be taken for each other."""
    if first > 12:
        return date(year, second, first)
    if second > 12 or first == second:
        return date(year, first, second)
    return None


def _with_year(day: int, month: str, year: str | None, today: date) -> date:
    number = int(month) if month.isdigit() else _MONTHS[month]
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), number, day)
    this_year = date(today.year, number, day)
    return this_year if this_year >= today else date(today.year + 1, number, day)
