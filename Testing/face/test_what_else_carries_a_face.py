"""What is no slice and still carries the face is withheld with its reason, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
import SimpleITK as sitk
from DeidentifyLib import face
from DeidentifyLib.batch.face_planner import together
from DeidentifyLib.face import study
from DeidentifyLib.face.carriers import ALONE, REASONS
from DeidentifyLib.face.subject import SMALL
from DeidentifyLib.scan.scan_inputs import scan_inputs
from face import carriers
from face.synthetic_head import FRAME_OF_REFERENCE, as_series, datasets_of, head
from pydicom import Dataset
from pydicom.uid import generate_uid

KEEP, DEFACE, WITHHOLD = face.FaceAction.KEEP, face.FaceAction.DEFACE, face.FaceAction.WITHHOLD
NOTHING = face.Location((1.0, 0, 0, 0, 1, 0, 0, 0, 1), (0.0, 0, 0), {"match": 0.0, "inside": 0.0}, no_head=SMALL)
CARRIERS = {
    "dose": lambda: carriers.dose(),
    "contours": lambda: carriers.structure_set(("BODY", "EXTERNAL", 85)),
    "stl": lambda: carriers.mesh("stl"),
    "obj": lambda: carriers.mesh("obj"),
    "surface": lambda: carriers.mesh("surface"),
    "craniofacial": lambda: carriers.cone_beam(craniofacial=True),
    "angiographic": lambda: carriers.cone_beam(craniofacial=False),
    "photograph": carriers.photograph,
    "capture": carriers.capture,
    "raw data": carriers.raw_data,
}


@pytest.fixture
def located(monkeypatch: pytest.MonkeyPatch, mr_location: face.Location) -> None:
    """Skip the registration: every head lies in atlas coordinates here."""
    monkeypatch.setattr(study, "locate", lambda image, modality: mr_location)


@pytest.fixture
def no_head(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every volume hold nothing that resembles a head."""
    monkeypatch.setattr(study, "locate", lambda image, modality: NOTHING)


@pytest.fixture(scope="module")
def ct() -> face.SeriesHeaders:
    return as_series(datasets_of(head("CT", 4.0), "CT"))


def decide(*series: face.SeriesHeaders | Dataset) -> list[face.SeriesDecision]:
    """Return the decisions for series, in their order."""
    all_of_them = [as_series([one]) if isinstance(one, Dataset) else one for one in series]
    plan = face.plan_study(all_of_them)
    return [plan.decisions[one.key] for one in all_of_them]


@pytest.mark.parametrize("name", CARRIERS)
def test_with_a_head_in_the_study_it_is_withheld_and_the_reason_says_what_it_is(name, located, ct):
    _, decision = decide(ct, CARRIERS[name]())
    assert decision.action is WITHHOLD
    assert decision.verdict.reason in REASONS.values()


@pytest.mark.parametrize("name", CARRIERS)
def test_alone_it_is_withheld_because_nothing_tells_whether_a_head_is_in_view(name):
    (decision,) = decide(CARRIERS[name]())
    assert decision.action is WITHHOLD
    assert ALONE in decision.verdict.reason or name in ("craniofacial", "photograph")


@pytest.mark.parametrize("name", [name for name in CARRIERS if name not in ("craniofacial", "photograph")])
def test_a_volume_without_a_head_in_its_study_frees_it(name, no_head, ct):
    _, decision = decide(ct, CARRIERS[name]())
    assert decision.action is KEEP


@pytest.mark.parametrize("name", ["craniofacial", "photograph"])
def test_photographs_and_craniofacial_volumes_are_withheld_whatever_else_is_there(name, no_head, ct):
    _, decision = decide(ct, CARRIERS[name]())
    assert decision.action is WITHHOLD


def test_the_order_of_the_series_does_not_matter(no_head):
    captures = [carriers.capture() for _ in range(3)]
    assert {decision.action for decision in decide(*captures)} == {WITHHOLD}


def test_a_header_that_names_another_part_of_the_body_frees_a_lone_capture():
    picture = carriers.capture()
    picture.BodyPartExamined = "KNEE"
    (decision,) = decide(picture)
    assert decision.action is KEEP


def test_a_dose_grid_that_ends_before_the_face_stays(located, ct):
    behind = carriers.dose(low=(-80.0, 60.0, -60.0), high=(80.0, 160.0, 90.0))
    below = carriers.dose(low=(-80.0, -110.0, -900.0), high=(80.0, 100.0, -500.0))
    assert [decision.action for decision in decide(ct, behind, below)[1:]] == [KEEP, KEEP]


