"""Walking of encoded elements (PS3.5 7.1, 7.5): little endian, explicit or implicit VR."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from pydicom.valuerep import EXPLICIT_VR_LENGTH_32, STANDARD_VR

from ...dicom.tags import SPECIFIC_CHARACTER_SET
from .errors import NotStreamable

UNDEFINED = 0xFFFFFFFF
ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
MAXIMUM_DEPTH = 30

_EXPLICIT = Struct("<HH2sH").unpack_from
_IMPLICIT = Struct("<HHL").unpack_from
_LENGTH = Struct("<L").unpack_from
_VR = {str(vr).encode("ascii"): str(vr) for vr in STANDARD_VR}
SHORT_VRS = {code: vr for code, vr in _VR.items() if vr not in {str(long) for long in EXPLICIT_VR_LENGTH_32}}
"""VRs whose length has 16 bits, by their code."""
explicit_head = _EXPLICIT
_LONG = frozenset(str(vr).encode("ascii") for vr in EXPLICIT_VR_LENGTH_32)
LONG_VRS = frozenset(str(vr) for vr in EXPLICIT_VR_LENGTH_32)


class NeedMore(Exception):
    """The bytes end within an element."""


class EncodedElement(NamedTuple):
    """Where an element lies in a buffer.

    Attributes
    ----------
    tag : int
    vr : str or None
        None in implicit VR.
    start, value, stop : int
        First byte, first byte of the value, and end, the delimiter of an undefined length included.
    undefined : bool
        Whether the length is undefined.
    """

    tag: int
    vr: str | None
    start: int
    value: int
    stop: int
    undefined: bool


def read_head(data: bytes, position: int, implicit: bool) -> tuple[int, str | None, int, int]:
    """Return tag, VR, position of the value and length of the element at a position.

    Raises
    ------
    NeedMore
        If the buffer ends before the value.
    NotStreamable
        If there is no element of a known VR.
    """
    if position + 12 > len(data) and position + 8 > len(data):
        raise NeedMore
    if implicit:
        group, element, length = _IMPLICIT(data, position)
        return group << 16 | element, None, position + 8, length
    group, element, code, length = _EXPLICIT(data, position)
    vr = _VR.get(code)
    if vr is None:
        if group == 0xFFFE:
            return group << 16 | element, None, position + 8, _LENGTH(data, position + 4)[0]
        raise NotStreamable("an element without a VR of the standard")
    if code not in _LONG:
        return group << 16 | element, vr, position + 8, length
    if position + 12 > len(data):
        raise NeedMore
    if length:
        raise NotStreamable("reserved bytes are not zero")
    return group << 16 | element, vr, position + 12, _LENGTH(data, position + 8)[0]


def end_of_sequence(data: bytes, position: int, implicit: bool, depth: int = 0) -> int:
    """Return where a sequence of undefined length ends, its delimiter included.

    Parameters
    ----------
    position : int
        First byte of its value.

    Raises
    ------
    NeedMore, NotStreamable
        If it does not end in the buffer, or is malformed.
    """
    if depth > MAXIMUM_DEPTH:
        raise NotStreamable("sequences nested too deep")
    while True:
        if position + 8 > len(data):
            raise NeedMore
        group, element, length = _IMPLICIT(data, position)
        tag = group << 16 | element
        position += 8
        if tag == SEQUENCE_END and not length:
            return position
        if tag != ITEM:
            raise NotStreamable("a malformed sequence")
        position = _end_of_item(data, position, implicit, depth) if length == UNDEFINED else position + length


def _end_of_item(data: bytes, position: int, implicit: bool, depth: int) -> int:
    while True:
        tag, vr, position, length = read_head(data, position, implicit)
        if tag == ITEM_END and not length:
            return position
        if tag >> 16 == 0xFFFE:
            raise NotStreamable("a malformed sequence")
        if length != UNDEFINED:
            position += length
        elif vr in ("SQ", "UN", None):
            position = end_of_sequence(data, position, implicit or vr == "UN", depth + 1)
        else:
            raise NotStreamable("a value of undefined length")


def elements(data: bytes, start: int, stop: int, implicit: bool) -> Iterator[EncodedElement]:
    """Yield the elements of an item.

    Raises
    ------
    NotStreamable
        If they do not fill the item exactly, or are not in the order of their tags.
    """
    last = 0
    while start < stop:
        try:
            tag, vr, value, length = read_head(data, start, implicit)
            undefined = length == UNDEFINED
            end = end_of_undefined(data, tag, vr, value, implicit) if undefined else value + length
        except NeedMore:
            raise NotStreamable("an item that is shorter than its content") from None
        if end > stop:
            raise NotStreamable("an item that is shorter than its content")
        check_order(tag, last)
        last = tag
        yield EncodedElement(tag, vr, start, value, end, undefined)
        start = end


def check_order(tag: int, last: int) -> None:
    """Refuse tags that do not rise, and groups that belong to no data set.

    Raises
    ------
    NotStreamable
        If the tag is not greater than the last one or of a group below 8 or FFFE.
    """
    if tag < 0x00080000 or tag >> 16 == 0xFFFE:
        raise NotStreamable("elements that belong to no data set")
    if tag <= last:
        raise NotStreamable("elements out of order")


def end_of_undefined(data: bytes, tag: int, vr: str | None, value: int, implicit: bool) -> int:
    """Return where an element of undefined length ends, if it is a sequence.

    Raises
    ------
    NeedMore, NotStreamable
        If it does not end in the buffer, or is no sequence.
    """
    if vr not in ("SQ", "UN", None):
        raise NotStreamable("a value of undefined length")
    return end_of_sequence(data, value, implicit or vr == "UN")


def items(data: bytes, element: EncodedElement) -> Iterator[tuple[int, int, bool]]:
    """Yield start and stop of the content of each item of a sequence, and whether the item's length is undefined.

    Raises
    ------
    NotStreamable
        If the items do not fill the sequence exactly.
    """
    position = element.value
    stop = element.stop - 8 if element.undefined else element.stop
    implicit = element.vr is None
    while position < stop:
        if position + 8 > stop:
            raise NotStreamable("a malformed sequence")
        group, number, length = _IMPLICIT(data, position)
        if group << 16 | number != ITEM:
            raise NotStreamable("a malformed sequence")
        position += 8
        undefined = length == UNDEFINED
        try:
            end = _end_of_item(data, position, implicit, 0) if undefined else position + length
        except NeedMore:
            raise NotStreamable("a malformed sequence") from None
        if end > stop:
            raise NotStreamable("a malformed sequence")
        yield position, end - 8 if undefined else end, undefined
        position = end


def check_items(raw: bytes, value: int, vr: str | None, implicit: bool) -> None:
    """Refuse a sequence of undefined length that goes, but that pydicom could not read.

    Parameters
    ----------
    raw : bytes
        The encoded element.
    value : int
        Where in it the value begins.
    vr : str or None
    implicit : bool
        Whether the VR of the element is implicit.

    Raises
    ------
    NotStreamable
        If it is malformed, or an item has a character set: pydicom decodes that while it reads.
    """
    implicit = implicit or vr == "UN"
    whole = EncodedElement(0, None if implicit else vr, 0, value, len(raw), True)
    for start, stop, _ in items(raw, whole):
        for part in elements(raw, start, stop, implicit):
            if part.tag == SPECIFIC_CHARACTER_SET:
                raise NotStreamable("a character set in an item")
            if part.undefined:
                check_items(raw[: part.stop], part.value, part.vr, implicit)
