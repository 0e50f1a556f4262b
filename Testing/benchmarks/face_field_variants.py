"""Variants of the field of view, the route and the shape: padding, resampling, stacks, DICOM, motion, smooth warps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import SimpleITK as sitk
from face_heads import Head

Maker = Callable[[Head, np.random.Generator], Head]


def mapped(head: Head, change: Callable[[sitk.Image, bool], sitk.Image]) -> Head:
    """Return a head whose image and labels (second argument true) went through one change."""
    brain = None if head.brain is None else change(head.brain, True)
    return replace(head, image=change(head.image, False), skin=change(head.skin, True), brain=brain)


def air_of(head: Head) -> float:
    """Return what a resampler puts outside the field: -2000 in CT, the least value in MR."""
    return -2000.0 if head.modality == "CT" else float(sitk.GetArrayViewFromImage(head.image).min())


def centre_of(image: sitk.Image) -> list[float]:
    """Return the middle of the image in patient space."""
    return list(image.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in image.GetSize()]))


def pad(zeros: bool) -> Maker:
    """Pad by 20 to 60 mm below and on some other sides, with zeros or with another constant."""

    def make_it(head: Head, random: np.random.Generator) -> Head:
        values = sitk.GetArrayViewFromImage(head.image)
        if head.modality == "CT":
            fill = -1024.0 if zeros else float(random.choice([-2000.0, -3024.0, 0.0]))
        else:
            fill = 0.0 if zeros else float(round(random.uniform(0.03, 0.3) * np.percentile(values, 99)))
        amounts = random.uniform(20, 60, (2, 3)) * (random.random((2, 3)) < 0.35)
        amounts[0, 2] = random.uniform(20, 60)

        def change(picture: sitk.Image, label: bool) -> sitk.Image:
            upright = sitk.DICOMOrient(picture, "LPS")
            lower, upper = ([int(a / s) for a, s in zip(row, upright.GetSpacing(), strict=True)] for row in amounts)
            return sitk.ConstantPad(upright, lower, upper, 0 if label else fill)

        return mapped(head, change)

    return make_it


def resampled(head: Head, random: np.random.Generator) -> Head:
    """Resample onto another grid, shifted by parts of a voxel and in part larger than the field; air beyond it."""
    size = np.array(head.image.GetSize()) * head.image.GetSpacing()
    spacing = np.maximum(random.uniform(0.9, 2.2) * random.uniform(0.9, 1.2, 3), head.image.GetSpacing())
    more = random.uniform(-2, 25, (2, 3))
    grid = sitk.Image(np.maximum(8, (size + more.sum(0)) / spacing).astype(int).tolist(), sitk.sitkInt16)
    grid.SetSpacing(spacing.tolist())
    grid.SetDirection(head.image.GetDirection())
    matrix = np.array(head.image.GetDirection()).reshape(3, 3)
    grid.SetOrigin((np.array(head.image.GetOrigin()) - matrix @ more[0]).tolist())
    how, air = random.choice([sitk.sitkLinear, sitk.sitkBSpline]), air_of(head)

    def change(picture: sitk.Image, label: bool) -> sitk.Image:
        method = sitk.sitkNearestNeighbor if label else int(how)
        return sitk.Resample(picture, grid, sitk.Transform(), method, 0 if label else air, picture.GetPixelID())

    return mapped(head, change)


def stack(head: Head, random: np.random.Generator) -> Head:
    """Keep slices of 3 to 4.5 mm with a gap of up to 1.5 mm along one axis, each the mean over its thickness."""
    axis = int(random.integers(3))
    thickness, gap = float(random.uniform(3, 4.5)), float(random.uniform(0, 1.5))

    def change(picture: sitk.Image, label: bool) -> sitk.Image:
        here = picture.GetSpacing()[axis]
        if here > 0.7 * thickness:
            return picture
        every, mean = max(2, round((thickness + gap) / here)), max(1, round(thickness / here))
        values = np.moveaxis(sitk.GetArrayFromImage(picture), 2 - axis, 0)
        starts = range(0, len(values) - mean + 1, every)
        parts = np.stack([values[s : s + mean].mean(0) for s in starts])
        kept = (parts >= 0.5) if label else np.round(parts)
        image = sitk.GetImageFromArray(np.ascontiguousarray(np.moveaxis(kept.astype(values.dtype), 0, 2 - axis)))
        spacing = list(picture.GetSpacing())
        spacing[axis] = here * every
        image.SetSpacing(spacing)
        image.SetDirection(picture.GetDirection())
        first = [0.0, 0.0, 0.0]
        first[axis] = (mean - 1) / 2
        image.SetOrigin(picture.TransformContinuousIndexToPhysicalPoint(first))
        return image

    return mapped(head, change)


def dicom(head: Head, random: np.random.Generator) -> Head:
    """Mark the case to go through a DICOM series: signed or not, a slope, any order of files, a body part or none."""
    signed = bool(random.random() < 0.5)
    how = {
        "signed": signed,
        "slope": float(random.choice([1.0, 1.0, 0.5])),
        "order": int(random.integers(2**31)),
        "body_part": str(random.choice(["HEAD", "BRAIN", ""])),
    }
    return replace(head, route="dicom", dicom=how)


def motion(head: Head, random: np.random.Generator) -> Head:
    """Mix the k-space lines of two poses (MR), or the values of two (CT): the head moved while it was scanned."""
    axis = int(random.integers(3))
    turn = sitk.Euler3DTransform()
    turn.SetCenter(centre_of(head.image))
    turn.SetRotation(*np.radians(random.uniform(-4, 4, 3)).tolist())
    turn.SetTranslation(random.uniform(-3, 3, 3).tolist())
    air = float(sitk.GetArrayViewFromImage(head.image).min())
    values = sitk.GetArrayFromImage(head.image).astype(np.float32)
    moved = sitk.GetArrayFromImage(sitk.Resample(head.image, head.image, turn, sitk.sitkLinear, air)).astype(np.float32)
    if head.modality == "CT":
        share = float(random.uniform(0.2, 0.45))
        new = values * (1 - share) + moved * share
    else:
        lines = np.fft.fftshift(np.fft.fft(values, axis=axis), axes=axis)
        other = np.fft.fftshift(np.fft.fft(moved, axis=axis), axes=axis)
        n = values.shape[axis]
        taken = random.random(n) < random.uniform(0.2, 0.5)
        taken[n // 2 - n // 16 : n // 2 + n // 16] = False
        shape = [1, 1, 1]
        shape[axis] = n
        new = np.abs(np.fft.ifft(np.fft.ifftshift(np.where(taken.reshape(shape), other, lines), axes=axis), axis=axis))
    image = sitk.GetImageFromArray(np.clip(np.round(new), -32768, 32767).astype(np.int16))
    image.CopyInformation(head.image)
    return replace(head, image=image)


def warped(head: Head, random: np.random.Generator) -> Head:
    """Warp the head smoothly (B-spline nodes about 60 mm apart, moved by 5 mm): another person's, or child's, shape."""
    size = np.array(head.image.GetSize()) * head.image.GetSpacing()
    mesh = np.maximum(2, np.round(size / 60)).astype(int).tolist()
    bend = sitk.BSplineTransformInitializer(head.image, mesh, 3)
    count = len(bend.GetParameters())
    bend.SetParameters(np.clip(random.normal(0, 5.0, count), -10, 10).tolist())
    air = float(sitk.GetArrayViewFromImage(head.image).min())

    def change(picture: sitk.Image, label: bool) -> sitk.Image:
        method = sitk.sitkNearestNeighbor if label else sitk.sitkLinear
        return sitk.Resample(picture, picture, bend, method, 0 if label else air, picture.GetPixelID())

    return mapped(head, change)
