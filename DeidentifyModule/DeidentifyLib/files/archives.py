"""Archives among the inputs: zip, tar (also compressed) and gzip; never unpacked to the disk."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import stat
import tarfile
import zipfile
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, cast

from .archive_errors import archive_errors
from .byte_sources import CHUNK
from .system_paths import system_path

_TARS = (".tar", ".tgz", ".tar.gz", ".tbz2", ".tbz", ".tar.bz2")
_OTHERS = (".xz", ".txz", ".7z", ".rar", ".zst", ".tzst", ".bz2")
_TAR_MAGIC_AT, _TAR_MAGIC, _BLOCK = 257, b"ustar", 512

FREE_SIZE, GREATEST_RATIO = 1 << 30, 250
"""Up to one GiB anything is read; more only if the archive is at least this part of it."""
_LONGEST_READ = 1 << 26

DAMAGED = "the archive is damaged or cannot be read"
CUT_OFF = "the archive is cut off: only what comes before is read"
BOMB = f"the archive grows to more than {GREATEST_RATIO} times its size: unpack it yourself if you trust it"
NESTED = "an archive inside an archive is not opened: unpack it"
NOT_READ = "an archive in a format that is not read: unpack it"
NO_FILE = "a link, pipe or device inside an archive: it is not read"
SPARSE = "a sparse file inside an archive is not read: unpack it"


class TooLarge(OSError):
    """The archive grows beyond the limits."""

    def __init__(self) -> None:
        super().__init__(None, BOMB)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an archive.

    Attributes
    ----------
    name : str
        Its name; where several have one, ``//2`` and so on are added to the later ones.
    left_out : str
        Why it is not read, empty if it is.
    """

    name: str
    left_out: str = ""


class OpenArchive(ABC):
    """An archive whose index was read.

    Attributes
    ----------
    path : str
    members : list of Member
    problem : str
        What is wrong with it, empty if nothing is.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.members: list[Member] = []
        self.problem = ""

    @abstractmethod
    def size_of(self, member: str) -> int:
        """Return the number of bytes of a member, inflated."""

    @abstractmethod
    def open(self, member: str) -> IO[bytes]:
        """Open a member for reading from its beginning to its end."""


def kind_of(path: str) -> str:
    """Return ``zip``, ``tar``, ``gz`` or ``other`` by the end of a file's name, empty if that names no archive."""
    name = path.lower()
    if name.endswith(".zip"):
        return "zip"
    if name.endswith(_TARS):
        return "tar"
    if name.endswith(".gz"):
        return "gz"
    return "other" if name.endswith(_OTHERS) else ""


@lru_cache(maxsize=2)
def open_archive(path: str, size: int, modified: int) -> OpenArchive | None:
    """Return an archive by path, size and time of change; its index is read once. None: the file is none.

    Raises
    ------
    OSError
        If it cannot be read at all.
    """
    kind = kind_of(path)
    with archive_errors():
        if kind == "zip":
            return _Zip(path)
        if kind not in ("tar", "gz"):
            return None
        pack = _packing(path)
        if kind == "gz" and pack != "gz":
            return None
        with _Bounded(path, pack) as file:
            is_tar = _begins_tar(file.read(_BLOCK), without_magic=kind == "tar")
    if is_tar:
        with archive_errors():
            return _Tar(path, pack)
    if kind == "tar" and pack:
        raise OSError(None, DAMAGED)
    return _Gzip(path) if kind == "gz" else None


def archive_at(path: str) -> OpenArchive | None:
    """Return the archive as it is now; see `open_archive`."""
    status = os.stat(system_path(path))
    return open_archive(path, status.st_size, status.st_mtime_ns)


def _packing(path: str) -> str:
    with open(system_path(path), "rb") as file:
        begin = file.read(3)
    return "gz" if begin.startswith(b"\x1f\x8b") else "bz2" if begin == b"BZh" else ""


