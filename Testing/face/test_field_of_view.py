"""Where the field of view ends inside the image: what lies beyond is outside, not air, and a head stays a head."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from DeidentifyLib import face
from DeidentifyLib.face.field_of_view import FieldOfView, border_value
from DeidentifyLib.face.prepare import coarse_volume
from face.synthetic_head import head

NO_HEAD, REMOVED = face.FaceOutcome.NO_HEAD, face.FaceOutcome.REMOVED


def cut_below(image: sitk.Image, mm: float) -> sitk.Image:
    """Return the head without its lowest part: the image ends in the jaw, as many do."""
    return image[:, :, round(mm / image.GetSpacing()[2]) :]


def padded(image: sitk.Image, mm: float, value: float) -> sitk.Image:
    n = round(mm / image.GetSpacing()[2])
    return sitk.ConstantPad(image, [0, 0, n], [0, 0, 0], value)


def turned_inside_a_box(image: sitk.Image, degrees: float, value: float) -> sitk.Image:
    turn = sitk.Euler3DTransform()
    turn.SetCenter(image.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in image.GetSize()]))
    turn.SetRotation(np.radians(degrees), 0.0, np.radians(degrees / 2))
    return sitk.Resample(sitk.ConstantPad(image, [12] * 3, [12] * 3, value), turn, sitk.sitkLinear, value)


VARIANTS = {
    "zeros below": lambda: ("MR", padded(cut_below(head("MR", 3.0), 60), 45, 0)),
    "another constant below": lambda: ("MR", padded(cut_below(head("MR", 3.0), 60), 45, 60)),
    "air of a resampler (CT)": lambda: ("CT", padded(cut_below(head("CT", 3.0), 60), 45, -1000)),
    "wedges after a rotation": lambda: ("MR", turned_inside_a_box(cut_below(head("MR", 3.0), 60), 12, 0)),
    "chin cropped": lambda: ("MR", cut_below(head("MR", 3.0), 60)),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_head_that_the_field_cuts_through_is_never_no_head_and_loses_its_face(variant: str) -> None:
    modality, image = VARIANTS[variant]()
    judged = face.verdict(face.locate(image, modality), modality)
    assert judged.outcome is REMOVED, judged.reason


def test_padding_below_the_cut_is_outside_and_the_head_is_inside() -> None:
    image = padded(cut_below(head("MR", 3.0), 60), 45, 0)
    inside = sitk.GetArrayFromImage(coarse_volume(image, "MR").inside) > 0
    assert not inside[:10].any() and inside[13:-2, 2:-2, 2:-2].all()


def test_air_about_a_whole_head_stays_inside() -> None:
    inside = sitk.GetArrayFromImage(coarse_volume(head("MR", 3.0), "MR").inside) > 0
    assert inside[2:-2, 2:-2, 2:-2].all()


def test_padding_is_found_though_noise_was_added_to_it() -> None:
    image = padded(cut_below(head("MR", 3.0), 60), 45, 0)
    noise = np.random.default_rng(3).normal(0, 12, image.GetSize()[::-1])
    values = np.abs(sitk.GetArrayFromImage(image) + noise)
    noisy = sitk.GetImageFromArray(values.astype(np.int16))
    noisy.CopyInformation(image)
    assert border_value(noisy) is None
    inside = sitk.GetArrayFromImage(coarse_volume(noisy, "MR").inside) > 0
    assert not inside[:10].any() and inside[13:-2, 2:-2, 2:-2].all()


def test_the_corners_about_the_circle_of_a_ct_are_outside() -> None:
    image = head("CT", 3.0)
    values = sitk.GetArrayFromImage(image) + np.random.default_rng(3).normal(0, 15, image.GetSize()[::-1])
    ny, nx = values.shape[1:]
    y, x = np.indices((ny, nx))
    radius = 0.42 * nx
    away = np.hypot(x - (nx - 1) / 2, y - (ny - 1) / 2) > radius
    values[:, away] = -1000
    round_ = sitk.GetImageFromArray(values.astype(np.int16))
    round_.CopyInformation(image)
    volume = coarse_volume(round_, "CT")
    inside = sitk.GetArrayFromImage(volume.inside) > 0
    middle = inside[inside.shape[0] // 2]
    assert not middle[0, 0] and not middle[-1, -1] and middle[middle.shape[0] // 2, middle.shape[1] // 2]


def test_the_border_value_is_what_fills_a_quarter_of_the_faces() -> None:
    image = sitk.Image([20, 20, 20], sitk.sitkInt16)
    assert border_value(image) == 0.0
    values = np.arange(8000, dtype=np.int16).reshape(20, 20, 20)
    assert border_value(sitk.GetImageFromArray(values)) is None


def test_the_end_of_the_array_is_no_cut_of_its_own() -> None:
    image = cut_below(head("MR", 3.0), 60)
    smooth = sitk.Cast(image, sitk.sitkFloat32) / 1000
    assert not FieldOfView(sitk.Cast(image, sitk.sitkFloat32), smooth, 0.1, 0.0).planes
