"""Names of the inputs in a journal as canonical paths; earlier versions wrote them as they had been typed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from ..files.canonical_paths import Canonical

_LOOKED_AT = 1000


class InputNames:
    """Makes the names in a journal canonical.

    Relative ones belong to a folder that no journal names: to the first, of the present folder, the inputs and those
    around them, that has all of the files.

    Parameters
    ----------
    names : iterable of str
        Names in the journal.
    inputs : sequence of Path
        Inputs of the run, canonical.
    """

    def __init__(self, names: Iterable[str], inputs: Sequence[Path]) -> None:
        self._canonical = Canonical()
        relative = list(islice((name for name in names if not os.path.isabs(name)), _LOOKED_AT))
        has_all = (base for base in _bases(inputs) if all((base / name).exists() for name in relative))
        self._base = next(has_all, Path.cwd()) if relative else Path.cwd()

    def __call__(self, name: str) -> str:
        """Return the canonical path of a name."""
        return self._canonical.inside(os.path.join(self._base, name))


def _bases(inputs: Sequence[Path]) -> Iterator[Path]:
    yield Path.cwd()
    for path in inputs:
        yield path
        yield from path.parents
