"""What an image file does not say by itself: its modality, and which of its frames shows the head."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk


def first_frame(image: sitk.Image) -> sitk.Image:
    """Return the first 3D frame of a 4D image, or the image itself."""
    if image.GetDimension() != 4:
        return image
    return sitk.Extract(image, [*image.GetSize()[:3], 0], [0, 0, 0, 0])


def guess_modality(image: sitk.Image) -> str:
    """Return ``CT`` if the values look like Hounsfield units, else ``MR``.

    CT has much air near -1000 and soft tissue near 0 to 100; nothing else that is stored in files looks so.
    """
    step = tuple(slice(None, None, max(1, n // 64)) for n in image.GetSize()[::-1])
    values = sitk.GetArrayViewFromImage(image)[step]
    values = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    if values.size == 0:
        return "MR"
    air, soft = (values < -900).mean(), ((values > -150) & (values < 150)).mean()
    return "CT" if air > 0.1 and soft > 0.02 and values.min() >= -4096 and values.max() > 300 else "MR"
