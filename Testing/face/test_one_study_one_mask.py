"""A study: the best volume is located, its mask serves its frame of reference, the rest is withheld."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import SimpleITK as sitk
from DeidentifyLib import face
from DeidentifyLib.face import study
from DeidentifyLib.face.subject import SMALL
from face.synthetic_head import as_series, blank, datasets_of, face_skin, head, write_series
from pydicom import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    ComprehensiveSRStorage,
    EncapsulatedSTLStorage,
    RTStructureSetStorage,
    SecondaryCaptureImageStorage,
    SegmentationStorage,
    generate_uid,
)

KEEP, DEFACE, WITHHOLD = face.FaceAction.KEEP, face.FaceAction.DEFACE, face.FaceAction.WITHHOLD


@pytest.fixture(scope="module")
def ct_datasets() -> list[Dataset]:
    return datasets_of(head("CT", 4.0), "CT", SeriesDescription="low dose")


@pytest.fixture(scope="module")
def ct(ct_datasets) -> face.SeriesHeaders:
    return as_series(ct_datasets)


@pytest.fixture
def located(monkeypatch, mr_location):
    """Skip the registration: every head lies in atlas coordinates here."""
    monkeypatch.setattr(study, "locate", lambda image, modality: mr_location)


def alone(sop_class: str, modality: str, **values) -> face.SeriesHeaders:
    dataset = blank(sop_class, modality)
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return as_series([dataset])


def structure_set(*rois: tuple[str, str]) -> face.SeriesHeaders:
    names, observed = [], []
    for number, (name, kind) in enumerate(rois):
        roi, seen = Dataset(), Dataset()
        roi.ROINumber, roi.ROIName = number, name
        seen.ReferencedROINumber, seen.RTROIInterpretedType = number, kind
        names.append(roi)
        observed.append(seen)
    return alone(
        RTStructureSetStorage,
        "RTSTRUCT",
        StructureSetROISequence=Sequence(names),
        RTROIObservationsSequence=Sequence(observed),
    )


def segmentation(label: str) -> face.SeriesHeaders:
    segment = Dataset()
    segment.SegmentLabel = label
    return alone(SegmentationStorage, "SEG", SegmentSequence=Sequence([segment]))


def test_pet_takes_its_mask_from_the_ct_and_both_lose_the_face(tmp_path):
    ct = write_series(datasets_of(head("CT", 3.0), "CT"), tmp_path / "ct")
    pet_datasets = datasets_of(head("PT", 4.0), "PT")
    pet = write_series(pet_datasets, tmp_path / "pet")
    plan = face.plan_study([pet, ct])
    assert {d.action for d in plan.decisions.values()} == {DEFACE} and plan.has_head
    region = pickle.loads(pickle.dumps(plan.decisions[pet.key])).region
    skin = sitk.GetArrayFromImage(face_skin(4.0)) > 0
    label = np.stack([face.face_of(d, region)[0] for d in pet_datasets])
    assert (label & skin).sum() >= 0.97 * skin.sum()
    assert region.dilation_mm in (5, 10) and "CT or MR" in plan.decisions[pet.key].verdict.reason


def test_a_tilted_gantry_is_followed(tmp_path):
    image = head("CT", 3.0)
    shear = np.eye(3)
    shear[1, 2] = np.tan(np.radians(15))
    datasets = datasets_of(image, "CT")
    origin = np.array(image.GetOrigin())
    for k, dataset in enumerate(datasets):
        dataset.ImagePositionPatient = (shear @ (origin + np.array([0, 0, 3.0 * k]))).tolist()
    series = as_series(datasets)
    decision = face.plan_study([series]).decisions[series.key]
    assert decision.action is DEFACE
    label = np.stack([face.face_of(d, decision.region)[0] for d in datasets])
    skin = sitk.GetArrayFromImage(face_skin(3.0)) > 0
    assert (label & skin).sum() >= 0.95 * skin.sum()


def test_missing_and_duplicated_slices_do_not_move_the_mask(ct_datasets):
    kept = [d for k, d in enumerate(ct_datasets) if k not in (11, 30, 31)] + ct_datasets[5:9]
    whole, holed = face.small_volume(as_series(ct_datasets)), face.small_volume(as_series(kept[::-1]))
    assert holed.GetSize() == whole.GetSize() and holed.GetOrigin() == whole.GetOrigin()
    assert abs(sitk.GetArrayFromImage(holed)[40:] - sitk.GetArrayFromImage(whole)[40:]).max() == 0


def test_a_localizer_is_served_by_the_mask_of_its_frame_of_reference(located, ct, ct_datasets):
    same = as_series(datasets_of(head("CT", 4.0)[:, :, 20:23], "CT", ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]))
    other = as_series(datasets_of(head("CT", 4.0)[:, :, 20:23], "CT", frame_of_reference=generate_uid()))
    plan = face.plan_study([same, other, ct])
    assert plan.decisions[same.key].action is DEFACE
    assert plan.decisions[other.key].action is WITHHOLD


def test_what_has_no_place_in_space_or_draws_the_skin_is_withheld_when_there_is_a_head(located, ct):
    capture = alone(SecondaryCaptureImageStorage, "CT", Rows=4, Columns=4)
    screen = alone(
        "1.2.840.10008.5.1.4.1.1.2", "CT", ImageType=["DERIVED", "SECONDARY", "SCREEN SAVE"], Rows=4, Columns=4
    )
    mesh = alone(EncapsulatedSTLStorage, "M3D")
    external = structure_set(("Liver", "ORGAN"), ("Tumour", "EXTERNAL"))
    skin = segmentation("Skin")
    withheld = [capture, screen, mesh, external, skin]
    kept = [structure_set(("Liver", "ORGAN")), segmentation("Tumour"), alone(ComprehensiveSRStorage, "SR")]
    plan = face.plan_study([ct, *withheld, *kept])
    assert all(plan.decisions[s.key].action is WITHHOLD and plan.decisions[s.key].verdict.reason for s in withheld)
    assert all(plan.decisions[s.key].action is KEEP for s in kept)


def test_a_study_without_a_head_is_left_alone():
    z, y, x = np.meshgrid(*(np.arange(-n, n, 4.0) for n in (100, 160, 200)), indexing="ij", sparse=True)
    body = ((x / 165) ** 2 + (y / 110) ** 2 < 1) + 0 * z
    lungs = ((abs(x) - 75) / 55) ** 2 + (y / 80) ** 2 + (z / 120) ** 2 < 1
    image = sitk.GetImageFromArray(np.where(body > 0, np.where(lungs, -850, 40), -1000).astype(np.int16))
    image.SetSpacing([4, 4, 4])
    chest = as_series(datasets_of(image, "CT", BodyPartExamined="CHEST"))
    capture = alone(SecondaryCaptureImageStorage, "CT", Rows=4, Columns=4)
    plan = face.plan_study([chest, capture])
    assert not plan.has_head and {d.action for d in plan.decisions.values()} == {KEEP}


def test_a_header_that_speaks_of_a_head_makes_no_head_uncertain(monkeypatch, ct_datasets):
    nothing = face.Location((1.0, 0, 0, 0, 1, 0, 0, 0, 1), (0.0, 0, 0), {"match": 0.0, "inside": 0.0}, no_head=SMALL)
    monkeypatch.setattr(study, "locate", lambda image, modality: nothing)
    silent = as_series(ct_datasets)
    assert face.plan_study([silent]).decisions[silent.key].action is KEEP
    for dataset in ct_datasets:
        dataset.BodyPartExamined = "HEAD"
    speaking = as_series(ct_datasets)
    assert face.plan_study([speaking]).decisions[speaking.key].action is WITHHOLD
    for dataset in ct_datasets:
        del dataset.BodyPartExamined


def test_series_in_another_frame_of_reference_are_looked_at_on_their_own(monkeypatch, mr_location, ct):
    seen = []
    monkeypatch.setattr(study, "locate", lambda image, modality: seen.append(modality) or mr_location)
    same = as_series(datasets_of(head("MR", 4.0), "MR"))
    other = as_series(datasets_of(head("MR", 4.0), "MR", frame_of_reference=generate_uid()))
    plan = face.plan_study([same, ct, other])
    assert sorted(seen) == ["CT", "MR"]
    assert {d.action for d in plan.decisions.values()} == {DEFACE}


def test_a_head_that_moved_since_is_looked_for_again(monkeypatch, mr_location, ct):
    seen = []
    monkeypatch.setattr(study, "locate", lambda image, modality: seen.append(modality) or mr_location)
    image = head("MR", 4.0)
    image.SetOrigin([v + s for v, s in zip(image.GetOrigin(), (25, 20, 30), strict=True)])
    face.plan_study([as_series(datasets_of(image, "MR")), ct])
    assert seen == ["CT", "MR"]


def test_a_persons_decision_is_followed_and_noted(monkeypatch, mr_location, ct):
    doubtful = face.Location(mr_location.matrix, mr_location.shift, {**mr_location.figures, "match": 0.17})
    monkeypatch.setattr(study, "locate", lambda image, modality: doubtful)
    capture = alone(SecondaryCaptureImageStorage, "CT", Rows=4, Columns=4)
    plain = face.plan_study([ct, capture]).decisions
    assert plain[ct.key].action is WITHHOLD and plain[capture.key].action is WITHHOLD
    forced = face.plan_study([ct, capture], force=[ct.key], skip=[capture.key]).decisions
    assert forced[ct.key].action is DEFACE and forced[ct.key].overridden
    assert forced[capture.key].action is KEEP and forced[capture.key].overridden


def test_a_drawn_mask_serves_its_frame_of_reference(ct, ct_datasets):
    label = sitk.Image([20, 20, 20], sitk.sitkUInt8) + 1
    label.SetOrigin([-40, -120, -80])
    label.SetSpacing([4, 4, 4])
    decision = face.plan_study([ct], masks={ct.key: label}).decisions[ct.key]
    assert decision.action is DEFACE
    counts = [face.face_of(d, decision.region).sum() for d in ct_datasets]
    assert max(counts) == pytest.approx(400, abs=45) and counts[-1] == 0


def test_mixed_orientations_in_one_series_are_no_volume(ct_datasets):
    turned = datasets_of(sitk.PermuteAxes(head("CT", 4.0), [1, 2, 0]), "CT")
    with pytest.raises(face.NotAVolume, match="orientations"):
        face.small_volume(as_series([*ct_datasets[:30], *turned[:30]]))
    assert face.kind_of(as_series([*ct_datasets[:30], *turned[:30]])) is face.Kind.FEW_SLICES


def test_reasons_hold_nothing_of_the_header(located, ct_datasets):
    for dataset in ct_datasets:
        dataset.PatientName, dataset.SeriesDescription = "Zweig^Stefan", "Zweig"
    series = as_series(ct_datasets)
    capture = alone(SecondaryCaptureImageStorage, "CT", PatientName="Zweig^Stefan", Rows=4, Columns=4)
    plan = face.plan_study([series, capture])
    assert not any("Zweig" in str(d.verdict) for d in plan.decisions.values())
