"""The voxels of a grid that belong to the face."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from .bend import bent_face_field
from .location import Location

SLAB_VOXELS = 8_000_000
MAX_DILATION_MM = 20.0


class MaskError(ValueError):
    """A mask made by a person does not fit the image; the message says why."""


def face_mask(image: sitk.Image, location: Location, *, ears: bool = False, dilation_mm: float = 0.0) -> sitk.Image:
    """Return the face as a label image on an image's grid.

    Parameters
    ----------
    image : SimpleITK.Image
        Any 3D image in the same frame of reference as the one the location was found on; only its grid is read.
    location : Location
        From `location.locate`.
    ears : bool
        Remove the ears too.
    dilation_mm : float
        Grow the region by so many mm (0..20), for motion between series; the brain's margin stays.

    Returns
    -------
    SimpleITK.Image
        uint8, 1 = face, with the geometry of ``image``.

    Raises
    ------
    ValueError
        If the dilation is out of its range.
    """
    if not 0 <= dilation_mm <= MAX_DILATION_MM:
        raise ValueError(f"the dilation must lie between 0 and {MAX_DILATION_MM:.0f} mm")
    field = bent_face_field(location.bend, ears=ears, dilation_mm=float(dilation_mm))
    label = np.zeros(image.GetSize()[::-1], np.uint8)
    low, high = _bounds(image, location, field)
    if np.all(low < high):
        _fill_slabs(label, image, location, field, low, high)
    mask = sitk.GetImageFromArray(label)
    mask.CopyInformation(image)
    return mask


def _bounds(image: sitk.Image, location: Location, field: sitk.Image) -> tuple[np.ndarray, np.ndarray]:
    """Return the index box (x, y, z; high exclusive) of the part of the grid that the field can reach."""
    corners = [
        field.TransformIndexToPhysicalPoint([(n - 1) * i for i, n in zip(corner, field.GetSize(), strict=True)])
        for corner in np.ndindex(2, 2, 2)
    ]
    transform = location.transform
    index = np.array([image.TransformPhysicalPointToContinuousIndex(transform.TransformPoint(c)) for c in corners])
    low = np.clip(np.floor(index.min(0)), 0, image.GetSize()).astype(int)
    high = np.clip(np.ceil(index.max(0)) + 1, 0, image.GetSize()).astype(int)
    return low, high


def _fill_slabs(
    label: np.ndarray, image: sitk.Image, location: Location, field: sitk.Image, low: np.ndarray, high: np.ndarray
) -> None:
    to_atlas = location.transform.GetInverse()
    resample = sitk.ResampleImageFilter()
    resample.SetTransform(to_atlas)
    resample.SetInterpolator(sitk.sitkLinear)
    resample.SetDefaultPixelValue(60.0)
    resample.SetOutputSpacing(image.GetSpacing())
    resample.SetOutputDirection(image.GetDirection())
    width, height = int(high[0] - low[0]), int(high[1] - low[1])
    step = max(1, SLAB_VOXELS // (width * height))
    for k in range(int(low[2]), int(high[2]), step):
        depth = min(step, int(high[2]) - k)
        resample.SetSize([width, height, depth])
        resample.SetOutputOrigin(image.TransformIndexToPhysicalPoint([int(low[0]), int(low[1]), k]))
        part = sitk.GetArrayFromImage(resample.Execute(field)) < 0
        label[k : k + depth, low[1] : high[1], low[0] : high[0]] = part


def checked_mask(mask: sitk.Image, image: sitk.Image) -> sitk.Image:
    """Return a person's mask as a label image on an image's grid, if the two have the same geometry.

    Parameters
    ----------
    mask : SimpleITK.Image
        Label image; every value but 0 is face.
    image : SimpleITK.Image
        The image that it is for.

    Raises
    ------
    MaskError
        If size, spacing, origin or direction differ by more than a hundredth of a voxel, or the mask is empty.
    """
    if mask.GetDimension() != 3 or mask.GetNumberOfComponentsPerPixel() != 1:
        raise MaskError("the mask is not a 3D label image")
    if mask.GetSize() != image.GetSize():
        raise MaskError(f"the mask has {mask.GetSize()} voxels, the image {image.GetSize()}")
    far = [n - 1 for n in image.GetSize()]
    for index in ([0, 0, 0], far, [far[0], 0, 0], [0, far[1], 0]):
        off = np.subtract(mask.TransformIndexToPhysicalPoint(index), image.TransformIndexToPhysicalPoint(index))
        if np.abs(off).max() > 0.01 * min(image.GetSpacing()):
            raise MaskError("the mask lies elsewhere: origin, spacing or direction differ from the image's")
    label = sitk.Cast(mask != 0, sitk.sitkUInt8)
    if not sitk.GetArrayViewFromImage(label).any():
        raise MaskError("the mask is empty")
    label.CopyInformation(image)
    return label
