"""Reads wiki text into a document (ADF), as version 3 of the API gives it out.

Headings, lists, tables, quotes, panels, code, rules and the marks of words are read; any other markup stays
as it is written.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

Node = dict[str, Any]
PANEL_COLORS = {
    "info": "#deebff",
    "note": "#eae6ff",
    "success": "#e3fcef",
    "warning": "#fffae6",
    "error": "#ffebe6",
}
"""The kinds of panels in documents, and the background by which wiki text tells them apart."""
PANEL_KINDS = {color: kind for kind, color in PANEL_COLORS.items()}
_MARKUP = re.compile(r"[*_{\[|#+-]|^h[1-6]\. ", re.MULTILINE)
"""What a text without any of is nothing but paragraphs."""

_HEADING = re.compile(r"h([1-6])\.\s+(.*)")
_ITEM = re.compile(r"([*#-]+)\s+(.*)")
_FENCE = re.compile(r"\{(code|noformat|quote|panel|info|note|tip|warning)(?::([^}]*))?\}(.*)")
_LANGUAGE = re.compile(r"(?:^|\|)(?:language=)?([\w+#-]+)(?=\||$)")
_TITLE = re.compile(r"(?:^|\|)title=([^|]+)")
_COLOR = re.compile(r"(?:^|\|)bgColor=([^|]+)")
_CELLS = re.compile(r"(\|\|?)((?:\[[^\]\n]*\]|\{\{.*?\}\}|[^|])*)")
_BOXES = {"info": "info", "note": "note", "tip": "success", "warning": "warning"}
_MENTION = re.compile(r"\[~(?:accountid:)?([^\]]+)\]")
_LINK = re.compile(r"\[(?:([^\]|\n]+)\|)?((?:https?://|mailto:|ftp://)[^\]|\s]+)(\|smart-link)?\]")
_CODE = re.compile(r"\{\{(.+?)\}\}")
_SIGNS = {"*": "strong", "_": "em", "-": "strike", "+": "underline"}
_SIGNED = re.compile(r"(?<![\w*_+-])([*_+-])(?=\S)((?:(?!\1).)+?)(?<=\S)\1(?![\w*_+-])")
_INLINE = re.compile("|".join(f"(?:{p.pattern})" for p in (_MENTION, _LINK, _CODE)))


@lru_cache(maxsize=4096)
def read_wiki(text: str) -> Node:
    """Return the document that a wiki text means; nobody may change it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    content = list(_blocks(text.split("\n"))) if _MARKUP.search(text) else _paragraphs(text)
    return {"type": "doc", "version": 1, "content": content}


def _blocks(lines: Sequence[str]) -> Iterator[Node]:
    """Yield the blocks that lines make up: what has a markup of its own, and the paragraphs between."""
    waiting: list[str] = []
    place = 0
    while place < len(lines):
        node, used = _special(lines, place)
        if node is None:
            waiting.append(lines[place])
            place += 1
            continue
        yield from _between(waiting)
        waiting = []
        yield node
        place += used
        if place < len(lines) and not lines[place].strip():
            place += 1
    if waiting:
        yield from _paragraphs("\n".join(waiting))


def _between(lines: list[str]) -> list[Node]:
    """Return the paragraphs before a block, from which one empty line parts them."""
    kept = lines[:-1] if lines and not lines[-1].strip() else lines
    return _paragraphs("\n".join(kept)) if kept else []


def _paragraphs(text: str) -> list[Node]:
    return [_paragraph(part.split("\n")) for part in text.split("\n\n")]


def _special(lines: Sequence[str], place: int) -> tuple[Node | None, int]:
    """Return the block other than a paragraph that begins at a line, and how many lines it has."""
    line = lines[place]
    if heading := _HEADING.match(line):
        node = {"type": "heading", "attrs": {"level": int(heading[1])}, "content": _inline(heading[2])}
        return node, 1
    if line.strip() == "----":
        return {"type": "rule"}, 1
    if fence := _FENCE.match(line):
        return _fenced(fence, lines, place)
    if _is_item(line):
        used = _run(lines, place, _is_item)
        rows = [match for one in lines[place : place + used] if (match := _ITEM.match(one))]
        return _list(rows, 1), used
    if line.startswith("|") and line.rstrip().endswith("|"):
        used = _run(lines, place, lambda one: one.startswith("|") and one.rstrip().endswith("|"))
        return {"type": "table", "content": [_row(one) for one in lines[place : place + used]]}, used
    return None, 0


def _is_item(line: str) -> bool:
    return _ITEM.match(line) is not None and not line.startswith("--")


def _run(lines: Sequence[str], place: int, test: Any) -> int:
    end = place
    while end < len(lines) and test(lines[end]):
        end += 1
    return end - place


