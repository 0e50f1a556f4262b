"""Fill the face with air."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from .prepare import hounsfield_offset

AIR_HU = -1000.0


def air_value(image: sitk.Image, modality: str) -> float:
    """Return the value of air in an image's own units.

    CT: -1000 HU (shifted if the volume lacks its rescale intercept), not below what the pixel type can hold. PET: 0.
    Others: the image's least value, as MR has no unit.
    """
    values = sitk.GetArrayViewFromImage(image)
    finite = values if values.dtype.kind != "f" else values[np.isfinite(values)]
    low = float(finite.min()) if finite.size else 0.0
    if modality.upper() == "CT":
        step = tuple(slice(None, None, max(1, n // 64)) for n in values.shape)
        value = AIR_HU - hounsfield_offset(values[step])
        return max(value, float(np.iinfo(values.dtype).min)) if values.dtype.kind in "iu" else value
    if modality.upper() == "PT" and low <= 0:
        return 0.0
    return low


def remove_face(image: sitk.Image, mask: sitk.Image, fill: float) -> sitk.Image:
    """Return a copy of an image with one value in the mask; every other voxel is bit-identical.

    Parameters
    ----------
    image : SimpleITK.Image
        3D or 4D (the same mask is used for every frame), scalar or colour.
    mask : SimpleITK.Image
        uint8 label image of the size of the image (of one frame, if 4D); not 0 = face.
    fill : float
        In the image's units, e.g. from `air_value`.

    Raises
    ------
    ValueError
        If the sizes do not agree.
    """
    if mask.GetSize() != image.GetSize()[:3]:
        raise ValueError(f"the mask has {mask.GetSize()} voxels, the image {image.GetSize()}")
    values = sitk.GetArrayFromImage(image)
    face = sitk.GetArrayViewFromImage(mask) != 0
    for frame in values if image.GetDimension() == 4 else [values]:
        frame[face] = fill
    result = sitk.GetImageFromArray(values, isVector=image.GetNumberOfComponentsPerPixel() > 1)
    result.CopyInformation(image)
    return result
