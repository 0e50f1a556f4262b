"""Positive evidence that an image shows no head: a brain without skin, or an object that is plainly something else.

That an image does not resemble the atlas is no evidence: echo-planar, thick or cropped heads do not resemble it either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from .field_of_view import Mask, largest_part
from .prepare import COARSE_MM, CoarseVolume

Values = npt.NDArray[np.float32]

HEAD_LITRES = 0.7
SHRED_LITRES = 0.2
"""Less than this is no part of a head with a face in it, even where the field of view cuts it off (vessels, say)."""
HEAD_MM = (70.0, 120.0, 135.0)
"""No head is smaller; what the field of view cuts off may be."""
TRUNK_MM = 285.0
"""No cross-section of a head is wider, the nose and a head holder included."""
LEAST_AIR = 0.04
DEEP_MM = 12.0
EVEN, EVEN_CT = 0.12, 0.08
"""(95th - 5th percentile) / median deeper than 12 mm; heads have 0.3 and more."""
ROUND_RATIO, ROUND_AREA = 1.07, 0.07
ENCLOSED_LITRES, AIRWAY_LITRES = 0.05, 0.004
LIMB_CM2, LIMB_MM, LIMB_RATIO = 200.0, 150.0, 0.5

SMALL = "nothing in the image is as large as a head"
WIDE = "every cross-section is wider than a head"
UNIFORM = "the object is uniform inside: a phantom"
CIRCULAR = "the object is a body of revolution: a phantom"
LIMB = "the object is as slim as a limb throughout, without an airway"
NO_SKULL = "there is neither a brain within bone nor an airway"


@dataclass(frozen=True)
class _Body:
    """The largest part of the tissue, closed and filled, on the coarse grid."""

    values: Values
    inside: Mask
    tissue: Mask
    filled: Mask
    depth: Values

    @property
    def litres(self) -> float:
        return float(self.filled.sum()) * COARSE_MM**3 / 1e6


def something_else(volume: CoarseVolume, modality: str) -> str:
    """Return why the image plainly shows no head, or an empty text.

    Parameters
    ----------
    volume : CoarseVolume
        The image.
    modality : str
        DICOM modality; emission (PET) images are never cleared.
    """
    if modality.upper() in ("PT", "NM"):
        return ""
    body = _body(volume, volume.air)
    is_ct = modality.upper() == "CT" and volume.hounsfield
    if _is_small(body) and _is_small(_body(volume, 0.4 * volume.air)):
        return SMALL
    if _air_share(body) < LEAST_AIR:
        return ""
    deep = body.values[body.filled & (body.depth > DEEP_MM)]
    if deep.size > 200:
        low, middle, high = np.percentile(deep, [5, 50, 95])
        if high - low < (EVEN_CT if is_ct else EVEN) * middle:
            return UNIFORM
    if _is_wide(body):
        return WIDE
    if any(_is_round(np.moveaxis(body.filled, axis, 0)) for axis in range(3)):
        return CIRCULAR
    if is_ct and _without_skull(body):
        return NO_SKULL
    return LIMB if not is_ct and _is_limb(body) else ""


def _body(volume: CoarseVolume, threshold: float) -> _Body:
    values = sitk.GetArrayFromImage(volume.values)
    inside = sitk.GetArrayFromImage(volume.inside) > 0
    tissue = inside & (values > threshold)
    part = sitk.GetImageFromArray(np.pad(largest_part(tissue), 4).astype(np.uint8))
    filled = sitk.BinaryFillhole(sitk.BinaryMorphologicalClosing(part, [3] * 3))
    depth = sitk.SignedMaurerDistanceMap(filled, insideIsPositive=True, squaredDistance=False) * COARSE_MM
    crop = (slice(4, -4),) * 3
    whole = largest_part((sitk.GetArrayFromImage(filled)[crop] > 0) & inside)
    return _Body(values, inside, tissue, whole, sitk.GetArrayFromImage(depth)[crop])


def _is_small(body: _Body) -> bool:
    if body.litres < SHRED_LITRES:
        return True
    extents, free = [], []
    for axis in range(3):
        other = tuple(k for k in range(3) if k != axis)
        at = np.flatnonzero(body.filled.any(axis=other))
        extents.append(float(np.ptp(at) + 1) * COARSE_MM)
        free.append(not _is_cut(body, axis))
    if all(free):
        return body.litres < HEAD_LITRES or any(a < b for a, b in zip(sorted(extents), HEAD_MM, strict=True))
    # cut off: only what is free on both sides says how large the whole may be
    return sum(extent < HEAD_MM[0] for extent, whole in zip(extents, free, strict=True) if whole) >= 2


def _is_cut(body: _Body, axis: int) -> bool:
    """Tell whether the field of view cuts through the body at an end of this axis (over more than 3 cm2)."""
    inside, filled = np.pad(body.inside, 1), np.pad(body.filled, 1)
    cells = [int((filled & ~np.roll(inside, sign, axis)).sum()) for sign in (1, -1)]
    return max(cells) * COARSE_MM**2 > 300


def _air_share(body: _Body) -> float:
    return 1 - float((body.tissue & body.inside).sum()) / max(1, int(body.inside.sum()))


def _sections(filled: Mask) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the area (n) in mm2 and the two extents (n, 2) in mm of every cross-section along the first axis."""
    areas, extents = [], []
    for section in filled:
        if section.any():
            areas.append(float(section.sum()) * COARSE_MM**2)
            extents.append([float(np.ptp(np.flatnonzero(section.any(axis=k))) + 1) * COARSE_MM for k in (0, 1)])
    return np.array(areas), np.array(extents)


