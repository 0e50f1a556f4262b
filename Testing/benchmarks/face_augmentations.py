"""Seeded variants of a head and its labels: pose, scale, slices, noise, bias, contrast, crops, shear, orientation.

What happens to the field of view (padding, wedges, resampling), to the route (DICOM) and to the shape (motion, warps)
is in `face_field_variants`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import SimpleITK as sitk
from face_field_variants import air_of, centre_of, dicom, mapped, motion, pad, resampled, stack, warped
from face_heads import HEADS, Head

ORDINARY = (
    "as it is",
    "oblique",
    "turned",
    "scaled",
    "noise",
    "bias",
    "thick",
    "axes",
    "far",
    "tilt",
    "contrast",
    "pad zeros",
    "pad constant",
    "wedges",
    "resampled",
    "stack 2D",
    "dicom",
)
HARD = (
    "turned 30",
    "motion",
    "warp",
    "crop top",
    "crop nose",
    "crop low",
    "child",
    "inverted",
    "shear 20",
    "much noise",
    "much bias",
    "slab",
)


@dataclass
class Case:
    """A variant of a head."""

    head: Head
    kind: str
    seed: int


def make(head: Head, kind: str, seed: int) -> Case:
    """Return one variant; equal for equal arguments."""
    random = np.random.default_rng([seed, sum(kind.encode()), sum(head.name.encode())])
    return Case(_MAKERS[kind](head, random), kind, seed)


def _rotation(random: np.random.Generator, degrees: float) -> np.ndarray:
    transform = sitk.Euler3DTransform()
    transform.SetRotation(*np.radians(random.uniform(-degrees, degrees, 3)).tolist())
    return np.array(transform.GetMatrix()).reshape(3, 3)


def _move(head: Head, matrix: np.ndarray, shift: np.ndarray, resample: bool = False) -> Head:
    """Turn, stretch and shift a head about its image's middle.

    A head that is whole down to the neck is resampled inside a grid that holds all of it. One that the image cuts
    through keeps its voxels, and the change goes into its geometry: resampled, it would float in air as no head does.
    """
    centre = np.array(centre_of(head.image))
    if not HEADS[head.name].whole and not resample:
        return _regrid(head, matrix, shift, centre)
    image = head.image
    corners = [
        image.TransformContinuousIndexToPhysicalPoint([c * n - 0.5 for c, n in zip(k, image.GetSize(), strict=True)])
        for k in np.ndindex(2, 2, 2)
    ]
    moved = (np.array(corners) - centre) @ matrix.T + centre + shift
    low, high = moved.min(0), moved.max(0)
    step = max(1.0, min(image.GetSpacing()))
    grid = sitk.Image([int(n / step) for n in high - low], image.GetPixelID())
    grid.SetSpacing([step] * 3)
    grid.SetOrigin(low.tolist())
    inverse = sitk.AffineTransform(3)
    inverse.SetMatrix(np.linalg.inv(matrix).ravel().tolist())
    inverse.SetCenter((centre + shift).tolist())
    inverse.SetTranslation((-shift).tolist())
    air = air_of(head)

    def change(picture: sitk.Image, label: bool) -> sitk.Image:
        how = sitk.sitkNearestNeighbor if label else sitk.sitkLinear
        return sitk.Resample(picture, grid, inverse, how, 0 if label else air, picture.GetPixelID())

    return mapped(head, change)


def _regrid(head: Head, matrix: np.ndarray, shift: np.ndarray, centre: np.ndarray) -> Head:
    """Carry an affine into spacing, direction and origin; a direction that is not orthonormal is a gantry tilt."""

    def change(picture: sitk.Image, label: bool) -> sitk.Image:
        axes = matrix @ (np.array(picture.GetDirection()).reshape(3, 3) * picture.GetSpacing())
        spacing = np.linalg.norm(axes, axis=0)
        copy = sitk.Image(picture)
        copy.SetSpacing(spacing.tolist())
        copy.SetDirection((axes / spacing).ravel().tolist())
        copy.SetOrigin((matrix @ (np.array(picture.GetOrigin()) - centre) + centre + shift).tolist())
        return copy

    return mapped(head, change)


def _as_it_is(head: Head, random: np.random.Generator) -> Head:
    return head


def _oblique(head: Head, random: np.random.Generator) -> Head:
    """The same voxels, acquired obliquely: the direction cosines turn, so the head lies turned in the scanner."""
    turn = _rotation(random, 20)
    centre = np.array(centre_of(head.image))

    def change(picture: sitk.Image, label: bool) -> sitk.Image:
        copy = sitk.Image(picture)
        direction = turn @ np.array(picture.GetDirection()).reshape(3, 3)
        copy.SetDirection(direction.ravel().tolist())
        copy.SetOrigin((turn @ (np.array(picture.GetOrigin()) - centre) + centre).tolist())
        return copy

    return mapped(head, change)


def _turned(degrees: float) -> Callable[[Head, np.random.Generator], Head]:
    return lambda head, random: _move(head, _rotation(random, degrees), random.uniform(-20, 20, 3))


def _wedges(head: Head, random: np.random.Generator) -> Head:
    """An oblique reformat: turned by 15 degrees at most inside a box, the corners padded (MR 0, CT -2000)."""
    return _move(head, _rotation(random, 15), np.zeros(3), resample=True)


def _turned_30(head: Head, random: np.random.Generator) -> Head:
    transform = sitk.Euler3DTransform()
    angles = random.choice([-30, 30]) * np.eye(3)[random.integers(3)] + random.uniform(-8, 8, 3)
    transform.SetRotation(*np.radians(angles).tolist())
    return _move(head, np.array(transform.GetMatrix()).reshape(3, 3), random.uniform(-20, 20, 3))


def _scaled(low: float, high: float) -> Callable[[Head, np.random.Generator], Head]:
    def make_it(head: Head, random: np.random.Generator) -> Head:
        scale = random.uniform(low, high) * random.uniform(0.96, 1.04, 3)
        return _move(head, _rotation(random, 8) * scale, np.zeros(3))

    return make_it


def _with_values(head: Head, change: Callable[[np.ndarray], np.ndarray]) -> Head:
    values = sitk.GetArrayFromImage(head.image)
    kind = values.dtype
    new = change(values.astype(np.float32))
    if kind.kind in "iu":
        new = np.clip(np.round(new), np.iinfo(kind).min, np.iinfo(kind).max)
    image = sitk.GetImageFromArray(new.astype(kind))
    image.CopyInformation(head.image)
    return replace(head, image=image)


def _noise(share: float) -> Callable[[Head, np.random.Generator], Head]:
    def make_it(head: Head, random: np.random.Generator) -> Head:
        def change(values: np.ndarray) -> np.ndarray:
            if head.modality == "CT":
                return values + random.normal(0, 800 * share, values.shape).astype(np.float32)
            sigma = share * np.percentile(values[values > values.mean()], 75)
            a, b = (random.normal(0, sigma, values.shape).astype(np.float32) for _ in range(2))
            return np.hypot(values + a, b)

        return _with_values(head, change)

    return make_it


def _bias(strength: float) -> Callable[[Head, np.random.Generator], Head]:
    def make_it(head: Head, random: np.random.Generator) -> Head:
        if head.modality == "CT":
            return _noise(0.03)(head, random)

        def change(values: np.ndarray) -> np.ndarray:
            grids = np.meshgrid(
                *(np.linspace(-1, 1, n, dtype=np.float32) for n in values.shape), indexing="ij", sparse=True
            )
            slope = random.normal(0, 1, 3)
            slope *= strength / np.linalg.norm(slope)
            bend = random.uniform(-strength, strength) / 2
            field = sum(s * g for s, g in zip(slope, grids, strict=True)) + bend * sum(g**2 for g in grids)
            return values * np.exp(field)

        return _with_values(head, change)

    return make_it


def _contrast(head: Head, random: np.random.Generator) -> Head:
    """Another weighting: a random smooth curve over the intensities (MR), or a clamped window (CT)."""

    def change(values: np.ndarray) -> np.ndarray:
        if head.modality == "CT":
            return np.clip(values, -1000, random.choice([400, 1000, 1500]))
        top = np.percentile(values, 99.5)
        levels = np.concatenate([[0], random.uniform(0.25, 1.0, 5)])
        return np.interp(values / top, [0, 0.12, 0.3, 0.5, 0.75, 1.0], levels).astype(np.float32) * top

    return _with_values(head, change)


def _inverted(head: Head, random: np.random.Generator) -> Head:
    """Like T2 over T1: tissue inverted, air dark (MR); CT is left with an offset of 1024 and no rescale."""

    def change(values: np.ndarray) -> np.ndarray:
        if head.modality == "CT":
            return values + 1024
        top = np.percentile(values, 99.5)
        return np.where(values < 0.08 * top, values, np.clip(1.12 * top - values, 0.04 * top, top))

    return _with_values(head, change)


def _thick(head: Head, random: np.random.Generator) -> Head:
    axis, thickness = int(random.integers(3)), float(random.uniform(3, 7))

    def change(picture: sitk.Image, label: bool) -> sitk.Image:
        spacing = np.array(picture.GetSpacing())
        if spacing[axis] > 0.7 * thickness:
            return picture
        factors = [1, 1, 1]
        factors[axis] = round(thickness / spacing[axis])
        if not label:
            return sitk.BinShrink(picture, factors)
        return sitk.BinShrink(sitk.Cast(picture, sitk.sitkFloat32), factors) >= 0.5

    return mapped(head, change)


def _axes(head: Head, random: np.random.Generator) -> Head:
    """The same anatomy stored in another order: sagittal, coronal, feet first, any of 24."""
    order = random.permutation(3).tolist()
    flips = random.integers(0, 2, 3).astype(bool).tolist()
    return mapped(head, lambda picture, label: sitk.Flip(sitk.PermuteAxes(picture, order), flips))


def _far(head: Head, random: np.random.Generator) -> Head:
    away = random.uniform(-800, 800, 3)

    def change(picture: sitk.Image, label: bool) -> sitk.Image:
        copy = sitk.Image(picture)
        copy.SetOrigin((np.array(picture.GetOrigin()) + away).tolist())
        return copy

    return mapped(head, change)


def _shear(degrees: float) -> Callable[[Head, np.random.Generator], Head]:
    """The head really sheared (a gantry tilt that was lost), which an affine can follow."""

    def make_it(head: Head, random: np.random.Generator) -> Head:
        matrix = np.eye(3)
        matrix[1, 2] = np.tan(np.radians(degrees)) * random.choice([-1, 1])
        return _move(head, matrix, np.zeros(3))

    return make_it


def _crop(axis: int, at_end: bool, low: float, high: float) -> Callable[[Head, np.random.Generator], Head]:
    """Cut off a share of the patient's extent, seen along L, P or S."""

    def make_it(head: Head, random: np.random.Generator) -> Head:
        share = random.uniform(low, high)

        def change(picture: sitk.Image, label: bool) -> sitk.Image:
            upright = sitk.DICOMOrient(picture, "LPS")
            cut = int(share * upright.GetSize()[axis])
            lower, upper = [0, 0, 0], [0, 0, 0]
            (upper if at_end else lower)[axis] = cut
            return sitk.Crop(upright, lower, upper)

        return mapped(head, change)

    return make_it


