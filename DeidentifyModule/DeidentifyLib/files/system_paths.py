"""Paths as the operating system wants them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

_LONGEST_WINDOWS_PATH = 240


def system_path(path: str) -> str:
    """Return a path that the operating system accepts; Windows needs a prefix for more than 260 characters."""
    if os.name != "nt" or len(path) < _LONGEST_WINDOWS_PATH or path.startswith("\\\\?\\"):
        return path
    return _prefixed(os.path.abspath(path))


def walk(
    folder: str | Path, onerror: Callable[[OSError], None] | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Walk a folder as `os.walk` does, on Windows also below paths of more than 260 characters."""
    root = os.fspath(folder)
    if os.name != "nt":
        yield from os.walk(root, onerror=onerror)
        return
    long = root if root.startswith("\\\\?\\") else _prefixed(os.path.abspath(root))
    for parent, folders, names in os.walk(long, onerror=onerror):
        yield root + parent[len(long) :], folders, names


def _prefixed(path: str) -> str:
    return "\\\\?\\UNC" + path[1:] if path.startswith("\\\\") else "\\\\?\\" + path
