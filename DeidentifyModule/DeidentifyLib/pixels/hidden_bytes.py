"""Non-pixel bytes in Pixel Data: comments and application segments of compressed frames, and what lies
behind the last pixel. They are blanked in place: no length, offset or decoded pixel changes.

JPEG and JPEG-LS markers: ISO/IEC 10918-1 B.1.1.3, 14495-1 C.1; JPEG 2000: ISO/IEC 15444-1 A.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

HIDDEN_BYTES = "bytes between or behind the pixels are blanked"
"""Reason that is counted for them."""

_ITEM = b"\xfe\xff\x00\xe0"
_SEQUENCE_DELIMITER = b"\xfe\xff\xdd\xe0"
_JPEG_START = b"\xff\xd8"
_J2K_START = b"\xff\x4f\xff\x51"
CODESTREAM_STARTS = (_JPEG_START, _J2K_START)
_STANDALONE = frozenset((0x01, *range(0xD0, 0xD9)))
_NEXT_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
_KEPT_APPLICATION_SEGMENTS = (
    (0xE0, b"JFIF\0", 14),
    (0xE2, b"ICC_PROFILE\0", None),
    (0xE8, b"mrfx", None),
    (0xE8, b"SPIFF\0", 30),
    (0xEE, b"Adobe", 12),
)
_LONGEST_BARE_SEGMENT = 6
_ENCODER = re.compile(
    rb"(?:Kakadu-v?[0-9.]+|Kdu-Layer-Info: [-\w\s{}()\[\]^*/.,:|]*"
    rb"|Created (?:by|with) (?:GDCM/)?OpenJPEG(?: version)? [0-9.]+"
    rb"|CREATOR: gd-jpeg v[0-9.]+ \(using IJG JPEG v[0-9]+\)(?:, (?:default )?quality(?: = [0-9]+)?)?"
    rb"|MITRA_DICOM_STANDARD|Lavc[0-9.]+|LEAD Technologies Inc\. V[0-9.]+|(?:Creator: )?JasPer Version [0-9.]+"
    rb"|Aware[ -]?J(?:PEG)?2000[ 0-9.]*)[\s\0]*"
)
_JPEG_COMMENT, _J2K_COMMENT = 0xFE, 0x64
_SPACE, _ZERO = 0x20, 0
_FIRST_PART, _LARGEST_PART = 1 << 8, 1 << 20


class Codestream(Protocol):
    """The bytes of a compressed frame: in memory, or read from a file as they are looked at."""

    def __len__(self) -> int:
        """Return how many there are."""

    def __getitem__(self, part: slice, /) -> bytes:
        """Return some of them."""


def blank_hidden_bytes(fragments: bytes) -> bytes:
    """Return encapsulated pixel data with hidden bytes blanked.

    Parameters
    ----------
    fragments : bytes
        Value of encapsulated Pixel Data: items, with or without a sequence delimiter (PS3.5 A.4).

    Returns
    -------
    bytes
        The same object if nothing had to go.

    Raises
    ------
    ValueError
        If the items cannot be parsed.
    """
    pieces = _payloads(fragments)
    if len(pieces) < 2:
        return fragments
    result: bytearray | None = None
    for run in _frames(fragments, pieces[1:]):
        data = b"".join(fragments[start:end] for start, end in run)
        blanked = _blanked(data)
        if blanked is data:
            continue
        result = bytearray(fragments) if result is None else result
        position = 0
        for start, end in run:
            result[start:end] = blanked[position : position + end - start]
            position += end - start
    return fragments if result is None else bytes(result)


def _payloads(value: bytes) -> list[tuple[int, int]]:
    """Return start and end of each item: the Basic Offset Table, then the fragments."""
    pieces, position = [], 0
    while position + 8 <= len(value) and value[position : position + 4] == _ITEM:
        length = int.from_bytes(value[position + 4 : position + 8], "little")
        start = position + 8
        if start + length > len(value):
            raise ValueError("a fragment is longer than the pixel data")
        pieces.append((start, start + length))
        position = start + length
    rest = value[position:]
    if rest and not rest.startswith(_SEQUENCE_DELIMITER):
        raise ValueError("the pixel data are not a sequence of fragments")
    return pieces


def _frames(value: bytes, fragments: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Group fragments: each that starts a codestream begins a group."""
    groups: list[list[tuple[int, int]]] = []
    for start, end in fragments:
        begins = value.startswith(CODESTREAM_STARTS, start)
        if begins or not groups:
            groups.append([])
        groups[-1].append((start, end))
    return groups


