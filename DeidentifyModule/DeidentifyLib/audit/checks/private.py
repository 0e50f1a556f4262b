"""Private elements: only those known safe, with their creator (PS3.15 E.3.10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from ..elements import Document, show
from ..tables import safe_private
from ..tags import (
    BLOCK_IDENTIFYING_INFORMATION_STATUS,
    NONIDENTIFYING_PRIVATE_ELEMENTS,
    PRIVATE_CREATOR_REFERENCE,
    PRIVATE_DATA_ELEMENT_CHARACTERISTICS_SEQUENCE,
    PRIVATE_GROUP_REFERENCE,
)
from .base import ERROR, NOTICE, WARNING, Check, Entry, Found, View, stripped

_NUMBERS = re.compile(rb"[-+0-9.eE\\ ]*")


class PrivateElements(Check):
    """Without the option none is left; with it only the listed and the declared safe ones."""

    id = "private"
    title = "Private elements are gone, or are on the list of safe ones, with the right creator and type"

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Judge one private element at any depth."""
        if not entry.tag >> 16 & 1 or entry.output is None:
            return
        low = entry.tag & 0xFFFF
        if low == 0 or 0x10 <= low <= 0xFF:
            return
        if not view.expectation.keep_safe_private:
            yield Found("private.left", ERROR, "", "a private element is left")
            return
        if entry.creator is None:
            yield Found("private.creator", ERROR, "", "a private element is left without its creator")
            return
        key = (entry.creator, entry.tag >> 16, low & 0xFF)
        listed = safe_private().get(key)
        known = listed is not None or key in view.expectation.site_private
        # of a sequence that nobody lists, the private elements inside are judged
        if not known and entry.vr != "SQ" and not declared_safe(view.source, entry):
            yield Found("private.unsafe", ERROR, "", "a private element is left that no list calls safe")
        elif listed in ("DS", "IS") and not _NUMBERS.fullmatch(stripped(entry.output)):
            yield Found("private.type", ERROR, "", "a safe private element for numbers holds text")

    def file(self, view: View) -> Iterator[Found]:
        """Creators belong to elements: none left alone, none left when private data is removed."""
        used, creators = set(), {}
        for path, tag, _, _, _ in view.output.elements:
            if tag >> 16 & 1:
                low = tag & 0xFFFF
                if 0x10 <= low <= 0xFF:
                    creators[path, tag >> 16, low] = tag
                else:
                    used.add((path, tag >> 16, low >> 8))
        for key, tag in creators.items():
            if not view.expectation.keep_safe_private:
                yield Found("private.left", ERROR, show(tag), "a private creator is left")
            elif key not in used:
                yield Found("private.orphan", WARNING, show(tag), "a private creator is left without elements")


class PrivateKept(Check):
    """The option keeps what it promises."""

    id = "private.kept"
    title = "Safe private elements of the source are still there when the options keep them"

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """See whether a listed element of the source is gone."""
        if not view.expectation.keep_safe_private or not entry.tag >> 16 & 1 or entry.output is not None:
            return
        creator = view.source.creator(entry.path, entry.tag)
        if creator and (creator, entry.tag >> 16, entry.tag & 0xFF) in safe_private() and stripped(entry.source):
            yield Found("private.lost", NOTICE, "", "a safe private element is gone")


def declared_safe(source: Document, entry: Entry) -> bool:
    """Return whether Private Data Element Characteristics Sequence (0008,0300) of the source calls it safe."""
    number = 0
    while (
        (path := ((PRIVATE_DATA_ELEMENT_CHARACTERISTICS_SEQUENCE, number),)),
        PRIVATE_GROUP_REFERENCE,
    ) in source.index:
        number += 1
        group = source.value(source.index[path, PRIVATE_GROUP_REFERENCE])
        if int.from_bytes(group, "big" if source.endian == ">" else "little") != entry.tag >> 16:
            continue
        if source.text(PRIVATE_CREATOR_REFERENCE, path) != entry.creator:
            continue
        status = source.text(BLOCK_IDENTIFYING_INFORMATION_STATUS, path)
        if status == "SAFE":
            return True
        safe = source.index.get((path, NONIDENTIFYING_PRIVATE_ELEMENTS))
        if status == "MIXED" and safe is not None:
            value = source.value(safe)
            order: Literal["big", "little"] = "big" if source.endian == ">" else "little"
            numbers = {int.from_bytes(value[at : at + 2], order) for at in range(0, len(value), 2)}
            return entry.tag & 0xFF in numbers or entry.tag & 0xFFFF in numbers
    return False
