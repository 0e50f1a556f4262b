"""A file that a command writes where it is told never replaces one that it reads or that belongs to a run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ..files.folders import open_private


def overwrites(target: Path | None, kept: Iterable[Path | None]) -> bool:
    """Return whether writing a file would replace one of some files, or change one of some folders.

    Parameters
    ----------
    target : Path, optional
        The file to be written; None writes nothing.
    kept : iterable of Path
        Files and folders that must stay as they are; None is passed over.
    """
    if target is None:
        return False
    place = target.resolve()  # writing follows links
    around = (place, *place.parents)
    return any(path.resolve() in around or _is_same_file(path, place) for path in kept if path is not None)


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Open a text file that only its owner can read; it appears whole or not at all, and no other name of it changes.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    part = path.with_name(f".partial-{os.getpid()}-{path.name}")
    try:
        with os.fdopen(open_private(part), "w", encoding="utf-8", newline="") as file:
            yield file
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _is_same_file(path: Path, other: Path) -> bool:
    """Return whether two names are one file, as hard links or where letter case is ignored."""
    try:
        return path.is_file() and path.samefile(other)
    except OSError:
        return False
