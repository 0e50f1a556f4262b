"""The cases of the evaluation: which variant of which head, in which half; made only when they are run.

The halves differ by head and by seed: "set" has even seeds of the heads for setting thresholds, "report" odd seeds of
the others. Each head gets every second kind of variant (others from head to head), the child all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from face_augmentations import HARD, ORDINARY
from face_heads import HEADS

Half = Literal["set", "report"]
HALVES: tuple[Half, Half] = ("set", "report")
QUICK_HEADS = ("ch2", "cranium", "papaya_pd", "headmr", "hfs", "child", "seg3d", "xa30")
QUICK_KINDS = ("as it is", "pad zeros", "pad constant", "wedges", "axes", "resampled", "dicom", "crop nose")
QUICK = 40


@dataclass(frozen=True)
class CaseName:
    """What names a case; equal names give equal voxels."""

    head: str
    kind: str
    seed: int
    half: Half

    @property
    def text(self) -> str:
        """The name as it is typed: ``head/kind/seed``."""
        return f"{self.head}/{self.kind}/{self.seed}"


def cases(half: Half, heads: tuple[str, ...] | None = None, kinds: tuple[str, ...] | None = None) -> Iterator[CaseName]:
    """Yield the cases of a half."""
    every = (*ORDINARY, *HARD)
    for number, (name, marks) in enumerate(HEADS.items()):
        if marks.half not in (half, "both") or (heads and name not in heads):
            continue
        for place, kind in enumerate(every):
            if kinds and kind not in kinds:
                continue
            if kind != "as it is" and marks.half != "both" and (number + place) % 2:
                continue
            seed = 2 * (1 + number % 5) + (half == "report")
            yield CaseName(name, kind, seed, half)


def quick() -> list[CaseName]:
    """Return 40 cases of the "set" half on its smaller heads, those that decided most in earlier rounds."""
    found = [
        CaseName(name, kind, 20, "set")
        for place, kind in enumerate(QUICK_KINDS)
        for number, name in enumerate(QUICK_HEADS)
        if (place + number) % 3 != 2
    ]
    return found[:QUICK]


def named(text: str) -> CaseName:
    """Return the case of a text ``head/kind/seed``; its half is told by the seed."""
    head, kind, seed = text.split("/")
    return CaseName(head, kind, int(seed), "report" if int(seed) % 2 else "set")
