"""Large members of zip archives: they are inflated as they are read, and never held whole."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Self

from ..header.stream.sources import CHUNK

_KEPT = 1 << 24
DAMAGES = (zipfile.BadZipFile, RuntimeError, KeyError, NotImplementedError, zlib.error, EOFError)
"""What `zipfile` raises where an archive is damaged or encrypted."""


@contextmanager
def archive_errors() -> Iterator[None]:
    """Turn what `zipfile` raises into an `OSError`."""
    try:
        yield
    except DAMAGES as error:
        raise OSError("the archive is damaged or encrypted") from error


class MemberSource:
    """A member of an archive; a `ByteSource`.

    To look back a little costs nothing; to look back further is to inflate from the beginning again.

    Parameters
    ----------
    archive : zipfile.ZipFile
        Open.
    member : str
        Its name there.

    Attributes
    ----------
    size : int
        Number of bytes, inflated.

    Raises
    ------
    OSError
        Here and when it is read, if the archive is damaged or encrypted.
    """

    def __init__(self, archive: zipfile.ZipFile, member: str) -> None:
        self._archive = archive
        self._member = member
        self._state = self._archive_state()
        with archive_errors():
            self.size = archive.getinfo(member).file_size
        self._file: IO[bytes] | None = None
        self._begin()

    def _begin(self) -> None:
        self._close()
        with archive_errors():
            self._file = self._archive.open(self._member)
        self._base = 0
        self._data = bytearray()

    @property
    def descriptor(self) -> int | None:
        """None: the kernel cannot inflate."""
        return None

    def read(self, start: int, length: int) -> bytes:
        """Return bytes; fewer at the end."""
        if start < self._base:
            self._begin()
        while self._base + len(self._data) < start + length and self._inflate():
            superfluous = min(start, self._base + len(self._data)) - _KEPT - self._base
            if superfluous > 0:
                del self._data[:superfluous]
                self._base += superfluous
        begin = start - self._base
        return bytes(memoryview(self._data)[begin : begin + length])

    def _inflate(self) -> bool:
        """Inflate some more; return False at the end."""
        with archive_errors():
            data = self._file.read(CHUNK) if self._file is not None else b""
        self._data += data
        return bool(data)

    def has_changed(self) -> bool:
        """Return whether the archive was written to since it was opened; raise if its end is damaged."""
        with archive_errors():
            while self._file is not None and self._file.read(CHUNK):
                pass  # the checksum is compared at the end
        return self._archive_state() != self._state

    def _archive_state(self) -> tuple[int, int]:
        status = os.stat(self._archive.filename or "")
        return status.st_size, status.st_mtime_ns

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()
