"""Tell a brain without skin (skull-stripped) by its own surface, without the atlas; in MR only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from .field_of_view import Mask, border_value, largest_part

NO_SKIN = "a brain without skin (skull-stripped): there is no face"
GRID_MM = 2.5
COARSEST_MM = 3.5
"""In thicker slices the skull is not seen."""
LITRES = (0.7, 2.3)
"""Volume of a brain; no whole head with constant air about it had less than 2.4 in trials."""
SHELL_MM = (4.0, 12.0)
LEAST_CONSTANT = 0.95
MOST_DARK = 0.38
UPPER_MM = 110.0
STEP_MM, RAY_MM = 1.25, 22.5
MOST_RAYS = 4000
Values = npt.NDArray[np.float32]


def is_stripped(image: sitk.Image) -> bool:
    """Tell whether an MR image shows nothing but a brain.

    That needs all of: the image's least value, and nothing else, about the object; the volume of a brain; and no dark
    layer (the skull) beneath its surface.

    Parameters
    ----------
    image : SimpleITK.Image
        Scalar 3D image.
    """
    border = border_value(image)
    least = float(sitk.GetArrayViewFromImage(image).min())
    if border is None or border > least or max(image.GetSpacing()) > COARSEST_MM:
        return False
    step = [max(1, round(GRID_MM / s)) for s in image.GetSpacing()]
    small = sitk.Cast(sitk.Shrink(image, step), sitk.sitkFloat32)
    values = sitk.GetArrayFromImage(small)
    spacing = np.array(small.GetSpacing())
    above = values[values > least]
    if above.size < 1000:
        return False
    body = largest_part(values > least + 0.08 * (float(np.percentile(above, 97)) - least))
    filled, distance = _distance(body, spacing)
    litres = float(filled.sum()) * float(spacing.prod()) / 1e6
    if not LITRES[0] < litres < LITRES[1]:
        return False
    shell = (distance > SHELL_MM[0]) & (distance < SHELL_MM[1])
    if not shell.any() or float((values[shell] == least).mean()) < LEAST_CONSTANT:
        return False
    return _dark_layer(small, values - np.float32(least), distance) < MOST_DARK


def _distance(body: Mask, spacing: npt.NDArray[np.float64]) -> tuple[Mask, Values]:
    image = sitk.GetImageFromArray(np.pad(body, 2).astype(np.uint8))
    image.SetSpacing(spacing.tolist())
    filled = sitk.BinaryFillhole(sitk.BinaryMorphologicalClosing(image, [2, 2, 2]))
    away = sitk.SignedMaurerDistanceMap(filled, insideIsPositive=False, squaredDistance=False, useImageSpacing=True)
    crop = (slice(2, -2),) * 3
    return sitk.GetArrayFromImage(filled)[crop] > 0, sitk.GetArrayFromImage(away)[crop]


def _dark_layer(small: sitk.Image, values: Values, distance: Values) -> float:
    """Return the share of rays inward from the upper surface that cross a layer darker than both sides of it."""
    spacing = np.array(small.GetSpacing())
    surface = np.argwhere((distance <= 0) & (distance > -GRID_MM))
    axes = np.array(small.GetDirection()).reshape(3, 3)
    height = ((surface[:, ::-1] * spacing) @ axes.T)[:, 2]
    surface = surface[height > height.max() - UPPER_MM]
    surface = surface[:: -(-len(surface) // MOST_RAYS)]
    slopes = np.stack([np.asarray(g)[tuple(surface.T)] for g in np.gradient(distance, *spacing[::-1])], 1)
    inward = -slopes / np.maximum(np.linalg.norm(slopes, axis=1, keepdims=True), 1e-6)
    depths = np.arange(0, RAY_MM + STEP_MM, STEP_MM)
    index = surface[:, None] + depths[None, :, None] * inward[:, None] / spacing[::-1]
    index = np.clip(np.rint(index), 0, np.array(values.shape) - 1).astype(np.intp)
    profile = values[index[..., 0], index[..., 1], index[..., 2]]
    before = np.maximum.accumulate(profile, axis=1)
    after = np.maximum.accumulate(profile[:, ::-1], axis=1)[:, ::-1]
    layer = (depths > 2.4) & (depths <= 20)
    dark = (profile < 0.6 * np.minimum(before, after))[:, layer]
    return float(dark.any(axis=1).mean())
