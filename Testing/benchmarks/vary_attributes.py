"""Give attributes another value in every file, so that nothing can be decided once for a series."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

from .header_mix import Attribute

_KEPT_GROUPS = (0x0010,)
_KEPT = frozenset((0x00080005, 0x00080016, 0x00080018, 0x00080060, 0x00081150, 0x0020000D, 0x0020000E))
_SHAPE_OF_THE_PIXELS = range(0x00280002, 0x00280104)
_PIXEL_SPACING = 0x00280030


def _packed(form: str) -> Callable[[bytes, int], bytes]:
    def change(value: bytes, index: int) -> bytes:
        size = struct.calcsize(form)
        return struct.pack(form, index % 60_000) + value[size:]

    return change


def _day(value: bytes, index: int) -> bytes:
    month, day = divmod(index, 28)
    year, month = divmod(month, 12)
    return b"%04d%02d%02d" % (1990 + year % 30, 1 + month, 1 + day)


def _time(value: bytes, index: int) -> bytes:
    return b"%02d%02d%02d.%06d" % (index // 3600 % 24, index // 60 % 60, index % 60, index % 10**6)


def _code(value: bytes, index: int) -> bytes:
    *first, last = value.split(b"\\")
    return b"\\".join([*first, b"%s%d" % (last[:8], index)])


_CHANGES: dict[bytes, Callable[[bytes, int], bytes]] = {
    b"AS": lambda value, index: b"%03dD" % (index % 1000),
    b"CS": _code,
    b"DA": _day,
    b"DS": lambda value, index: b"%d.%d" % (index, len(value)),
    b"FD": _packed("<d"),
    b"IS": lambda value, index: b"%d" % index,
    b"LO": lambda value, index: b"%s %d" % (value[:40], index),
    b"LT": lambda value, index: b"%s %d" % (value[:40], index),
    b"OB": _packed("<L"),
    b"PN": lambda value, index: b"%s%d" % (value[:40], index),
    b"SH": lambda value, index: b"%s %d" % (value[:8], index),
    b"ST": lambda value, index: b"%s %d" % (value[:40], index),
    b"TM": _time,
    b"UI": lambda value, index: b"%s.%d" % (value, index),
    b"UL": _packed("<L"),
    b"UN": _packed("<L"),
    b"US": _packed("<H"),
}


def varied(attributes: list[Attribute], amount: int, index: int) -> list[Attribute]:
    """Return the attributes, `amount` of them with a value that only the file of this index has.

    Parameters
    ----------
    attributes : list of Attribute
        A sequence counts as one and is changed in all of its items. Which ones change is the same for all files.
    amount : int
        What is more than can be changed is ignored.
    index : int
        From 1.
    """
    tags = sorted(one.tag for one in attributes if _may_change(one.tag))
    random.Random(3).shuffle(tags)
    changing = set(tags[:amount])
    return [_changed(one, index) if one.tag in changing else one for one in attributes]


def _may_change(tag: int) -> bool:
    group, element = tag >> 16, tag & 0xFFFF
    creator = group & 1 and 0x10 <= element <= 0xFF
    shape = tag in _SHAPE_OF_THE_PIXELS and tag != _PIXEL_SPACING
    return not (creator or shape or group in _KEPT_GROUPS or tag in _KEPT)


def _changed(one: Attribute, index: int) -> Attribute:
    if isinstance(one.value, bytes):
        return Attribute(one.tag, one.vr, _CHANGES[one.vr](one.value, index))
    items = [[_changed(inner, index) if _may_change(inner.tag) else inner for inner in item] for item in one.value]
    return Attribute(one.tag, one.vr, items)
