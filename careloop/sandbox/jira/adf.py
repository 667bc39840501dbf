"""Rich text between its two forms: the text of version 2 and the document (ADF) of version 3.

Text is kept as it came in. A document becomes text by its words, line breaks, bullets and paragraphs; text
becomes a document of plain paragraphs. Marks, tables and media have no text form here: only their words stay.
"""

from collections.abc import Mapping
from typing import Any

RichText = str | dict[str, Any] | None

_BLOCKS = {"paragraph", "heading", "codeBlock", "listItem", "taskItem", "tableRow", "rule"}


def is_document(value: object) -> bool:
    """Return whether `value` is the root of a document."""
    return (
        isinstance(value, Mapping)
        and value.get("type") == "doc"
        and value.get("version") == 1
        and isinstance(value.get("content"), list)
    )


def to_text(value: RichText) -> str | None:
    """Return rich text in the form of version 2."""
    if value is None or isinstance(value, str):
        return value
    return "\n\n".join(_block(node) for node in value["content"])


def to_document(value: RichText) -> dict[str, Any] | None:
    """Return rich text in the form of version 3."""
    if value is None or isinstance(value, dict):
        return value
    paragraphs = [_paragraph(part) for part in value.replace("\r\n", "\n").split("\n\n")]
    return {"type": "doc", "version": 1, "content": paragraphs}


def _paragraph(text: str) -> dict[str, Any]:
    content: list[dict[str, Any]] = []
    for line in text.split("\n"):
        if content:
            content.append({"type": "hardBreak"})
        if line:
            content.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": content} if content else {"type": "paragraph"}


def _block(node: Mapping[str, Any]) -> str:
    kind, children = node.get("type"), node.get("content", [])
    if kind in ("bulletList", "orderedList", "taskList"):
        bullet = "#" if kind == "orderedList" else "*"
        return "\n".join(f"{bullet} {_block(child)}" for child in children)
    if kind == "rule":
        return "----"
    if any(child.get("type") in _BLOCKS or "content" in child for child in children):
        return "\n".join(_block(child) for child in children)
    return "".join(_inline(child) for child in children) or _inline(node)


def _inline(node: Mapping[str, Any]) -> str:
    attributes = node.get("attrs", {})
    match node.get("type"):
        case "text":
            return str(node.get("text", ""))
        case "hardBreak":
            return "\n"
        case "mention" | "status":
            return str(attributes.get("text", ""))
        case "emoji":
            return str(attributes.get("text") or attributes.get("shortName", ""))
        case "inlineCard" | "blockCard" | "embedCard":
            return str(attributes.get("url", ""))
        case _:
            return ""
