"""Bend the atlas at the front of the brain: an affine does not follow the forehead and frontal base of every person.

The bend is a small B-spline in atlas space, for MR only: on CT, whose brain shows hardly any contrast, it runs away.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from . import atlas
from .coarse import BINS, entropy_correlation
from .prepare import CoarseVolume
from .refine import one_thread

LOW, HIGH = (-84.0, -120.0, -80.0), (84.0, 36.0, 78.0)
"""Where the bend acts, in atlas mm."""
MESH = (4, 4, 4)
TAPER_MM = 20.0
"""Over so much before its borders the bend fades away."""
FIT_MM, ITERATIONS = 6.0, 10
NEAR_BRAIN_MM = 22.0
MOST_MM = 25.0
"""A bend that moves anything farther than this found something else than the brain."""
Floats = npt.NDArray[np.float64]


def bend_of(volume: CoarseVolume, matrix: Floats, shift: Floats) -> tuple[float, ...]:
    """Return the coefficients of the bend that lays the image, seen through an affine, onto the atlas's head.

    Parameters
    ----------
    volume : CoarseVolume
        The image.
    matrix, shift : numpy.ndarray
        (3, 3) and (3,): the affine from atlas to patient.

    Returns
    -------
    tuple of floats
        Coefficients in mm; empty if too little of the brain's front is in view, or the bend ran away.
    """
    to_patient = sitk.AffineTransform(3)
    to_patient.SetMatrix(matrix.ravel().tolist())
    to_patient.SetTranslation(shift.tolist())
    grid = _grid(FIT_MM)
    smooth = sitk.SmoothingRecursiveGaussian(volume.values, 2.0)
    image = sitk.Resample(smooth, grid, to_patient, sitk.sitkLinear, 0.0, sitk.sitkFloat32)
    inside = sitk.Resample(volume.inside, grid, to_patient, sitk.sitkNearestNeighbor, 0)
    mask = sitk.And(inside, _front_of_brain(grid))
    if sitk.GetArrayViewFromImage(mask).sum() < 400:
        return ()
    bend = sitk.BSplineTransformInitializer(grid, MESH, 3)
    with one_thread():
        registration = sitk.ImageRegistrationMethod()
    registration.SetMetricAsMattesMutualInformation(24)
    registration.SetMetricSamplingStrategy(registration.NONE)
    registration.SetMetricFixedMask(mask)
    registration.SetInterpolator(sitk.sitkLinear)
    registration.SetOptimizerAsLBFGSB(numberOfIterations=ITERATIONS)
    registration.SetInitialTransform(bend, inPlace=True)
    with one_thread():
        registration.Execute(image, sitk.SmoothingRecursiveGaussian(atlas.load().head, 3.0))
    coefficients = tuple(round(value, 3) for value in bend.GetParameters())
    moved = np.linalg.norm(displacement(coefficients), axis=-1).max()
    return coefficients if moved < MOST_MM else ()


def _grid(spacing: float) -> sitk.Image:
    """Return an empty image over the region of the bend; the region reaches half a voxel beyond its centres."""
    size = [round((b - a) / spacing) for a, b in zip(LOW, HIGH, strict=True)]
    grid = sitk.Image(size, sitk.sitkFloat32)
    grid.SetSpacing([spacing] * 3)
    grid.SetOrigin([a + spacing / 2 for a in LOW])
    return grid


def _front_of_brain(grid: sitk.Image) -> sitk.Image:
    distance = sitk.Resample(atlas.load().brain_distance, grid, sitk.Transform(), sitk.sitkLinear, 99.0)
    geometry = zip(grid.GetOrigin(), grid.GetSpacing(), grid.GetSize(), strict=True)
    x, y, z = (low + step * np.arange(count) for low, step, count in geometry)
    near = sitk.GetArrayFromImage(distance) < NEAR_BRAIN_MM
    near &= (abs(x) < 76)[None, None, :] & (y < 0)[None, :, None] & ((z > -60) & (z < 70))[:, None, None]
    mask = sitk.GetImageFromArray(near.astype(np.uint8))
    mask.CopyInformation(grid)
    return mask


@lru_cache(maxsize=8)
def displacement(coefficients: tuple[float, ...]) -> npt.NDArray[np.float32]:
    """Return by how many mm each point of the grid of `atlas.face_field` moves (z, y, x, 3); zero far off the brain."""
    low, high = np.array(LOW), np.array(HIGH)
    first = np.ceil((low - atlas.FIELD_LOW) / atlas.FIELD_SPACING_MM).astype(int)
    last = np.minimum(np.floor((high - atlas.FIELD_LOW) / atlas.FIELD_SPACING_MM), atlas.field_size() - 1).astype(int)
    first = np.maximum(first, 0)
    part = sitk.Image((last - first + 1).tolist(), sitk.sitkFloat32)
    part.SetSpacing([atlas.FIELD_SPACING_MM] * 3)
    part.SetOrigin((np.array(atlas.FIELD_LOW) + first * atlas.FIELD_SPACING_MM).tolist())
    bend = sitk.BSplineTransformInitializer(_grid(FIT_MM), MESH, 3)
    bend.SetParameters(coefficients)
    moved = sitk.GetArrayFromImage(
        sitk.TransformToDisplacementField(
            bend, sitk.sitkVectorFloat32, part.GetSize(), part.GetOrigin(), part.GetSpacing(), part.GetDirection()
        )
    )
    for axis in range(3):
        place = atlas.FIELD_LOW[axis] + atlas.FIELD_SPACING_MM * np.arange(first[axis], last[axis] + 1)
        to_border = np.minimum(place - low[axis], high[axis] - place)
        fade = np.clip(to_border / TAPER_MM, 0, 1)
        fade = (fade * fade * (3 - 2 * fade)).astype(np.float32)
        moved *= fade.reshape([-1 if axis == 2 - k else 1 for k in range(3)] + [1])
    whole = np.zeros([*atlas.field_size()[::-1], 3], np.float32)
    whole[tuple(slice(a, b + 1) for a, b in zip(first[::-1], last[::-1], strict=True))] = moved
    whole.flags.writeable = False
    return whole


def bent(image: sitk.Image, coefficients: tuple[float, ...], default: float) -> sitk.Image:
    """Return an image of the atlas as it is read through the bend, on the grid of `atlas.face_field`."""
    grid = atlas.field_grid()
    if not coefficients:
        return sitk.Resample(image, grid, sitk.Transform(), sitk.sitkLinear, default)
    field = sitk.GetImageFromArray(displacement(coefficients).astype(np.float64), isVector=True)
    field.CopyInformation(grid)
    return sitk.Resample(image, grid, sitk.DisplacementFieldTransform(field), sitk.sitkLinear, default)


@lru_cache(maxsize=8)
def bent_face_field(coefficients: tuple[float, ...], *, ears: bool = False, dilation_mm: float = 0.0) -> sitk.Image:
    """Return `atlas.face_field` read through the bend."""
    if not coefficients:
        return atlas.face_field(ears=ears, dilation_mm=dilation_mm)
    field = atlas.face_field(ears=ears, dilation_mm=dilation_mm, margin_mm=atlas.BENT_MARGIN_MM)
    return bent(field, coefficients, 60.0)


def frontal_figures(
    volume: CoarseVolume, matrix: Floats, shift: Floats, coefficients: tuple[float, ...]
) -> dict[str, float]:
    """Return the figures that watch the front of the brain.

    frontal
        Entropy correlation of image and bent atlas at the frontal base, up to 12 mm outside the brain.
    brain_mm
        Least distance of the cut to the brain, as the affine alone places it: with the margin and what the bend moves.
    """
    grid = sitk.Image([45, 31, 26], sitk.sitkFloat32)
    grid.SetSpacing([2.0] * 3)
    grid.SetOrigin([-44.0, -85.0, -35.0])
    to_patient = sitk.AffineTransform(3)
    to_patient.SetMatrix(matrix.ravel().tolist())
    to_patient.SetTranslation(shift.tolist())
    template = atlas.load()
    plain = sitk.Transform()
    head, brain = (
        sitk.GetArrayFromImage(sitk.Resample(bent(image, coefficients, away), grid, plain, sitk.sitkLinear, away))
        for image, away in ((template.head, 0.0), (template.brain_distance, 60.0))
    )
    image = sitk.GetArrayFromImage(sitk.Resample(volume.values, grid, to_patient, sitk.sitkLinear, 0.0))
    inside = sitk.GetArrayFromImage(sitk.Resample(volume.inside, grid, to_patient, sitk.sitkNearestNeighbor, 0)) > 0
    kept = inside & (brain < 12.0)
    joint = np.histogram2d(head[kept], image[kept], BINS, ((0, 256), (0, 1.0001)))[0]
    cut = sitk.GetArrayFromImage(bent_face_field(coefficients)) < 0
    distance = sitk.GetArrayFromImage(bent(template.brain_distance, (), 60.0))[cut]
    return {
        "frontal": entropy_correlation(joint) if kept.sum() > 2000 else 0.0,
        "brain_mm": float(distance.min() * np.linalg.svd(matrix)[1][2]),
    }
