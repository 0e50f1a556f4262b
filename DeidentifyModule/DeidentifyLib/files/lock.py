"""One run at a time per output folder."""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from .folders import LOCK_NAME, FolderError

_NO_LOCKS_HERE = frozenset((errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL))


class RunLock:
    """Holds the output folder for one run, from ``with`` to its end.

    The operating system frees the lock of a run that died, so a stale file does no harm. Where the
    file system knows no locks, the process that the file names is looked for instead.

    Parameters
    ----------
    folder : Path
        Output folder or private folder; must exist.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        self._descriptor = -1

    def __enter__(self) -> RunLock:
        """Take the lock.

        Raises
        ------
        FolderError
            If another run holds it.
        """
        while True:
            descriptor = self._open()
            try:
                if not _lock(descriptor):
                    self._check_owner(descriptor)
            except FolderError:
                os.close(descriptor)
                raise
            if self._is_current(descriptor):
                break
            os.close(descriptor)
        self._descriptor = descriptor
        mine = {"host": socket.gethostname(), "pid": os.getpid(), "since": _now()}
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps(mine).encode("ascii"))
        return self

    def is_held(self) -> bool:
        """Return whether the folder is still the one that was locked: a lost network folder is not."""
        try:
            return self._is_current(self._descriptor)
        except OSError:
            return False

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise FolderError(f"the folder cannot be written: {error.strerror}") from error

    def _is_current(self, descriptor: int) -> bool:
        """Return whether the file was not removed between opening and locking it."""
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self._path))
        except FileNotFoundError:
            return False

    def _check_owner(self, descriptor: int) -> None:
        """Refuse if the run that the file names may still be there; the file system knows no locks."""
        owner = _read(descriptor)
        if not owner or owner.get("pid") == os.getpid():
            return
        if owner.get("host") != socket.gethostname() or _is_alive(owner.get("pid")):
            raise _taken(owner, f"; if it is gone, remove {LOCK_NAME} from the folder")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if os.name == "nt":
            os.close(self._descriptor)
            with suppress(OSError):
                self._path.unlink()
            return
        if self.is_held():
            with suppress(OSError):
                self._path.unlink()
        os.close(self._descriptor)


def _lock(descriptor: int) -> bool:
    """Lock a file; return False where the file system knows no locks.

    Raises
    ------
    FolderError
        If another process holds the lock.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, 1 << 20, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _NO_LOCKS_HERE:
            return False
        raise _taken(_read(descriptor)) from None
    return True


def _taken(owner: dict[str, Any], advice: str = "") -> FolderError:
    who = f" (process {owner['pid']} on {owner.get('host')}, since {owner.get('since')})" if owner.get("pid") else ""
    return FolderError(f"another run is writing into this output or private folder{who}{advice}")


def _read(descriptor: int) -> dict[str, Any]:
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        values = json.loads(os.read(descriptor, 4096))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def _is_alive(pid: object) -> bool:
    if not isinstance(pid, int) or os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
