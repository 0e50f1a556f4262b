"""Folders that a tool made itself, and may therefore empty again; all others are left alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

MARKER = ".made-by-deidentify"
_FIRST_LINE = "Made by a tool of Deidentify, which may delete this folder; these are its files, with sizes in bytes:"


class NotOwnError(ValueError):
    """A folder that is to be made anew exists and was not made, or not only, by the tool; the message says so."""


def remove_own(folder: Path) -> None:
    """Remove a folder with everything that `record_own` listed in it; do nothing where there is none.

    Raises
    ------
    NotOwnError
        If it is something else: nothing was deleted then.
    """
    if folder.is_symlink():
        raise NotOwnError("it is a link: name a folder that does not exist")
    if not os.path.lexists(folder):
        return
    listed = _listed(folder)
    foreign = sum(listed.get(name) != size for name, size in _content(folder))
    if foreign:
        files = "1 file or folder" if foreign == 1 else f"{foreign} files or folders"
        raise NotOwnError(f"it holds {files} added or changed since: move them, or name another folder")
    shutil.rmtree(folder)


def record_own(folder: Path) -> None:
    """List everything in a folder that the caller made, so that `remove_own` may remove it later."""
    lines = [f"{size}\t{name}" for name, size in sorted(_content(folder))]
    text = "\n".join([_FIRST_LINE, *lines])
    (folder / MARKER).write_text(text + "\n", encoding="utf-8", errors="surrogateescape")


def _listed(folder: Path) -> dict[str, int]:
    """Return the sizes by name that the marker of a folder lists."""
    marker = folder / MARKER
    if not folder.is_dir() or marker.is_symlink() or not marker.is_file():
        raise NotOwnError("it exists and was not made by this tool: name a folder that does not exist")
    first, *lines = marker.read_text(encoding="utf-8", errors="surrogateescape").splitlines() or [""]
    parts = [line.partition("\t") for line in lines]
    if first != _FIRST_LINE or not all(size.lstrip("-").isdigit() for size, _, _ in parts):
        raise NotOwnError("it exists and was not made by this tool: name a folder that does not exist")
    return {name: int(size) for size, _, name in parts}


def _content(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield every entry below a folder but the marker, with its size; folders, which have none of their own, with 0."""
    for parent, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(parent) / name
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink():
                yield relative, -1
            elif path.is_dir():
                yield relative, 0
            elif relative != MARKER:
                yield relative, path.stat().st_size
