"""Every path of the inputs: files, links that are followed, and what is left out, each with its reason.

Pipes, sockets and devices are known by their type and never opened: reading one may last for ever. A link to a folder
is followed where its target is not read anyway; each real folder is read once, so that a loop has an end.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .canonical_paths import without_nested
from .system_paths import system_path

SPECIAL = "a pipe, socket or device: it is not opened"
LINK_INSIDE = "a link to a file or folder of the inputs, which is read in its own place"
LINK_AGAIN = "a link to a file or folder that is read already"
LINK_AROUND = "a link to a folder that holds an input: name it as an input if all of it is meant"
LINK_APART = "a link to the output or private folder, or to what lies in it"
APART = "the output or private folder of a run"
NO_ACCESS = "the folder cannot be read: check its permissions"


@dataclass(frozen=True, slots=True)
class InputPath:
    """One path of the inputs.

    Attributes
    ----------
    path : str
        Links to folders resolved; a link to a file keeps its name.
    left_out : str
        Why it is not read; empty for a file.
    is_failure : bool
        Whether it should have been read and could not.
    """

    path: str
    left_out: str = ""
    is_failure: bool = False


def input_paths(inputs: Iterable[Path], apart: Iterable[Path] = ()) -> Iterator[InputPath]:
    """Yield every path of the inputs in a fixed order, folders without their names.

    Parameters
    ----------
    inputs : iterable of Path
        Canonical; one that lies in another one is no second input.
    apart : iterable of Path
        Output and private folder, canonical: no link leads into them.
    """
    roots = list(without_nested(inputs))
    walk = _Walk([os.fspath(path) for path in roots], [os.fspath(path) for path in apart])
    for root in roots:
        path = os.fspath(root)
        yield from walk.folder(path) if root.is_dir() else _file(path)


def _file(path: str) -> Iterator[InputPath]:
    yield InputPath(path, SPECIAL if _is_special(path) else "")


def _is_special(path: str) -> bool:
    """Return whether a path, its links followed, is neither file nor folder; what is not there is not special."""
    try:
        mode = os.stat(system_path(path)).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


class _Walk:
    def __init__(self, roots: list[str], apart: list[str]) -> None:
        self._roots = roots
        self._apart = apart
        self._folders: set[tuple[int, int]] = set()
        self._targets: set[str] = set()

    def folder(self, top: str) -> Iterator[InputPath]:
        """Yield what lies in a folder: its files, then its folders, each in the order of their names."""
        left = [top]
        while left:
            folder = left.pop()
            if folder in self._apart:
                yield InputPath(folder, APART)
                continue
            try:
                if not self._is_new(folder):
                    continue
                with os.scandir(system_path(folder)) as found:
                    entries = sorted(found, key=lambda entry: entry.name)
            except OSError:
                yield InputPath(folder, NO_ACCESS, is_failure=True)
                continue
            below: list[str] = []
            for entry in entries:
                path = os.path.join(folder, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    below.append(path)
                elif entry.is_symlink():
                    yield from self._link(path, below)
                else:
                    yield InputPath(path, "" if entry.is_file(follow_symlinks=False) else SPECIAL)
            left += reversed(below)

    def _is_new(self, folder: str) -> bool:
        status = os.stat(system_path(folder))
        identity = (status.st_dev, status.st_ino)
        is_new = identity not in self._folders or not status.st_ino
        self._folders.add(identity)
        return is_new

    def _link(self, path: str, below: list[str]) -> Iterator[InputPath]:
        """Yield a link to a file, or note the target of one to a folder."""
        target = os.path.realpath(path)
        if os.path.isdir(target):
            why = self._why_not_followed(target)
            if why:
                yield InputPath(path, why)
            else:
                self._targets.add(target)
                below.append(target)
        elif _is_special(path):
            yield InputPath(path, SPECIAL)
        elif _within(target, self._apart):
            yield InputPath(path, LINK_APART)
        elif not os.path.isfile(path):
            yield InputPath(path)  # a link to nothing: the attempt to read it says so
        elif os.path.splitext(target)[1].lower() != os.path.splitext(path)[1].lower():
            yield InputPath(path)  # the name tells what it is, as where a store of files knows them by their content
        elif _within(target, self._roots):
            yield InputPath(path, LINK_INSIDE)
        elif target in self._targets:
            yield InputPath(path, LINK_AGAIN)
        else:
            self._targets.add(target)
            yield InputPath(path)

    def _why_not_followed(self, target: str) -> str:
        if _within(target, self._apart):
            return LINK_APART
        if _within(target, self._roots):
            return LINK_INSIDE
        if any(_within(root, [target]) for root in self._roots):
            return LINK_AROUND
        status = os.stat(target)
        known = target in self._targets or (status.st_ino and (status.st_dev, status.st_ino) in self._folders)
        return LINK_AGAIN if known else ""


def _within(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)