def _slab(head: Head, random: np.random.Generator) -> Head:
    """Only 45 to 60 % of the height, somewhere in the middle."""
    keep, start = random.uniform(0.45, 0.6), random.uniform(0.1, 0.3)

    def change(picture: sitk.Image, label: bool) -> sitk.Image:
        upright = sitk.DICOMOrient(picture, "LPS")
        n = upright.GetSize()[2]
        return upright[:, :, int(start * n) : int((start + keep) * n)]

    return mapped(head, change)


_MAKERS = {
    "as it is": _as_it_is,
    "oblique": _oblique,
    "turned": _turned(20),
    "scaled": _scaled(0.9, 1.1),
    "noise": _noise(0.08),
    "bias": _bias(0.35),
    "thick": _thick,
    "axes": _axes,
    "far": _far,
    "tilt": _shear(10),
    "contrast": _contrast,
    "turned 30": _turned_30,
    "wedges": _wedges,
    "pad zeros": pad(zeros=True),
    "pad constant": pad(zeros=False),
    "resampled": resampled,
    "stack 2D": stack,
    "dicom": dicom,
    "motion": motion,
    "warp": warped,
    "crop top": _crop(2, True, 0.1, 0.3),
    "crop nose": _crop(1, False, 0.04, 0.14),
    "crop low": _crop(2, False, 0.1, 0.3),
    "child": lambda head, random: warped(_scaled(0.72, 0.85)(head, random), random),
    "inverted": _inverted,
    "shear 20": _shear(20),
    "much noise": _noise(0.2),
    "much bias": _bias(0.8),
    "slab": _slab,
}
