"""The files of the inputs: in folders, single, or members of archives (never unpacked to the disk)."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .archive_errors import archive_errors
from .archive_members import MemberSource
from .archives import DAMAGED, NOT_READ, TooLarge, archive_at, kind_of
from .byte_sources import ByteSource, FileSource, MemorySource, SourceFile
from .input_paths import SPECIAL, input_paths
from .system_paths import system_path

_LARGEST_IN_MEMORY = 1 << 24
_READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
REJECTED, SKIPPED = "rejected", "skipped"
EMPTY = "an archive without files"


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
            return open(system_path(self.path), "rb", opener=_opened)
        return io.BufferedReader(SourceFile(self.open_bytes(), owned=True))

    def open_bytes(self) -> ByteSource:
        """Open for random access, raising what `open` does."""
        if self.member is not None:
            return self._open_member(self.member)
        descriptor = _opened(system_path(self.path))
        try:
            return FileSource(descriptor)
        except OSError:
            os.close(descriptor)
            raise

    def _open_member(self, member: str) -> ByteSource:
        with archive_errors():
            archive = archive_at(self.path)
            if archive is None:
                raise OSError(None, "the archive is none any more")
            if archive.size_of(member) > _LARGEST_IN_MEMORY:
                return MemberSource(archive, member)
            with archive.open(member) as file:
                data = file.read(archive.size_of(member))
                if len(data) < archive.size_of(member) or file.read(1):  # the checksum is compared at the end
                    raise OSError(None, DAMAGED)
                return MemorySource(data)


def _opened(path: str, flags: int = 0) -> int:
    """Return the descriptor of a file; what became a pipe or device since the scan is closed before it is read."""
    descriptor = os.open(path, _READ_ONLY | flags)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(None, SPECIAL)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An input that is not read.

    Attributes
    ----------
    source : Source
    reason : str
        Without PHI.
    status : str
        ``rejected``: it cannot be read. ``skipped``: it is no file, or one that is read elsewhere or not meant.
    """

    source: Source
    reason: str
    status: str = REJECTED


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


def iterate_sources(inputs: Iterable[Path], apart: Iterable[Path] = ()) -> Iterator[Source | Unreadable]:
    """Yield every file of the inputs in a fixed order, and every path that is left out.

    Parameters
    ----------
    inputs : iterable of Path
        Canonical; one that lies in another one is no second input.
    apart : iterable of Path
        Output and private folder, canonical: links into them are not followed.

    Raises
    ------
    InputError
        If an input does not exist.
    """
    every = list(inputs)
    check_exist(every)
    for found in input_paths(every, apart):
        if found.left_out:
            yield Unreadable(Source(found.path), found.left_out, REJECTED if found.is_failure else SKIPPED)
        else:
            yield from _file(found.path)


def _file(path: str) -> Iterator[Source | Unreadable]:
    kind = kind_of(path)
    if not kind:
        yield Source(path)
        return
    if kind == "other":
        yield Unreadable(Source(path), NOT_READ, SKIPPED)
        return
    try:
        archive = archive_at(path)
    except OSError as error:
        yield Unreadable(Source(path), str(error.strerror) if isinstance(error, TooLarge) else DAMAGED)
        return
    if archive is None:
        yield Source(path)
        return
    for member in archive.members:
        source = Source(path, member.name)
        yield Unreadable(source, member.left_out, SKIPPED) if member.left_out else source
    if archive.problem:
        yield Unreadable(Source(path), archive.problem)
    elif not archive.members:
        yield Unreadable(Source(path), EMPTY, SKIPPED)
