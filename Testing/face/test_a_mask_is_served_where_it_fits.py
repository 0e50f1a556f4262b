"""A mask that was found on one series is used for another only where the image says that it fits."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from DeidentifyLib import face
from DeidentifyLib.face import study
from DeidentifyLib.face.prepare import coarse_volume
from DeidentifyLib.face.region import FaceRegion
from DeidentifyLib.face.served import follow, slice_figures
from face.synthetic_head import as_series, datasets_of, head
from pydicom.uid import generate_uid

DEFACE, WITHHOLD = face.FaceAction.DEFACE, face.FaceAction.WITHHOLD
LOCALIZER = {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}


def moved(image: sitk.Image, pitch: float, shift: tuple[float, float, float]) -> sitk.Image:
    """Return the head as it lies after a nod and a shift, on the grid of before."""
    motion = sitk.Euler3DTransform()
    motion.SetCenter(image.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in image.GetSize()]))
    motion.SetRotation(float(np.radians(pitch)), 0.0, 0.0)
    motion.SetTranslation(shift)
    air = float(sitk.GetArrayViewFromImage(image).min())
    return sitk.Resample(image, motion.GetInverse(), sitk.sitkLinear, air)


@pytest.fixture
def located(monkeypatch: pytest.MonkeyPatch, mr_location: face.Location) -> None:
    """Whatever is looked at first has the head where the synthetic one lies."""
    monkeypatch.setattr(study, "locate", lambda image, modality: mr_location)


def test_a_pet_that_has_not_moved_takes_the_location_as_it_is(mr_location: face.Location) -> None:
    found, figures = follow(coarse_volume(head("PT", 4.0), "PT"), mr_location)
    assert found is mr_location and figures["moved_mm"] < 7


@pytest.mark.parametrize(
    ("pitch", "shift"), [(0.0, (0.0, 14.0, 0.0)), (18.0, (0.0, 14.0, 0.0)), (0.0, (12.0, 0.0, 9.0))]
)
def test_a_pet_that_moved_is_followed_or_withheld_never_served_as_it_is(
    located: None, mr_location: face.Location, pitch: float, shift: tuple[float, float, float]
) -> None:
    ct = as_series(datasets_of(head("CT", 4.0), "CT"))
    pet = as_series(datasets_of(moved(head("PT", 4.0), pitch, shift), "PT"))
    decision = face.plan_study([ct, pet]).decisions[pet.key]
    assert decision.verdict.figures["moved_mm"] > 7
    if decision.action is DEFACE:
        assert isinstance(decision.region, FaceRegion) and decision.region.dilation_mm == 10
        by = np.subtract(decision.region.location.shift, mr_location.shift)
        assert pitch == 0 and np.linalg.norm(by - shift) < 6
    else:
        assert decision.action is WITHHOLD


def test_a_localizer_of_a_head_that_moved_is_withheld(located: None) -> None:
    ct = as_series(datasets_of(head("CT", 4.0), "CT"))
    still = as_series(datasets_of(head("CT", 4.0)[:, :, 20:40:5], "CT", **LOCALIZER))
    away = as_series(datasets_of(moved(head("CT", 4.0), 0, (0.0, 25.0, 0.0))[:, :, 20:40:5], "CT", **LOCALIZER))
    decisions = face.plan_study([ct, still, away]).decisions
    assert decisions[still.key].action is DEFACE and "fits" in decisions[still.key].verdict.reason
    assert decisions[away.key].action is WITHHOLD and "does not fit" in decisions[away.key].verdict.reason


def test_slices_that_do_not_reach_the_face_need_no_check(mr_location: face.Location) -> None:
    vertex = as_series(datasets_of(head("MR", 4.0)[:, :, -8:-4], "MR"))
    assert slice_figures(vertex, mr_location)["face_ml"] == 0


def test_slices_that_cannot_be_read_are_withheld(located: None) -> None:
    datasets = datasets_of(head("CT", 4.0)[:, :, 20:23], "CT", **LOCALIZER)
    for dataset in datasets:
        dataset.PixelData = dataset.PixelData[:10]
    broken = as_series(datasets)
    ct = as_series(datasets_of(head("CT", 4.0), "CT"))
    assert face.plan_study([ct, broken]).decisions[broken.key].action is WITHHOLD


def test_a_nod_of_an_mr_leads_to_a_registration_of_its_own(
    monkeypatch: pytest.MonkeyPatch, mr_location: face.Location
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(study, "locate", lambda image, modality: seen.append(modality) or mr_location)
    first = as_series(datasets_of(head("MR", 4.0), "MR", SeriesDescription="t1", MRAcquisitionType="3D"))
    nodded = as_series(datasets_of(moved(head("MR", 4.0), 15.0, (0.0, 0.0, 0.0)), "MR", SeriesDescription="t2"))
    face.plan_study([first, nodded])
    assert len(seen) == 2
    seen.clear()
    other = as_series(datasets_of(head("MR", 4.0), "MR", SeriesDescription="t2"))
    face.plan_study([first, other])
    assert len(seen) == 1


def test_another_frame_of_reference_is_never_served(located: None) -> None:
    ct = as_series(datasets_of(head("CT", 4.0), "CT"))
    other = as_series(datasets_of(head("CT", 4.0)[:, :, 20:40:5], "CT", frame_of_reference=generate_uid(), **LOCALIZER))
    assert face.plan_study([ct, other]).decisions[other.key].action is WITHHOLD
