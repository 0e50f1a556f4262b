"""Where encoded bytes come from: a file, of which only the header is read, or memory."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from .errors import SourceChanged

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes of the source from `start` up to, not including, `stop`; they are copied without being looked at."""

    start: int
    stop: int

    def parts(self) -> Iterator[bytes | Range]:
        """Yield what the output gets in the place of the range, in its order."""
        yield self


@dataclass(frozen=True, slots=True)
class Blanked(Range):
    """A range of the source in which some bytes are replaced.

    Attributes
    ----------
    hidden : array of int
        Start, stop and filling byte of each part that is replaced, in the order of the file: however many there
        are, and however long, nothing of them is kept.
    """

    hidden: array[int]

    def parts(self) -> Iterator[bytes | Range]:
        """Yield new bytes in pieces of at most one MiB, and ranges of the source."""
        position = self.start
        for start, stop, fill in self._triples():
            if position < start:
                yield Range(position, start)
            filling = bytes((fill,)) * min(CHUNK, stop - start)
            for at in range(start, stop, CHUNK):
                yield filling[: stop - at]
            position = stop
        if position < self.stop:
            yield Range(position, self.stop)

    def in_memory(self, data: bytes) -> bytes:
        """Return bytes of which this is the range from 0 with the parts replaced."""
        result = bytearray(data)
        for start, stop, fill in self._triples():
            result[start:stop] = bytes((fill,)) * (stop - start)
        return bytes(result)

    def _triples(self) -> Iterator[tuple[int, int, int]]:
        numbers = iter(self.hidden)
        return zip(numbers, numbers, numbers, strict=True)


class ByteSource(Protocol):
    """Random access to encoded bytes."""

    @property
    def size(self) -> int:
        """Number of bytes."""

    @property
    def descriptor(self) -> int | None:
        """File descriptor for copies by the kernel, None if there is none."""

    def read(self, start: int, length: int) -> bytes:
        """Return bytes; fewer at the end."""


class FileSource:
    """An open file.

    Parameters
    ----------
    file : BinaryIO
        Opened for reading; without buffer where speed counts.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._descriptor = file.fileno()
        self._stat = os.fstat(self._descriptor)

    @property
    def size(self) -> int:
        """Number of bytes when the file was opened."""
        return self._stat.st_size

    @property
    def descriptor(self) -> int | None:
        """File descriptor."""
        return self._descriptor

    def read(self, start: int, length: int) -> bytes:
        """Return bytes; fewer at the end."""
        self._file.seek(start)
        data = self._file.read(length)
        while len(data) < length:
            more = self._file.read(length - len(data))
            if not more:
                break
            data += more
        return data

    def has_changed(self) -> bool:
        """Return whether the file was written to since it was opened."""
        now = os.fstat(self._descriptor)
        return (now.st_size, now.st_mtime_ns) != (self._stat.st_size, self._stat.st_mtime_ns)


class MemorySource:
    """Bytes in memory, such as a member of a zip archive.

    Parameters
    ----------
    data : bytes
    """

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        """Number of bytes."""
        return len(self._data)

    @property
    def descriptor(self) -> int | None:
        """None."""
        return None

    def read(self, start: int, length: int) -> bytes:
        """Return bytes; fewer at the end."""
        return self._data[start : start + length]

    def has_changed(self) -> bool:
        """Return False."""
        return False


def chunks(source: ByteSource, part: Range) -> Iterator[bytes]:
    """Yield the bytes of a range in pieces of at most one MiB.

    Raises
    ------
    SourceChanged
        If the source ends before the range.
    """
    position = part.start
    while position < part.stop:
        data = source.read(position, min(CHUNK, part.stop - position))
        if not data:
            raise SourceChanged("the file became shorter while it was read")
        yield data
        position += len(data)
