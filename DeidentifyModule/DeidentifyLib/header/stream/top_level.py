"""The top level of a file: which elements it has; values of bulk data stay in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from ...dicom.tags import PIXEL_DATA
from ...files.byte_sources import ByteSource, Range
from ..deidentification_method import METHOD_TAGS
from .encapsulated_frames import end_of_fragments
from .errors import NotStreamable
from .file_meta import FileMetaReader
from .records import Record
from .repeated_elements import RepeatedElements, RepeatLearner, expanded, find
from .walk import (
    SHORT_VRS,
    UNDEFINED,
    NeedMore,
    check_order,
    end_of_undefined,
    explicit_head,
    read_head,
)
from .window import Window

FIRST_READ = 1 << 15
_LARGEST_READ = 1 << 18
_BULK_BYTES = 1 << 14
_BULK_VRS = frozenset(("OB", "OD", "OF", "OL", "OV", "OW"))
_LARGE_PRIVATE = 1 << 22


@dataclass(slots=True)
class TopLevel:
    """The encoded data set of a file.

    Attributes
    ----------
    transfer_syntax : str
    implicit : bool
        Whether the VR is implicit.
    parts : list of Record or RepeatedElements
        The elements, and stretches of elements that an earlier file had too.
    singles : int
        Number of elements that are not in a stretch.
    pixel_data : Record or None
        The Pixel Data.
    """

    transfer_syntax: str
    implicit: bool
    parts: list[Record | RepeatedElements] = field(default_factory=list)
    singles: int = 0
    pixel_data: Record | None = None

    @property
    def records(self) -> Iterator[Record]:
        """The elements, those of stretches too."""
        return expanded(self.parts)

    def get(self, tag: int) -> Record | None:
        """Return the element of a tag."""
        return find(self.parts, tag)

    def select(self, tags: frozenset[int]) -> list[Record]:
        """Return the elements of some tags."""
        found: list[Record] = []
        for part in self.parts:
            if type(part) is RepeatedElements:
                if selected := part.select(tags):
                    found += selected
            elif part.tag in tags:
                found.append(part)
        return found


_record = partial(tuple.__new__, Record)
"""Makes a record as ``Record(...)`` does, in half the time."""


class TopLevelReader:
    """Walks the top level of DICOM files in Explicit or Implicit VR Little Endian, one after the other.

    Parameters
    ----------
    first_read : int
        Bytes of the first file that are read at once; of others, what the last header needed.
    last_tag : int
        The walk ends before the first greater tag; what follows is not read.
    written : frozenset of int
        See `RepeatLearner`.
    """

    def __init__(
        self, first_read: int = FIRST_READ, last_tag: int = 0xFFFFFFFF, written: frozenset[int] = METHOD_TAGS
    ) -> None:
        self._next_read = first_read
        self._last_tag = last_tag
        self._meta = FileMetaReader()
        self._learners = {implicit: RepeatLearner(written) for implicit in (False, True)}

    def read(self, source: ByteSource) -> TopLevel:
        """Return the top level of a file.

        Parameters
        ----------
        source : ByteSource
            The file.

        Raises
        ------
        NotStreamable
            If the file is anything but a plain, whole DICOM file of these transfer syntaxes.
        """
        window = Window(source, self._next_read)
        try:
            syntax, position = self._meta.read(window.data)
        except NotStreamable:
            if self._next_read >= _LARGEST_READ or window.at_end():
                raise
            window = Window(source, _LARGEST_READ)  # perhaps it is only longer than the last one
            syntax, position = self._meta.read(window.data)
        layout = TopLevel(syntax, syntax == ImplicitVRLittleEndian)
        walk = _Walk(window, layout, self._learners[layout.implicit].by_start, self._last_tag)
        end = walk.walk(position)
        self._next_read = min(_LARGEST_READ, _rounded_up(walk.header_end or end))
        layout.singles = len(layout.parts) - walk.stretches_met
        return layout

    def learn(self, layout: TopLevel, changing: Iterable[int] = ()) -> None:
        """Learn from a layout which elements are the same from file to file.

        Parameters
        ----------
        layout : TopLevel
            Of the last file.
        changing : iterable of int
            Tags that are not to be put into stretches.
        """
        self._learners[layout.implicit].learn(layout.parts, layout.singles, changing)


class _Walk:
    """The walk over one file."""

    def __init__(
        self, window: Window, layout: TopLevel, stretches: Mapping[bytes, RepeatedElements], last_tag: int
    ) -> None:
        self._window = window
        self._implicit = layout.implicit
        self._encapsulated = layout.transfer_syntax not in (ImplicitVRLittleEndian, ExplicitVRLittleEndian)
        self._layout = layout
        self._append = layout.parts.append
        self._stretches = stretches
        self._last_tag = last_tag
        self._last = 0
        self.stretches_met = self.header_end = 0

    def walk(self, position: int) -> int:
        """Append the elements from a position in the window to the end; return where in the source that is."""
        window = self._window
        while True:
            position = self._easy(window.data, position)
            if position >= len(window.data) and window.at_end():
                return window.base + position
            try:
                tag, vr, value, length = read_head(window.data, position, self._implicit)
                if tag > self._last_tag:
                    return window.base + position
                end, bulk = self._end(tag, vr, value, length)
            except NeedMore:
                if window.at_end():
                    raise NotStreamable("a truncated file") from None
                window.move(window.base + position, 2 * (len(window.data) - position))
                position = 0
                continue
            check_order(tag, self._last)
            if end > len(window.data):
                if window.base + end > window.size:
                    raise NotStreamable("a truncated file")
                if not _may_be_bulk(tag, vr, length):
                    window.move(window.base + position, end - position)
                    position = 0
                    continue
                bulk, end = Range(window.base + value, window.base + end), value
            self._last = tag
            record = Record(tag, vr, window.data[position:end], value - position, length == UNDEFINED, bulk)
            self._append(record)
            if bulk is not None and not self.header_end:
                self.header_end = window.base + end
            if tag == PIXEL_DATA:
                self._layout.pixel_data = record
            position = end if bulk is None else window.skip(bulk.stop)

    def _end(self, tag: int, vr: str | None, value: int, length: int) -> tuple[int, Range | None]:
        """Return where in the window an element ends, and where compressed pixels lie, which are not looked at."""
        if length == UNDEFINED and tag == PIXEL_DATA:
            _check_encapsulation(tag, vr, self._encapsulated)
            start = self._window.base + value
            return value, Range(start, end_of_fragments(self._window.source, start))
        if length == UNDEFINED:
            return end_of_undefined(self._window.data, tag, vr, value, self._implicit), None
        if tag == PIXEL_DATA and self._encapsulated:
            raise NotStreamable("pixel data that contradict the transfer syntax")
        return value + length, None

    def _easy(self, data: bytes, position: int) -> int:
        """Append elements as long as they are those of a stretch, or short, whole and in order; return where they end.

        This is the path of nearly all elements; whatever it leaves is looked at with care.
        """
        stretches, append, implicit = self._stretches.get, self._append, self._implicit
        last, last_tag = max(self._last, 0x0007FFFF), self._last_tag
        stop = len(data) - 8
        while position <= stop:
            stretch = stretches(data[position : position + 4])
            if (
                stretch is not None
                and data.startswith(stretch.raw, position)
                and last < stretch.first
                and stretch.last <= last_tag
            ):
                append(stretch)
                self.stretches_met += 1
                position, last = position + len(stretch.raw), stretch.last
                continue
            if implicit:
                break
            group, element, code, length = explicit_head(data, position)
            tag = group << 16 | element
            vr = SHORT_VRS.get(code)
            end = position + 8 + length
            if vr is None or tag <= last or end > stop + 8 or tag == PIXEL_DATA or tag > last_tag:
                break
            append(_record((tag, vr, data[position:end], 8, False, None)))
            position, last = end, tag
        self._last = last
        return position


def _rounded_up(length: int) -> int:
    """Return a power of two that is greater than a length, with room for a header that is a little longer."""
    return 1 << max(12, (length + (length >> 3)).bit_length())


def _may_be_bulk(tag: int, vr: str | None, length: int) -> bool:
    """Return whether a value may stay in the file; most private ones of unknown VR are removed unseen."""
    if tag & 0x10000 and vr in (None, "UN"):
        return length > _LARGE_PRIVATE
    return length >= _BULK_BYTES and (tag == PIXEL_DATA or vr in _BULK_VRS)


def _check_encapsulation(tag: int, vr: str | None, encapsulated: bool) -> None:
    if not encapsulated or vr not in ("OB", "OW"):
        raise NotStreamable("pixel data that contradict the transfer syntax")
