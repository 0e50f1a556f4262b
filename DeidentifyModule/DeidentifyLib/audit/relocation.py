"""Inputs that were moved since the run: the same files below another folder, or the same archive in another place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

_LOOKED_AT = 1000


@dataclass(frozen=True)
class Relocation:
    """Where the inputs of a journal lie now.

    Attributes
    ----------
    moves : tuple of (str, str)
        Old and new path of a folder or file, the longest old paths first.
    """

    moves: tuple[tuple[str, str], ...] = ()

    def __call__(self, path: str) -> str:
        """Return where an input is now."""
        for old, new in self.moves:
            if path == old:
                return new
            if path.startswith(old + os.sep):
                return os.path.join(new, path[len(old) + 1 :])
        return path


def relocation_of(inputs: Iterable[str], sources: Sequence[Path]) -> Relocation:
    """Return where inputs lie now that are not where the journal says.

    A folder among the sources takes the place of the folder, as high as possible, below which the missing inputs lay,
    if all of them (of many, the first thousand) are below it by the same names. A file takes the place of the missing
    input of its name, or of the only one that is missing.

    Parameters
    ----------
    inputs : iterable of str
        Paths in the journal that were written, canonical.
    sources : sequence of Path
        Where to look, canonical.
    """
    if not sources:
        return Relocation()
    different = (path for path, _ in groupby(inputs))  # members of an archive have its path
    missing = list(dict.fromkeys(islice((path for path in different if not os.path.exists(path)), _LOOKED_AT)))
    moves: list[tuple[str, str]] = []
    for source in sorted(sources, key=Path.is_dir):
        left = [path for path in missing if Relocation(tuple(moves))(path) == path]
        if not left:
            break
        moves += _of_folder(left, source) if source.is_dir() else _of_file(left, source)
    return Relocation(tuple(sorted(moves, key=lambda move: -len(move[0]))))


def _of_folder(missing: list[str], source: Path) -> Iterator[tuple[str, str]]:
    """Yield the old folder that a source stands for."""
    for old in _folders_around(missing):
        below = [path for path in missing if path.startswith(old + os.sep)]
        if all((source / path[len(old) + 1 :]).is_file() for path in below):
            yield old, os.fspath(source)
            return


def _folders_around(missing: list[str]) -> Iterator[str]:
    """Yield the folders in which missing inputs lay, each after those around it."""
    seen: set[str] = set()
    for folder in dict.fromkeys(os.path.dirname(path) for path in missing):
        parents = [os.fspath(path) for path in (Path(folder), *Path(folder).parents)]
        for path in reversed(parents[:-1]):  # the root itself was no input
            if path not in seen:
                seen.add(path)
                yield path


def _of_file(missing: list[str], source: Path) -> Iterator[tuple[str, str]]:
    same = [path for path in missing if os.path.basename(path) == source.name]
    found = same if len(same) == 1 else missing if len(missing) == 1 else []
    yield from ((path, os.fspath(source)) for path in found)
