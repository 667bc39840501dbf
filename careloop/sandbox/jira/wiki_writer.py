"""Writes a document (ADF) as wiki text, as version 2 of the API gives it out."""

from collections.abc import Mapping, Sequence
from typing import Any

from careloop.sandbox.jira.wiki_reader import PANEL_COLORS

Node = Mapping[str, Any]
_MARKS = {"strong": "*", "em": "_", "strike": "-", "underline": "+"}
_BULLETS = {"bulletList": "*", "orderedList": "#", "taskList": "*", "decisionList": "*"}


def write_wiki(document: Node) -> str:
    """Return the wiki text of a document, its blocks parted by empty lines."""
    return _blocks(document.get("content") or ())


def _blocks(nodes: Sequence[Node]) -> str:
    return "\n\n".join(_block(node) for node in nodes)


def _block(node: Node) -> str:
    kind, inside, attributes = node.get("type"), node.get("content") or (), node.get("attrs") or {}
    match kind:
        case "heading":
            return f"h{attributes.get('level', 1)}. {_inline(inside)}"
        case "bulletList" | "orderedList" | "taskList" | "decisionList":
            return "\n".join(_items(node, ""))
        case "rule":
            return "----"
        case "codeBlock":
            language = attributes.get("language")
            tag = f"{{code:{language}}}" if language else "{code}"
            return f"{tag}\n{_plain(inside)}\n{{code}}"
        case "blockquote":
            return f"{{quote}}\n{_blocks(inside)}\n{{quote}}"
        case "panel":
            color = PANEL_COLORS.get(str(attributes.get("panelType")), PANEL_COLORS["info"])
            return f"{{panel:bgColor={color}}}\n{_blocks(inside)}\n{{panel}}"
        case "table":
            return "\n".join(_row(row) for row in inside)
        case "mediaSingle" | "mediaGroup":
            return "\n".join(_inline([child]) for child in inside)
        case _:
            return _other(node)


def _other(node: Node) -> str:
    """Return a block without a form of its own: by its blocks, its words, or what it names."""
    inside = node.get("content") or ()
    if not inside:
        return _piece(node) if node.get("type") != "paragraph" else ""
    if any(child.get("type") in ("paragraph", "heading", *_BULLETS) for child in inside):
        return _blocks(inside)
    return _inline(inside)


def _items(node: Node, above: str) -> list[str]:
    """Return the lines of a list; a list within an item repeats the bullets above it."""
    bullets = above + _BULLETS[str(node.get("type"))]
    lines: list[str] = []
    for item in node.get("content") or ():
        if item.get("type") in _BULLETS:  # a task list within a task list
            lines += _items(item, bullets)
            continue
        inside = item.get("content") or ()
        texts = [child for child in inside if child.get("type") not in _BULLETS]
        inline = all(child.get("type") not in ("paragraph", "heading", "codeBlock") for child in texts)
        words = _inline(texts) if inline else "\n".join(_block(child) for child in texts)
        lines.append(f"{bullets} {words}")
        for child in inside:
            if child.get("type") in _BULLETS:
                lines += _items(child, bullets)
    return lines


def _row(row: Node) -> str:
    text, mark = "", "|"
    for cell in row.get("content") or ():
        mark = "||" if cell.get("type") == "tableHeader" else "|"
        words = " ".join(_blocks(cell.get("content") or ()).split())  # a row is one line
        text += f"{mark}{words or ' '}"
    return text + mark


def _inline(nodes: Sequence[Node]) -> str:
    return "".join(_piece(node) for node in nodes)


def _piece(node: Node) -> str:
    attributes = node.get("attrs") or {}
    match node.get("type"):
        case "text":
            return _marked(str(node.get("text", "")), node.get("marks") or ())
        case "hardBreak":
            return "\n"
        case "mention":
            account = attributes.get("id")
            return f"[~accountid:{account}]" if account else str(attributes.get("text", ""))
        case "emoji":
            return str(attributes.get("text") or attributes.get("shortName", ""))
        case "status":
            return str(attributes.get("text", ""))
        case "inlineCard" | "blockCard" | "embedCard":
            url = attributes.get("url", "")
            return f"[{url}|{url}|smart-link]" if url else ""
        case "media" | "mediaInline":
            name = attributes.get("alt") or attributes.get("url") or attributes.get("id") or ""
            return f"!{name}!" if name else ""
        case _:
            return _inline(node.get("content") or ())


def _marked(text: str, marks: Sequence[Node]) -> str:
    """Return text between the signs of its marks; space at its edges stays outside of them."""
    bare = text.strip()
    if not bare or not marks:
        return text
    start, end = text[: text.index(bare)], text[text.index(bare) + len(bare) :]
    for mark in marks:
        kind, attributes = mark.get("type"), mark.get("attrs") or {}
        if kind in _MARKS:
            bare = f"{_MARKS[kind]}{bare}{_MARKS[kind]}"
        elif kind == "code":
            bare = "{{" + bare + "}}"
        elif kind == "subsup":
            sign = "~" if attributes.get("type") == "sub" else "^"
            bare = f"{sign}{bare}{sign}"
        elif kind == "textColor":
            bare = f"{{color:{attributes.get('color', '')}}}{bare}{{color}}"
        elif kind == "link":
            bare = f"[{bare}|{attributes.get('href', '')}]"
    return start + bare + end


def _plain(nodes: Sequence[Node]) -> str:
    return "".join(str(node.get("text", "")) for node in nodes)
