"""Where encoded bytes come from: a file, of which only the header is read, or memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, Self

from .errors import SourceChanged

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes of the source from `start` up to, not including, `stop`; they are copied without being looked at."""

    start: int
    stop: int


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
