"""Paths as the operating system wants them."""

from __future__ import annotations

import os

_LONGEST_WINDOWS_PATH = 240


def system_path(path: str) -> str:
    """Return a path that the operating system accepts; Windows needs a prefix for more than 260 characters."""
    if os.name != "nt" or len(path) < _LONGEST_WINDOWS_PATH or path.startswith("\\\\?\\"):
        return path
    path = os.path.abspath(path)
    return "\\\\?\\UNC" + path[1:] if path.startswith("\\\\") else "\\\\?\\" + path
