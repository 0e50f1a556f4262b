"""Check by the image whether a mask that was found on another series fits: the patient may have moved in between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from ..pixels.decode import NotDecoded, stored_values
from . import atlas
from .location import Location
from .mask import face_mask
from .metrics import FACE_MARKS
from .planes import Plane, planes
from .prepare import CoarseVolume, NotAVolume
from .refine import one_thread
from .series import SeriesHeaders
from .volume import rescale_of

SAMPLE_MM = 3.0
LEAST_POINTS = 60
"""With fewer points of the brain, or of the air about the head, the slices cannot be checked."""
STILL_MM, FOLLOWED_MM, AGREE_MM = 7.0, 30.0, 6.0
"""A head that moved by less has not moved; one that moved by more is not followed; two answers must agree so well."""
RIVAL = 0.97
"""An answer that matches nearly as well as the best counts."""
UNSURE_MM = 22.0
"""A head that seems not to have moved, and may have nodded by so much at the chin: the mask is grown by more."""
NODS = (0.0, 10.0, -10.0)
"""Starts in degrees of pitch: a brain is round, and a nod is what is found least surely."""
Floats = npt.NDArray[np.float64]


def slice_figures(series: SeriesHeaders, location: Location) -> dict[str, float]:
    """Return how the slices of a series look when they are seen through a location.

    Parameters
    ----------
    series : SeriesHeaders
        A localizer or another series of few slices.
    location : Location
        Found on another series of the same frame of reference.

    Returns
    -------
    dict
        ``face_ml``: volume of tissue in the face region; ``spill``: share of the air 6 to 14 mm off the head that is
        not air; ``brain_tissue``: share of the brain that is not air; ``points``: the smaller of their numbers.

    Raises
    ------
    NotAVolume
        If pixels cannot be decoded.
    NoPlane
        If an instance does not say where it lies.
    """
    values, depth, brain, height, face = (
        np.concatenate(part) for part in zip(*_samples(series, location), strict=True)
    )
    tissue = values > _least_tissue(values, series.modality)
    about = (depth > -14) & (depth < -6) & (height > -40) & ~face
    within = brain < -3
    return {
        "face_ml": float((tissue & face).sum()) * SAMPLE_MM**3 / 1000,
        "spill": float(tissue[about].mean()) if about.any() else 0.0,
        "brain_tissue": float(tissue[within].mean()) if within.any() else 0.0,
        "points": float(min(about.sum(), within.sum())),
    }


def _samples(series: SeriesHeaders, location: Location) -> list[tuple[npt.NDArray[Any], ...]]:
    """Return for every frame, point by point: value, depth in the head, distance to the brain, height, in the face."""
    to_atlas = np.linalg.inv(np.reshape(location.matrix, (3, 3)))
    samples: list[tuple[npt.NDArray[Any], ...]] = []
    for instance in series.instances:
        dataset = instance.read()
        try:
            stored = stored_values(dataset)
        except NotDecoded as error:
            raise NotAVolume(str(error)) from None
        if stored.ndim != 3:
            raise NotAVolume("the series is in colour")
        for frame, plane in enumerate(planes(instance.header)):
            slope, intercept = rescale_of(dataset, frame)
            every = [max(1, round(SAMPLE_MM / s)) for s in plane.spacing]
            values = stored[frame, :: every[1], :: every[0]].astype(np.float32) * slope + intercept
            face = sitk.GetArrayFromImage(face_mask(plane.grid(), location))[0, :: every[1], :: every[0]] > 0
            points = (_points(plane, every) - location.shift) @ to_atlas.T
            depth = _at(points, atlas.head_depth(), -99.0)
            brain = _at(points, atlas.load().brain_distance, 99.0)
            samples.append((values.ravel(), depth, brain, points[:, 2], face.ravel()))
    return samples


def _points(plane: Plane, every: list[int]) -> Floats:
    columns = np.arange(0, plane.size[0], every[0]) * plane.spacing[0]
    rows = np.arange(0, plane.size[1], every[1]) * plane.spacing[1]
    grid = columns[None, :, None] * plane.row + rows[:, None, None] * plane.column
    points: Floats = (plane.position + grid).reshape(-1, 3)
    return points


def _at(points: Floats, image: sitk.Image, away: float) -> npt.NDArray[np.float32]:
    """Return the nearest values of an axis-aligned image, and ``away`` outside of it."""
    values = sitk.GetArrayViewFromImage(image)
    index = np.rint((points - image.GetOrigin()) / image.GetSpacing()).astype(np.intp)
    inside = ((index >= 0) & (index < image.GetSize())).all(1)
    found = np.full(len(points), away, np.float32)
    x, y, z = index[inside].T
    found[inside] = values[z, y, x]
    return found


def _least_tissue(values: npt.NDArray[np.float32], modality: str) -> float:
    if modality == "CT":
        return -150.0
    low = float(np.percentile(values, 0.1))
    body = values[values > low + 0.02 * (float(values.max()) - low)]
    top = float(np.percentile(body, 97)) if body.size > 100 else float(values.max())
    clipped = sitk.GetImageFromArray(np.clip(values, low, max(top, low + 1e-6))[None])
    otsu = sitk.OtsuThresholdImageFilter()
    otsu.Execute(clipped)
    return low + 0.5 * (float(otsu.GetThreshold()) - low)


def follow(volume: CoarseVolume, location: Location) -> tuple[Location | None, dict[str, float]]:
    """Look where the head of an emission image lies, starting from where another series has it.

    Parameters
    ----------
    volume : CoarseVolume
        The PET image.
    location : Location
        Found on CT or MR of the same frame of reference.

    Returns
    -------
    Location or None
        The location itself if the head has not moved, the moved one if it was followed, None if that is not sure.
    dict
        ``moved_mm``: by how much the face lies elsewhere; ``apart_mm``: how far from there other answers lie that
        match nearly as well.
    """
    answers = [_rigid(volume, location, nod) for nod in NODS]
    match, best = max(answers, key=lambda answer: answer[0])
    rivals = [other for value, other in answers if value >= RIVAL * match]
    apart = max(_face_distance(location, best, other) for other in rivals)
    moved = _face_distance(location, best, sitk.Euler3DTransform())
    figures = {"moved_mm": moved, "apart_mm": apart}
    if moved < STILL_MM and apart < UNSURE_MM:
        return location, figures
    if apart > AGREE_MM or moved > FOLLOWED_MM:
        return None, figures
    return _moved(location, best), figures


def _rigid(volume: CoarseVolume, location: Location, nod: float) -> tuple[float, sitk.Euler3DTransform]:
    """Return the mutual information, and the rigid transform from where the head was to where the image has it."""
    fixed, mask = _seen_in_patient(location)
    start = sitk.Euler3DTransform()
    start.SetCenter(location.transform.TransformPoint((0.0, 0.0, 10.0)))
    start.SetRotation(float(np.radians(nod)), 0.0, 0.0)
    with one_thread():
        registration = sitk.ImageRegistrationMethod()
    registration.SetMetricAsMattesMutualInformation(24)
    registration.SetMetricSamplingStrategy(registration.NONE)
    registration.SetMetricFixedMask(mask)
    registration.SetMetricMovingMask(volume.inside)
    registration.SetInterpolator(sitk.sitkLinear)
    registration.SetOptimizerAsRegularStepGradientDescent(2.0, 0.04, 60, 0.6, 1e-6)
    registration.SetOptimizerScalesFromPhysicalShift()
    registration.SetInitialTransform(start, inPlace=True)
    with one_thread():
        registration.Execute(fixed, volume.values)
    return -float(registration.GetMetricValue()), start


def _seen_in_patient(location: Location) -> tuple[sitk.Image, sitk.Image]:
    """Return the atlas's brain and what is close about it on a 5 mm grid of the patient, and where that is."""
    template = atlas.load()
    centre = np.array(location.transform.TransformPoint((0.0, 0.0, 10.0)))
    grid = sitk.Image([48, 48, 44], sitk.sitkFloat32)
    grid.SetSpacing([5.0] * 3)
    grid.SetOrigin((centre - [117.5, 117.5, 107.5]).tolist())
    to_atlas = location.transform.GetInverse()
    head = sitk.Resample(sitk.SmoothingRecursiveGaussian(template.head, 3.0), grid, to_atlas, sitk.sitkLinear, 0.0)
    near = sitk.Resample(template.brain_distance, grid, to_atlas, sitk.sitkLinear, 99.0) < 25.0
    return head, near


def _face_distance(location: Location, a: sitk.Transform, b: sitk.Transform) -> float:
    points = [location.transform.TransformPoint(mark) for mark in FACE_MARKS.tolist()]
    return max(float(np.linalg.norm(np.subtract(a.TransformPoint(p), b.TransformPoint(p)))) for p in points)


def _moved(location: Location, motion: sitk.Euler3DTransform) -> Location:
    turn = np.reshape(motion.GetMatrix(), (3, 3))
    shift = np.array(motion.TransformPoint(location.shift))
    matrix = turn @ np.reshape(location.matrix, (3, 3))
    return replace(location, matrix=tuple(matrix.ravel().tolist()), shift=tuple(shift.tolist()))
