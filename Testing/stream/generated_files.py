"""Encoded files element by element, in any order and with any lie, for the tests of the stream engine."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace

from synthetic.files import UNDEFINED, raw_element, raw_item, sequence_end

EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"
JPEG = "1.2.840.10008.1.2.4.50"
PIXEL_DATA = 0x7FE00010


@dataclass(frozen=True)
class Item:
    """A sequence item."""

    elements: tuple[Element, ...] = ()
    undefined: bool = False


@dataclass(frozen=True)
class Element:
    """An element as it is written.

    Attributes
    ----------
    tag : int
    vr : str
        Written in explicit VR only. The items of a UN sequence are in implicit VR (PS3.5 6.2.2).
    value : bytes or tuple of Item
        Bytes are written as they are, of odd length too.
    undefined : bool
        Whether a sequence has undefined length. With bytes: encapsulated fragments.
    """

    tag: int
    vr: str
    value: bytes | tuple[Item, ...] = b""
    undefined: bool = False

    def __repr__(self) -> str:
        shown = self.value if not isinstance(self.value, bytes) or len(self.value) < 100 else self.value[:100] + b"..."
        return f"Element(0x{self.tag:08X}, {self.vr!r}, {shown!r}{', True' if self.undefined else ''})"

    def encode(self, implicit: bool) -> bytes:
        """Return the element as it stands in a file; 16 bits of length hold no long value, so it becomes UN."""
        if isinstance(self.value, bytes):
            if self.undefined:
                return raw_element(self.tag, None if implicit else self.vr, self.value + sequence_end(), UNDEFINED)
            long = len(self.value) > 0xFFFE and self.vr not in ("OB", "OW", "UN", "UT", "UC", "OF")
            return raw_element(self.tag, None if implicit else "UN" if long else self.vr, self.value)
        inside = implicit or self.vr == "UN"
        content = b"".join(raw_item(encode(item.elements, inside), item.undefined) for item in self.value)
        vr = None if implicit else self.vr if self.vr == "UN" else "SQ"
        if self.undefined:
            return raw_element(self.tag, vr, content + sequence_end(), UNDEFINED)
        return raw_element(self.tag, vr, content)


def encode(elements: Iterable[Element], implicit: bool = False) -> bytes:
    """Encode elements one behind the other."""
    return b"".join(element.encode(implicit) for element in elements)


def text(tag: int, vr: str, value: str | bytes) -> Element:
    """Return an element with its value padded to even length."""
    data = value.encode("latin-1") if isinstance(value, str) else value
    return Element(tag, vr, data + (b"\0" if vr in ("UI", "OB", "UN") else b" ") * (len(data) % 2))


def sequence(tag: int, *items: Iterable[Element], undefined: bool = False, vr: str = "SQ") -> Element:
    """Return a sequence; its items are of undefined length where it is itself."""
    return Element(tag, vr, tuple(Item(tuple(item), undefined) for item in items), undefined)


def fragments(*payloads: bytes, offsets: bytes = b"") -> Element:
    """Return encapsulated pixel data (PS3.5 A.4)."""
    return Element(PIXEL_DATA, "OB", b"".join(raw_item(payload) for payload in (offsets, *payloads)), True)


@dataclass(frozen=True)
class Damage:
    """What happens to the bytes of a file after it was encoded.

    Attributes
    ----------
    element : int
        Number of the element, modulo how many there are.
    offset : int
        Byte of the element, modulo its length: below 12 it hits tag, VR or length.
    kind : str
        ``flip``, ``cut`` (the file ends there), ``insert`` or ``delete`` (of `byte` bytes).
    byte : int
    """

    element: int
    offset: int
    kind: str
    byte: int


@dataclass(frozen=True)
class File:
    """One file of a series.

    Attributes
    ----------
    elements : tuple of Element
        In the order in which they are written.
    syntax : str
        Says how they are encoded.
    preamble, tail : bytes
        What stands before and behind everything.
    damages : tuple of Damage
    meta : tuple of Element
        File meta information, if not the usual one.
    """

    elements: tuple[Element, ...]
    syntax: str = EXPLICIT
    preamble: bytes = bytes(128)
    tail: bytes = b""
    damages: tuple[Damage, ...] = ()
    meta: tuple[Element, ...] = ()

    def with_element(self, element: Element) -> File:
        """Return the file with an element in its place, instead of those with the same tag."""
        kept = [one for one in self.elements if one.tag != element.tag]
        return replace(self, elements=tuple(sorted([*kept, element], key=lambda one: one.tag)))

    def without(self, *tags: int) -> File:
        """Return the file without some elements."""
        return replace(self, elements=tuple(one for one in self.elements if one.tag not in tags))

    def get(self, tag: int) -> Element:
        """Return the first element with a tag."""
        return next(one for one in self.elements if one.tag == tag)

    def encode(self) -> bytes:
        """Return the bytes of the file."""
        implicit = self.syntax == IMPLICIT
        meta = encode(self.meta or usual_meta(self))
        length = Element(0x00020000, "UL", struct.pack("<L", len(meta))).encode(False)
        parts = [self.preamble + b"DICM" + length + meta]
        parts += [element.encode(implicit) for element in self.elements]
        whole = b"".join(parts) + self.tail
        for damage in self.damages:
            number = damage.element % (len(parts) - 1) + 1
            start = sum(len(part) for part in parts[:number])
            whole = _damaged(whole, start + damage.offset % len(parts[number]), damage)
        return whole


def _damaged(data: bytes, position: int, damage: Damage) -> bytes:
    before, behind = data[:position], data[position:]
    if damage.kind == "cut":
        return before
    if damage.kind == "insert":
        return before + bytes([damage.byte]) * 2 + behind
    if damage.kind == "delete":
        return before + behind[1 + damage.byte % 12 :]
    return before + bytes([damage.byte]) + behind[1:]


def usual_meta(file: File) -> tuple[Element, ...]:
    """Return the file meta information that belongs to a file."""
    uids = {one.tag: one.value for one in file.elements if one.tag in (0x00080016, 0x00080018)}
    sop_class, sop_instance = (uids.get(tag) for tag in (0x00080016, 0x00080018))
    return (
        Element(0x00020001, "OB", b"\0\1"),
        Element(0x00020002, "UI", sop_class if isinstance(sop_class, bytes) else b"1.2.3\0"),
        Element(0x00020003, "UI", sop_instance if isinstance(sop_instance, bytes) else b"1.2.3\0"),
        text(0x00020010, "UI", file.syntax),
        text(0x00020012, "UI", "1.2.826.0.1.3680043.8.498.1"),
        text(0x00020016, "AE", "DOES_STATION"),
    )
