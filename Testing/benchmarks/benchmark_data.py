"""The files that contenders work on, and where they write."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from .make_series import EVERY_ELEMENT, write_series


@dataclass(frozen=True)
class Place:
    """The folders of one table; every contender writes into the same one in its turn."""

    folder: Path

    @property
    def source(self) -> Path:
        """The input."""
        return self.folder / "input"

    @property
    def target(self) -> Path:
        """The output."""
        return self.folder / "out" / "files"

    @property
    def few(self) -> Path:
        """A small input of several series."""
        return self.folder / "few"

    @property
    def empty(self) -> Path:
        """An input without a file."""
        return self.folder / "empty"


@dataclass(frozen=True)
class Data(Place):
    """What was written into the input; the arguments are those of `write_series`."""

    files: int
    pixel_bytes: int
    elements: int
    slices: int
    varying: int
    size: int

    def __str__(self) -> str:
        same = "all that can" if self.varying >= EVERY_ELEMENT else self.varying
        varying = f", {same} more differ in every file" if self.varying else ""
        return (
            f"{self.files:,} files of {self.size / self.files / 1000:,.0f} kB, {self.size / 1e6:,.0f} MB, "
            f"{self.elements} elements a header{varying}, {self.slices} files a series"
        )


def make_data(place: Place, files: int, pixel_bytes: int, elements: int, slices: int, varying: int) -> Data:
    """Write the input, in place of what was there."""
    shutil.rmtree(place.folder, ignore_errors=True)
    size = write_series(place.source, files, pixel_bytes, elements, slices=slices, varying=varying)
    write_series(place.few, 24, 2048, slices=4)
    place.empty.mkdir()
    return Data(place.folder, files, pixel_bytes, elements, slices, varying, size)
