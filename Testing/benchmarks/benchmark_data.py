"""The files that contenders work on, and where they write."""

from __future__ import annotations

import os
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


def set_aside(folder: Path, place: Place) -> None:
    """Empty the files of a folder and move it away, to be deleted when all is measured.

    ext4 does not give the inode of a deleted file away for a minute or more and looks at each of them whenever it
    makes a file: after 5,000 deletions ``cp`` of as many files took ten times the CPU. Files that are empty take no
    room but their inode.
    """
    if not folder.exists():
        return
    for inside, _, names in os.walk(folder):
        for name in names:
            os.truncate(os.path.join(inside, name), 0)
    aside = place.folder.with_name("aside")
    aside.mkdir(exist_ok=True)
    folder.rename(aside / str(sum(1 for _ in aside.iterdir())))


def new_output(place: Place) -> None:
    """Make an empty folder for the output, in place of what was there."""
    set_aside(place.target.parent, place)
    place.target.parent.mkdir(parents=True)


def make_data(place: Place, files: int, pixel_bytes: int, elements: int, slices: int, varying: int) -> Data:
    """Write the input, in place of what was there."""
    set_aside(place.folder, place)
    size = write_series(place.source, files, pixel_bytes, elements, slices=slices, varying=varying)
    write_series(place.few, 24, 2048, slices=4)
    place.empty.mkdir()
    return Data(place.folder, files, pixel_bytes, elements, slices, varying, size)
