"""Byte edits of a walked file, for the canary and the audit's own mutation tests.

Only top-level edits in little endian, uninflated data sets; that is enough to plant a leak of each kind.
"""

from __future__ import annotations

import struct

from .elements import LEVEL_ROOT, UNDEFINED, Document, Element
from .tags import FILE_META_INFORMATION_GROUP_LENGTH, PIXEL_DATA

_LONG_VALUE = 1 << 20
_LONG = frozenset("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())


def can_edit(document: Document) -> bool:
    """Return whether the edits of this file apply to a document."""
    return document.endian == "<" and document.body is document.data and bool(document.meta)


def element(tag: int, vr: str, value: bytes, explicit: bool = True) -> bytes:
    """Return one element as bytes, padded to even length."""
    if len(value) % 2:
        value += b"\0" if vr in ("UI", "OB", "UN") else b" "
    group, number = tag >> 16, tag & 0xFFFF
    if not explicit:
        return struct.pack("<HHI", group, number, len(value)) + value
    if vr in _LONG:
        return struct.pack("<HH2sHI", group, number, vr.encode(), 0, len(value)) + value
    return struct.pack("<HH2sH", group, number, vr.encode(), len(value)) + value


def item(*elements: bytes) -> bytes:
    """Return a sequence item of defined length."""
    content = b"".join(elements)
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


def header_length(document: Document, tag: int, vr: str) -> int:
    """Return how many bytes stand before a value."""
    return 12 if document.explicit and vr in _LONG else 8


def without(data: bytes, tag: int) -> bytes:
    """Return the file without a top-level element."""
    document = Document(data)
    found = document.index.get((LEVEL_ROOT, tag))
    if found is None:
        return data
    begin = found[3] - header_length(document, tag, found[2])
    return data[:begin] + data[found[3] + found[4] :]


def with_element(data: bytes, tag: int, vr: str, value: bytes) -> bytes:
    """Return the file with a top-level element replaced, or put in its place in the order of tags."""
    data = without(data, tag)
    document = Document(data)
    place = len(data)
    for path, other, other_vr, start, _ in document.elements:
        if path == LEVEL_ROOT and other > tag:
            place = start - header_length(document, other, other_vr)
            break
    return data[:place] + element(tag, vr, value, document.explicit) + data[place:]


def with_meta(data: bytes, tag: int, vr: str, value: bytes) -> bytes:
    """Return the file with an element of the file meta information replaced or added; the group length is corrected."""
    document = Document(data)
    kept = [entry for entry in document.meta if entry[1] not in (tag, FILE_META_INFORMATION_GROUP_LENGTH)]
    parts = [(entry[1], element(entry[1], entry[2], data[entry[3] : entry[3] + entry[4]])) for entry in kept]
    parts.append((tag, element(tag, vr, value)))
    content = b"".join(part for _, part in sorted(parts))
    start = 132 if document.has_preamble else 0
    length = element(FILE_META_INFORMATION_GROUP_LENGTH, "UL", struct.pack("<I", len(content)))
    return data[:start] + length + content + data[document.body_start :]


def shortened(document: Document) -> bytes:
    """Return a file without the greater part of its long top-level values, whole where no edits apply."""
    if not can_edit(document):
        return document.data[:]
    parts, position = [], 0
    for one in document.elements:
        if one[0] == LEVEL_ROOT and one[4] > _LONG_VALUE and one[2] != "SQ":
            begin = one[3] - header_length(document, one[1], one[2])
            parts += [document.body[position:begin], _with_short_value(document, one)]
            position = one[3] + one[4]
    return b"".join((*parts, document.body[position:]))


def _with_short_value(document: Document, one: Element) -> bytes:
    _, tag, vr, start, _ = one
    if tag != PIXEL_DATA or not document.fragments:
        return element(tag, vr, document.body[start : start + _LONG_VALUE], document.explicit)
    head = struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, vr.encode(), 0, UNDEFINED)
    kept, left = [], _LONG_VALUE
    for place, length in document.fragments:
        size = min(length, left)
        kept.append(item(document.body[place : place + size]))
        left -= size
        if left <= 0:
            break
    return b"".join((head, *kept, struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)))


def with_bytes(data: bytes, place: int, value: bytes) -> bytes:
    """Return the file with some bytes overwritten."""
    return data[:place] + value + data[place + len(value) :]
