"""Where encoded bytes come from: a file, of which only the header is read, or memory."""

from __future__ import annotations

import io
import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 1 << 20


class SourceChanged(OSError):
    """The file is shorter than when it was opened."""


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
    """Random access to encoded bytes.

    Attributes
    ----------
    size : int
        Number of bytes when the source was opened.
    """

    size: int

    @property
    def descriptor(self) -> int | None:
        """File descriptor for copies by the kernel, None if there is none."""

    def read(self, start: int, length: int) -> bytes:
        """Return bytes; fewer at the end."""

    def has_changed(self) -> bool:
        """Return whether the source was written to since it was opened."""

    def __enter__(self) -> Self:
        """Return the source."""

    def __exit__(self, *error: object) -> None:
        """Close the source."""


class FileSource:
    """An open file; it is closed with the ``with`` block.

    Parameters
    ----------
    descriptor : int
        Opened for reading.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._stat = os.fstat(descriptor)
        self.size = self._stat.st_size

    @property
    def descriptor(self) -> int | None:
        """File descriptor."""
        return self._descriptor

    def read(self, start: int, length: int) -> bytes:
        """Return bytes; fewer at the end."""
        data = _read_at(self._descriptor, length, start)
        while len(data) < min(length, self.size - start):
            more = _read_at(self._descriptor, length - len(data), start + len(data))
            if not more:
                break
            data += more
        return data

    def has_changed(self) -> bool:
        """Return whether the file was written to since it was opened."""
        now = os.fstat(self._descriptor)
        return (now.st_size, now.st_mtime_ns) != (self._stat.st_size, self._stat.st_mtime_ns)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self._descriptor)


def _seek_and_read(descriptor: int, length: int, start: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)
    return os.read(descriptor, length)


_read_at = getattr(os, "pread", _seek_and_read)
"""Windows has no ``pread``."""


class MemorySource:
    """Bytes in memory, such as a member of a zip archive.

    Parameters
    ----------
    data : bytes
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None


class SourceFile(io.RawIOBase):
    """A source as a file for reading.

    Parameters
    ----------
    source : ByteSource
    owned : bool
        Whether the source is closed with the file.
    """

    name = ""

    def __init__(self, source: ByteSource, owned: bool = False) -> None:
        self._source = source
        self._owned = owned
        self._position = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read at most one MiB, so that little is held twice."""
        view = memoryview(buffer).cast("B")
        data = self._source.read(self._position, min(len(view), CHUNK))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move to a position and return it."""
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._source.size}[whence]
        self._position = begin + offset
        return self._position

    def close(self) -> None:
        """Close the file, and the source if it is owned."""
        if self._owned and not self.closed:
            self._source.__exit__(None, None, None)
        super().close()


def chunks(source: ByteSource, part: Range, length: int = CHUNK) -> Iterator[bytes]:
    """Yield the bytes of a range in pieces of at most `length`.

    Raises
    ------
    SourceChanged
        If the source ends before the range.
    """
    position = part.start
    while position < part.stop:
        data = source.read(position, min(length, part.stop - position))
        if not data:
            raise SourceChanged("the file became shorter while it was read")
        yield data
        position += len(data)
