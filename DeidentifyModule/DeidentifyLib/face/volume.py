"""A small volume of a DICOM series to look for the head in: read slice by slice, never all at once."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from pydicom import Dataset

from ..pixels.decode import NotDecoded, stored_values
from .prepare import MAX_EXTENT_MM, NotAVolume
from .series import SeriesHeaders, plane_stack

IN_PLANE_MM = 2.5
BETWEEN_MM = 2.0
MAX_SLICES_READ = 1500


def small_volume(series: SeriesHeaders) -> sitk.Image:
    """Return a volume of about 2.5 mm in modality units (HU in CT) with the right place in space.

    Slices closer than 2 mm are skipped, the rest averaged in plane while they are read, so a CT of 800 slices needs a
    few megabytes. A gantry tilt goes into the direction matrix; missing slices are interpolated.

    Raises
    ------
    NotAVolume
        If the planes are not parallel, the extent is senseless, or no slice can be decoded.
    NoPlane
        If an instance does not say where it lies.
    """
    stack = plane_stack(series)
    if not stack.parallel:
        raise NotAVolume("the slices of the series have several orientations or sizes")
    if len(stack.positions) < 2:
        raise NotAVolume("the series has only one position")
    if stack.positions[-1] - stack.positions[0] > MAX_EXTENT_MM:
        raise NotAVolume("the slices are spread over more than a body's length")
    chosen = _thinned(stack.positions)
    plane = stack.places[chosen[0]][2]
    factors = [max(1, round(IN_PLANE_MM / s)) for s in plane.spacing]
    slices = _read(series, [stack.places[k][:2] for k in chosen], factors)
    along = stack.positions[chosen]
    step = float(np.median(np.diff(along)))
    regular = np.arange(along[0], along[-1] + 0.5 * step, step)
    image = sitk.GetImageFromArray(_resampled(slices, along, regular))
    shift = stack.places[chosen[-1]][2].position - plane.position
    drift = shift / (shift @ plane.normal)
    offset = sum(
        0.5 * (f - 1) * s * d for f, s, d in zip(factors, plane.spacing, (plane.row, plane.column), strict=True)
    )
    length = float(np.linalg.norm(drift))
    image.SetSpacing([plane.spacing[0] * factors[0], plane.spacing[1] * factors[1], step * length])
    image.SetOrigin((plane.position + offset).tolist())
    image.SetDirection(np.stack([plane.row, plane.column, drift / length], 1).ravel().tolist())
    return image


def full_grid(series: SeriesHeaders) -> sitk.Image:
    """Return an empty uint8 volume on the series' own grid, one slice a position (for a mask to be looked at).

    Raises
    ------
    NotAVolume, NoPlane
        If the planes are not parallel or do not say where they lie.
    """
    stack = plane_stack(series)
    if not stack.parallel or len(stack.positions) < 2:
        raise NotAVolume("the slices of the series do not make one volume")
    first, last = stack.places[0][2], stack.places[-1][2]
    step = (last.position - first.position) / (len(stack.positions) - 1)
    length = float(np.linalg.norm(step))
    grid = sitk.Image([*first.size, len(stack.positions)], sitk.sitkUInt8)
    grid.SetSpacing([*first.spacing, length])
    grid.SetOrigin(first.position.tolist())
    grid.SetDirection(np.stack([first.row, first.column, step / length], 1).ravel().tolist())
    return grid


def _thinned(positions: np.ndarray) -> list[int]:
    """Return indices about 2 mm apart, first and last kept, at most `MAX_SLICES_READ`."""
    least = max(BETWEEN_MM, (positions[-1] - positions[0]) / MAX_SLICES_READ)
    kept = [0]
    for k in range(1, len(positions)):
        if positions[k] - positions[kept[-1]] >= least - 0.01 or k == len(positions) - 1:
            kept.append(k)
    return kept


def _read(series: SeriesHeaders, places: list[tuple[int, int]], factors: list[int]) -> np.ndarray:
    wanted: dict[int, list[tuple[int, int]]] = {}
    for at, (number, frame) in enumerate(places):
        wanted.setdefault(number, []).append((frame, at))
    slices: dict[int, np.ndarray] = {}
    for number, frames in wanted.items():
        dataset = series.instances[number].read()
        try:
            values = stored_values(dataset)
        except NotDecoded as error:
            raise NotAVolume(str(error)) from None
        if values.ndim != 3:
            raise NotAVolume("the series is in colour")
        for frame, at in frames:
            slope, intercept = rescale_of(dataset, frame)
            slices[at] = _binned(values[frame].astype(np.float32) * slope + intercept, factors)
    if len({part.shape for part in slices.values()}) > 1:
        raise NotAVolume("the slices have several sizes")
    return np.stack([slices[at] for at in range(len(places))])


def rescale_of(dataset: Dataset, frame: int) -> tuple[float, float]:
    """Return slope and intercept of one frame."""
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    for group in [*groups[frame : frame + 1], *shared[:1]]:
        if group.get("PixelValueTransformationSequence"):
            dataset = group.PixelValueTransformationSequence[0]
            break
    return float(dataset.get("RescaleSlope") or 1), float(dataset.get("RescaleIntercept") or 0)


def _binned(values: np.ndarray, factors: list[int]) -> np.ndarray:
    columns, rows = factors
    height, width = values.shape[0] // rows * rows, values.shape[1] // columns * columns
    parts = values[:height, :width].reshape(height // rows, rows, width // columns, columns)
    means: np.ndarray = parts.mean((1, 3), dtype=np.float32)
    return means


def _resampled(slices: np.ndarray, along: np.ndarray, regular: np.ndarray) -> np.ndarray:
    if len(along) == len(regular) and np.abs(along - regular).max() < 0.05 * (regular[1] - regular[0]):
        return slices
    after = np.clip(np.searchsorted(along, regular), 1, len(along) - 1)
    share = np.clip((regular - along[after - 1]) / (along[after] - along[after - 1]), 0, 1).astype(np.float32)
    between: np.ndarray = slices[after - 1] + share[:, None, None] * (slices[after] - slices[after - 1])
    return between
