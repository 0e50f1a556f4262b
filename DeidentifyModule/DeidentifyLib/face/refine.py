"""Refine a pose to a similarity and then to an affine with bounds, by Mattes mutual information in SimpleITK."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import SimpleITK as sitk

from .coarse import CENTRE, Pose
from .prepare import CoarseVolume


class Refiner:
    """Registers the atlas to one coarse volume; one thread and no random sampling: equal results every time."""

    def __init__(self, head: sitk.Image, volume: CoarseVolume) -> None:
        self._fixed = sitk.BinShrink(sitk.SmoothingRecursiveGaussian(head, 2.0), [2, 2, 2])
        above_neck = sitk.BinaryDilate(self._fixed > 25, [2] * 3)
        values = sitk.GetArrayFromImage(above_neck)
        z = self._fixed.GetOrigin()[2] + self._fixed.GetSpacing()[2] * np.arange(values.shape[0])
        self._mask = sitk.GetImageFromArray(values * (z > -115)[:, None, None].astype(np.uint8))
        self._mask.CopyInformation(self._fixed)
        self._volume = volume

    def similarity(self, pose: Pose) -> sitk.Similarity3DTransform:
        """Return the similarity (atlas to patient, mm) that a pose leads to."""
        start = sitk.Similarity3DTransform()
        start.SetCenter(CENTRE.tolist())
        start.SetMatrix(pose.matrix().ravel().tolist(), 1e-6)
        start.SetTranslation((np.array(pose.centre) - CENTRE).tolist())
        return self.resume(start)

    def resume(self, start: sitk.Similarity3DTransform) -> sitk.Similarity3DTransform:
        """Return the similarity that another one leads to."""
        return self._run(start, 2.0, 40)

    def affine(self, start: sitk.Transform) -> sitk.AffineTransform:
        """Return the affine (atlas to patient, mm) that a similarity or affine leads to."""
        transform = sitk.AffineTransform(3)
        transform.SetCenter(CENTRE.tolist())
        transform.SetMatrix(start.GetMatrix())
        transform.SetTranslation((np.array(start.TransformPoint(CENTRE.tolist())) - CENTRE).tolist())
        return self._run(transform, 1.5, 50)

    def _run(self, start: sitk.Transform, step: float, iterations: int) -> sitk.Transform:
        with one_thread():
            registration = sitk.ImageRegistrationMethod()
        registration.SetMetricAsMattesMutualInformation(24)
        registration.SetMetricSamplingStrategy(registration.NONE)
        registration.SetMetricFixedMask(self._mask)
        registration.SetMetricMovingMask(self._volume.inside)
        registration.SetInterpolator(sitk.sitkLinear)
        registration.SetOptimizerAsRegularStepGradientDescent(step, 0.04, iterations, 0.6, 1e-6)
        registration.SetOptimizerScalesFromPhysicalShift()
        registration.SetInitialTransform(start, inPlace=True)
        with one_thread():
            registration.Execute(self._fixed, self._volume.values)
        return start


@contextmanager
def one_thread() -> Iterator[None]:
    """Let ITK's metric run on one thread: on more, sums come in any order and results differ in the tenth digit.

    SetNumberOfThreads of the registration does not reach the metric, only the process-wide default does.
    """
    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(before)
