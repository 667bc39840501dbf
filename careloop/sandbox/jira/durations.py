"""Lengths of work: a week has five days of eight hours, as a new site is set up."""

import re

HOUR = 3600
DAY = 8 * HOUR
WEEK = 5 * DAY
_PART = re.compile(r"(\d+(?:\.\d+)?)([wdhm]?)")
_SECONDS = {"w": WEEK, "d": DAY, "h": HOUR, "m": 60, "": 60}


def read_duration(text: str) -> int | None:
    """Return the seconds in `1w 2d 3h 4m`, None for anything else; a bare number is minutes."""
    parts = text.replace(" ", "").lower()
    found = _PART.findall(parts)
    if not found or "".join(number + unit for number, unit in found) != parts:
        return None
    return round(sum(float(number) * _SECONDS[unit] for number, unit in found))


def write_duration(seconds: int) -> str:
    """Return seconds as `1w 2d 3h 4m`, whole minutes only."""
    words = []
    for unit in "wdhm":
        count, seconds = divmod(seconds, _SECONDS[unit])
        if count:
            words.append(f"{count}{unit}")
    return " ".join(words) or "0m"
