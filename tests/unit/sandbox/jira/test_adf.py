from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.sandbox.jira.adf import is_document, to_document, to_text


def paragraph(*words: str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": word} for word in words]}


def document(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": list(blocks)}


@given(st.text(alphabet=st.characters(exclude_characters="\r")))
def test_text_comes_back_from_its_document(text: str) -> None:
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
        ([{"type": "codeBlock", "content": [{"type": "text", "text": "x = 1"}]}], "x = 1"),
        (
            [{"type": "paragraph", "content": [{"type": "mention", "attrs": {"id": "5", "text": "@Ada"}}]}],
            "@Ada",
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
