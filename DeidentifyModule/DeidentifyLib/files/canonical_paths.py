"""Canonical paths: absolute, links and ``..`` resolved, so that one file has one name however it was typed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path


class PathError(ValueError):
    """A path is empty: a variable was perhaps not set. The message says which argument, not its value."""


class Canonical:
    """Makes paths canonical; each folder is resolved once, so that the many files of one folder cost little."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def __call__(self, path: str | os.PathLike[str]) -> Path:
        """Return the canonical path of a file or folder, which need not exist.

        A link to a file keeps its own name if its target has another suffix: the suffix tells what a file is.
        """
        found = self.inside(path)
        if not os.path.islink(found):
            return Path(found)
        target = os.path.realpath(found)
        same_kind = os.path.isdir(target) or _suffix(target) == _suffix(found)
        return Path(target if same_kind else found)

    def inside(self, path: str | os.PathLike[str]) -> str:
        """Return the path of a file in its canonical folder; a file that is a link keeps its name, as in a scan."""
        folder, name = os.path.split(Path(path))
        if name in ("", ".", ".."):
            return os.path.realpath(path)
        resolved = self._folders.get(folder)
        if resolved is None:
            resolved = self._folders[folder] = os.path.realpath(folder)
        return os.path.join(resolved, name)


def canonical(path: str | os.PathLike[str], what: str = "the path") -> Path:
    """Return one path canonical.

    Parameters
    ----------
    path : str or PathLike
    what : str
        What the path is, for the message.

    Raises
    ------
    PathError
        If it is empty.
    """
    if not os.fspath(path):
        raise PathError(f"{what} is empty")
    return Canonical()(path)


def canonical_inputs(paths: Iterable[str | os.PathLike[str]]) -> tuple[Path, ...]:
    """Return the inputs canonical, each once.

    Raises
    ------
    PathError
        If one is empty.
    """
    resolve = Canonical()
    found: dict[Path, None] = {}
    for number, path in enumerate(paths, 1):
        if not os.fspath(path):
            raise PathError(f"input {number} is empty")
        found[resolve(path)] = None
    return tuple(found)


def without_nested(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield canonical paths without those that lie in a folder among them: its files come once."""
    every = list(paths)
    folders = {path for path in every if path.is_dir()}
    for path in every:
        if not (folders and path.exists() and folders.intersection(path.parents)):
            yield path


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()
