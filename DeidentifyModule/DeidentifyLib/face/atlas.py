"""The head atlas: a symmetric mean head, the distance to its brain, and the region that the face takes.

Atlas coordinates are millimetres with x to the left, y to the back and z up (LPS); x = 0 is the mid-sagittal plane.
Where the data come from, under which licence, and how they are rebuilt is told in ``data/ORIGIN.md``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

DATA = Path(__file__).parent / "data"

BRAIN_MARGIN_MM, BENT_MARGIN_MM = 8.0, 10.0
"""No voxel nearer than this to the atlas's brain is ever part of the face region; more where the atlas is bent."""

TISSUE = 45.0
"""Intensity (0..255) of the head above which a point is tissue."""

FIELD_SPACING_MM = 3.0
FIELD_LOW = (-99.0, -240.0, -174.0)
FIELD_HIGH = (99.0, 60.0, 60.0)
TOP_MM, BOTTOM_MM, FRONT_MM = 40.0, -166.0, -232.0


@dataclass(frozen=True)
class Atlas:
    """The atlas's images, in atlas coordinates.

    Attributes
    ----------
    head : SimpleITK.Image
        Mean T1 head, 3 mm, 0..255, equal to its mirror image.
    brain_distance : SimpleITK.Image
        Signed distance to the brain's surface in mm, positive outside, 3 mm.
    """

    head: sitk.Image
    brain_distance: sitk.Image


@cache
def load() -> Atlas:
    """Read the atlas from the package's data (about 0.3 MB)."""
    head = sitk.ReadImage(str(DATA / "head.nrrd"), sitk.sitkFloat32)
    distance = sitk.ReadImage(str(DATA / "brain_distance.nrrd"), sitk.sitkFloat32) * 0.5
    return Atlas(head, distance)


@cache
def head_depth() -> sitk.Image:
    """Return the signed distance to the head's surface in mm, positive inside."""
    return sitk.SignedMaurerDistanceMap(
        load().head > TISSUE, insideIsPositive=True, squaredDistance=False, useImageSpacing=True
    )


@cache
def drawing() -> dict[str, Any]:
    """Return the hand-drawn numbers of ``drawing.json``."""
    numbers: dict[str, Any] = json.loads((DATA / "drawing.json").read_text(encoding="utf-8"))
    return numbers


def field_size() -> np.ndarray:
    """Return the size (x, y, z) of the grid of `face_field`."""
    span = np.subtract(FIELD_HIGH, FIELD_LOW)
    return np.round(span / FIELD_SPACING_MM).astype(int) + 1


def field_grid() -> sitk.Image:
    """Return an empty image on the grid of `face_field`."""
    grid = sitk.Image(field_size().tolist(), sitk.sitkFloat32)
    grid.SetOrigin(FIELD_LOW)
    grid.SetSpacing([FIELD_SPACING_MM] * 3)
    return grid


@cache
def face_field(*, ears: bool = False, dilation_mm: float = 0.0, margin_mm: float = BRAIN_MARGIN_MM) -> sitk.Image:
    """Return a field on a grid of the atlas that is below zero where the face is removed.

    The region lies before a smooth surface that runs from above the brow, through the orbits, behind the cheeks, to
    below the chin; it reaches far into the air in front, so that masks, tubes and ghosts of the skin go too. Whatever
    is less than ``margin_mm`` from the brain is not in it, however large the dilation.

    Parameters
    ----------
    ears : bool
        Take the ears off as well.
    dilation_mm : float
        Move the cut surface outwards by so many mm (0..20).
    margin_mm : float
        Least distance to the brain.

    Returns
    -------
    SimpleITK.Image
        float32, about the distance to the region's border in mm, negative inside.
    """
    grid = field_grid()
    x, y, z = (low + FIELD_SPACING_MM * np.arange(n) for low, n in zip(FIELD_LOW, field_size(), strict=True))
    field = _cut(x[None, None, :], y[None, :, None], z[:, None, None])
    if ears:
        field = np.minimum(field, _ears(x[None, None, :], y[None, :, None], z[:, None, None]))
    nearest = sitk.ResampleImageFilter()
    nearest.SetReferenceImage(grid)
    nearest.SetDefaultPixelValue(60.0)
    distance = sitk.GetArrayFromImage(nearest.Execute(load().brain_distance))
    field = np.maximum(field - dilation_mm, margin_mm - distance)
    result = sitk.GetImageFromArray(field.astype(np.float32))
    result.CopyInformation(grid)
    return result


def _cut(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    numbers = drawing()
    knots = np.array(sorted(map(tuple, numbers["cut_back_of_z"])))
    bend = numbers["cut_curvature_per_mm"]
    fine = np.arange(knots[0, 0], knots[-1, 0] + 1)
    smooth = np.convolve(
        np.pad(np.interp(fine, *knots.T), 9, mode="edge"), np.hanning(19) / np.hanning(19).sum(), "valid"
    )
    back = np.interp(z, fine, smooth)
    slope = np.interp(z, fine, np.gradient(smooth))
    surface = (y - back - bend * x**2) / np.sqrt(1 + slope**2 + (2 * bend * x) ** 2)
    box = np.maximum.reduce(
        np.broadcast_arrays(abs(x) - numbers["cut_half_width"], z - TOP_MM, BOTTOM_MM - z, FRONT_MM - y)
    )
    field: np.ndarray = np.maximum(surface, box)
    return field


def _ears(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    numbers = drawing()
    (cx, cy, cz), (rx, ry, rz) = numbers["ear_centre"], numbers["ear_radii"]
    radius = np.sqrt(((abs(x) - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 + ((z - cz) / rz) ** 2)
    field: np.ndarray = (radius - 1) * min(rx, ry, rz)
    return field
