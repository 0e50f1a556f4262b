"""No head, no skin, a head labelled wrongly, a doubtful fit: never passed as removed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
from DeidentifyLib import face
from face.synthetic_head import brain, head


def judge(image: sitk.Image, modality: str = "MR") -> face.Verdict:
    return face.verdict(face.locate(image, modality), modality)


def volume(values: np.ndarray, step: float = 4.0) -> sitk.Image:
    image = sitk.GetImageFromArray(values.astype(np.int16))
    image.SetSpacing([step] * 3)
    return image


def axes(*halves: int) -> list[np.ndarray]:
    return np.meshgrid(*(np.arange(-n, n, 4.0) for n in halves), indexing="ij", sparse=True)


def test_a_chest_is_no_head():
    z, y, x = axes(130, 160, 200)
    body = ((x / 165) ** 2 + (y / 110) ** 2 < 1) + 0 * z
    lungs = ((abs(x) - 75) / 55) ** 2 + (y / 80) ** 2 + (z / 120) ** 2 < 1
    values = np.where(body > 0, np.where(lungs, -850, 40), -1000) + np.random.default_rng(1).normal(0, 10, lungs.shape)
    assert judge(volume(values), "CT").outcome is face.FaceOutcome.NO_HEAD


def test_a_water_phantom_is_no_head():
    z, y, x = axes(110, 130, 130)
    values = np.where(np.hypot(x, y) + 0 * z < 100, 10, -1000) + np.random.default_rng(1).normal(0, 8, (55, 65, 65))
    assert judge(volume(values), "CT").outcome is face.FaceOutcome.NO_HEAD


def test_a_skull_stripped_brain_has_no_face():
    stripped = sitk.Mask(head("MR", 3.0), brain(3.0))
    judged = judge(stripped)
    assert judged.outcome is face.FaceOutcome.NO_HEAD and "skull-stripped" in judged.reason


def test_noise_is_not_passed_as_a_head():
    noise = volume(abs(np.random.default_rng(2).normal(0, 100, (50, 60, 60))))
    assert judge(noise).outcome is not face.FaceOutcome.REMOVED


def test_a_head_labelled_upside_down_is_uncertain(mr_head):
    copy = sitk.Image(mr_head)
    copy.SetDirection([-1, 0, 0, 0, 1, 0, 0, 0, -1])
    judged = judge(copy)
    assert judged.outcome is face.FaceOutcome.UNCERTAIN


def test_pet_alone_is_uncertain():
    judged = judge(head("PT", 4.0), "PT")
    assert judged.outcome is face.FaceOutcome.UNCERTAIN and "PET" in judged.reason


def test_the_vertex_alone_is_uncertain(mr_head):
    assert judge(mr_head[:, :, 50:]).outcome is face.FaceOutcome.UNCERTAIN


@pytest.mark.parametrize(
    ("figure", "value", "words"),
    [
        ("match", 0.17, "match"),
        ("interior", 0.03, "match"),
        ("outline", 0.6, "outline"),
        ("symmetry", 0.3, "symmetric"),
        ("anisotropy", 1.6, "size or shape"),
        ("scale", 0.5, "size or shape"),
        ("inside", 0.3, "field of view"),
        ("brain_inside", 0.3, "field of view"),
        ("scalp_tissue", 0.3, "skin"),
        ("frontal", 0.1, "forehead"),
        ("return_mm", 30.0, "poses"),
        ("turn_deg", 90.0, "orientation"),
    ],
)
def test_each_figure_alone_can_make_a_good_fit_uncertain(mr_location, figure, value, words):
    spoilt = replace(mr_location, figures={**mr_location.figures, figure: value})
    judged = face.verdict(spoilt, "MR")
    assert judged.outcome is face.FaceOutcome.UNCERTAIN and words in judged.reason


def test_a_stretched_fit_must_match_well(mr_location):
    def judged(match: float) -> face.FaceOutcome:
        figures = {**mr_location.figures, "anisotropy": 1.28, "match": match}
        return face.verdict(replace(mr_location, figures=figures), "MR").outcome

    assert judged(0.23) is face.FaceOutcome.UNCERTAIN and judged(0.30) is face.FaceOutcome.REMOVED


def test_without_the_second_look_nothing_is_accepted(mr_head):
    quick = face.locate(mr_head, "MR", check=False)
    assert face.verdict(quick, "MR").outcome is face.FaceOutcome.UNCERTAIN


def test_a_head_whose_face_lies_outside_of_the_image_needs_nothing(mr_location):
    faceless = replace(mr_location, figures={**mr_location.figures, "face_inside": 0.0, "face_seen": 0.0})
    assert face.verdict(faceless, "MR").outcome is face.FaceOutcome.NO_HEAD
