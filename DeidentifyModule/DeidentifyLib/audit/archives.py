"""Archives among the sources, by a reader of the audit's own: which members they have, and the bytes of one."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, TypeVar, cast

from ..files.system_paths import system_path
from .large_files import LARGE, PIECE, Bytes, LargeBytes

if TYPE_CHECKING:
    from typing_extensions import Buffer

_HEAD = 4 << 20
_MOST, _RATIO = 1 << 30, 250
_DAMAGED = -1
_LONGEST_READ = 1 << 26
_UNREADABLE = (
    *(OSError, EOFError, zlib.error, zipfile.BadZipFile, tarfile.TarError),
    *(RuntimeError, NotImplementedError, ValueError),
)
_ENDS_OF_TARS = (".tar", ".tgz", ".tar.gz", ".tbz2", ".tbz", ".tar.bz2")

Opener = Callable[[], IO[bytes]]
T = TypeVar("T")


class _Archive(Protocol):
    """Size and opener of each member by its name."""

    members: dict[str, tuple[int, Opener]]


class MemberBytes(LargeBytes):
    """A large member of an archive as if its bytes were in memory.

    It is inflated as it is read. Its beginning and the last piece are kept, since a file is read several times from its
    header to its end; to look back elsewhere is to inflate from the beginning again.

    Parameters
    ----------
    size : int
    opener : callable
        Opens the member.
    """

    def __init__(self, size: int, opener: Opener) -> None:
        super().__init__(size)
        self._opener = opener
        self._head = b""
        self._begin()
        self._head = self._more(min(_HEAD, size))

    def _begin(self) -> None:
        self._file = self._opener()
        self._position = self._recent_start = 0
        self._recent = b""

    def _more(self, size: int) -> bytes:
        """Inflate the next bytes."""
        parts: list[bytes] = []
        left = size
        while left:
            try:
                part = self._file.read(min(left, PIECE))
            except _UNREADABLE as error:
                raise OSError("the archive is damaged or encrypted") from error
            if not part:
                raise OSError("the archive is shorter than it says")
            parts.append(part)
            left -= len(part)
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        self._recent_start, self._recent = self._position, data
        self._position += size
        return data

    def _load(self, start: int, size: int) -> bytes:
        stop = start + size
        if stop <= len(self._head):
            return self._head[start:stop]
        if start < self._recent_start:
            self._begin()
        while self._position < start:
            self._more(min(PIECE, start - self._position))
        known = self._recent[start - self._recent_start : stop - self._recent_start]
        if len(known) == size:
            return known
        data = known + self._more(size - len(known))
        self._recent_start, self._recent = start, data
        return data

    def opened(self) -> IO[bytes]:
        """Return the member as a file."""
        return cast(IO[bytes], io.BufferedReader(_AsFile(self)))


class _AsFile(io.RawIOBase):
    """Bytes that can be sliced, as a file."""

    def __init__(self, data: MemberBytes) -> None:
        self._data = data
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._data)}[whence]
        return self._at

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._data[self._at : self._at + min(len(view), PIECE)]
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


def members_of(path: Path) -> list[str] | None:
    """Return the names of the members of an archive; None if the file is no archive that can be read."""
    if not _is_archive(path.name):
        return None
    try:
        archive = _opened(path)
    except _UNREADABLE:
        return None
    return list(archive.members) if archive is not None else None


def read_member(path: Path, member: str) -> Bytes:
    """Return the bytes of a member, in memory only if they are few.

    Raises
    ------
    OSError, KeyError
        If it cannot be read or is gone.
    """
    try:
        archive = _opened(path)
        if archive is None:
            raise OSError("the archive is none any more")
        size, opener = archive.members[member]
        if size == _DAMAGED:
            raise OSError("the archive is damaged, or grows beyond what is read")
        if size > LARGE:
            return MemberBytes(size, opener)
        with opener() as file:
            data = file.read()
    except KeyError:
        raise
    except _UNREADABLE as error:
        raise OSError("the archive is damaged or encrypted") from error
    if len(data) != size:
        raise OSError("the archive is shorter than it says")
    return data


def _is_archive(name: str) -> bool:
    return name.lower().endswith((".zip", ".gz", *_ENDS_OF_TARS))


def _opened(path: Path) -> _Archive | None:
    status = os.stat(system_path(os.fspath(path)))
    return _archive(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=1)
def _archive(path: Path, size: int, modified: int) -> _Archive | None:
    """Return an open archive, None if the file is none: its index is read once, not for every member."""
    name = path.name.lower()
    if name.endswith(".zip"):
        return _Zip(path, size)
    with _Limited(path) as file:
        begin = file.read(512) or b""
    if _is_tar(begin, name.endswith(_ENDS_OF_TARS)):
        return _Tar(path)
    packed = name.endswith(".gz") and not name.endswith(_ENDS_OF_TARS) and _magic(path) == b"\x1f\x8b"
    return _Gzip(path) if packed else None


class _Zip:
    def __init__(self, path: Path, size: int) -> None:
        archive = zipfile.ZipFile(system_path(os.fspath(path)))
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if sum(info.file_size for info in infos) > max(_MOST, _RATIO * size):
            raise OSError("the archive grows beyond what is read")

        def opener(info: zipfile.ZipInfo) -> Opener:
            return lambda: archive.open(info)

        named = _distinct((info.filename, info) for info in infos)
        self.members = {name: (info.file_size, opener(info)) for name, info in named}


class _Tar:
    def __init__(self, path: Path) -> None:
        archive = tarfile.open(fileobj=_unpacked(path), mode="r:")
        infos: list[tarfile.TarInfo] = []
        try:
            for info in archive:
                infos.append(info)
        except (EOFError, tarfile.ReadError):
            # cut off: what comes before can be read
            archive = tarfile.open(fileobj=_unpacked(path), mode="r:")

        def opener(info: tarfile.TarInfo) -> Opener:
            return lambda: cast(IO[bytes], archive.extractfile(info))

        named = _distinct((info.name, info) for info in infos if not info.isdir())
        self.members = {name: (info.size, opener(info)) for name, info in named if info.isreg() and not info.issparse()}


class _Gzip:
    def __init__(self, path: Path) -> None:
        size = 0
        try:
            with _unpacked(path) as file:
                while data := file.read(PIECE):
                    size += len(data)
        except _UNREADABLE:
            size = _DAMAGED
        self.members = {path.name[: -len(".gz")] or "member": (size, lambda: _unpacked(path))}


def _distinct(named: Iterable[tuple[str, T]]) -> Iterator[tuple[str, T]]:
    """Yield members with their names; ``//2`` and so on are added where a name comes again."""
    seen: dict[str, int] = {}
    for name, one in named:
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name}//{seen[name]}"), one