def _begins_tar(block: bytes, without_magic: bool) -> bool:
    """Return whether a tar begins with a block; the oldest ones have no magic number but a checksum."""
    if block[_TAR_MAGIC_AT:].startswith(_TAR_MAGIC):
        return True
    try:
        return without_magic and bool(tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape"))
    except tarfile.HeaderError:
        return False


class _Numbered:
    """Gives members of one name different ones."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def __call__(self, name: str) -> str:
        number = self._seen[name] = self._seen.get(name, 0) + 1
        return name if number == 1 else f"{name}//{number}"


class _Zip(OpenArchive):
    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._file = zipfile.ZipFile(system_path(path))
        self._infos: dict[str, zipfile.ZipInfo] = {}
        name_of = _Numbered()
        for info in sorted(self._file.infolist(), key=lambda info: info.filename):
            if not info.is_dir():
                self._infos[name_of(info.filename)] = info
        total = sum(info.file_size for info in self._infos.values())
        if total > max(FREE_SIZE, GREATEST_RATIO * os.stat(system_path(path)).st_size):
            raise TooLarge
        self.members = [Member(name, self._left_out(info)) for name, info in self._infos.items()]

    def _left_out(self, info: zipfile.ZipInfo) -> str:
        mode = info.external_attr >> 16 if info.create_system == 3 else 0
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            return NO_FILE
        return NESTED if kind_of(info.filename) else ""

    def size_of(self, member: str) -> int:
        return self._infos[member].file_size

    def open(self, member: str) -> IO[bytes]:
        return self._file.open(self._infos[member])


class _Tar(OpenArchive):
    def __init__(self, path: str, pack: str) -> None:
        super().__init__(path)
        self._bounded = _Bounded(path, pack)
        self._infos: dict[str, tarfile.TarInfo] = {}
        name_of = _Numbered()
        try:
            self._tar = tarfile.open(fileobj=cast(IO[bytes], self._bounded), mode="r:")
            for info in self._tar:
                if not info.isdir():
                    name = name_of(info.name)
                    self._infos[name] = info
                    self.members.append(Member(name, _left_out(info)))
            self._check_end()
        except (EOFError, tarfile.ReadError):
            self.problem = CUT_OFF

    def _check_end(self) -> None:
        """Read to the end, where the checksum is; the end of a tar is marked by zeros."""
        self._bounded.seek(self._tar.offset)
        if self._bounded.read(_BLOCK) != bytes(_BLOCK):
            self.problem = CUT_OFF
        while self._bounded.read(CHUNK):
            pass

    def size_of(self, member: str) -> int:
        return self._infos[member].size

    def open(self, member: str) -> IO[bytes]:
        file = self._tar.extractfile(self._infos[member])
        if file is None:
            raise OSError(None, NO_FILE)
        return file


def _left_out(info: tarfile.TarInfo) -> str:
    if info.issparse():
        return SPARSE
    if not info.isreg():
        return NO_FILE
    return NESTED if kind_of(info.name) else ""


class _Gzip(OpenArchive):
    """One compressed file; its member has the name without ``.gz``."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        name = os.path.basename(path)[: -len(".gz")] or "member"
        self.members = [Member(name, NESTED if kind_of(name) else "")]
        self._size: int | None = None

    def size_of(self, member: str) -> int:
        if self._size is None:
            with _Bounded(self.path, "gz") as file:
                size = 0
                while data := file.read(CHUNK):
                    size += len(data)
            self._size = size
        return self._size

    def open(self, member: str) -> IO[bytes]:
        if member != self.members[0].name:
            raise KeyError("no such member")
        return cast(IO[bytes], _Bounded(self.path, "gz"))


class _Bounded:
    """A file that is inflated as it is read, up to the limits."""

    def __init__(self, path: str, pack: str) -> None:
        self._raw = open(system_path(path), "rb")
        opened: IO[bytes] = self._raw
        if pack == "gz":
            opened = cast(IO[bytes], gzip.GzipFile(fileobj=self._raw, mode="rb"))
        elif pack == "bz2":
            opened = cast(IO[bytes], bz2.BZ2File(self._raw, "rb"))
        self._file = opened
        size = os.fstat(self._raw.fileno()).st_size
        self._limit = max(FREE_SIZE, GREATEST_RATIO * size) if pack else size

    def read(self, size: int = -1) -> bytes:
        """Return bytes; fewer at the end."""
        if not 0 <= size <= _LONGEST_READ:
            raise TooLarge
        data = self._file.read(size)
        if self._file.tell() > self._limit:
            raise TooLarge
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place counted from the beginning."""
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only from the beginning")
        if offset > self._limit:
            raise tarfile.ReadError("unexpected end of data") if self._file is self._raw else TooLarge
        return self._file.seek(offset)

    def tell(self) -> int:
        """Return the place."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._raw.close()

    def __enter__(self) -> _Bounded:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
