"""An audit as people read it in a terminal: what should make them act first, then what it means."""

import textwrap
from collections.abc import Callable, Iterable, Iterator

from careloop.report.audit.advice import advise
from careloop.report.audit.cautions import cautions
from careloop.report.audit.definitions import define
from careloop.report.audit.entries import entries
from careloop.report.audit.figures import Audit
from careloop.report.audit.headlines import TITLE, Headline, headlines, say_source

WIDTH = 80
_LEFT = 12  # columns for the figure itself


def audit_as_text(audit: Audit, *, strong: Callable[[str], str] = str) -> str:
    """Return an audit for a terminal of 80 columns; `strong` makes a text stand out."""
    blocks = ["\n".join([strong(TITLE), *_wrap(say_source(audit))])]
    blocks += ["\n".join(_headline(one, strong)) for one in headlines(audit)]
    sections: dict[str, Iterable[str]] = {
        "Also in the data": [one.line for one in entries(audit)],
        "What each figure means": _meanings(audit),
        "To read with care": cautions(audit),
        "What to do next": [f"{place}. {step}" for place, step in enumerate(advise(audit), start=1)],
    }
    for title, paragraphs in sections.items():
        lines = [line for text in paragraphs for line in _wrap(text, first="  ", rest="    ")]
        if lines:
            blocks.append("\n".join([strong(title), *lines]))
    return "\n\n".join(blocks)


def _headline(one: Headline, strong: Callable[[str], str]) -> Iterator[str]:
    indent = " " * _LEFT
    first, *rest = textwrap.wrap(one.title, WIDTH - _LEFT)
    yield strong(f"{one.number:>{_LEFT - 2}}  {first}")
    yield from (strong(indent + line) for line in rest)
    yield from _wrap(one.beside, first=indent, rest=indent)


def _wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _meanings(audit: Audit) -> Iterator[str]:
    for definition in define(audit.terms).values():
        leaves_open = f" Left open: {definition.leaves_open}" if definition.leaves_open else ""
        yield f"{definition.title}: {definition.says}{leaves_open}"
