"""A header that says head: "no head" is believed of a brain that is proven to have no skin, and of nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
from DeidentifyLib import face
from DeidentifyLib.face import study
from DeidentifyLib.face.body_part import says_elsewhere, says_head
from face.synthetic_head import as_series, blank, brain, datasets_of, head
from pydicom import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedMRImageStorage, MRImageStorage

KEEP, WITHHOLD, UNCERTAIN = face.FaceAction.KEEP, face.FaceAction.WITHHOLD, face.FaceOutcome.UNCERTAIN


def with_header(**values: object) -> face.SeriesHeaders:
    dataset = blank(MRImageStorage, "MR")
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return as_series([dataset])


def item(**values: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


@pytest.mark.parametrize(
    "words",
    "HEAD|Brain|SKULL|NEURO^Routine|Face+C|SINUSES|ORBITS|IAC w/wo|PITUITARY|TMJ|CRANIUM|Cranial|Mastoids|Inner ear|"
    "Whole Body PET|neck|Temporal Bone|t1_mprage_sag_p2_iso|MP2RAGE|ep2d_bold_moco|t2_flair_tra|Kopf nativ|Schädel|"
    "SCHAEDEL|Hirn|NNH|Gesichtsschädel|Tête|IRM CRANE|Cerveau|Crâne|Cabeza|CRÁNEO|cerebro|Testa|ENCEFALO|Encéfalo|"
    "massiccio facciale|Hoofd|Hersenen".split("|"),
)
def test_words_for_the_head_are_understood_in_many_languages(words: str) -> None:
    assert says_head(with_header(SpecificCharacterSet="ISO_IR 192", SeriesDescription=words))


@pytest.mark.parametrize(
    "words",
    "KNEE surface coil|femoral head|Femoral neck|facet joints L5|craniocaudal|Head First Supine|Diagnosekatalog|"
    "Chest|Abdomen|coronary sinus|Sinus tarsi|heart|T1 tetra|t2_tse_tra|bladder neck|linear|head of pancreas|"
    "Forearm|Interface|Collo femore|patella|Bottom".split("|"),
)
def test_other_words_are_not_taken_for_the_head(words: str) -> None:
    assert not says_head(with_header(SeriesDescription=words))


@pytest.mark.parametrize(
    "keyword",
    "BodyPartExamined SeriesDescription StudyDescription ProtocolName RequestedProcedureDescription "
    "PerformedProcedureStepDescription AcquisitionProtocolDescription".split(),
)
def test_each_description_counts(keyword: str) -> None:
    assert says_head(with_header(**{keyword: "BRAIN"}))
    assert not says_head(with_header(**{keyword: "KNEE"}))


@pytest.mark.parametrize(
    "code",
    [
        item(CodeValue="69536005", CodingSchemeDesignator="SCT"),
        item(CodeValue="T-D1100", CodingSchemeDesignator="SRT"),
        item(CodeValue="X1", CodingSchemeDesignator="99LOCAL", CodeMeaning="Schädel"),
    ],
    ids=["SNOMED CT", "SNOMED-RT", "a meaning of a code of one's own"],
)
def test_codes_of_the_anatomic_region_count_at_any_place(code: Dataset) -> None:
    assert says_head(with_header(SpecificCharacterSet="ISO_IR 192", AnatomicRegionSequence=Sequence([code])))
    frames = blank(EnhancedMRImageStorage, "MR")
    anatomy = item(FrameAnatomySequence=Sequence([item(AnatomicRegionSequence=Sequence([code]))]))
    for keyword in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        setattr(frames, keyword, Sequence([anatomy]))
        assert says_head(as_series([frames]))
        delattr(frames, keyword)
    assert not says_head(as_series([frames]))


def test_steps_and_procedures_of_the_request_count() -> None:
    step = item(ScheduledProcedureStepDescription="MR Kopf")
    assert says_head(with_header(RequestAttributesSequence=Sequence([step])))
    procedure = item(CodeValue="1", CodingSchemeDesignator="99L", CodeMeaning="CT HEAD")
    assert says_head(with_header(ProcedureCodeSequence=Sequence([procedure])))


def test_another_part_of_the_body_is_none_where_anything_says_head() -> None:
    assert says_elsewhere(with_header(BodyPartExamined="KNEE"))
    assert not says_elsewhere(with_header(BodyPartExamined="KNEE", PerformedProcedureStepDescription="Brain"))


def judged_alone(image: sitk.Image, **header: str) -> face.SeriesDecision:
    series = as_series(datasets_of(image, "MR", **header))
    return face.plan_study([series]).decisions[series.key]


def test_a_brain_proven_to_have_no_skin_is_kept_whatever_the_header_says() -> None:
    stripped = sitk.Mask(head("MR", 3.0), brain(3.0))
    assert judged_alone(stripped).action is KEEP
    decision = judged_alone(stripped, StudyDescription="MR HEAD")
    assert decision.action is KEEP and "skull-stripped" in decision.verdict.reason


def test_an_object_that_is_plainly_no_head_is_withheld_when_the_header_says_head_and_a_person_may_keep_it() -> None:
    ball = phantom_ball()
    assert judged_alone(ball).action is KEEP
    decision = judged_alone(ball, StudyDescription="MR HEAD")
    assert decision.action is WITHHOLD and decision.verdict.outcome is UNCERTAIN
    assert "phantom" in decision.verdict.reason and "header" in decision.verdict.reason
    series = as_series(datasets_of(ball, "MR", BodyPartExamined="BRAIN"))
    decision = face.plan_study([series], skip=[series.key]).decisions[series.key]
    assert decision.action is KEEP and decision.overridden


def phantom_ball() -> sitk.Image:
    """Return a ball of water of 18 cm in air."""
    z, y, x = np.meshgrid(*(np.arange(-120, 120, 4.0),) * 3, indexing="ij", sparse=True)
    values = 800.0 * (x**2 + y**2 + z**2 < 90**2) + np.random.default_rng(1).normal(0, 10, (60, 60, 60))
    image = sitk.GetImageFromArray(np.abs(values).astype(np.int16))
    image.SetSpacing([4.0] * 3)
    return image


@pytest.fixture
def faceless(monkeypatch: pytest.MonkeyPatch, mr_location: face.Location) -> None:
    """Every head is found, but with its face outside of the image."""
    location = replace(mr_location, figures={**mr_location.figures, "face_inside": 0.0, "face_seen": 0.0})
    monkeypatch.setattr(study, "locate", lambda image, modality: location)


@pytest.mark.parametrize(("description", "action"), [("MR HEAD", WITHHOLD), ("series", KEEP)])
def test_a_head_without_its_face_is_withheld_when_the_header_says_head(
    faceless: None, description: str, action: face.FaceAction
) -> None:
    assert judged_alone(head("MR", 4.0), SeriesDescription=description).action is action


@pytest.mark.parametrize(("description", "action"), [("PET BRAIN", WITHHOLD), ("PET", KEEP)])
def test_pet_of_the_head_is_withheld_though_its_ct_shows_no_head(
    faceless: None, description: str, action: face.FaceAction
) -> None:
    ct = as_series(datasets_of(head("CT", 4.0), "CT"))
    pet = as_series(datasets_of(head("PT", 4.0), "PT", SeriesDescription=description))
    decisions = face.plan_study([pet, ct]).decisions
    assert decisions[ct.key].action is KEEP and decisions[pet.key].action is action
    assert "CT or MR" in decisions[pet.key].verdict.reason
