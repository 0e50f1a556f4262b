"""Where the frames of a DICOM instance lie in the patient (PS3.3 C.7.6.2, C.7.6.16.2, C.8.4.15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import SimpleITK as sitk
from pydicom import Dataset

from ..dicom import tags

POSITION, ORIENTATION = tags.IMAGE_POSITION_PATIENT, tags.IMAGE_ORIENTATION_PATIENT
PIXEL_SPACING, SLICE_SPACING = tags.PIXEL_SPACING, tags.SPACING_BETWEEN_SLICES
ROWS, COLUMNS, FRAMES = tags.ROWS, tags.COLUMNS, tags.NUMBER_OF_FRAMES
SHARED, PER_FRAME = tags.SHARED_FUNCTIONAL_GROUPS_SEQUENCE, tags.PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE
PLANE_POSITION, PLANE_ORIENTATION, PIXEL_MEASURES = (
    tags.PLANE_POSITION_SEQUENCE,
    tags.PLANE_ORIENTATION_SEQUENCE,
    tags.PIXEL_MEASURES_SEQUENCE,
)


class NoPlane(ValueError):
    """An instance does not say where its frames lie; the message names the lack, no value."""


@dataclass(frozen=True)
class Plane:
    """One frame's grid in patient space (LPS mm).

    Attributes
    ----------
    position : numpy.ndarray
        (3,) centre of the first voxel.
    row, column : numpy.ndarray
        (3,) unit vectors along increasing column index and increasing row index.
    spacing : tuple of 2 floats
        Distance between columns, distance between rows (mm).
    size : tuple of 2 ints
        Columns, rows.
    """

    position: np.ndarray
    row: np.ndarray
    column: np.ndarray
    spacing: tuple[float, float]
    size: tuple[int, int]

    @property
    def normal(self) -> np.ndarray:
        """(3,) row x column."""
        return np.cross(self.row, self.column)

    def grid(self) -> sitk.Image:
        """Return an empty image of one slice with this geometry."""
        image = sitk.Image([*self.size, 1], sitk.sitkUInt8)
        image.SetSpacing([*self.spacing, 1.0])
        image.SetOrigin(self.position.tolist())
        image.SetDirection(np.stack([self.row, self.column, self.normal], 1).ravel().tolist())
        return image


def number_of_frames(header: Dataset) -> int:
    """Return the number of frames, 1 if the attribute is absent or empty."""
    return int(_value(header, FRAMES) or 1)


def planes(header: Dataset) -> list[Plane]:
    """Return the plane of every frame of an instance.

    Raises
    ------
    NoPlane
        If a position, orientation, spacing or the size is absent or makes no sense.
    """
    if "MOSAIC" in [str(v).upper() for v in _value(header, tags.IMAGE_TYPE) or []]:
        raise NoPlane("a mosaic holds many slices in one frame")
    size = (int(_value(header, COLUMNS) or 0), int(_value(header, ROWS) or 0))
    if min(size) < 1:
        raise NoPlane("the instance has no rows or columns")
    count = number_of_frames(header)
    if PER_FRAME in header:
        groups = header[PER_FRAME].value
        if len(groups) != count:
            raise NoPlane("the number of frames and of their functional groups differ")
        shared = header[SHARED].value[0] if header.get(SHARED) and header[SHARED].value else Dataset()
        return [_frame_plane(frame, shared, header, size) for frame in groups]
    if count == 1:
        return [_plane(_value(header, POSITION), _value(header, ORIENTATION), _value(header, PIXEL_SPACING), size)]
    if header.get(tags.DETECTOR_INFORMATION_SEQUENCE):
        return _detector_planes(header, size, count)
    raise NoPlane("a multi-frame instance without functional groups does not say where its frames lie")


def _frame_plane(frame: Dataset, shared: Dataset, header: Dataset, size: tuple[int, int]) -> Plane:
    def of(macro: int, tag: int) -> Any:
        for group in (frame, shared):
            element = group.get(macro)
            if element and element.value and tag in element.value[0]:
                return _value(element.value[0], tag)
        return _value(header, tag)

    position, orientation = of(PLANE_POSITION, POSITION), of(PLANE_ORIENTATION, ORIENTATION)
    return _plane(position, orientation, of(PIXEL_MEASURES, PIXEL_SPACING), size)


def _detector_planes(header: Dataset, size: tuple[int, int], count: int) -> list[Plane]:
    """Nuclear medicine (PS3.3 C.8.4.15): the first frame's plane and the spacing between slices."""
    detector, step = header[tags.DETECTOR_INFORMATION_SEQUENCE].value[0], _value(header, SLICE_SPACING)
    if not step:
        raise NoPlane("the spacing between slices is absent")
    first = _plane(_value(detector, POSITION), _value(detector, ORIENTATION), _value(header, PIXEL_SPACING), size)
    along = first.normal * float(step)
    return [Plane(first.position + k * along, first.row, first.column, first.spacing, size) for k in range(count)]


def _plane(position: Any, orientation: Any, spacing: Any, size: tuple[int, int]) -> Plane:
    try:
        point = np.array([float(v) for v in position])
        cosines = np.array([float(v) for v in orientation])
        between = [float(v) for v in spacing]
    except (TypeError, ValueError):
        raise NoPlane("position, orientation or pixel spacing is absent") from None
    if point.shape != (3,) or cosines.shape != (6,) or len(between) != 2:
        raise NoPlane("position, orientation or pixel spacing has the wrong number of values")
    row, column = cosines[:3], cosines[3:]
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if not np.isfinite([*point, *cosines, *between]).all() or min(between) <= 0 or max(between) > 50:
        raise NoPlane("position or pixel spacing makes no sense")
    if abs(lengths[0] - 1) > 0.02 or abs(lengths[1] - 1) > 0.02 or abs(row @ column) > 0.02:
        raise NoPlane("the direction cosines are not two unit vectors at right angles")
    row = row / lengths[0]
    column = column - row * (row @ column)
    return Plane(point, row, column / np.linalg.norm(column), (between[1], between[0]), size)


def _value(dataset: Dataset, tag: int) -> Any:
    """Return a value as pydicom decodes it, None if the attribute is absent."""
    element = dataset.get(tag)
    return None if element is None else element.value