def test_a_dose_grid_that_just_reaches_the_face_is_withheld(located, ct):
    (_, decision) = decide(ct, carriers.dose(low=(-40.0, -95.0, -60.0), high=(40.0, -80.0, -40.0), step=5.0))
    assert decision.action is WITHHOLD


def test_a_dose_without_a_grid_or_without_a_place_is_judged_by_what_it_holds(located, ct):
    histogram, lost = carriers.dose(), carriers.dose()
    for keyword in ("Rows", "Columns", "PixelData", "NumberOfFrames"):
        delattr(histogram, keyword)
    del lost.ImagePositionPatient
    assert [decision.action for decision in decide(ct, histogram, lost)[1:]] == [KEEP, WITHHOLD]


def test_a_dose_whose_ct_was_withheld_is_withheld_too(monkeypatch, mr_location, ct):
    doubtful = face.Location(mr_location.matrix, mr_location.shift, {**mr_location.figures, "match": 0.17})
    monkeypatch.setattr(study, "locate", lambda image, modality: doubtful)
    behind = carriers.dose(low=(-80.0, 60.0, -60.0), high=(80.0, 160.0, 90.0))
    assert [decision.action for decision in decide(ct, behind)] == [WITHHOLD, WITHHOLD]


def test_contours_of_the_skin_are_found_whatever_they_are_called(located, ct):
    hidden = carriers.structure_set(("ROI 1", "", 80), ("Brainstem", "ORGAN", 15))
    eyes = carriers.structure_set(("Eye_L", "ORGAN", 12), centre=(30.0, -75.0, -20.0))
    assert [decision.action for decision in decide(ct, hidden, eyes)[1:]] == [WITHHOLD, KEEP]


def test_what_lies_in_another_space_without_a_head_stays(monkeypatch, mr_location, ct):
    elsewhere = generate_uid()
    legs = as_series(datasets_of(head("CT", 4.0), "CT", frame_of_reference=elsewhere, BodyPartExamined="LEG"))
    places = iter([mr_location, NOTHING])
    monkeypatch.setattr(study, "locate", lambda image, modality: next(places))
    there = carriers.structure_set(("BODY", "EXTERNAL", 85), frame=elsewhere)
    decisions = decide(ct, legs, there, carriers.dose(frame=elsewhere))
    assert [decision.action for decision in decisions] == [DEFACE, KEEP, KEEP, KEEP]


def test_a_drawn_mask_tells_how_far_the_face_reaches(ct):
    label = sitk.Image([20, 20, 20], sitk.sitkUInt8) + 1
    label.SetOrigin([-40, -120, -80])
    label.SetSpacing([4, 4, 4])
    near, far = as_series([carriers.dose()]), as_series([carriers.dose(low=(-80.0, 0.0, 20.0))])
    plan = face.plan_study([ct, near, far], masks={ct.key: label})
    assert plan.decisions[near.key].action is WITHHOLD
    assert plan.decisions[far.key].action is KEEP


def test_a_person_may_accept_each_of_them(located, ct):
    series = [as_series([make()]) for make in CARRIERS.values()]
    plan = face.plan_study([ct, *series], skip=[one.key for one in series])
    assert all(plan.decisions[one.key].action is KEEP and plan.decisions[one.key].overridden for one in series)


def test_what_shows_no_face_is_not_withheld_beside_a_head(located, ct):
    classes = {
        "1.2.840.10008.5.1.4.1.1.77.1.6": "SM",
        "1.2.840.10008.5.1.4.1.1.6.1": "US",
        "1.2.840.10008.5.1.4.1.1.77.1.5.4": "OPT",
        "1.2.840.10008.5.1.4.1.1.481.5": "RTPLAN",
        "1.2.840.10008.5.1.4.1.1.66.1": "REG",
        "1.2.840.10008.5.1.4.1.1.9.1.1": "ECG",
    }
    decisions = decide(ct, *(carriers.blank(uid, modality) for uid, modality in classes.items()))[1:]
    assert {decision.action for decision in decisions} == {KEEP}


@pytest.mark.parametrize("same_space", [True, False])
def test_a_structure_set_of_another_study_is_judged_with_the_images_in_its_space(tmp_path: Path, same_space) -> None:
    contours = carriers.structure_set(("BODY", "EXTERNAL", 85), frame=FRAME_OF_REFERENCE if same_space else "1.2.3")
    for number, dataset in enumerate((carriers.dose(), contours)):
        dataset.save_as(tmp_path / f"{number}.dcm", enforce_file_format=True)
    series = scan_inputs([tmp_path]).series
    assert len({one.study_uid for one in series}) == 2
    assert sorted(map(sorted, together(series))) == ([[0, 1]] if same_space else [[0], [1]])
