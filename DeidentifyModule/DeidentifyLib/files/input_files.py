"""The files of the inputs: in folders, single, or members of zip archives (never unpacked to the disk)."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from .byte_sources import ByteSource, FileSource, MemorySource, SourceFile
from .canonical_paths import without_nested
from .system_paths import system_path, walk
from .zip_members import ZipMemberSource, archive_errors

_LARGEST_IN_MEMORY = 1 << 24
_READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True, repr=False)
class Source:
    """One input file.

    Attributes
    ----------
    path : str
        Path of the file, or of the archive that holds it. It may hold PHI.
    member : str, optional
        Name in the archive.
    """

    path: str
    member: str | None = None

    def __repr__(self) -> str:
        return "Source(...)"

    def open(self) -> BinaryIO:
        """Open for reading.

        Raises
        ------
        OSError
            If it cannot be read, also where the archive is damaged or encrypted.
        """
        if self.member is None:
            return open(system_path(self.path), "rb")
        return io.BufferedReader(SourceFile(self.open_bytes(), owned=True))

    def open_bytes(self) -> ByteSource:
        """Open for random access, raising what `open` does."""
        if self.member is not None:
            return self._open_member(self.member)
        descriptor = os.open(system_path(self.path), _READ_ONLY)
        try:
            return FileSource(descriptor)
        except OSError:
            os.close(descriptor)
            raise

    def _open_member(self, member: str) -> ByteSource:
        with archive_errors():
            status = os.stat(self.path)
            archive = _archive(self.path, status.st_size, status.st_mtime_ns)
            if archive.getinfo(member).file_size > _LARGEST_IN_MEMORY:
                return ZipMemberSource(archive, member)
            return MemorySource(archive.read(member))


@lru_cache(maxsize=2)
def _archive(path: str, size: int, modified: int) -> zipfile.ZipFile:
    """Return an open archive: its index is read once, not for every member."""
    return zipfile.ZipFile(path)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An input that cannot be opened, with the reason (no PHI)."""

    source: Source
    reason: str


class InputError(ValueError):
    """An input does not exist."""


def check_exist(inputs: Iterable[Path]) -> None:
    """Refuse inputs that are not there.

    Raises
    ------
    InputError
        Naming the position of the input, not its path.
    """
    for number, path in enumerate(inputs, 1):
        if not path.exists():
            raise InputError(f"input {number} does not exist")


def iterate_sources(inputs: Iterable[Path]) -> Iterator[Source | Unreadable]:
    """Yield every file of the inputs in a fixed order; an input that lies in another one is no second input.

    Raises
    ------
    InputError
        If an input does not exist.
    """
    for number, path in enumerate(without_nested(inputs), 1):
        if path.is_dir():
            yield from _folder(path)
        elif path.exists():
            yield from _file(os.fspath(path))
        else:
            raise InputError(f"input {number} does not exist")


def _folder(folder: Path) -> Iterator[Source | Unreadable]:
    problems: list[Unreadable] = []

    def note(error: OSError) -> None:
        problems.append(Unreadable(Source(str(error.filename)), "the folder cannot be read: check its permissions"))

    for parent, folders, files in walk(folder, note):
        folders.sort()
        yield from problems
        problems.clear()
        for name in sorted(files):
            yield from _file(os.path.join(parent, name))
    yield from problems


def _file(path: str) -> Iterator[Source | Unreadable]:
    if not path.lower().endswith(".zip"):
        yield Source(path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for info in sorted(archive.infolist(), key=lambda info: info.filename):
                if not info.is_dir():
                    yield Source(path, info.filename)
    except (zipfile.BadZipFile, OSError):
        yield Unreadable(Source(path), "the zip archive is damaged or cannot be read")
