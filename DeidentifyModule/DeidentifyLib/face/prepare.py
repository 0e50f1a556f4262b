"""Make a small, smooth volume of an image, on which the head is looked for; refuse what is no volume."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from .field_of_view import FieldOfView, border_value

COARSE_MM = 4.0
CT_WINDOW = (-300.0, 300.0)
MIN_SLICES = 6
MIN_EXTENT_MM = 60.0
MAX_EXTENT_MM = 2600.0


class NotAVolume(ValueError):
    """The image cannot be looked at as a volume of a body; the message says why, without any name or path."""


@dataclass(frozen=True)
class CoarseVolume:
    """A small copy of an image on an LPS-aligned 4 mm grid.

    Attributes
    ----------
    values : SimpleITK.Image
        float32, 0..1; below the window 0.
    inside : SimpleITK.Image
        uint8, 1 where the image has data.
    air : float
        Value (0..1) below which a voxel is taken for air.
    hounsfield : bool
        A CT whose values are Hounsfield units: 0..1 is -300..300 HU.
    """

    values: sitk.Image
    inside: sitk.Image
    air: float
    hounsfield: bool = False


def check(image: sitk.Image) -> None:
    """Refuse what cannot be looked at as one volume.

    Raises
    ------
    NotAVolume
        If the image is not 3D, is in colour, too small, or has a spacing or extent that no head scan has.
    """
    if image.GetDimension() != 3:
        raise NotAVolume(f"the image has {image.GetDimension()} dimensions, not 3")
    if image.GetNumberOfComponentsPerPixel() != 1 or "complex" in image.GetPixelIDTypeAsString():
        raise NotAVolume("the image is in colour or has more than one value a voxel")
    size, spacing = np.array(image.GetSize()), np.array(image.GetSpacing())
    if not np.all(np.isfinite(spacing)) or not np.all(np.isfinite(image.GetOrigin())):
        raise NotAVolume("spacing or origin is not a number")
    if min(size) < MIN_SLICES:
        raise NotAVolume(f"the image has only {min(size)} slices")
    if min(size * spacing) < MIN_EXTENT_MM:
        raise NotAVolume(f"the image is only {min(size * spacing):.0f} mm wide")
    if max(size * spacing) > MAX_EXTENT_MM:
        raise NotAVolume(f"the image is {max(size * spacing):.0f} mm long: the spacing cannot be right")
    if max(spacing) > 15:
        raise NotAVolume(f"the slices are {max(spacing):.1f} mm apart")


def coarse_volume(image: sitk.Image, modality: str) -> CoarseVolume:
    """Return a 4 mm copy of an image, windowed to 0..1.

    Parameters
    ----------
    image : SimpleITK.Image
        Scalar 3D image with right geometry; CT in Hounsfield units (or offset by a constant, which is found).
    modality : str
        DICOM modality; ``CT`` is windowed in HU, others between 0 and their 98.5th percentile.

    Raises
    ------
    NotAVolume
        See `check`; also if all voxels have one value.
    """
    check(image)
    spacing = image.GetSpacing()
    factors = [max(1, min(math.floor(3.0 / s + 0.1), n // 4)) for s, n in zip(spacing, image.GetSize(), strict=True)]
    small = _finite(sitk.Cast(sitk.BinShrink(image, factors), sitk.sitkFloat32))
    padding = _padding(small, modality)
    hounsfield = modality.upper() == "CT" and has_hounsfield_units(sitk.GetArrayViewFromImage(small))
    border = border_value(image)
    windowed, air = _windowed(small if hounsfield else _with_dark_border(small, border), hounsfield)
    smooth = sitk.SmoothingRecursiveGaussian(windowed, [2.0] * 3)
    grid = _aligned_grid(small)
    values = sitk.Resample(smooth, grid, sitk.Transform(), sitk.sitkLinear, -1.0)
    inside = values > -0.5
    beyond = FieldOfView(small, smooth, air, border).outside(grid)
    if beyond.any():
        outside = sitk.GetImageFromArray(beyond.astype(np.uint8))
        outside.CopyInformation(grid)
        inside = sitk.And(inside, outside == 0)
    if padding is not None:
        inside = sitk.And(inside, sitk.Resample(padding, grid, sitk.Transform(), sitk.sitkNearestNeighbor, 0) == 0)
    return CoarseVolume(sitk.Maximum(values, 0.0), inside, air, hounsfield)


def _finite(image: sitk.Image) -> sitk.Image:
    values = sitk.GetArrayViewFromImage(image)
    if np.isfinite(values).all():
        return image
    finite = values[np.isfinite(values)]
    low = float(finite.min()) if finite.size else 0.0
    cleaned = sitk.GetImageFromArray(np.nan_to_num(values, nan=low, posinf=low, neginf=low))
    cleaned.CopyInformation(image)
    return cleaned


def _with_dark_border(image: sitk.Image, border: float | None) -> sitk.Image:
    """Return an image whose border, if it has one value, is as dark as air: bright padding would pass for tissue."""
    values = sitk.GetArrayViewFromImage(image)
    low = float(values.min())
    if border is None or border <= low:
        return image
    darkened = sitk.GetImageFromArray(np.where(abs(values - border) < 1e-3, np.float32(low), values))
    darkened.CopyInformation(image)
    return darkened


def _padding(image: sitk.Image, modality: str) -> sitk.Image | None:
    """Return where a CT holds padding (below -1100 HU: no tissue and no air), which counts as outside of the image."""
    if modality.upper() != "CT":
        return None
    padded = image < -1100.0 - hounsfield_offset(sitk.GetArrayViewFromImage(image))
    return sitk.BinaryDilate(padded, [1] * 3) if sitk.GetArrayViewFromImage(padded).any() else None


def _windowed(image: sitk.Image, hounsfield: bool) -> tuple[sitk.Image, float]:
    values = sitk.GetArrayViewFromImage(image)
    low, high = float(values.min()), float(values.max())
    if not high > low:
        raise NotAVolume("all voxels have one value")
    if hounsfield:
        offset = hounsfield_offset(values)
        a, b = CT_WINDOW[0] - offset, CT_WINDOW[1] - offset
        return sitk.ShiftScale(sitk.Clamp(image, sitk.sitkFloat32, a, b), -a, 1 / (b - a)), 0.25
    low = max(low, float(np.percentile(values, 0.1)))
    body = values[values > low + 0.02 * (high - low)]
    top = float(np.percentile(body, 97.0)) if body.size > 100 else high
    top = max(top, low + 1e-6 * (high - low))
    scaled = sitk.ShiftScale(sitk.Clamp(image, sitk.sitkFloat32, low, top), -low, 1 / (top - low))
    histogram = sitk.OtsuThresholdImageFilter()
    histogram.Execute(scaled)
    return scaled, 0.5 * histogram.GetThreshold()


def has_hounsfield_units(values: np.ndarray) -> bool:
    """Tell whether CT values reach from air to bone; a window that was stored (0..255, say) does not."""
    low, high = np.percentile(values, [2, 99.5])
    return bool(low < -200 or high > 700)


def hounsfield_offset(values: np.ndarray) -> float:
    """Return what must be added to CT values to have Hounsfield units: 0, or -1024 where air lies near 0.

    Reconstructed CT has air near -1000; a volume whose rescale intercept was dropped has it near 0 (and padding below).
    """
    low, high = np.percentile(values, [2, 99.5])
    return -1024.0 if low > -200 and high > 700 else 0.0


def _aligned_grid(image: sitk.Image) -> sitk.Image:
    corners = np.array(
        [
            image.TransformContinuousIndexToPhysicalPoint(
                [-0.5 + i * n for i, n in zip(corner, image.GetSize(), strict=True)]
            )
            for corner in np.ndindex(2, 2, 2)
        ]
    )
    low, high = corners.min(0), corners.max(0)
    grid = sitk.Image([max(1, round(d / COARSE_MM)) for d in high - low], sitk.sitkFloat32)
    grid.SetSpacing([COARSE_MM] * 3)
    grid.SetOrigin((low + COARSE_MM / 2).tolist())
    return grid
