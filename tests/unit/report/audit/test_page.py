"""The HTML report: one file that says everything, loads nothing and trusts no text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from careloop.report.audit.definitions import define
from careloop.report.audit.figures import Audit, Unreadable, audit_as_data
from careloop.report.audit.headlines import headlines
from careloop.report.audit.page import audit_as_page
from careloop.report.audit.spans import say_share, say_span
from careloop.report.audit.text import audit_as_text
from tests.unit.report.audit.audits import EMPTY, FULL, HOSTILE, NAMED, PARTLY, UNKNOWN


def page(audit: Audit) -> str:
    return audit_as_page(audit, "1.2.3")


def parse(audit: Audit) -> Element:
    """Return the page as a tree: it is XML too, so anything left open or unescaped fails."""
    tree: Element = fromstring(page(audit).removeprefix("<!doctype html>"))
    return tree


def read(audit: Audit) -> str:
    """Return what a reader sees, in one line."""
    body = parse(audit).find("body")
    assert body is not None
    return " ".join(" ".join(body.itertext()).split())


def leaves(data: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of plain data under its dotted name."""
    children = (
        data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else None
    )
    if children is None:
        yield name, data
        return
    for key, value in children:
        yield from leaves(value, f"{name}.{key}".strip("."))


def as_people_read(name: str, value: Any) -> str:
    """Return a value of the JSON in the words of the page."""
    if "hours" in name:
        return say_span(value)
    if name.endswith("share"):
        return say_share(value, 1)
    if name.startswith("source.") and name.endswith(("first", "last")):
        moment = datetime.fromisoformat(value)
        return f"{moment.day} {moment:%B %Y}"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.1f}"
    return value if isinstance(value, str) else f"{value:,.0f}"


each = pytest.mark.parametrize(
    "audit", [FULL, UNKNOWN, PARTLY, EMPTY, NAMED], ids=["full", "unknown", "partly", "empty", "named"]
)


@each
def test_the_page_is_well_formed(audit: Audit) -> None:
    tree = parse(audit)

    assert tree.get("lang") == "en"
    assert [tree.find(f"body/{part}") is not None for part in ("header/h1", "main", "footer")] == [True] * 3


@each
def test_the_page_loads_nothing_and_runs_nothing(audit: Audit) -> None:
    tree = parse(audit)
    tags = {one.tag for one in tree.iter()}
    attributes = {name for one in tree.iter() for name in one.attrib}

    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form", "base", "use", "a"})
    assert not any(
        re.match(r"on|src|href|action|data$|poster|formaction|.*}href", name) for name in attributes
    )
    assert not re.search(r"url\(|@import", page(audit))
    assert "default-src 'none'" in page(audit)


@pytest.mark.parametrize(
    "audit",
    [
        NAMED,
        replace(FULL, source=replace(FULL.source, names=(HOSTILE,))),
        replace(FULL, notes=(HOSTILE,)),
        replace(FULL, unreadable=(Unreadable(file=HOSTILE, line=2, why=HOSTILE),)),
        replace(UNKNOWN, not_known=dict.fromkeys(UNKNOWN.not_known, HOSTILE)),
    ],
    ids=["account", "file", "note", "row", "reason"],
)
def test_text_from_outside_is_shown_and_never_becomes_markup(audit: Audit) -> None:
    assert "<script" not in page(audit)
    assert HOSTILE in read(audit)


def test_the_page_says_every_figure_that_the_json_holds() -> None:
    told = read(FULL)
    data = audit_as_data(FULL)
    del data["source"]["kind"]  # in words of its own: "An audit log"
    values = [
        (name, as_people_read(name, value)) for name, value in leaves(data) if value not in (None, False)
    ]
    silent = [
        (name, said) for name, said in values if not re.search(rf"(?<![\d,.]){re.escape(said)}(?!\d)", told)
    ]

    assert len(values) > 60
    assert silent == []


@pytest.mark.parametrize("audit", [UNKNOWN, PARTLY], ids=["unknown", "partly"])
def test_what_is_not_known_is_said_with_its_reason(audit: Audit) -> None:
    told = read(audit)

    assert "not known" in told
    assert [why for why in audit.not_known.values() if why not in told] == []


def test_an_unknown_figure_is_never_a_zero() -> None:
    numbers = [one.text for one in parse(UNKNOWN).iter("span") if "number" in one.get("class", "").split()]

    assert numbers == ["not known"] * 6
    assert list(parse(UNKNOWN).iter("svg")) == []


@each
def test_every_figure_has_its_definition(audit: Audit) -> None:
    told = read(audit)

    for definition in define(audit.terms).values():
        assert " ".join(definition.says.split()) in told
        assert definition.leaves_open in told


@each
def test_the_first_screen_says_the_same_as_the_text(audit: Audit) -> None:
    told, lines = read(audit), " ".join(audit_as_text(audit).split())
    places = [
        (told.index(f"{one.number} {one.title} {one.beside}"), lines.index(one.title))
        for one in headlines(audit)
    ]

    assert places == sorted(places)
    assert [place for _, place in places] == sorted(place for _, place in places)


def test_the_same_audit_is_the_same_bytes() -> None:
    assert page(FULL) == page(replace(FULL))


def test_a_page_says_how_it_was_taken_and_how_to_take_it_again() -> None:
    told = read(FULL)

    assert "An audit log: a.csv, b.csv" in told
    assert "careloop 1.2.3" in told
    assert "careloop audit --events FILE --window 15 --shared-account-above 51 --format html" in told


def test_every_picture_has_its_numbers_in_a_table_and_a_text_of_its_own() -> None:
    for figure in parse(FULL).iter("figure"):
        rows = [[cell.text for cell in row] for row in figure.iter("tr")]
        assert len(rows) > 2
        assert all(one.get("aria-label") or one.get("aria-hidden") for one in figure.iter("svg"))


def test_no_line_ends_between_a_number_and_its_unit() -> None:
    assert "10.1\u00a0days" in page(FULL)
    assert not re.search(r"\d (%|days|hours)", page(FULL).partition("<body>")[2])
