"""Locate the head: an affine from the atlas to the patient, and the figures that say how far it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import SimpleITK as sitk

from . import atlas
from .bend import bend_of, frontal_figures
from .coarse import CENTRE, Pose, find_poses, find_turned_poses
from .metrics import FACE_MARKS, Probe
from .prepare import CoarseVolume, coarse_volume
from .refine import Refiner
from .stripped import NO_SKIN, is_stripped
from .subject import something_else

STARTS = 3
NEAR_BEST = 0.85
RIVAL = 0.97
"""An answer that matches nearly as well as the best, but elsewhere, makes the best one doubtful."""
DOUBTFUL = 0.22
"""Below this match the 23 other orientations are tried too, to tell whether the label may be wrong."""
THICKEST_MM = 5.5
"""In thicker slices a bend follows the slices, not the brain."""
NUDGES = ((14.0, -10.0), (-14.0, 10.0))
"""Restarts that test the answer: pitch in degrees and shift to the back in mm."""


@dataclass(frozen=True)
class Location:
    """Where the head of the atlas lies in the patient.

    It is small, can be pickled, and holds in the whole frame of reference: a location found on one series serves every
    other series of the same subject with the same Frame of Reference UID.

    Attributes
    ----------
    matrix : tuple of 9 floats
        Row by row; patient (LPS, mm) = matrix x atlas (LPS, mm) + shift.
    shift : tuple of 3 floats
        In mm.
    figures : mapping of str to float
        What `verdicts.verdict` judges; the names are told in `metrics.Probe.figures` and `bend.frontal_figures`.
    bend : tuple of floats
        Coefficients of `bend.bend_of`, by which the atlas is bent at the front of the brain; empty: not at all.
    no_head : str
        The positive evidence that the image shows no head, if there is any.
    """

    matrix: tuple[float, ...]
    shift: tuple[float, float, float]
    figures: Mapping[str, float] = field(default_factory=dict)
    bend: tuple[float, ...] = ()
    no_head: str = ""

    @property
    def transform(self) -> sitk.AffineTransform:
        """The affine from atlas to patient, as SimpleITK's transform."""
        transform = sitk.AffineTransform(3)
        transform.SetMatrix(self.matrix)
        transform.SetTranslation(self.shift)
        return transform


def locate(image: sitk.Image, modality: str, *, check: bool = True) -> Location:
    """Find the head in a volume.

    The orientation is taken from the image's direction cosines, never guessed. The result is the same for every run
    on one platform: nothing is sampled at random and the registration runs on one thread.

    Parameters
    ----------
    image : SimpleITK.Image
        Scalar 3D image in LPS millimetres (as SimpleITK reads DICOM, NIfTI, NRRD, MHA).
    modality : str
        DICOM modality: ``CT`` for Hounsfield units, anything else for MR and PET.
    check : bool
        Also start again from two nudged poses and note how far apart the answers are (figure ``return_mm``); without
        it the verdict is at best uncertain, and the call takes about half the time.

    Raises
    ------
    NotAVolume
        If the image cannot be looked at as a volume.
    """
    volume = coarse_volume(image, modality)
    no_head = _evidence(image, volume, modality) if check else ""
    head = atlas.load().head
    refiner, probe = Refiner(head, volume), Probe(volume)
    scored = find_poses(head, volume, STARTS)
    if not scored:
        return Location((1.0, 0, 0, 0, 1, 0, 0, 0, 1), (0.0, 0, 0), {"match": 0.0, "inside": 0.0}, no_head=no_head)
    fits = [_fit(refiner, pose) for score, pose in scored if score >= NEAR_BEST * scored[0][0]]
    if check and not no_head and max(probe.match(*fit) for fit in fits) < DOUBTFUL:
        turned = [_fit(refiner, pose) for _, pose in find_turned_poses(head, volume, 3)]
        fits += [fit for fit in turned if 0.6 < np.linalg.det(fit[0]) ** (1 / 3) < 1.4]
    if check:
        best = max(fits, key=lambda fit: probe.match(*fit))
        fits += [_restart(refiner, best, nudge) for nudge in NUDGES]
    matches = [probe.match(*fit) for fit in fits]
    best = fits[int(np.argmax(matches))]
    figures = probe.figures(*best)
    if check:
        rivals = [fit for fit, match in zip(fits, matches, strict=True) if match >= RIVAL * max(matches)]
        figures["return_mm"] = max(_distance(best, rival) for rival in rivals)
    matrix, shift = best
    rigid = modality.upper() == "CT" or max(image.GetSpacing()) > THICKEST_MM
    bend = () if rigid else bend_of(volume, matrix, shift)
    figures.update(frontal_figures(volume, matrix, shift, bend))
    return Location(tuple(matrix.ravel().tolist()), tuple(shift.tolist()), figures, bend, no_head)


def _evidence(image: sitk.Image, volume: CoarseVolume, modality: str) -> str:
    if modality.upper() == "MR" and is_stripped(image):
        return NO_SKIN
    return something_else(volume, modality)


Affine = tuple[np.ndarray, np.ndarray]


def _fit(refiner: Refiner, pose: Pose) -> Affine:
    return parts(refiner.affine(refiner.similarity(pose)))


def parts(transform: sitk.Transform) -> Affine:
    """Return matrix (3, 3) and shift (3) of a SimpleITK affine or similarity."""
    matrix = np.array(transform.GetMatrix()).reshape(3, 3)
    return matrix, np.array(transform.TransformPoint((0.0, 0.0, 0.0)))


def _restart(refiner: Refiner, fit: Affine, nudge: tuple[float, float]) -> Affine:
    matrix, shift = fit
    left, values, right = np.linalg.svd(matrix)
    angle = np.radians(nudge[0])
    turn = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    scale = float(values.prod() ** (1 / 3))
    start = sitk.Similarity3DTransform()
    start.SetCenter(CENTRE.tolist())
    start.SetMatrix((left @ right @ turn * scale).ravel().tolist(), 1e-6)
    start.SetTranslation((matrix @ CENTRE + shift - CENTRE + [0, nudge[1], 0]).tolist())
    return parts(refiner.affine(refiner.resume(start)))


def _distance(a: Affine, b: Affine) -> float:
    """Return how far apart two fits put the face: the largest distance at its landmarks, in mm."""
    return float(np.linalg.norm(FACE_MARKS @ (a[0] - b[0]).T + a[1] - b[1], axis=1).max())
