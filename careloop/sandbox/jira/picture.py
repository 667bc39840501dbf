"""Small pictures: those that the site draws itself, and the size of those that it is given."""

import struct
import zlib
from typing import NamedTuple

_SHAPES = (
    '<circle cx="24" cy="24" r="12"/>',
    '<path d="M24 11 37 35H11Z"/>',
    '<rect x="13" y="13" width="22" height="22"/>',
    '<path d="M24 9 39 24 24 39 9 24Z"/>',
)
_COLOURS = ("#0747a6", "#00875a", "#bf2600", "#5243aa", "#ff991f", "#008da6", "#42526e")
_PNG, _GIF, _JPEG = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a"), b"\xff\xd8"
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""The markers of a JPEG file behind which its size stands (ITU T.81, table B.1)."""


class Measure(NamedTuple):
    """What a picture is: its media type, width and height in pixels."""

    media_type: str
    width: int
    height: int


def draw_svg(number: int) -> bytes:
    """Return the SVG of a coloured tile; each number has its own."""
    tile = f'<rect width="48" height="48" rx="6" fill="{_COLOURS[number % len(_COLOURS)]}"/>'
    shape = f'<g fill="#fff">{_SHAPES[number % len(_SHAPES)]}</g>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">{tile}{shape}</svg>'.encode()


def draw_png(number: int, size: int) -> bytes:
    """Return a PNG of `size` pixels a side in the colour of the same tile."""
    colour = bytes.fromhex(_COLOURS[number % len(_COLOURS)].removeprefix("#"))
    rows = (b"\0" + colour * size) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return _PNG + b"".join(_chunk(name, content) for name, content in chunks)


def measure(content: bytes) -> Measure | None:
    """Return what a PNG, GIF or JPEG is, None for anything else."""
    if content.startswith(_PNG) and len(content) > 24:
        return Measure("image/png", *struct.unpack(">II", content[16:24]))
    if content.startswith(_GIF) and len(content) > 10:
        return Measure("image/gif", *struct.unpack("<HH", content[6:10]))
    return _measure_jpeg(content) if content.startswith(_JPEG) else None


def _measure_jpeg(content: bytes) -> Measure | None:
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        marker, length = content[place + 1], struct.unpack(">H", content[place + 2 : place + 4])[0]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return Measure("image/jpeg", width, height)
        place += 2 + length
    return None


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
