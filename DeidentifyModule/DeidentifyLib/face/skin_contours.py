"""Tell whether contours, segments or doses may draw the skin: by the names of their parts, and by where they lie."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import SimpleITK as sitk
from pydicom import Dataset

from .planes import NoPlane, number_of_frames, planes
from .region import Region
from .series import SeriesHeaders

SKIN_WORDS = re.compile(
    r"extern|body|skin|outline|patient|surface|head|face|facial|nose|mask|scalp|outer|contour|haut|peau|piel|kopf",
    re.IGNORECASE,
)

LOOK_MM = 4.0
BODY_MM = 90.0
"""Contours narrower than this in one direction are organs, not the outline of a head."""


def may_draw_the_skin(series: SeriesHeaders) -> bool:
    """Return whether a RTSTRUCT or SEG may hold the outline of the body, by the names of its parts."""
    return any(_instance_may(instance.header) for instance in series.instances)


def _instance_may(header: Dataset) -> bool:
    names = [roi.get("ROIName") for roi in header.get("StructureSetROISequence") or []]
    for observed in header.get("RTROIObservationsSequence") or []:
        if str(observed.get("RTROIInterpretedType") or "").upper() == "EXTERNAL":
            return True
        names.append(observed.get("ROIObservationLabel"))
    segments = header.get("SegmentSequence") or []
    names += [segment.get("SegmentLabel") for segment in segments]
    for segment in segments:
        for code in segment.get("SegmentedPropertyTypeCodeSequence") or []:
            names.append(code.get("CodeMeaning"))
    known = [str(name) for name in names if name]
    return not known or any(SKIN_WORDS.search(name) for name in known)


def contours_reach(series: SeriesHeaders, region: Region) -> bool:
    """Return whether a contour as large as a head's outline runs through the face region, whatever it is called.

    Organs at risk may lie in the region too (eyes, lenses): they are too small to draw the face.
    """
    for instance in series.instances:
        for roi in instance.header.get("ROIContourSequence") or []:
            points = _large_contours(roi)
            if len(points) and _any_inside(points, region):
                return True
    return False


def _large_contours(roi: Dataset) -> np.ndarray:
    found = [np.zeros((0, 3))]
    for contour in roi.get("ContourSequence") or []:
        values = np.array([float(v) for v in contour.get("ContourData") or []])
        points = values[: len(values) // 3 * 3].reshape(-1, 3)
        if len(points) > 2 and np.sort(np.ptp(points, axis=0))[1] >= BODY_MM:
            found.append(points)
    return np.concatenate(found)


def _any_inside(points: np.ndarray, region: Region) -> bool:
    low, high = points.min(0), points.max(0)
    label = sitk.GetArrayFromImage(region.on_grid(_box(low, high, np.eye(3))))
    at = np.round((points - low) / LOOK_MM).astype(int)
    return bool(label[at[:, 2], at[:, 1], at[:, 0]].any())


def dose_reaches(series: SeriesHeaders, region: Region) -> bool:
    """Return whether a dose grid holds a part of the face region; one that does not say where it lies may."""
    try:
        return any(region_in(box, region) for instance in series.instances for box in _dose_boxes(instance.header))
    except NoPlane:
        return True


def region_in(box: sitk.Image, region: Region) -> bool:
    """Return whether a grid holds a part of the region."""
    return bool(sitk.GetArrayFromImage(region.on_grid(box)).any())


def _dose_boxes(header: Dataset) -> Iterator[sitk.Image]:
    """Yield the grid of a dose (PS3.3 C.8.8.3): the first plane, and offsets along its normal."""
    single = Dataset()
    for tag in _PLANE_TAGS:
        if tag in header:
            single.add(header[tag])
    (first,) = planes(single)
    offsets = np.array([float(v) for v in header.get("GridFrameOffsetVector") or [0.0]])
    if len(offsets) != number_of_frames(header):
        raise NoPlane("the offsets of the frames and their number differ")
    along = offsets - offsets[0]
    axes = np.stack([first.row, first.column, first.normal], 1)
    extent = np.array([*((n - 1) * s for n, s in zip(first.size, first.spacing, strict=True)), 0.0])
    low, high = np.array([0.0, 0.0, along.min()]), extent + np.array([0.0, 0.0, along.max()])
    yield _box(first.position + axes @ low, first.position + axes @ high, axes)


_PLANE_TAGS = (0x00200032, 0x00200037, 0x00280010, 0x00280011, 0x00280030)


def _box(low: np.ndarray, high: np.ndarray, axes: np.ndarray) -> sitk.Image:
    """Return an empty grid of 4 mm between two corners, along the given axes."""
    size = axes.T @ (high - low)
    grid = sitk.Image([int(n / LOOK_MM) + 2 for n in np.maximum(size, 0)], sitk.sitkUInt8)
    grid.SetSpacing([LOOK_MM] * 3)
    grid.SetOrigin(low.tolist())
    grid.SetDirection(axes.ravel().tolist())
    return grid
