"""Any document keeps its words as wiki text and as HTML, and HTML runs nothing that somebody wrote."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.sandbox.jira.adf import is_valid, to_document, to_text
from careloop.sandbox.jira.html import to_html

Node = dict[str, Any]
MARKS = st.sampled_from(["strong", "em", "strike", "underline", "code"]).map(lambda kind: {"type": kind})
LINKS = st.sampled_from(["https://example.com/a|b", "mailto:ada@example.com", "javascript:alert(1)"]).map(
    lambda address: {"type": "link", "attrs": {"href": address}}
)
WORDS = st.text(alphabet="abc <>&\"'*_|{}[]#-+", min_size=1, max_size=12)
TEXTS = st.builds(
    lambda words, marks: {"type": "text", "text": words, **({"marks": marks} if marks else {})},
    WORDS,
    st.lists(MARKS | LINKS, max_size=2),
)
INLINE = (
    TEXTS
    | st.just({"type": "hardBreak"})
    | st.just({"type": "mention", "attrs": {"id": "5", "text": "@Ada"}})
)


def block(kind: str, content: st.SearchStrategy[Node], **attributes: Any) -> st.SearchStrategy[Node]:
    shown = {"type": kind, **({"attrs": attributes} if attributes else {})}
    return st.lists(content, min_size=1, max_size=3).map(lambda nodes: {**shown, "content": nodes})


PARAGRAPHS = block("paragraph", INLINE)
LISTS = st.recursive(
    block("bulletList", block("listItem", PARAGRAPHS)),
    lambda inner: block("orderedList", block("listItem", PARAGRAPHS | inner)),
    max_leaves=4,
)
TABLES = block(
    "table", block("tableRow", block("tableHeader", PARAGRAPHS) | block("tableCell", PARAGRAPHS | LISTS))
)
BLOCKS = st.one_of(
    PARAGRAPHS,
    LISTS,
    TABLES,
    block("heading", INLINE, level=2),
    block("panel", PARAGRAPHS, panelType="warning"),
    block("blockquote", PARAGRAPHS),
    block("codeBlock", WORDS.map(lambda words: {"type": "text", "text": words}), language="python"),
    st.just({"type": "rule"}),
)
DOCUMENTS = st.lists(BLOCKS, max_size=4).map(lambda blocks: {"type": "doc", "version": 1, "content": blocks})


class Elements(HTMLParser):
    """Collects the elements of a page, where its links lead, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= set(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def letters(document: Node) -> list[str]:
    """Return the letters of every text in a document, in order."""
    own = re.findall("[abc]", document.get("text", ""))
    return own + [letter for child in document.get("content", ()) for letter in letters(child)]


@given(DOCUMENTS)
def test_a_document_keeps_its_words_as_wiki_text_and_comes_back_valid(document: Node) -> None:
    assert is_valid(document)
    wiki = to_text(document) or ""
    bare = re.sub(
        r"\[~accountid:5\]|\{panel[^}]*\}|\{code[^}]*\}|\{quote\}|h2\. |\|[^\s|]*example\.com[^\]]*\]",
        "",
        wiki,
    )
    bare = re.sub(r"\|(javascript:alert\(1\)|mailto:ada@example\.com)\]", "", bare)
    assert sorted(re.findall("[abc]", bare)) == sorted(letters(document))
    again = to_document(wiki)
    assert again is not None
    assert is_valid(again)


@given(DOCUMENTS)
def test_html_holds_the_words_and_nothing_that_runs(document: Node) -> None:
    page = Elements()
    page.feed(to_html(document))
    page.close()
    known = {"p", "br", "hr", "h2", "ul", "ol", "li", "table", "tr", "th", "td", "div", "blockquote", "pre"}
    assert page.names <= known | {"b", "em", "del", "ins", "tt", "a"}
    assert {name for name, _ in page.attributes} <= {"href", "class"}
    assert not any((value or "").startswith("javascript") for _, value in page.attributes)
    assert re.findall("[abc]", page.text.replace("@Ada", "")) == letters(document)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " JavaScript:x", "data:text/html,x", "vbscript:x"]
)
def test_no_link_runs_a_script(address: str) -> None:
    link = {"type": "text", "text": "look", "marks": [{"type": "link", "attrs": {"href": address}}]}
    card = {"type": "inlineCard", "attrs": {"url": address}}
    shown = to_html(
        {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [link, card]}]}
    )
    assert "<a" not in shown
    assert "look" in shown


@pytest.mark.parametrize(
    ("wiki", "kind", "words"),
    [
        ("{panel}\nx\n{panel}", "info", ["x"]),
        ("{panel:title=Mind|bgColor=#fffae6}\nx\n{panel}", "warning", ["Mind", "x"]),
        ("{panel:bgColor=#FFEBE6}x{panel}", "error", ["x"]),
        ("{note}\nx\n{note}", "note", ["x"]),
        ("{tip}x{tip}", "success", ["x"]),
        ("{warning}x{warning}", "warning", ["x"]),
    ],
)
def test_panels_are_told_apart_and_keep_their_titles(wiki: str, kind: str, words: list[str]) -> None:
    (panel,) = (to_document(wiki) or {})["content"]
    assert (panel["type"], panel["attrs"]) == ("panel", {"panelType": kind})
    assert [one["content"][0]["text"] for one in panel["content"]] == words
    assert (
        to_document(to_text({"type": "doc", "version": 1, "content": [panel]})) == to_document(wiki)
        or len(words) > 1
    )


@pytest.mark.parametrize(
    ("wiki", "language"),
    [
        ("{code:java}\nx\n{code}", "java"),
        ("{code:title=Foo.java|language=java}\nx\n{code}", "java"),
        ("{code:title=Foo.java|borderStyle=solid}\nx\n{code}", None),
        ("{noformat}\nx\n{noformat}", None),
    ],
)
def test_code_says_its_language_wherever_that_stands(wiki: str, language: str | None) -> None:
    (code,) = (to_document(wiki) or {})["content"]
    assert code["attrs"].get("language") == language


def test_a_link_in_a_cell_does_not_end_it() -> None:
    (table,) = (to_document("|[here|https://example.com]|{{a|b}}|") or {})["content"]
    cells = table["content"][0]["content"]
    assert [cell["content"][0]["content"][0]["text"] for cell in cells] == ["here", "a|b"]


def test_a_row_of_a_table_is_one_line() -> None:
    words = [{"type": "paragraph", "content": [{"type": "text", "text": word}]} for word in ("one", "two")]
    row = {"type": "tableRow", "content": [{"type": "tableCell", "content": words}]}
    assert (
        to_text({"type": "doc", "version": 1, "content": [{"type": "table", "content": [row]}]})
        == "|one two|"
    )


@pytest.mark.parametrize(("kind", "tag"), [("sub", "sub"), ("sup", "sup")])
def test_letters_stand_below_or_above_the_line(kind: str, tag: str) -> None:
    text = {"type": "text", "text": "2", "marks": [{"type": "subsup", "attrs": {"type": kind}}]}
    document = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [text]}]}
    assert to_html(document) == f"<p><{tag}>2</{tag}></p>"
