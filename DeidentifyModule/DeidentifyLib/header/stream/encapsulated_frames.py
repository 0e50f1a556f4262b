"""Encapsulated pixel data in a file: their frames are looked at one by one, and in parts where they are large."""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator

from ...files.byte_sources import CHUNK, ByteSource, Range
from ...pixels.hidden_bytes import CODESTREAM_STARTS, hidden_parts
from .encode import SEQUENCE_DELIMITER
from .errors import NotStreamable
from .walk import ITEM, SEQUENCE_END, UNDEFINED

_FIRST_READ = 1 << 14
_LONGEST_START = max(map(len, CODESTREAM_STARTS))


def end_of_fragments(source: ByteSource, position: int) -> int:
    """Return where encapsulated pixel data end, their delimiter included (PS3.5 A.4).

    Raises
    ------
    NotStreamable
        If they are anything but items of known length and a delimiter.
    """
    first = True
    while True:
        head = source.read(position, 8)
        if len(head) < 8:
            raise NotStreamable("a truncated file")
        group, number, length = struct.unpack("<HHL", head)
        tag = group << 16 | number
        position += 8
        if tag == SEQUENCE_END and not length and not first:
            return position
        if tag != ITEM or length == UNDEFINED:
            raise NotStreamable("malformed encapsulated pixel data")
        first = False
        position += length


def hidden_in_fragments(source: ByteSource, value: Range) -> array[int]:
    """Return where bytes hide in encapsulated pixel data, as `Blanked` states it.

    Parameters
    ----------
    source : ByteSource
    value : Range
        The items: the Basic Offset Table, then the fragments; with or without a sequence delimiter (PS3.5 A.4).

    Raises
    ------
    ValueError
        If it holds anything else.
    """
    found = array("Q")
    for frame in _frames(ReadAhead(source, value), value):
        codestream = frame if len(frame) > CHUNK else frame[:]
        for start, end, fill in hidden_parts(codestream):
            for part in frame.in_source(start, end):
                found.extend((part.start, part.stop, fill))
    return found


def _frames(ahead: ReadAhead, value: Range) -> Iterator[EncapsulatedFrame]:
    """Yield the frames; a fragment that begins a codestream begins a frame."""
    frame: EncapsulatedFrame | None = None
    for start, stop, begin in _fragments(ahead, value):
        if frame is None or begin.startswith(CODESTREAM_STARTS):
            if frame is not None:
                yield frame
            frame = EncapsulatedFrame(ahead)
        frame.add(start, stop)
    if frame is not None:
        yield frame


def _fragments(ahead: ReadAhead, value: Range) -> Iterator[tuple[int, int, bytes]]:
    """Yield start, stop and first bytes of each item but the first."""
    position, first = value.start, True
    while position < value.stop:
        head = ahead.peek(position, 8 + _LONGEST_START)
        if head == SEQUENCE_DELIMITER and position + 8 == value.stop:
            return
        if len(head) < 8:
            raise ValueError("the pixel data are not a sequence of fragments")
        group, element, length = struct.unpack_from("<HHL", head)
        start, position = position + 8, position + 8 + length
        if group << 16 | element != ITEM or position > value.stop:
            raise ValueError("the pixel data are not a sequence of fragments")
        if not first:
            yield start, position, head[8:]
        first = False


class ReadAhead:
    """Reads forward in a range of the source, in growing parts where no byte is left out.

    Parameters
    ----------
    source : ByteSource
    whole : Range
        What may be read; read at once if it is short.
    """

    def __init__(self, source: ByteSource, whole: Range) -> None:
        self._source = source
        self._stop = whole.stop
        self._base = whole.start
        self._next = _FIRST_READ
        short = whole.stop - whole.start <= CHUNK
        self._data = source.read(whole.start, whole.stop - whole.start) if short else b""

    def read(self, start: int, length: int) -> bytes:
        """Return bytes, and keep what follows them."""
        begin = start - self._base
        if begin < 0 or begin + length > len(self._data):
            self._next = min(2 * self._next, CHUNK) if 0 <= begin <= len(self._data) else _FIRST_READ
            self._data = self._source.read(start, max(length, min(self._next, self._stop - start)))
            self._base, begin = start, 0
        return self._data[begin : begin + length]

    def peek(self, start: int, length: int) -> bytes:
        """Return bytes without moving on."""
        begin = start - self._base
        if 0 <= begin and begin + length <= len(self._data):
            return self._data[begin : begin + length]
        return self._source.read(start, min(length, self._stop - start))


class EncapsulatedFrame:
    """A compressed frame that lies in one or several fragments; a `Codestream`.

    Parameters
    ----------
    ahead : ReadAhead
    """

    def __init__(self, ahead: ReadAhead) -> None:
        self._ahead = ahead
        self._starts = array("Q")
        self._offsets = array("Q", (0,))
        self._is_codestream: bool | None = None

    def add(self, start: int, stop: int) -> None:
        """Add a fragment; those of a frame of another kind are not remembered: nobody looks into it."""
        if self._is_codestream is None and len(self) >= _LONGEST_START:
            self._is_codestream = self[0:_LONGEST_START].startswith(CODESTREAM_STARTS)
        if self._is_codestream is not False:
            self._starts.append(start)
            self._offsets.append(len(self) + stop - start)

    def __len__(self) -> int:
        """Return the bytes of the frame."""
        return self._offsets[-1]

    def __getitem__(self, part: slice) -> bytes:
        """Return some of its bytes."""
        start, end, _ = part.indices(len(self))
        parts = [self._ahead.read(one.start, one.stop - one.start) for one in self.in_source(start, end)]
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def in_source(self, start: int, end: int) -> Iterator[Range]:
        """Yield where in the source bytes of the frame lie."""
        index = bisect_right(self._offsets, start) - 1
        while start < end:
            stop = min(end, self._offsets[index + 1])
            if start < stop:
                begin = self._starts[index] + start - self._offsets[index]
                yield Range(begin, begin + stop - start)
            start, index = stop, index + 1
