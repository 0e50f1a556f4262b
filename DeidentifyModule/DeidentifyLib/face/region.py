"""A face region in patient space, made once and laid on any grid of the same frame of reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import SimpleITK as sitk

from .location import Location
from .mask import face_mask


class Region(Protocol):
    """Says which voxels of a grid are face; small enough to be pickled into every task."""

    def on_grid(self, grid: sitk.Image) -> sitk.Image:
        """Return a uint8 label image (1 = face) with the grid's geometry."""


@dataclass(frozen=True)
class FaceRegion:
    """The region of a location: a formula, so it knows no borders of the image it was found on."""

    location: Location
    ears: bool = False
    dilation_mm: float = 0.0

    def on_grid(self, grid: sitk.Image) -> sitk.Image:
        """Return a uint8 label image (1 = face) with the grid's geometry."""
        return face_mask(grid, self.location, ears=self.ears, dilation_mm=self.dilation_mm)


@dataclass(frozen=True)
class DrawnRegion:
    """A region that a person made or edited: a label image in patient space; outside of it nothing is face."""

    label: sitk.Image

    def on_grid(self, grid: sitk.Image) -> sitk.Image:
        """Return a uint8 label image (1 = face): the nearest voxel of the drawn label decides."""
        mask = sitk.Cast(self.label != 0, sitk.sitkUInt8)
        return sitk.Resample(mask, grid, sitk.Transform(), sitk.sitkNearestNeighbor, 0, sitk.sitkUInt8)
