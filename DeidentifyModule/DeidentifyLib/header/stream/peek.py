"""Reading of a few attributes at the top of a file, without the rest of it."""

from __future__ import annotations

from collections.abc import Callable

from pydicom.charset import decode_bytes

from .errors import NotStreamable
from .layout import Layout, Window, start_of_data_set
from .siblings import CHARACTER_SET, encodings_of
from .sources import ByteSource
from .walk import SHORT_VRS, UNDEFINED, NeedMore, check_order, end_of_undefined, explicit_head, read_head

PEEK_BYTES = 1 << 13
_LONGEST_TEXT = 1 << 12


def peek(source: ByteSource, tags: frozenset[int], last_tag: int) -> Callable[[int], str]:
    """Read attributes of the top level.

    Parameters
    ----------
    source : ByteSource
        The file.
    tags : frozenset of int
        Tags of texts that are wanted.
    last_tag : int
        The greatest of them; what follows is not read.

    Returns
    -------
    callable
        Gives the text of a tag without padding, empty if it is absent.

    Raises
    ------
    NotStreamable
        If the file is not plain up to there.
    """
    window = Window(source, PEEK_BYTES)
    layout, position = start_of_data_set(window)
    values = _values(window, position, layout, tags, last_tag)
    character_set = values.get(CHARACTER_SET, (b"", 0))[0]
    encodings = list(encodings_of(character_set, layout.implicit))

    def text_of(tag: int) -> str:
        raw, start = values.get(tag, (b"", 0))
        return decode_bytes(raw[start:], encodings, {"\\", "^", "="}).strip(" \0")

    return text_of


def _values(
    window: Window, position: int, layout: Layout, tags: frozenset[int], last_tag: int
) -> dict[int, tuple[bytes, int]]:
    """Return the wanted elements, each encoded and with the position of its value."""
    found: dict[int, tuple[bytes, int]] = {}
    implicit, last = layout.implicit, 0
    while True:
        data = window.data
        if not implicit:
            position, last = _skip(data, position, last, tags, last_tag)
        if position >= len(data) and window.at_end():
            return found
        try:
            tag, vr, value, length = read_head(data, position, implicit)
            if tag > last_tag:
                return found
            undefined = length == UNDEFINED
            end = end_of_undefined(data, tag, vr, value, implicit) if undefined else value + length
        except NeedMore:
            if window.at_end():
                raise NotStreamable("a truncated file") from None
            window.move(window.base + position, 2 * (len(data) - position))
            position = 0
            continue
        check_order(tag, last)
        last = tag
        if tag in tags:
            if undefined or length > _LONGEST_TEXT:
                raise NotStreamable("a strange value")
            if end > len(data):
                if window.at_end():
                    raise NotStreamable("a truncated file")
                window.move(window.base + position, end - position)
                position, last = 0, tag - 1
                continue
            found[tag] = (data[position:end], value - position)
        if end > len(data):
            window.move(window.base + end)
            end = 0
        position = end


def _skip(data: bytes, position: int, last: int, tags: frozenset[int], last_tag: int) -> tuple[int, int]:
    """Return where the first element begins that is wanted, or is not short, whole and in order."""
    last = max(last, 0x0007FFFF)
    stop = len(data) - 8
    while position <= stop:
        group, element, code, length = explicit_head(data, position)
        tag = group << 16 | element
        end = position + 8 + length
        if code not in SHORT_VRS or tag <= last or tag in tags or end > stop + 8 or tag > last_tag:
            break
        position, last = end, tag
    return position, last
