"""The bytes of a large file as if they were in memory; each piece is read when it is asked for."""

from __future__ import annotations

import os
import stat
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast, overload

from ..files.system_paths import system_path

LARGE = 8 << 20
"""Larger files are not loaded."""

PIECE = 1 << 20
_WINDOW = 1 << 16


class LargeBytes(ABC):
    """Something that can be measured, indexed and sliced like bytes; small pieces come from a window of 64 KiB.

    Parameters
    ----------
    size : int
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._start = 0
        self._window = b""

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, key: int) -> int: ...

    @overload
    def __getitem__(self, key: slice) -> bytes: ...

    def __getitem__(self, key: int | slice) -> int | bytes:
        if isinstance(key, int):
            if not -self._size <= key < self._size:
                raise IndexError("behind the end of the file")
            return self._read(key % self._size, 1)[0]
        start, stop, step = key.indices(self._size)
        if step != 1:
            raise ValueError("bytes of a file are read in their order")
        return self._read(start, max(0, stop - start))

    def _read(self, start: int, size: int) -> bytes:
        if size > _WINDOW:
            return self._load(start, size)
        if not self._start <= start <= start + size <= self._start + len(self._window):
            self._window = self._load(start, min(_WINDOW, self._size - start))
            self._start = start
        return self._window[start - self._start : start - self._start + size]

    @abstractmethod
    def _load(self, start: int, size: int) -> bytes:
        """Read bytes that are there."""

    @abstractmethod
    def opened(self) -> IO[bytes]:
        """Return all of it as a file for reading."""


class FileBytes(LargeBytes):
    """A file as if it were in memory. It is opened anew for every piece, so nothing stays open.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(system_path(os.fspath(path)))
        super().__init__(os.stat(self.path).st_size)

    def opened(self) -> IO[bytes]:
        """Return the file, opened."""
        return open(self.path, "rb")

    def _load(self, start: int, size: int) -> bytes:
        with open(self.path, "rb", buffering=0) as file:
            file.seek(start)
            data = bytearray(size)
            view = memoryview(data)
            while view and (count := file.readinto(view)):
                view = view[count:]
        if view:
            raise OSError("the file became shorter while it was read")
        return bytes(data)


Bytes = bytes | LargeBytes
"""All bytes of a file, in memory or not."""


def read_bytes(path: Path) -> Bytes:
    """Return the bytes of a file, in memory only if they are few.

    Raises
    ------
    OSError
        If it cannot be read, or is no file: a pipe might be waited for without end.
    """
    place = Path(system_path(os.fspath(path)))
    status = os.stat(place)
    if not stat.S_ISREG(status.st_mode):
        raise OSError("it is no file")
    return FileBytes(place) if status.st_size > LARGE else place.read_bytes()


def unpacker(layout: str, body: Bytes) -> Callable[[Bytes, int], tuple[Any, ...]]:
    """Return what unpacks a layout of `struct` at a position of these bytes."""
    made = struct.Struct(layout)
    if isinstance(body, bytes):
        return cast(Callable[[Bytes, int], tuple[Any, ...]], made.unpack_from)  # it is given these bytes alone
    return lambda data, position: made.unpack(data[position : position + made.size])


def pieces(start: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) of consecutive pieces of a range."""
    for begin in range(start, start + size, PIECE):
        yield begin, min(begin + PIECE, start + size)


def equal_parts(first: Bytes, start: int, second: Bytes, other: int, size: int) -> bool:
    """Return whether `size` bytes of two files are the same, piece by piece."""
    return all(first[a:b] == second[a - start + other : b - start + other] for a, b in pieces(start, size))


def only_zeros(data: Bytes, start: int, stop: int) -> bool:
    """Return whether a range holds nothing but zeros."""
    return not any(data[a:b].strip(b"\0") for a, b in pieces(start, max(0, stop - start)))
