"""Bringing written files to the disk, for many at once."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from .system_paths import system_path


def sync_files(folder: Path, files: Iterable[str]) -> None:
    """Bring files to the disk: after this, a power loss does not take them.

    On Linux, the whole file system of the folder is synced, which is one call for any number of
    files; elsewhere each file is.

    Parameters
    ----------
    folder : Path
    files : iterable of str
        Paths below the folder, with ``/``.

    Raises
    ------
    OSError
        If a file cannot be written to the disk.
    """
    if sys.platform == "linux" and _sync_file_system(folder):
        return
    for name in files:
        with suppress(FileNotFoundError):
            _sync_file(os.path.join(folder, name))


def _sync_file_system(folder: Path) -> bool:
    try:
        syncfs = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return False
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(descriptor)
    return True


def _sync_file(path: str) -> None:
    flags = (os.O_RDWR if os.name == "nt" else os.O_RDONLY) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(system_path(path), flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def boot_identity() -> str:
    """Return what changes when the machine restarts; empty if it is not known."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
