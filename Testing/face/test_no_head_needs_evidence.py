""" "No head" needs positive evidence: a brain without skin, or an object that is plainly something else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import SimpleITK as sitk
from DeidentifyLib import face
from DeidentifyLib.face import subject
from DeidentifyLib.face.prepare import coarse_volume
from DeidentifyLib.face.stripped import is_stripped
from DeidentifyLib.face.subject import something_else
from face.synthetic_head import brain, head

Grid = np.ndarray


def volume(values: np.ndarray, noise: float) -> sitk.Image:
    rough = values + np.random.default_rng(1).normal(0, noise, values.shape)
    image = sitk.GetImageFromArray((np.abs(rough) if values.min() >= 0 else rough).astype(np.int16))
    image.SetSpacing([4.0] * 3)
    return image


def made(formula: Callable[[Grid, Grid, Grid], Grid], noise: float = 10) -> sitk.Image:
    z, y, x = np.meshgrid(*(np.arange(-n, n, 4.0) for n in (130, 160, 200)), indexing="ij", sparse=True)
    return volume(formula(z, y, x) + 0 * (x + y + z), noise)


OBJECTS = {
    "ball": (lambda z, y, x: 800.0 * (x**2 + y**2 + z**2 < 90**2), "MR", subject.UNIFORM),
    "cylinder of layers": (
        lambda z, y, x: 500.0 * (np.hypot(x, y) < 90) + 400 * (np.hypot(x, y) < 60) * (abs(z) < 60),
        "MR",
        subject.CIRCULAR,
    ),
    "trunk": (
        lambda z, y, x: 700.0 * ((x / 165) ** 2 + (y / 110) ** 2 < 1) - 300 * ((x / 140) ** 2 + (y / 85) ** 2 < 1),
        "MR",
        subject.WIDE,
    ),
    "finger": (lambda z, y, x: 700.0 * (np.hypot(x, y) < 20) * (abs(z) < 50) * (1 + (z > 0)), "MR", subject.SMALL),
    "knee": (
        lambda z, y, x: (
            500.0 * (np.hypot(x * 1.2, y) < 62 + 8 * np.cos(z / 40))
            + 300 * (np.hypot(x, y + 5) < 28 + 8 * np.cos(z / 30))
        ),
        "MR",
        subject.LIMB,
    ),
    "thigh": (
        lambda z, y, x: -1000 + 1040.0 * (np.hypot(x * 1.15, y) < 75) + 700 * (np.hypot(x, y) < 16),
        "CT",
        subject.NO_SKULL,
    ),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_what_is_plainly_something_else_is_recognised(name: str) -> None:
    formula, modality, reason = OBJECTS[name]
    image = made(formula)
    assert something_else(coarse_volume(image, modality), modality) == reason
    assert face.verdict(face.locate(image, modality), modality).outcome is face.FaceOutcome.NO_HEAD


@pytest.mark.parametrize("modality", ["MR", "CT", "PT"])
def test_a_head_is_nothing_else_whole_or_in_part(modality: str) -> None:
    image = head(modality, 4.0)
    n = image.GetSize()[2]
    for part in (image, image[:, :, : n // 2], image[:, :, n // 3 :], image[:, :, n // 3 : 2 * n // 3]):
        assert something_else(coarse_volume(part, modality), modality) == ""


def test_what_looks_like_nothing_known_is_uncertain_not_no_head() -> None:
    lumps = made(lambda z, y, x: 600.0 * ((x / 75) ** 2 + (y / 95) ** 2 + (z / 85) ** 2 < 1) * (1.5 + np.sin(x / 9)))
    judged = face.verdict(face.locate(lumps, "MR"), "MR")
    assert judged.outcome is face.FaceOutcome.UNCERTAIN


def test_an_object_in_pet_is_never_cleared() -> None:
    ball, _, _ = OBJECTS["ball"]
    assert something_else(coarse_volume(made(ball), "PT"), "PT") == ""


def test_a_brain_without_skin_is_told_by_its_own_surface() -> None:
    stripped = sitk.Mask(head("MR", 3.0), brain(3.0))
    assert is_stripped(stripped)
    judged = face.verdict(face.locate(stripped, "MR"), "MR")
    assert judged.outcome is face.FaceOutcome.NO_HEAD and "skull-stripped" in judged.reason


def test_a_head_in_constant_air_is_not_skull_stripped() -> None:
    image = head("MR", 3.0)
    assert not is_stripped(image)
    small = sitk.Image(image)
    small.SetSpacing([2.3] * 3)  # as small as a brain
    assert not is_stripped(small)


def test_a_stripped_brain_in_noise_is_not_proven() -> None:
    stripped = sitk.GetArrayFromImage(sitk.Mask(head("MR", 3.0), brain(3.0)))
    noisy = sitk.GetImageFromArray(np.abs(stripped + np.random.default_rng(1).normal(0, 5, stripped.shape)))
    noisy.SetSpacing([3.0] * 3)
    assert not is_stripped(noisy)
