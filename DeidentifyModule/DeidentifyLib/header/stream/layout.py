"""The top level of a file: which elements it has; values of bulk data stay in the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from ..dicom_file import MEDIA_STORAGE_DIRECTORY
from .errors import NotStreamable
from .fragments import end_of_fragments
from .sources import ByteSource, Range
from .walk import (
    SHORT_VRS,
    UNDEFINED,
    NeedMore,
    check_order,
    end_of_undefined,
    explicit_head,
    read_head,
)

PIXEL_DATA = 0x7FE00010
FIRST_READ = 1 << 15
LARGEST_ELEMENT = 1 << 26
_BULK_BYTES = 1 << 14
_BULK_VRS = frozenset(("OB", "OD", "OF", "OL", "OV", "OW"))
_SOP_CLASS = 0x00020002
_TRANSFER_SYNTAX = 0x00020010
_DIRECTORY = MEDIA_STORAGE_DIRECTORY.encode("ascii")


class Record(NamedTuple):
    """One element of the top level.

    Attributes
    ----------
    tag : int
    vr : str or None
        None in implicit VR.
    raw : bytes
        The encoded element; of bulk data only what stands before the value.
    value : int
        Where in `raw` the value begins.
    undefined : bool
        Whether the length is undefined.
    bulk : Range or None
        Where in the file a value lies that was not read, its delimiter included.
    """

    tag: int
    vr: str | None
    raw: bytes
    value: int
    undefined: bool
    bulk: Range | None


@dataclass
class Layout:
    """The encoded data set of a file.

    Attributes
    ----------
    transfer_syntax : str
    implicit : bool
        Whether the VR is implicit.
    records : list of Record
    """

    transfer_syntax: str
    implicit: bool
    records: list[Record] = field(default_factory=list)


class Window:
    """A part of the source in memory.

    Parameters
    ----------
    source : ByteSource
    first_read : int
        Bytes that are read at once.

    Attributes
    ----------
    base : int
        Where in the source the window begins.
    data : bytes
    """

    def __init__(self, source: ByteSource, first_read: int) -> None:
        self._source = source
        self._first_read = first_read
        self.base = 0
        self.data = source.read(0, first_read)

    def move(self, position: int, length: int = 0) -> None:
        """Make the window begin at a position of the source and hold at least `length` bytes, if there are."""
        if length > LARGEST_ELEMENT:
            raise NotStreamable("an element too large for memory")
        self.base = position
        self.data = self._source.read(position, max(length, self._first_read))

    def at_end(self) -> bool:
        """Return whether the window reaches the end of the source."""
        return self.base + len(self.data) >= self._source.size


def read_layout(source: ByteSource, first_read: int = FIRST_READ) -> Layout:
    """Walk the top level of a DICOM file in Explicit or Implicit VR Little Endian.

    Parameters
    ----------
    source : ByteSource
        The file.
    first_read : int
        Bytes that are read at once.

    Raises
    ------
    NotStreamable
        If the file is anything but a plain, whole DICOM file of these transfer syntaxes.
    """
    window = Window(source, first_read)
    layout, position = start_of_data_set(window)
    encapsulated = layout.transfer_syntax not in (ImplicitVRLittleEndian, ExplicitVRLittleEndian)
    _walk(window, position, layout, encapsulated, source)
    return layout


def start_of_data_set(window: Window) -> tuple[Layout, int]:
    """Return an empty layout, and where in the window the data set begins.

    Raises
    ------
    NotStreamable
        If the file is not one that is streamed.
    """
    if window.data[128:132] != b"DICM":
        raise NotStreamable("no file meta information")
    syntax, position = _file_meta(window.data)
    layout = Layout(syntax, syntax == ImplicitVRLittleEndian)
    _check_vr(window.data, position, layout.implicit)
    return layout, position


def _file_meta(data: bytes) -> tuple[str, int]:
    """Return the transfer syntax and where the data set begins."""
    position, syntax = 132, ""
    try:
        while data[position : position + 2] == b"\2\0":
            tag, _, value, length = read_head(data, position, False)
            position = value + length
            if tag == _SOP_CLASS and data[value:position].rstrip(b"\0") == _DIRECTORY:
                raise NotStreamable("a DICOMDIR")
            if tag == _TRANSFER_SYNTAX:
                syntax = data[value:position].rstrip(b"\0").decode("ascii", "replace")
    except NeedMore:
        raise NotStreamable("long file meta information") from None
    if position + 8 > len(data):
        raise NotStreamable("long file meta information")
    if not _is_streamable(syntax):
        raise NotStreamable("a transfer syntax that is not streamed")
    return syntax, position


@lru_cache(maxsize=256)
def _is_streamable(syntax: str) -> bool:
    uid = UID(syntax)
    return bool(uid.is_valid and uid.is_transfer_syntax and not uid.is_private) and (
        uid.is_little_endian and not uid.is_deflated
    )


def _check_vr(data: bytes, position: int, implicit: bool) -> None:
    """Refuse a data set whose first element contradicts the transfer syntax."""
    code = data[position + 4 : position + 6]
    if implicit and code.isalpha() and code.isupper():
        raise NotStreamable("explicit VR in an implicit transfer syntax")


def _walk(window: Window, position: int, layout: Layout, encapsulated: bool, source: ByteSource) -> None:
    """Append the elements from a position in the window to the end of the source."""
    last = 0
    append, implicit = layout.records.append, layout.implicit
    while True:
        data = window.data
        if not implicit:
            position, last = _plain_elements(data, position, last, append)
        if position >= len(data) and window.at_end():
            return
        try:
            tag, vr, value, length = read_head(data, position, implicit)
            undefined = length == UNDEFINED
            if undefined and tag == PIXEL_DATA:
                _check_encapsulation(tag, vr, encapsulated)
                end, bulk = value, Range(window.base + value, end_of_fragments(source, window.base + value))
            elif undefined:
                end, bulk = end_of_undefined(data, tag, vr, value, implicit), None
            else:
                if tag == PIXEL_DATA and encapsulated:
                    raise NotStreamable("pixel data that contradict the transfer syntax")
                end, bulk = value + length, None
        except NeedMore:
            if window.at_end():
                raise NotStreamable("a truncated file") from None
            window.move(window.base + position, 2 * (len(data) - position))
            position = 0
            continue
        check_order(tag, last)
        if end > len(data):
            if window.base + end > source.size:
                raise NotStreamable("a truncated file")
            if length < _BULK_BYTES or not (tag == PIXEL_DATA or vr in _BULK_VRS):
                window.move(window.base + position, end - position)
                position = 0
                continue
            bulk, end = Range(window.base + value, window.base + end), value
        last = tag
        append(Record(tag, vr, data[position:end], value - position, undefined, bulk))
        if bulk is None:
            position = end
        elif bulk.stop <= window.base + len(data):
            position = bulk.stop - window.base
        else:
            window.move(bulk.stop)
            position = 0


def _plain_elements(data: bytes, position: int, last: int, append: Callable[[Record], None]) -> tuple[int, int]:
    """Append elements in explicit VR as long as they are short, whole and in order; return where they end.

    This is the path of nearly all elements; whatever it leaves is looked at with care.
    """
    last = max(last, 0x0007FFFF)
    stop = len(data) - 8
    while position <= stop:
        group, element, code, length = explicit_head(data, position)
        tag = group << 16 | element
        vr = SHORT_VRS.get(code)
        end = position + 8 + length
        if vr is None or tag <= last or end > stop + 8 or tag == PIXEL_DATA:
            break
        append(Record(tag, vr, data[position:end], 8, False, None))
        position, last = end, tag
    return position, last


def _check_encapsulation(tag: int, vr: str | None, encapsulated: bool) -> None:
    if not encapsulated or vr not in ("OB", "OW"):
        raise NotStreamable("pixel data that contradict the transfer syntax")