def _magic(path: Path) -> bytes:
    with open(system_path(os.fspath(path)), "rb") as file:
        return file.read(2)


def _unpacked(path: Path) -> IO[bytes]:
    return cast(IO[bytes], _Limited(path))  # without a buffer, which would read on to where a file is cut off


def _is_tar(begin: bytes, named_so: bool) -> bool:
    if begin[257:262] == b"ustar":
        return True
    try:
        return named_so and bool(tarfile.TarInfo.frombuf(begin, "utf-8", "surrogateescape"))
    except tarfile.HeaderError:
        return False


class _Limited(io.RawIOBase):
    """A file, inflated where it is compressed, up to a limit."""

    def __init__(self, path: Path) -> None:
        place = system_path(os.fspath(path))
        magic, size = _magic(path), os.stat(place).st_size
        packed = path.name.lower().endswith((".gz", ".tgz", ".tbz", ".tbz2", ".bz2", ".tar"))
        is_gzip, is_bzip = packed and magic == b"\x1f\x8b", packed and magic == b"BZ"
        self._file: IO[bytes] = (
            cast(IO[bytes], gzip.open(place)) if is_gzip else bz2.open(place) if is_bzip else open(place, "rb")
        )
        self._is_packed = is_gzip or is_bzip
        self._most = max(_MOST, _RATIO * size) if self._is_packed else size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._file.seek(self._checked(offset) if whence == os.SEEK_SET else offset, whence)

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            return self.readall()
        if size > _LONGEST_READ:
            raise OSError("a header of the archive is longer than any is")
        data = self._file.read(size)
        self._checked(self._file.tell())
        return data

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _checked(self, place: int) -> int:
        if place > self._most and self._is_packed:
            raise OSError("the archive grows beyond what is read")
        if place > self._most:
            raise tarfile.ReadError("unexpected end of data")
        return place