def _fenced(fence: re.Match[str], lines: Sequence[str], place: int) -> tuple[Node | None, int]:
    """Return a block between two equal tags; a tag that is never closed is text."""
    name, options, rest = fence[1], fence[2] or "", fence[3]
    closing = f"{{{name}}}"
    inside: list[str] = []
    for number, line in enumerate([rest, *lines[place + 1 :]]):
        if closing in line:
            inside.append(line[: line.index(closing)])
            return _enclosed(name, options, _trimmed(inside)), number + 1
        inside.append(line)
    return None, 0


def _enclosed(name: str, options: str, inside: list[str]) -> Node:
    if name in ("code", "noformat"):
        language = _LANGUAGE.search(options) if name == "code" else None
        node: Node = {"type": "codeBlock", "attrs": {"language": language[1]} if language else {}}
        text = "\n".join(inside)
        return node | {"content": [{"type": "text", "text": text}]} if text else node
    content = list(_blocks(inside)) or [{"type": "paragraph"}]
    if name == "quote":
        return {"type": "blockquote", "content": content}
    if title := _TITLE.search(options):  # a panel of a document has none of its own
        words = {"type": "text", "text": title[1], "marks": [{"type": "strong"}]}
        content.insert(0, {"type": "paragraph", "content": [words]})
    color = _COLOR.search(options)
    kind = _BOXES.get(name) or PANEL_KINDS.get(color[1].lower() if color else "", "info")
    return {"type": "panel", "attrs": {"panelType": kind}, "content": content}


def _trimmed(lines: list[str]) -> list[str]:
    if lines and not lines[0].strip():
        lines = lines[1:]
    return lines[:-1] if lines and not lines[-1].strip() else lines


def _list(rows: Sequence[re.Match[str]], depth: int) -> Node:
    """Return a list of rows with bullets of this depth; deeper ones hang on the item above."""
    kind = "orderedList" if rows[0][1][depth - 1 : depth] == "#" else "bulletList"
    items: list[Node] = []
    deeper: list[re.Match[str]] = []
    for row in [*rows, None]:
        if row is not None and len(row[1]) > depth and items:
            deeper.append(row)
            continue
        if deeper:
            items[-1]["content"].append(_list(deeper, depth + 1))
            deeper = []
        if row is not None:
            items.append({"type": "listItem", "content": [_paragraph([row[2]])]})
    return {"type": kind, "content": items}


def _row(line: str) -> Node:
    cells: list[Node] = [
        {
            "type": "tableHeader" if mark == "||" else "tableCell",
            "attrs": {},
            "content": [_paragraph([text.strip()]) if text.strip() else {"type": "paragraph"}],
        }
        for mark, text in _CELLS.findall(line.rstrip().rstrip("|"))
    ]
    return {"type": "tableRow", "content": cells}


def _paragraph(lines: Sequence[str]) -> Node:
    content: list[Node] = []
    for number, line in enumerate(lines):
        if number:
            content.append({"type": "hardBreak"})
        content += _inline(line)
    return {"type": "paragraph", "content": content} if content else {"type": "paragraph"}


def _inline(text: str) -> list[Node]:
    """Return the pieces of a line: mentions, links and code first, then words with marks."""
    pieces: list[Node] = []
    place = 0
    for match in _INLINE.finditer(text):
        pieces += _marked(text[place : match.start()], [])
        pieces.append(_named(match[0]))
        place = match.end()
    return pieces + _marked(text[place:], [])


def _named(text: str) -> Node:
    if mention := _MENTION.fullmatch(text):
        return {"type": "mention", "attrs": {"id": mention[1], "text": f"@{mention[1]}"}}
    if link := _LINK.fullmatch(text):
        if link[3]:
            return {"type": "inlineCard", "attrs": {"url": link[2]}}
        mark = {"type": "link", "attrs": {"href": link[2]}}
        return {"type": "text", "text": link[1] or link[2], "marks": [mark]}
    return {"type": "text", "text": text[2:-2], "marks": [{"type": "code"}]}


def _marked(text: str, marks: list[Node]) -> list[Node]:
    """Return text as pieces, those between *, _, - or + with their mark."""
    pieces: list[Node] = []
    place = 0
    for match in _SIGNED.finditer(text):
        pieces += _text(text[place : match.start()], marks)
        pieces += _marked(match[2], [*marks, {"type": _SIGNS[match[1]]}])
        place = match.end()
    return pieces + _text(text[place:], marks)


def _text(text: str, marks: list[Node]) -> list[Node]:
    if not text:
        return []
    return [{"type": "text", "text": text, "marks": marks} if marks else {"type": "text", "text": text}]