def _blanked(data: bytes) -> bytes:
    result: bytearray | None = None
    for start, end, fill in hidden_parts(data):
        result = bytearray(data) if result is None else result
        result[start:end] = bytes((fill,)) * (end - start)
    return data if result is None else bytes(result)


def hidden_parts(data: Codestream) -> Iterator[tuple[int, int, int]]:
    """Yield the parts of a codestream that hide something: start, end, and the byte that they are filled with.

    They come in their order and do not overlap. Of anything but JPEG, JPEG-LS and JPEG 2000 there are none.
    """
    begin = data[0:4]
    if begin == _J2K_START:
        parts = _parts_of_j2k(data)
    elif begin.startswith(_JPEG_START):
        parts = _parts_of_jpeg(data)
    else:
        return
    for start, end in parts:
        if _says_something(data, start, end):
            yield start, end, _SPACE if start and end < len(data) else _ZERO


def _says_something(data: Codestream, start: int, end: int) -> bool:
    return any(
        data[part : min(part + _LARGEST_PART, end)].strip(b"\0 \xff") for part in range(start, end, _LARGEST_PART)
    )


def _parts_of_jpeg(data: Codestream) -> Iterator[tuple[int, int]]:
    """Yield what may hide in the segments of a JPEG or JPEG-LS stream, and what follows its end."""
    position = 2
    while position + 4 <= len(data):
        marker, start = _next_marker(data, position)
        if marker < 0:
            return
        if marker == 0xD9:
            yield start, len(data)
            return
        if marker in _STANDALONE:
            position = start
            continue
        end = min(start + int.from_bytes(data[start : start + 2], "big"), len(data))
        if marker == _JPEG_COMMENT:
            yield from _comment(data, start + 2, end)
        elif 0xE0 <= marker <= 0xEF:
            yield from _application(data, marker, start + 2, end)
        position = max(end, start)


def _next_marker(data: Codestream, position: int) -> tuple[int, int]:
    """Return the next marker and where it ends; (-1, -1) if there is none.

    The bytes are looked at in parts that grow: mostly the next segment is near, but a scan may be long.
    """
    size = _FIRST_PART
    while position < len(data):
        part = data[position : position + size]
        match = _NEXT_MARKER.search(part)
        if match is not None:
            return match[1][0], position + match.end()
        position += max(len(part) - 1, 1)  # the last byte may begin a marker
        size = min(4 * size, _LARGEST_PART)
    return -1, -1


def _application(data: Codestream, marker: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    for kept, signature, length in _KEPT_APPLICATION_SEGMENTS:
        if marker == kept and data[start : start + len(signature)] == signature:
            if length is not None:
                yield min(start + length, end), end
            return
    if end - start > _LONGEST_BARE_SEGMENT:
        yield start, end


def _parts_of_j2k(data: Codestream) -> Iterator[tuple[int, int]]:
    """Yield what may hide in the marker segments of the headers of image and tile-parts, and what follows the end."""
    position, tile_end = 2, 0
    while position + 2 <= len(data):
        head = data[position : position + 10]
        marker = head[1]
        if head[0] != 0xFF:
            return
        if marker == 0xD9:
            yield position + 2, len(data)
            return
        if marker == 0x93:
            # a tile-part that ends before its data begin states a wrong length: its end is looked for
            position = tile_end if tile_end > position else _find(data, b"\xff\xd9", position + 2)
            if position < 0:
                return
            continue
        end = min(position + 2 + int.from_bytes(head[2:4], "big"), len(data))
        if marker == 0x90:
            size = int.from_bytes(head[6:10], "big")
            tile_end = position + size if size else 0
        elif marker == _J2K_COMMENT:
            yield from _comment(data, position + 6, end)
        position = end


def _find(data: Codestream, wanted: bytes, position: int) -> int:
    while position < len(data):
        part = data[position : position + _LARGEST_PART]
        found = part.find(wanted)
        if found >= 0:
            return position + found
        position += max(len(part) - len(wanted) + 1, 1)
    return -1


def _comment(data: Codestream, start: int, end: int) -> Iterator[tuple[int, int]]:
    if not _ENCODER.fullmatch(data[start:end]):
        yield start, end


def blank_behind_pixels(value: bytes, expected: int) -> bytes:
    """Return native pixel data with the bytes behind the last pixel set to zero.

    Parameters
    ----------
    value : bytes
        Stored value.
    expected : int
        Number of bytes of one frame times the number of frames; 0 if the header does not tell.

    Returns
    -------
    bytes
        The same object if nothing had to go.
    """
    if not expected or len(value) <= expected or not value[expected:].strip(b"\0"):
        return value
    return value[:expected] + bytes(len(value) - expected)
