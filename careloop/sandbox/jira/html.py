"""Rich text as HTML, for renderedFields and renderedBody: what readers see, not what Jira's renderer adds.

Whatever somebody wrote stays text: nothing in it becomes an element, and no link runs a script.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from careloop.sandbox.jira.adf import RichText, to_document

_BLOCKS = {
    "paragraph": "p",
    "blockquote": "blockquote",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "table": "table",
    "tableRow": "tr",
    "tableCell": "td",
    "tableHeader": "th",
    "panel": "div",
    "expand": "div",
}
_MARKS = {"strong": "b", "em": "em", "underline": "ins", "strike": "del", "code": "tt", "subsup": "sub"}


_HARMLESS = re.compile(r"(?:https?|mailto|ftp|tel):|[/#]", re.IGNORECASE)
"""How an address begins that a reader may follow."""


def to_html(value: RichText) -> str:
    """Return rich text as HTML, an empty text for none."""
    document = to_document(value)
    return "\n".join(_node(node) for node in document["content"]) if document else ""


def _node(node: Mapping[str, Any]) -> str:
    kind, attributes = str(node.get("type", "")), node.get("attrs") or {}
    match kind:
        case "text":
            return _text(node)
        case "hardBreak":
            return "<br/>"
        case "rule":
            return "<hr/>"
        case "heading":
            level = int(attributes.get("level", 1))
            return f"<h{level}>{_inside(node)}</h{level}>"
        case "codeBlock":
            return f'<pre class="code">{_inside(node)}</pre>'
        case "mention" | "emoji" | "status":
            return escape(str(attributes.get("text") or attributes.get("shortName") or ""))
        case "inlineCard" | "blockCard" | "embedCard":
            return _link(attributes.get("url", ""), escape(str(attributes.get("url", ""))))
    tag = _BLOCKS.get(kind)
    return f"<{tag}>{_inside(node)}</{tag}>" if tag else _inside(node)


def _inside(node: Mapping[str, Any]) -> str:
    return "".join(_node(child) for child in node.get("content") or ())


def _text(node: Mapping[str, Any]) -> str:
    shown = escape(str(node.get("text", "")))
    for mark in node.get("marks") or ():
        if mark.get("type") == "link":
            shown = _link((mark.get("attrs") or {}).get("href", ""), shown)
        elif tag := _tag(mark):
            shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _tag(mark: Mapping[str, Any]) -> str | None:
    if mark.get("type") == "subsup" and (mark.get("attrs") or {}).get("type") == "sup":
        return "sup"
    return _MARKS.get(str(mark.get("type")))


def _link(address: object, shown: str) -> str:
    """Return a link to an address, or the words alone where it leads to nothing but a script."""
    text = str(address).strip()
    return f'<a href="{escape(text)}">{shown}</a>' if _HARMLESS.match(text) else shown
