"""Output files: written to a temporary file in the same folder, then renamed into place."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from .byte_sources import ByteSource, Range, SourceChanged, chunks
from .system_paths import system_path

PART_SUFFIX = ".part"
_LARGEST_COPY = 1 << 30
_COPIED_AT_ONCE = 1 << 16
"""Bytes that stay in the cache of the processor while they are read, hashed and written."""
_MADE_BY = f"{os.getpid():x}{secrets.token_hex(3)}"
CopyFileRange = Callable[[int, int, int, int], int]
"""As `os.copy_file_range`: source, target, count and where in the source to begin."""

_copy_by_kernel: CopyFileRange | None = getattr(os, "copy_file_range", None)


class OutputFailure(OSError):
    """The output cannot be written any more: the run stops."""


def write_pieces(
    path: str | Path, pieces: Iterable[bytes | Range], source: ByteSource | None = None, checksum: bool = True
) -> tuple[int, str]:
    """Write a file that appears whole or not at all.

    Parameters
    ----------
    path : str or Path
        Where to; folders are made.
    pieces : iterable of bytes or Range
        What, in its order; ranges are copied from `source`.
    source : ByteSource, optional
    checksum : bool
        Whether to compute the SHA-256 of the file; then all bytes pass through this process,
        otherwise the kernel copies ranges where it can.

    Returns
    -------
    size : int
        Bytes written.
    sha256 : str
        Hexadecimal, empty without `checksum`.

    Raises
    ------
    OutputFailure
        If it cannot be written.
    OSError
        If the source cannot be read or became shorter.
    """
    final = system_path(os.fspath(path))
    part = system_path(f"{final}.{_MADE_BY}{PART_SUFFIX}")
    digest = hashlib.sha256() if checksum else None
    target = _open(part)
    try:
        size = _write_all(target, pieces, source, digest)
        _close(target)
        _move(part, final)
    except BaseException:
        _discard(target, part)
        raise
    return size, digest.hexdigest() if digest else ""


def _open(part: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        try:
            return os.open(part, flags, 0o666)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(part), exist_ok=True)
            return os.open(part, flags, 0o666)
    except OSError as error:
        raise _failure(error) from error


def _write_all(
    target: int, pieces: Iterable[bytes | Range], source: ByteSource | None, digest: hashlib._Hash | None
) -> int:
    size = 0
    waiting: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            waiting.append(piece)
            continue
        if source is None:
            raise ValueError("a range needs a source")
        size += _write(target, b"".join(waiting), digest)
        waiting.clear()
        for part in piece.parts():
            if isinstance(part, bytes):
                size += _write(target, part, digest)
            else:
                size += _copy(target, part, source, digest)
    return size + _write(target, b"".join(waiting), digest)


def _write(target: int, data: bytes, digest: hashlib._Hash | None) -> int:
    if digest is not None:
        digest.update(data)
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(target, view) :]
    except OSError as error:
        raise _failure(error) from error
    return len(data)


def _copy(target: int, part: Range, source: ByteSource, digest: hashlib._Hash | None) -> int:
    position = part.start
    if digest is None and _copy_by_kernel is not None and source.descriptor is not None:
        position = _copy_in_kernel(_copy_by_kernel, target, part, source.descriptor)
    for data in chunks(source, Range(position, part.stop), _COPIED_AT_ONCE):
        _write(target, data, digest)
    return part.stop - part.start


def _copy_in_kernel(copy: CopyFileRange, target: int, part: Range, descriptor: int) -> int:
    """Return how far the kernel copied; the rest is left to the portable copy, which raises the right error."""
    position = part.start
    try:
        while position < part.stop:
            copied = copy(descriptor, target, min(part.stop - position, _LARGEST_COPY), position)
            if not copied:
                raise SourceChanged("the file became shorter while it was read")
            position += copied
    except SourceChanged:
        raise
    except OSError:
        return position
    return position


def _close(target: int) -> None:
    try:
        os.close(target)
    except OSError as error:
        raise _failure(error) from error


def _move(part: str, final: str) -> None:
    try:
        os.replace(part, final)
    except OSError as error:
        raise _failure(error) from error


def _discard(target: int, part: str) -> None:
    with suppress(OSError):
        os.close(target)
    with suppress(OSError):
        os.unlink(part)


def _failure(error: OSError) -> OutputFailure:
    return OutputFailure(error.errno, f"the output cannot be written: {error.strerror}")
