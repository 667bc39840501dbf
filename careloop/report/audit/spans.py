"""Shares and lengths of time as people say them."""


def say_span(hours: float) -> str:
    """Return a length of time in hours, or in days from two days on."""
    if hours < 48:
        return f"{hours:,.1f} hours"
    return f"{hours / 24:,.1f} days"


def say_share(part: float, whole: float) -> str:
    """Return a share in percent with one decimal."""
    return f"{100 * part / whole:.1f} %" if whole else "0.0 %"
