"""A picture of what was done: three planes with the mask, and the surface before and after; no text, no header."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import SimpleITK as sitk

from .location import Location
from .prepare import coarse_volume

STEP_MM = 1.25
BOX_LOW = np.array([-110.0, -150.0, -160.0])
BOX_HIGH = np.array([110.0, 130.0, 110.0])


def picture(
    image: sitk.Image, mask: sitk.Image, defaced: sitk.Image, modality: str, location: Location | None
) -> np.ndarray:
    """Return an RGB picture (rows, columns, 3) uint8.

    Top: sagittal, coronal and axial plane through the head with the mask in red. Below: the surface of the head from
    the front and from the side, before and after.

    Parameters
    ----------
    image, defaced : SimpleITK.Image
        3D, before and after.
    mask : SimpleITK.Image
        Label image on the same grid.
    location : Location or None
        Where the head is; without it the middle of the mask is taken, without a mask the middle of the image.
    """
    to_patient = _similar(location, mask)
    grid, low, high = _frame(), *_window(image, modality)
    before = _sample(image, grid, to_patient, low)
    after = _sample(defaced, grid, to_patient, low)
    label = sitk.GetArrayFromImage(sitk.Resample(mask, grid, to_patient, sitk.sitkNearestNeighbor, 0)) > 0
    planes = [
        _overlay(before[::-1, :, before.shape[2] // 2], label[::-1, :, label.shape[2] // 2], low, high),
        _overlay(before[::-1, before.shape[1] // 3, :], label[::-1, label.shape[1] // 3, :], low, high),
        _overlay(before[before.shape[0] // 2], label[before.shape[0] // 2], low, high),
    ]
    air = _air(image, modality)
    surfaces = [
        np.repeat(surface(v, air, side)[..., None], 3, 2) for v in (before, after) for side in ("front", "side")
    ]
    return _stack(planes, surfaces)


def write_picture(pixels: np.ndarray, path: Path) -> None:
    """Write an RGB picture as PNG."""
    sitk.WriteImage(sitk.GetImageFromArray(pixels, isVector=True), str(path))


def surface(volume: np.ndarray, air: float, side: str) -> np.ndarray:
    """Return a shaded view (rows, columns) uint8 of the surface where a volume rises above air.

    Parameters
    ----------
    volume : numpy.ndarray
        (z, y, x) in atlas orientation: z up, y to the back, x to the left; isotropic.
    air : float
        Threshold.
    side : {"front", "side"}
        From where it is seen.
    """
    seen = volume[::-1] if side == "front" else volume[::-1].transpose(0, 2, 1)
    solid = seen > air
    hit = solid.any(1)
    first = np.clip(solid.argmax(1), 1, None)
    rows, columns = np.indices(first.shape)
    outer, inner = seen[rows, first - 1, columns], seen[rows, first, columns]
    depth = first - np.clip((inner - air) / np.maximum(inner - outer, 1e-6), 0, 1)
    dy, dx = np.gradient(np.where(hit, depth, seen.shape[1]).astype(np.float32))
    light = (0.25 * -dx + 0.35 * -dy + 1.0) / np.sqrt(1 + dx**2 + dy**2)
    return np.where(hit, np.clip(40 + 175 * light, 0, 255), 0).astype(np.uint8)


def _frame() -> sitk.Image:
    grid = sitk.Image([round(n / STEP_MM) for n in BOX_HIGH - BOX_LOW], sitk.sitkUInt8)
    grid.SetSpacing([STEP_MM] * 3)
    grid.SetOrigin(BOX_LOW.tolist())
    return grid


def _similar(location: Location | None, mask: sitk.Image) -> sitk.Transform:
    """Return atlas to patient without stretch, so that the picture shows true proportions."""
    transform = sitk.AffineTransform(3)
    if location is None:
        index = np.argwhere(sitk.GetArrayViewFromImage(mask) != 0)
        middle = index.mean(0)[::-1] if len(index) else [n / 2 for n in mask.GetSize()]
        point = np.array(mask.TransformContinuousIndexToPhysicalPoint([float(v) for v in middle]))
        behind_the_face = np.array([0.0, 90.0, 50.0]) if len(index) else -(BOX_LOW + BOX_HIGH) / 2
        transform.SetTranslation((point + behind_the_face).tolist())
        return transform
    left, _, right = np.linalg.svd(np.reshape(location.matrix, (3, 3)))
    transform.SetMatrix((left @ right).ravel().tolist())
    transform.SetTranslation(location.shift)
    return transform


def _sample(image: sitk.Image, grid: sitk.Image, transform: sitk.Transform, outside: float) -> np.ndarray:
    sampled = sitk.Resample(image, grid, transform, sitk.sitkLinear, outside, sitk.sitkFloat32)
    values: np.ndarray = sitk.GetArrayFromImage(sampled)
    return values


def _window(image: sitk.Image, modality: str) -> tuple[float, float]:
    step = tuple(slice(None, None, max(1, n // 96)) for n in image.GetSize()[::-1])
    values = sitk.GetArrayViewFromImage(image)[step]
    values = values[np.isfinite(values)]
    low = float(np.percentile(values, 1))
    if modality.upper() == "CT":
        return low, low + 1250.0
    body = values[values > low + 0.02 * (values.max() - low)]
    return low, float(np.percentile(body, 98)) if body.size else low + 1.0


def _air(image: sitk.Image, modality: str) -> float:
    low, high = _window(image, modality)
    share = 0.5 if modality.upper() == "CT" else coarse_volume(image, modality).air
    return low + share * (high - low)


def _overlay(plane: np.ndarray, label: np.ndarray, low: float, high: float) -> np.ndarray:
    grey = np.clip((plane - low) / max(high - low, 1e-6), 0, 1) * 255
    rgb = np.repeat(grey[..., None], 3, 2)
    rgb[label] = 0.55 * rgb[label] + [110, 0, 0]
    return np.clip(rgb, 0, 255).astype(np.uint8)


def _row(tiles: list[np.ndarray]) -> np.ndarray:
    height = max(tile.shape[0] for tile in tiles)
    return np.concatenate([np.pad(t, ((0, height - t.shape[0]), (0, 6), (0, 0))) for t in tiles], 1)


def _stack(planes: list[np.ndarray], surfaces: list[np.ndarray]) -> np.ndarray:
    top, bottom = _row(planes), _row(surfaces)
    width = max(top.shape[1], bottom.shape[1])
    return np.concatenate([np.pad(r, ((0, 6), (0, width - r.shape[1]), (0, 0))) for r in (top, bottom)], 0)