def _is_wide(body: _Body) -> bool:
    _, extents = _sections(body.filled)
    return bool((extents.max(1) > TRUNK_MM).all())


def _is_round(filled: Mask) -> bool:
    """Tell whether all larger cross-sections are circles; a head has a nose, a jaw and a neck."""
    areas, extents = _sections(filled)
    large = areas > 0.15 * areas.max()
    wide, narrow = extents.max(1)[large], extents.min(1)[large]
    fullness = areas[large] / (np.pi / 4 * wide * narrow)
    return bool((wide / narrow < ROUND_RATIO).all() and (abs(fullness - 1) < ROUND_AREA).all())


def _without_skull(body: _Body) -> bool:
    """Tell whether a CT in Hounsfield units shows neither soft tissue enclosed by bone nor air within the body."""
    airway = body.filled & ~body.tissue & (body.depth > 6)
    if airway.sum() * COARSE_MM**3 / 1e6 > AIRWAY_LITRES:
        return False
    bone = sitk.GetImageFromArray(np.pad(((body.values > 0.8) & body.filled).astype(np.uint8), 4))
    closed = sitk.GetArrayFromImage(sitk.BinaryMorphologicalClosing(bone, [3] * 3))[(slice(4, -4),) * 3] > 0
    enclosed = np.zeros_like(closed)
    for axis in range(3):
        along, found = np.moveaxis(closed, axis, 0), np.moveaxis(enclosed, axis, 0)
        for k, section in enumerate(along):
            if section.any():
                shape = sitk.GetImageFromArray(section.astype(np.uint8))
                found[k] |= sitk.GetArrayViewFromImage(sitk.BinaryFillhole(shape)) > 0
    soft = enclosed & ~closed & (abs(body.values - 0.56) < 0.08)
    return float(soft.sum()) * COARSE_MM**3 / 1e6 < ENCLOSED_LITRES


def _is_limb(body: _Body) -> bool:
    """Tell whether a body that runs through the image along the patient is slim everywhere and holds no airway."""
    if not _is_cut(body, 0) or _is_cut(body, 1) or _is_cut(body, 2):
        return False
    areas, _ = _sections(body.filled)
    dark = body.filled & ~body.tissue & (body.depth > 6)
    slim = areas.max() < LIMB_CM2 * 100 and areas.min() > LIMB_RATIO * areas.max()
    return bool(slim and len(areas) * COARSE_MM >= LIMB_MM and dark.sum() * COARSE_MM**3 / 1e6 < AIRWAY_LITRES)
