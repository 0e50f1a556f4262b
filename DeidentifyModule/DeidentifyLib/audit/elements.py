"""The audit's own walk over the bytes of a DICOM file (PS3.5 section 7, PS3.10 section 7).

It shares nothing with the engine. Values are not decoded: an element is a place in the bytes.
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache

from pydicom.datadict import dictionary_VR

from .large_files import Bytes, unpacker
from .tags import PIXEL_DATA, TRANSFER_SYNTAX_UID

UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
DEFLATED = ("1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.8.1")

_SHORT = {name.encode(): name for name in "AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split()}
_LONG = {name.encode(): name for name in "OB OD OF OL OV OW SQ SV UC UN UR UT UV".split()}

TagPath = tuple[tuple[int, int], ...]
"""The sequences around an element: ((tag of the sequence, index of the item from 0), ...); () at the top level."""

LEVEL_ROOT: TagPath = ()
_MOST_INFLATED = 1 << 31
Element = tuple[TagPath, int, str, int, int]
"""Path, tag, VR, start of the value and its length in `Document.body` (for encapsulated pixels: of all items)."""


class WalkError(ValueError):
    """The bytes are not a DICOM data set, or are cut or broken."""


class Document:
    """One DICOM file as places in its bytes.

    Attributes
    ----------
    data : bytes or LargeBytes
        All bytes of the file.
    body : bytes or LargeBytes
        `data`, or the inflated data set when the transfer syntax is deflated.
    meta : list of Element
        File meta information; places are in `data`.
    elements : list of Element
        The data set at all depths, in file order; places are in `body`.
    fragments : list of (int, int)
        Start and length of each fragment of encapsulated Pixel Data, the offset table first.
    transfer_syntax : str
    body_start : int
        Where the data set begins in `body`.
    problems : list of str
        What is odd but did not stop the walk; no values.

    Parameters
    ----------
    data : bytes or LargeBytes
    tolerant : bool
        Take what can be walked of a broken data set, for a source; an output must be whole.

    Raises
    ------
    WalkError
        If the bytes cannot be walked to their end.
    """

    def __init__(self, data: Bytes, tolerant: bool = False) -> None:
        self.data: Bytes = data
        self.body: Bytes = data
        self.meta: list[Element] = []
        self.elements: list[Element] = []
        self.fragments: list[tuple[int, int]] = []
        self.problems: list[str] = []
        self._index: dict[tuple[TagPath, int], Element] | None = None
        self._creators: dict[tuple[TagPath, int, int], str] | None = None
        self.has_preamble = data[128:132] == b"DICM"
        position = 132 if self.has_preamble else 0
        position = self._walk_meta(position)
        self.body_start = position
        self.explicit, self.endian = self._encoding(position)
        if self.transfer_syntax in DEFLATED[:1]:
            self._inflate(position)
            position = self.body_start = 0
        try:
            walk = self._explicit if self.explicit else self._implicit
            walk(position, len(self.body), LEVEL_ROOT, False, self.endian)
        except (struct.error, IndexError, RecursionError, WalkError) as error:
            if not (tolerant and self.elements):
                raise WalkError("the data set is cut or broken") from error
            self.problems.append("the data set is cut or broken")

    @classmethod
    def empty(cls) -> Document:
        """Return a document that holds nothing."""
        made = cls.__new__(cls)
        made.data = made.body = b""
        made.meta, made.elements, made.fragments, made.problems = [], [], [], []
        made._index, made._creators = {}, {}
        made.has_preamble, made.transfer_syntax, made.body_start = False, "", 0
        made.explicit, made.endian = True, "<"
        return made

    # ---- reading places

    def value(self, element: Element) -> bytes:
        """Return the raw bytes of a value."""
        return self.body[element[3] : element[3] + element[4]]

    @property
    def index(self) -> dict[tuple[TagPath, int], Element]:
        """All elements by path and tag."""
        if self._index is None:
            self._index = {(element[0], element[1]): element for element in self.elements}
        return self._index

    def text(self, tag: int, path: TagPath = LEVEL_ROOT) -> str:
        """Return a value as ASCII text without padding, '' when absent."""
        element = self.index.get((path, tag))
        if element is None:
            return ""
        return self.value(element).decode("ascii", "replace").strip(" \0")

    def meta_text(self, tag: int) -> str | None:
        """Return a value of the file meta information, None when absent."""
        for element in self.meta:
            if element[1] == tag:
                return self.data[element[3] : element[3] + element[4]].decode("ascii", "replace").strip(" \0")
        return None

    def creator(self, path: TagPath, tag: int) -> str | None:
        """Return the private creator of a private element, None when its block has none (PS3.5 section 7.8.1)."""
        if self._creators is None:
            self._creators = {
                (element[0], element[1] >> 16, element[1] & 0xFFFF): self.value(element)
                .decode("ascii", "replace")
                .strip(" \0")
                for element in self.elements
                if element[1] >> 16 & 1 and 0x10 <= element[1] & 0xFFFF <= 0xFF
            }
        return self._creators.get((path, tag >> 16, tag >> 8 & 0xFF))

    # ---- walking

    def _walk_meta(self, position: int) -> int:
        self.transfer_syntax = ""
        data = self.data
        unpack, unpack_long = unpacker("<HH2sH", data), unpacker("<I", data)
        while position + 8 <= len(data) and data[position : position + 2] == b"\2\0":
            group, number, vr, length = unpack(data, position)
            start = position + 8
            if vr in _LONG:
                (length,) = unpack_long(data, position + 8)
                start = position + 12
            elif vr not in _SHORT:
                raise WalkError("the file meta information is broken")
            if start + length > len(data):
                raise WalkError("the file meta information is cut")
            tag = group << 16 | number
            self.meta.append((LEVEL_ROOT, tag, (_SHORT.get(vr) or _LONG[vr]), start, length))
            if tag == TRANSFER_SYNTAX_UID:
                self.transfer_syntax = data[start : start + length].decode("ascii", "replace").strip(" \0")
            position = start + length
        return position

    def _encoding(self, position: int) -> tuple[bool, str]:
        head = self.data[position : position + 8]
        if self.transfer_syntax == EXPLICIT_BIG:
            return True, ">"
        if self.transfer_syntax in DEFLATED[:1]:
            return True, "<"
        if len(head) < 8:
            raise WalkError("no data set")
        looks_explicit = head[4:6] in _SHORT or head[4:6] in _LONG
        if self.transfer_syntax and self.transfer_syntax != IMPLICIT_LITTLE and looks_explicit:
            return True, "<"
        if not self.transfer_syntax and head[0] == 0 and head[1] != 0:
            return True, ">"
        if not self.transfer_syntax and not looks_explicit and not (self.has_preamble or _plausible(head)):
            raise WalkError("not DICOM")
        return looks_explicit, "<"

    def _inflate(self, position: int) -> None:
        machine = zlib.decompressobj(-15)
        try:
            self.body = machine.decompress(self.data[position:], _MOST_INFLATED) + machine.flush()
        except zlib.error as error:
            raise WalkError("the deflated data set is broken") from error
        if machine.unconsumed_tail:
            raise MemoryError("the deflated data set grows beyond what is held")
        if machine.unused_data.strip(b"\0"):
            self.problems.append("bytes follow the deflated data set")

    def _explicit(self, position: int, end: int, path: TagPath, item: bool, endian: str) -> int:
        body, append = self.body, self.elements.append
        unpack, unpack_long = unpacker(endian + "HH2sH", body), unpacker(endian + "I", body)
        short, long = _SHORT, _LONG
        while position < end:
            group, number, code, length = unpack(body, position)
            tag = group << 16 | number
            vr = short.get(code)
            start = position + 8
            if vr is None:
                vr = long.get(code)
                if vr is None:
                    if tag == ITEM_END and item:
                        return start
                    if code.isalpha() and code.isupper():
                        vr = "UN"
                    else:
                        raise WalkError("an element has no known VR")
                (length,) = unpack_long(body, start)
                start += 4
                if vr in ("SQ", "UN") or length == UNDEFINED:
                    position = self._nested(path, tag, vr, start, length, end, endian)
                    continue
            if start + length > end:
                raise WalkError("a value is cut")
            append((path, tag, vr, start, length))
            position = start + length
        if item:
            raise WalkError("an item does not end")
        return position

    def _implicit(self, position: int, end: int, path: TagPath, item: bool, endian: str) -> int:
        body, append = self.body, self.elements.append
        unpack = unpacker(endian + "HHI", body)
        while position < end:
            group, number, length = unpack(body, position)
            tag = group << 16 | number
            start = position + 8
            if tag == ITEM_END and item:
                return start
            vr = _vr_of(tag)
            if vr in ("SQ", "UN") or length == UNDEFINED:
                position = self._nested(path, tag, vr, start, length, end, endian, implicit=True)
                continue
            if start + length > end:
                raise WalkError("a value is cut")
            append((path, tag, vr, start, length))
            position = start + length
        if item:
            raise WalkError("an item does not end")
        return position

    def _nested(
        self, path: TagPath, tag: int, vr: str, start: int, length: int, end: int, endian: str, implicit: bool = False
    ) -> int:
        undefined = length == UNDEFINED
        limit = end if undefined else start + length
        if limit > end:
            raise WalkError("a value is cut")
        if (undefined and tag == PIXEL_DATA) or (undefined and vr in ("OB", "OW")):
            return self._encapsulated(path, tag, vr, start)
        head = self.body[start : start + 4]
        is_item = head == struct.pack(endian + "HH", 0xFFFE, 0xE000) or head == b"\xfe\xff\x00\xe0"
        if not undefined and not (vr == "SQ" and length) and not is_item:
            self.elements.append((path, tag, vr, start, length))
            return limit
        mark = len(self.elements)
        self.elements.append((path, tag, "SQ", start, length))
        try:
            position = self._items(path, tag, start, limit, undefined, endian, implicit or vr == "UN")
        except (WalkError, struct.error):
            if undefined or vr == "SQ":
                raise
            del self.elements[mark:]
            self.elements.append((path, tag, vr, start, length))
            return limit
        self.elements[mark] = (path, tag, "SQ", start, position - start)
        return position

    def _items(
        self, path: TagPath, tag: int, position: int, limit: int, undefined: bool, endian: str, implicit: bool
    ) -> int:
        number = 0
        unpack = unpacker(endian + "HHI", self.body)
        while position < limit:
            group, element, length = unpack(self.body, position)
            position += 8
            found = group << 16 | element
            if found == SEQUENCE_END:
                if undefined:
                    return position
                continue
            if found != ITEM:
                raise WalkError("a sequence holds something that is not an item")
            inner = (*path, (tag, number))
            number += 1
            open_end = length == UNDEFINED
            end = limit if open_end else position + length
            if end > limit:
                raise WalkError("an item is cut")
            walk = self._implicit if implicit else self._explicit
            position = walk(position, end, inner, open_end, endian)
        if undefined:
            raise WalkError("a sequence does not end")
        return position

    def _encapsulated(self, path: TagPath, tag: int, vr: str, start: int) -> int:
        position = start
        unpack = unpacker("<HHI", self.body)
        while True:
            group, number, length = unpack(self.body, position)
            position += 8
            found = group << 16 | number
            if found == SEQUENCE_END:
                self.elements.append((path, tag, vr, start, position - start))
                return position
            if found != ITEM or position + length > len(self.body):
                raise WalkError("encapsulated pixel data is cut or broken")
            if not path and tag == PIXEL_DATA:
                self.fragments.append((position, length))
            position += length


def _plausible(head: bytes) -> bool:
    group, _, length = struct.unpack("<HHI", head)
    return group in (0x0002, 0x0004, 0x0008) and length < 1 << 20


@lru_cache(maxsize=20000)
def _vr_of(tag: int) -> str:
    if tag >> 16 & 1:
        return "LO" if 0x10 <= tag & 0xFFFF <= 0xFF else "UN"
    if tag & 0xFFFF == 0:
        return "UL"
    try:
        return dictionary_VR(tag)[:2]
    except KeyError:
        return "UN"


def show(tag: int) -> str:
    """Return a tag as ``(gggg,eeee)``."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def show_path(path: TagPath, tag: int | None) -> str:
    """Return a path as text, such as ``(0040,A730)[2] > (0040,A123)``."""
    parts = [f"{show(parent)}[{number + 1}]" for parent, number in path]
    return " > ".join(parts + ([show(tag)] if tag is not None else []))
