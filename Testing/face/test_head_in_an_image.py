"""A head in an image file: the face goes, the brain and all else stay."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from DeidentifyLib import face
from DeidentifyLib.face import atlas
from face.synthetic_head import brain, face_skin, head


def array(image: sitk.Image) -> np.ndarray:
    return sitk.GetArrayFromImage(image)


def moved(image: sitk.Image, matrix: np.ndarray, shift: tuple[float, float, float] = (0, 0, 0)) -> sitk.Image:
    copy = sitk.Image(image)
    copy.SetDirection((matrix @ np.reshape(image.GetDirection(), (3, 3))).ravel().tolist())
    copy.SetOrigin((matrix @ np.array(image.GetOrigin()) + shift).tolist())
    return copy


def test_the_face_is_covered_and_no_brain_is_lost(mr_head, mr_location, mr_mask):
    assert face.verdict(mr_location, "MR").outcome is face.FaceOutcome.REMOVED
    mask, skin = array(mr_mask) > 0, array(face_skin(3.0)) > 0
    assert (mask & skin).sum() >= 0.95 * skin.sum()  # the brow over its brain is within the margin
    assert not (mask & (array(brain(3.0)) > 0)).any()


def test_the_back_of_the_head_stays(mr_mask):
    _, y, _ = np.nonzero(array(mr_mask))
    assert mr_mask.GetOrigin()[1] + 3.0 * y.max() < 0


def test_voxels_outside_the_mask_are_bit_identical(mr_head, mr_mask):
    defaced = face.remove_face(mr_head, mr_mask, face.air_value(mr_head, "MR"))
    mask = array(mr_mask) > 0
    assert np.array_equal(array(defaced)[~mask], array(mr_head)[~mask])
    assert (array(defaced)[mask] == array(mr_head).min()).all()
    assert defaced.GetOrigin() == mr_head.GetOrigin() and defaced.GetPixelID() == mr_head.GetPixelID()


def test_ct_is_located_and_filled_with_minus_1000_hounsfield_units():
    image = head("CT", 3.0)
    location = face.locate(image, "CT", check=False)
    mask = array(face.face_mask(image, location)) > 0
    assert (mask & (array(face_skin(3.0)) > 0)).sum() >= 0.97 * (array(face_skin(3.0)) > 0).sum()
    assert face.air_value(image, "CT") == -1000
    assert face.guess_modality(image) == "CT"


def test_ct_without_its_rescale_intercept_is_filled_with_its_own_air():
    image = sitk.Cast(head("CT", 4.0) + 1024, sitk.sitkUInt16)
    assert face.air_value(image, "CT") == 24


def test_the_same_image_gives_the_same_answer_on_any_number_of_threads(mr_head, mr_location):
    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    try:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(3)
        assert face.locate(mr_head, "MR", check=False).matrix == pytest.approx(mr_location.matrix, abs=0.02)
        first = face.locate(mr_head, "MR", check=False)
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
        assert face.locate(mr_head, "MR", check=False) == first
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(before)


def test_the_order_in_which_voxels_are_stored_does_not_matter(mr_head, mr_mask):
    stored = sitk.Flip(sitk.PermuteAxes(mr_head, [1, 2, 0]), [True, False, True])
    mask = face.face_mask(stored, face.locate(stored, "MR", check=False))
    back = sitk.Resample(mask, mr_head, sitk.Transform(), sitk.sitkNearestNeighbor)
    overlap = 2 * (array(back) & array(mr_mask)).sum() / (array(back).sum() + array(mr_mask).sum())
    assert overlap > 0.98


def test_an_oblique_head_far_from_the_origin_is_found(mr_head):
    turn = sitk.Euler3DTransform()
    turn.SetRotation(0.25, -0.2, 0.15)
    tilted = moved(mr_head, np.reshape(turn.GetMatrix(), (3, 3)), (300, -500, 900))
    mask = array(face.face_mask(tilted, face.locate(tilted, "MR", check=False))) > 0
    skin = array(face_skin(3.0)) > 0
    assert (mask & skin).sum() >= 0.93 * skin.sum()
    assert not (mask & (array(brain(3.0)) > 0)).any()


def test_dilation_grows_the_mask_but_never_to_the_brain(mr_head, mr_location, mr_mask):
    grown = array(face.face_mask(mr_head, mr_location, dilation_mm=20)) > 0
    assert grown.sum() > 1.2 * array(mr_mask).sum()
    distance = sitk.Resample(
        atlas.load().brain_distance, mr_head, mr_location.transform.GetInverse(), sitk.sitkLinear, 60.0
    )
    assert array(distance)[grown].min() > atlas.BRAIN_MARGIN_MM - 1.5


def test_a_dilation_out_of_range_is_refused(mr_head, mr_location):
    for wrong in (-1, 21):
        with pytest.raises(ValueError, match="dilation"):
            face.face_mask(mr_head, mr_location, dilation_mm=wrong)


def test_ears_are_removed_only_when_asked_for(mr_head, mr_location, mr_mask):
    with_ears = array(face.face_mask(mr_head, mr_location, ears=True)) > 0
    more = np.argwhere(with_ears & (array(mr_mask) == 0))
    assert (with_ears >= (array(mr_mask) > 0)).all()
    x = mr_head.GetOrigin()[0] + 3.0 * more[:, 2]
    assert (x > 55).any() and (x < -55).any() and (abs(x) > 50).all()


def test_every_frame_of_a_4d_image_gets_the_one_mask(mr_head, mr_mask):
    series = sitk.JoinSeries([mr_head, sitk.Cast(mr_head * 2, mr_head.GetPixelID())])
    defaced = array(face.remove_face(series, mr_mask, 0))
    mask = array(mr_mask) > 0
    assert not defaced[:, mask].any()
    assert np.array_equal(defaced[1][~mask], 2 * array(mr_head)[~mask])
    assert face.first_frame(series).GetDimension() == 3


def test_colour_is_filled_in_all_its_components(mr_head, mr_mask):
    colour = sitk.Compose([mr_head, mr_head, mr_head])
    defaced = face.remove_face(colour, mr_mask, 0)
    assert defaced.GetNumberOfComponentsPerPixel() == 3
    assert not array(defaced)[array(mr_mask) > 0].any()


def test_a_mask_of_another_size_is_refused(mr_head, mr_mask):
    with pytest.raises(ValueError, match="voxels"):
        face.remove_face(mr_head, mr_mask[:, :, 1:], 0)


def test_a_mask_made_by_a_person_must_lie_where_the_image_lies(mr_head, mr_mask):
    assert np.array_equal(array(face.checked_mask(sitk.Cast(mr_mask * 7, sitk.sitkInt16), mr_head)), array(mr_mask))
    for wrong in (
        moved(mr_mask, np.eye(3), (1, 0, 0)),
        moved(mr_mask, np.diag([1, -1, -1])),
        mr_mask[1:, :, :],
        mr_mask * 0,
    ):
        with pytest.raises(face.MaskError):
            face.checked_mask(wrong, mr_head)


def test_the_atlas_is_its_own_mirror_image_and_small():
    template = atlas.load()
    assert np.array_equal(array(template.head), array(template.head)[:, :, ::-1])
    assert sum(path.stat().st_size for path in atlas.DATA.iterdir()) < 1_000_000
