"""Where a run may read and write: input, output and the private side folder never overlap."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from .canonical_paths import canonical

LOCK_NAME = ".deidentify-lock"


class FolderError(ValueError):
    """The folders of a run contradict each other or cannot be used."""


def default_private_folder(output: Path) -> Path:
    """Return the side folder for map, key and journal: ``<output>.private``, links of the output resolved.

    Where only the folder beside a link to the output is there, as an earlier version made it, that one.
    """
    real, named = canonical(output), Path(os.path.abspath(output))
    beside, beside_link = (path.parent / (path.name + ".private") for path in (real, named))
    return canonical(beside_link) if beside_link.is_dir() and not beside.is_dir() else beside


def check_folders(inputs: Sequence[Path], output: Path, private: Path) -> None:
    """Refuse folders that lie in each other.

    Raises
    ------
    FolderError
        If output or private folder overlap with each other or with an input.
    """
    out, side, places = output.resolve(), private.resolve(), _Places()
    if places.overlap(out, side):
        raise FolderError("the private folder and the output folder must not lie in each other")
    for number, path in enumerate((path.resolve() for path in inputs), 1):
        if places.overlap(path, out):
            raise FolderError(f"input {number} and the output folder must not lie in each other")
        if path.is_dir() and places.within(side, path):
            raise FolderError(f"the private folder must not lie in input {number}")


def check_key_file(key_file: Path, inputs: Sequence[Path], output: Path) -> None:
    """Refuse a key that lies in an input or in the output.

    Raises
    ------
    FolderError
        If it does.
    """
    key, places = key_file.resolve(), _Places()
    if places.within(key, output.resolve()) or any(places.within(key, path.resolve()) for path in inputs):
        raise FolderError("the key file must lie outside of input and output")


class _Places:
    """Tells what lies in what by the identity of folders: one may have several names, as where case is ignored."""

    def __init__(self) -> None:
        self._around: dict[Path, frozenset[object]] = {}

    def within(self, path: Path, folder: Path) -> bool:
        """Return whether a path is a folder or lies in it."""
        return _identity(folder) in self._folders_around(path.parent) | {_identity(path)}

    def overlap(self, first: Path, second: Path) -> bool:
        """Return whether one of two paths lies in the other."""
        return self.within(first, second) or self.within(second, first)

    def _folders_around(self, folder: Path) -> frozenset[object]:
        found = self._around.get(folder)
        if found is None:
            above = frozenset() if folder.parent == folder else self._folders_around(folder.parent)
            found = self._around[folder] = above | {_identity(folder)}
        return found


def _identity(path: Path) -> object:
    try:
        status = os.stat(path)
    except OSError:
        return path
    return (status.st_dev, status.st_ino) if status.st_ino else path


def is_empty(folder: Path) -> bool:
    """Return whether a folder is absent or has no entry but a lock.

    Raises
    ------
    FolderError
        If it is a file or cannot be read.
    """
    try:
        return all(entry.name == LOCK_NAME for entry in os.scandir(folder))
    except FileNotFoundError:
        return True
    except OSError as error:
        raise FolderError(f"the output folder cannot be used: {error.strerror}") from error


def make_output(folder: Path) -> None:
    """Make the output folder and try whether it can be written.

    Raises
    ------
    FolderError
        If it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".deidentify-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise FolderError(f"the output folder cannot be written: {error.strerror}") from error


def make_private(folder: Path) -> None:
    """Make the private folder, readable only for its owner.

    Raises
    ------
    FolderError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise FolderError(f"the private folder cannot be written: {error.strerror}") from error


def open_private(path: Path, mode: str = "w") -> int:
    """Return the descriptor of a private file (0600), opened for writing (``w``) or appending (``a``)."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if mode == "a" else os.O_TRUNC)
    return os.open(path, flags, 0o600)
