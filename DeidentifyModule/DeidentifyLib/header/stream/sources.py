"""Where encoded bytes come from: a file, of which only the header is read, or memory."""

from __future__ import annotations

import os
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
        Opened without buffer.
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
