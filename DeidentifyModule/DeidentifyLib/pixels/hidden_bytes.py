"""Bytes in Pixel Data that are no pixels: comments and application segments of compressed frames, and what lies
behind the last pixel. They are blanked in place: no length, offset or decoded pixel changes.

JPEG and JPEG-LS markers: ISO/IEC 10918-1 B.1.1.3, 14495-1 C.1; JPEG 2000: ISO/IEC 15444-1 A.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_ITEM = b"\xfe\xff\x00\xe0"
_SEQUENCE_DELIMITER = b"\xfe\xff\xdd\xe0"
_JPEG_START = b"\xff\xd8"
_J2K_START = b"\xff\x4f\xff\x51"
_STANDALONE = frozenset((0x01, *range(0xD0, 0xD9)))
_NEXT_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_KEPT_APPLICATION_SEGMENTS = (
    (0xE0, b"JFIF\0", 14),
    (0xE2, b"ICC_PROFILE\0", None),
    (0xE8, b"mrfx", None),
    (0xE8, b"SPIFF\0", 30),
    (0xEE, b"Adobe", 12),
)
_LONGEST_BARE_SEGMENT = 6
_ENCODER = re.compile(
    rb"(?:Kakadu-v?[0-9.]+|Kdu-Layer-Info: [-\w\s{}()\[\]^*/.,:|]*|Created (?:by|with) (?:GDCM/)?OpenJPEG(?: version)? [0-9.]+"
    rb"|CREATOR: gd-jpeg v[0-9.]+ \(using IJG JPEG v[0-9]+\)(?:, (?:default )?quality(?: = [0-9]+)?)?"
    rb"|MITRA_DICOM_STANDARD|Lavc[0-9.]+|LEAD Technologies Inc\. V[0-9.]+|(?:Creator: )?JasPer Version [0-9.]+|Aware[ -]?J(?:PEG)?2000[ 0-9.]*)[\s\0]*"
)
_JPEG_COMMENT, _J2K_COMMENT = 0xFE, 0x64


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
        blanked = _blank_stream(data)
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
        begins = value.startswith((_JPEG_START, _J2K_START), start)
        if begins or not groups:
            groups.append([])
        groups[-1].append((start, end))
    return groups


def _blank_stream(data: bytes) -> bytes:
    if data.startswith(_J2K_START):
        return _blanked(data, _walk_j2k)
    if data.startswith(_JPEG_START):
        return _blanked(data, _walk_jpeg)
    return data


Walk = Callable[[bytes, Callable[[int, int], None]], None]


def _blanked(data: bytes, walk: Walk) -> bytes:
    result: bytearray | None = None

    def blank(start: int, end: int) -> None:
        nonlocal result
        if data[start:end].strip(b"\0 \xff"):
            result = bytearray(data) if result is None else result
            result[start:end] = b" " * (end - start) if start and end < len(data) else bytes(end - start)

    walk(data, blank)
    return data if result is None else bytes(result)


def _walk_jpeg(data: bytes, blank: Callable[[int, int], None]) -> None:
    """Visit the segments of a JPEG or JPEG-LS stream and what follows its end."""
    position = 2
    while position + 4 <= len(data):
        match = _NEXT_MARKER.search(data, position)
        if match is None:
            return
        marker, start = match[1][0], match.end()
        if marker == 0xD9:
            blank(start, len(data))
            return
        if marker in _STANDALONE:
            position = start
            continue
        end = min(start + int.from_bytes(data[start : start + 2], "big"), len(data))
        if marker == _JPEG_COMMENT:
            _blank_comment(data, start + 2, end, blank)
        elif 0xE0 <= marker <= 0xEF:
            _blank_application(data, marker, start + 2, end, blank)
        position = max(end, start)


def _blank_application(data: bytes, marker: int, start: int, end: int, blank: Callable[[int, int], None]) -> None:
    for kept, signature, length in _KEPT_APPLICATION_SEGMENTS:
        if marker == kept and data.startswith(signature, start):
            if length is not None:
                blank(min(start + length, end), end)
            return
    if end - start > _LONGEST_BARE_SEGMENT:
        blank(start, end)


def _walk_j2k(data: bytes, blank: Callable[[int, int], None]) -> None:
    """Visit the marker segments of the main header and of each tile-part header, and what follows the end."""
    position, tile_end = 2, 0
    while position + 2 <= len(data):
        marker = data[position + 1]
        if data[position] != 0xFF:
            return
        if marker == 0xD9:
            blank(position + 2, len(data))
            return
        if marker == 0x93:
            position = tile_end or data.find(b"\xff\xd9", position + 2)
            if position < 0:
                return
            continue
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        end = min(position + 2 + length, len(data))
        if marker == 0x90:
            size = int.from_bytes(data[position + 6 : position + 10], "big")
            tile_end = position + size if size else 0
        elif marker == _J2K_COMMENT:
            _blank_comment(data, position + 6, end, blank)
        position = end


def _blank_comment(data: bytes, start: int, end: int, blank: Callable[[int, int], None]) -> None:
    if not _ENCODER.fullmatch(data[start:end]):
        blank(start, end)


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
