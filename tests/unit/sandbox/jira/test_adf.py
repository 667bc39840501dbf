from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.sandbox.jira.adf import is_document, is_valid, to_document, to_text


def paragraph(*words: str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": word} for word in words]}


def document(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": list(blocks)}


@given(st.text(alphabet=st.characters(exclude_characters="\r*_{}[]|#+-")))
def test_plain_text_comes_back_from_its_document(text: str) -> None:
    shown = to_document(text)
    assert is_document(shown)
    assert to_text(shown) == text


def test_no_text_is_no_document() -> None:
    assert to_document(None) is None
    assert to_text(None) is None


@pytest.mark.parametrize(
    ("blocks", "text"),
    [
        ([paragraph("Hello ", "world"), paragraph("Bye")], "Hello world\n\nBye"),
        (
            [
                {
                    "type": "bulletList",
                    "content": [
                        {"type": "listItem", "content": [paragraph("one")]},
                        {"type": "listItem", "content": [paragraph("two")]},
                    ],
                }
            ],
            "* one\n* two",
        ),
        ([{"type": "codeBlock", "content": [{"type": "text", "text": "x = 1"}]}], "{code}\nx = 1\n{code}"),
        (
            [{"type": "paragraph", "content": [{"type": "mention", "attrs": {"id": "5", "text": "@Ada"}}]}],
            "[~accountid:5]",
        ),
        ([{"type": "rule"}, {"type": "paragraph"}], "----\n\n"),
    ],
)
def test_a_document_is_read_as_its_words(blocks: list[dict[str, Any]], text: str) -> None:
    assert to_text(document(*blocks)) == text


@pytest.mark.parametrize(
    "value", ["text", None, {}, {"type": "doc"}, {"type": "doc", "version": 2, "content": []}]
)
def test_what_is_no_document_is_told_apart(value: object) -> None:
    assert not is_document(value)


def text(words: str, *marks: str) -> dict[str, Any]:
    piece: dict[str, Any] = {"type": "text", "text": words}
    return piece | {"marks": [{"type": mark} for mark in marks]} if marks else piece


def item(*content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "listItem", "content": list(content)}


LINK = {"type": "link", "attrs": {"href": "https://example.com/a"}}
BOTH_WAYS: list[tuple[str, list[dict[str, Any]]]] = [
    ("h2. Title", [{"type": "heading", "attrs": {"level": 2}, "content": [text("Title")]}]),
    (
        "*bold* and _slanted_, -gone- and +under+",
        [
            {
                "type": "paragraph",
                "content": [
                    text("bold", "strong"),
                    text(" and "),
                    text("slanted", "em"),
                    text(", "),
                    text("gone", "strike"),
                    text(" and "),
                    text("under", "underline"),
                ],
            }
        ],
    ),
    (
        "run {{make}} now",
        [{"type": "paragraph", "content": [text("run "), text("make", "code"), text(" now")]}],
    ),
    (
        "see [this|https://example.com/a]",
        [{"type": "paragraph", "content": [text("see "), {"type": "text", "text": "this", "marks": [LINK]}]}],
    ),
    (
        "[https://example.com|https://example.com|smart-link]",
        [{"type": "paragraph", "content": [{"type": "inlineCard", "attrs": {"url": "https://example.com"}}]}],
    ),
    (
        "* one\n** deeper\n* two",
        [
            {
                "type": "bulletList",
                "content": [
                    item(paragraph("one"), {"type": "bulletList", "content": [item(paragraph("deeper"))]}),
                    item(paragraph("two")),
                ],
            }
        ],
    ),
    (
        "# first\n# second",
        [{"type": "orderedList", "content": [item(paragraph("first")), item(paragraph("second"))]}],
    ),
    (
        "before\n\n{code:python}\nx = 1\n\ny = *2*\n{code}\n\nafter",
        [
            paragraph("before"),
            {"type": "codeBlock", "attrs": {"language": "python"}, "content": [text("x = 1\n\ny = *2*")]},
            paragraph("after"),
        ],
    ),
    ("{quote}\nas said\n{quote}", [{"type": "blockquote", "content": [paragraph("as said")]}]),
    (
        "||Name||Age||\n|Ada|36|",
        [
            {
                "type": "table",
                "content": [
                    {
                        "type": "tableRow",
                        "content": [
                            {"type": "tableHeader", "attrs": {}, "content": [paragraph(word)]}
                            for word in ("Name", "Age")
                        ],
                    },
                    {
                        "type": "tableRow",
                        "content": [
                            {"type": "tableCell", "attrs": {}, "content": [paragraph(word)]}
                            for word in ("Ada", "36")
                        ],
                    },
                ],
            }
        ],
    ),
    ("----", [{"type": "rule"}]),
    (
        "one line\nanother",
        [{"type": "paragraph", "content": [text("one line"), {"type": "hardBreak"}, text("another")]}],
    ),
]


@pytest.mark.parametrize(("wiki", "blocks"), BOTH_WAYS)
def test_simple_markup_goes_both_ways(wiki: str, blocks: list[dict[str, Any]]) -> None:
    assert to_document(wiki) == document(*blocks)
    assert to_text(document(*blocks)) == wiki
    assert is_valid(document(*blocks))


@pytest.mark.parametrize(
    "words",
    ["2 * 3 * 4", "snake_case_name", "a-b-c", "{code", "[not a link]", "|", "* ", "5 - 3 - 1", "C++ and D+"],
)
def test_what_only_looks_like_markup_stays_as_it_is(words: str) -> None:
    shown = to_document(words)
    assert shown is not None
    assert "marks" not in str(shown)
    assert to_text(shown) == words


@given(st.text(alphabet="ab*_{}[]|#+-h1. \ncodequ", max_size=40))
def test_any_text_becomes_a_valid_document(words: str) -> None:
    shown = to_document(words)
    assert shown is not None
    assert is_document(shown)
    assert is_valid(shown)
    to_text(shown)


@pytest.mark.parametrize(
    "block",
    [
        "text",
        {"type": "paragraf"},
        {"type": "text", "text": "x"},
        {"type": "listItem", "content": []},
        {"type": "paragraph", "content": [{"type": "paragraph"}]},
        {"type": "paragraph", "content": [{"type": "text", "text": ""}]},
        {"type": "paragraph", "content": [{"type": "text"}]},
        {"type": "paragraph", "content": "x"},
        {"type": "paragraph", "content": [text("x", "huge")]},
        {"type": "heading", "content": [text("x")]},
        {"type": "heading", "attrs": {"level": 7}, "content": [text("x")]},
        {"type": "bulletList", "content": [paragraph("x")]},
        {"type": "paragraph", "content": [{"type": "mention", "attrs": {}}]},
        {"type": "panel", "content": [paragraph("x")]},
    ],
)
def test_what_stands_in_a_wrong_place_is_not_valid(block: Any) -> None:
    assert not is_valid({"type": "doc", "version": 1, "content": [block]})
