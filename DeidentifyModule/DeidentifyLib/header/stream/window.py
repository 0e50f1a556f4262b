"""A part of the source in memory."""

from __future__ import annotations

from ...files.byte_sources import ByteSource
from .errors import NotStreamable

LARGEST_ELEMENT = 1 << 26


class Window:
    """A part of the source in memory.

    Parameters
    ----------
    source : ByteSource
    first_read : int
        Bytes that are read at once.

    Attributes
    ----------
    source : ByteSource
    size : int
        Bytes of the source.
    base : int
        Where in the source the window begins.
    data : bytes
    """

    def __init__(self, source: ByteSource, first_read: int) -> None:
        self.source = source
        self.size = source.size
        self._first_read = first_read
        self.base = 0
        self.data = source.read(0, first_read)

    def move(self, position: int, length: int = 0) -> None:
        """Make the window begin at a position of the source and hold at least `length` bytes, if there are."""
        if length > LARGEST_ELEMENT:
            raise NotStreamable("an element too large for memory")
        self.base = position
        self.data = self.source.read(position, max(length, self._first_read))

    def skip(self, position: int) -> int:
        """Make sure that the window holds a position of the source, or its end; return where in the window it is."""
        if position > self.base + len(self.data):
            if position < self.size:
                self.move(position)
            else:
                self.base, self.data = position, b""
        return position - self.base

    def at_end(self) -> bool:
        """Return whether the window reaches the end of the source."""
        return self.base + len(self.data) >= self.size
