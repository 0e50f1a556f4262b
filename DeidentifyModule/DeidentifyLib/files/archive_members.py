"""Large members of archives: they are inflated as they are read, and never held whole."""

from __future__ import annotations

import os
from collections import deque
from typing import IO, Self

from .archive_errors import archive_errors
from .archives import OpenArchive
from .byte_sources import CHUNK
from .system_paths import system_path

_KEPT = 1 << 23


class MemberSource:
    """A member of an archive; a `ByteSource`.

    To look back a little costs nothing; to look back further is to inflate from the beginning again.

    Parameters
    ----------
    archive : OpenArchive
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

    def __init__(self, archive: OpenArchive, member: str) -> None:
        self._archive = archive
        self._member = member
        self._state = self._archive_state()
        with archive_errors():
            self.size = archive.size_of(member)
        self._file: IO[bytes] | None = None
        self._begin()

    def _begin(self) -> None:
        self._close()
        with archive_errors():
            self._file = self._archive.open(self._member)
        self._base = self._end = 0
        self._chunks: deque[bytes] = deque()

    @property
    def descriptor(self) -> int | None:
        """None: the kernel cannot inflate."""
        return None

    def read(self, start: int, length: int) -> bytes:
        """Return bytes; fewer at the end."""
        if start < self._base:
            self._begin()
        end = start + length
        while self._end < end and self._inflate():
            while self._base + len(self._chunks[0]) <= min(start, self._end - _KEPT):
                self._base += len(self._chunks.popleft())
        parts, position = [], self._base
        for chunk in self._chunks:
            if position < end and start < position + len(chunk):
                parts.append(chunk[max(start - position, 0) : end - position])
            position += len(chunk)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _inflate(self) -> bool:
        """Inflate some more; return False at the end."""
        with archive_errors():
            data = self._file.read(CHUNK) if self._file is not None else b""
        if data:
            self._chunks.append(data)
            self._end += len(data)
        return bool(data)

    def has_changed(self) -> bool:
        """Return whether the archive was written to since it was opened; raise if its end is damaged."""
        with archive_errors():
            while self._file is not None and self._file.read(CHUNK):
                pass  # the checksum is compared at the end
        return self._archive_state() != self._state

    def _archive_state(self) -> tuple[int, int]:
        status = os.stat(system_path(self._archive.path))
        return status.st_size, status.st_mtime_ns

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()
