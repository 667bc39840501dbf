"""Rich text in its two forms: the wiki text of version 2 and the document (ADF) of version 3.

Each is kept as it came in and turned into the other when it is asked for: what goes in and comes out by one
version of the API is unchanged. What has no form on the other side keeps its words.
"""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.wiki_reader import read_wiki
from careloop.sandbox.jira.wiki_writer import write_wiki

RichText = str | dict[str, Any] | None

_LEAVES = frozenset(
    {
        *("rule", "hardBreak", "media", "mediaInline", "mention", "emoji", "date", "status", "inlineCard"),
        *("blockCard", "embedCard", "extension", "inlineExtension", "placeholder", "caption", "syncBlock"),
    }
)
_INLINE = frozenset(
    {
        *("text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "inlineExtension"),
        *("placeholder", "mediaInline"),
    }
)
_LISTS = frozenset(["bulletList", "orderedList", "taskList", "decisionList"])
_NESTED = _LISTS | {"paragraph", "heading", "codeBlock", "mediaSingle", "mediaGroup", "rule", "extension"}
_CELL = _NESTED | {"blockquote", "panel", "nestedExpand", "blockCard", "embedCard"}
_TOP = _CELL | {"table", "expand", "bodiedExtension", "layoutSection"}
_CONTENT: dict[str, frozenset[str]] = {
    "doc": _TOP,
    "paragraph": _INLINE,
    "heading": _INLINE,
    "codeBlock": frozenset({"text"}),
    "bulletList": frozenset({"listItem"}),
    "orderedList": frozenset({"listItem"}),
    "listItem": _NESTED,
    "taskList": frozenset({"taskItem", "taskList"}),
    "taskItem": _INLINE,
    "decisionList": frozenset({"decisionItem"}),
    "decisionItem": _INLINE,
    "blockquote": _NESTED,
    "panel": _NESTED | {"blockCard"},
    "expand": _CELL | {"table"},
    "nestedExpand": _CELL,
    "table": frozenset({"tableRow"}),
    "tableRow": frozenset({"tableCell", "tableHeader"}),
    "tableCell": _CELL,
    "tableHeader": _CELL,
    "mediaSingle": frozenset({"media", "caption"}),
    "mediaGroup": frozenset({"media"}),
    "bodiedExtension": _TOP,
    "layoutSection": frozenset({"layoutColumn"}),
    "layoutColumn": _TOP,
}
"""What may stand in what (Atlassian docs, document structure)."""

_REQUIRED = {
    "heading": "level",
    "mention": "id",
    "emoji": "shortName",
    "date": "timestamp",
    "status": "text",
    "panel": "panelType",
    "media": "type",
}
_MARKS = frozenset(
    {
        *("strong", "em", "code", "link", "strike", "subsup", "textColor", "underline", "backgroundColor"),
        *("annotation", "border", "alignment", "indentation", "breakout", "fragment", "dataConsumer"),
    }
)


def is_document(value: object) -> bool:
    """Return whether `value` is the root of a document."""
    return (
        isinstance(value, Mapping)
        and value.get("type") == "doc"
        and value.get("version") == 1
        and isinstance(value.get("content"), list)
    )


def is_valid(document: Mapping[str, Any]) -> bool:
    """Return whether everything in a document may stand where it stands."""
    allowed = _CONTENT["doc"]
    return all(_fits(node, allowed) for node in document["content"])


def to_text(value: RichText) -> str | None:
    """Return rich text in the form of version 2."""
    return value if value is None or isinstance(value, str) else write_wiki(value)


def to_document(value: RichText) -> dict[str, Any] | None:
    """Return rich text in the form of version 3."""
    return value if value is None or isinstance(value, dict) else read_wiki(value)


def _fits(node: Any, allowed: frozenset[str]) -> bool:
    if not isinstance(node, Mapping) or node.get("type") not in allowed:
        return False
    kind, attributes, marks = str(node["type"]), node.get("attrs", {}), node.get("marks", [])
    if not isinstance(attributes, Mapping) or not isinstance(marks, list):
        return False
    if not all(isinstance(mark, Mapping) and mark.get("type") in _MARKS for mark in marks):
        return False
    if kind in _REQUIRED and attributes.get(_REQUIRED[kind]) is None:
        return False
    if kind == "text":
        return isinstance(node.get("text"), str) and node["text"] != ""
    if kind == "heading" and attributes["level"] not in range(1, 7):
        return False
    content = node.get("content", [])
    if kind in _LEAVES:
        return isinstance(content, list)
    return isinstance(content, list) and all(_fits(child, _CONTENT[kind]) for child in content)
