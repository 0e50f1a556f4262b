"""Input that is no volume: a plain reason, soon."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from DeidentifyLib import face


def spaced(image: sitk.Image, spacing: tuple[float, float, float]) -> sitk.Image:
    copy = sitk.Image(image)
    copy.SetSpacing(spacing)
    return copy


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (sitk.Image([64, 64], sitk.sitkInt16), "2 dimensions"),
        (sitk.Image([64, 64, 64], sitk.sitkVectorUInt8, 3), "colour"),
        (sitk.Image([64, 64, 64], sitk.sitkComplexFloat32), "colour"),
        (spaced(sitk.Image([128, 128, 2], sitk.sitkInt16), (2, 2, 50)), "2 slices"),
        (spaced(sitk.Image([128, 128, 64], sitk.sitkInt16), (2, 2, 2)), "one value"),
        (spaced(sitk.Image([64, 64, 64], sitk.sitkInt16), (0.001, 0.001, 0.001)), "wide"),
        (spaced(sitk.Image([64, 64, 64], sitk.sitkInt16), (500, 500, 500)), "long"),
        (spaced(sitk.Image([64, 64, 10], sitk.sitkInt16), (3, 3, 30)), "apart"),
    ],
)
def test_what_is_no_volume_is_refused_with_a_reason(image, words):
    with pytest.raises(face.NotAVolume, match=words):
        face.locate(image, "MR")


def test_nothing_but_nan_is_refused():
    image = spaced(sitk.GetImageFromArray(np.full((40, 40, 40), np.nan, np.float32)), (4, 4, 4))
    with pytest.raises(face.NotAVolume):
        face.locate(image, "MR")


def test_some_nan_does_not_hide_the_head(mr_head, mr_location):
    values = sitk.GetArrayFromImage(mr_head).astype(np.float32)
    values[:3], values[10:12, 5:9] = np.nan, np.inf
    holed = sitk.GetImageFromArray(values)
    holed.CopyInformation(mr_head)
    found = face.locate(holed, "MR", check=False)
    assert found.matrix == pytest.approx(mr_location.matrix, abs=0.05)


def test_an_image_of_zeros_and_one_spike_is_not_passed():
    values = np.zeros((40, 50, 50), np.int16)
    values[20, 25, 25] = 1000
    location = face.locate(spaced(sitk.GetImageFromArray(values), (4, 4, 4)), "MR")
    assert face.verdict(location, "MR").outcome is not face.FaceOutcome.REMOVED
