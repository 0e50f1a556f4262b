"""One DICOM instance at a time: blanked by its own geometry, all else untouched, and marked."""

from __future__ import annotations

from copy import deepcopy
from io import BytesIO

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from DeidentifyLib import face
from face.synthetic_head import blank, datasets_of, face_skin
from pydicom import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    EnhancedMRImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEGLSLossless,
    RLELossless,
    SecondaryCaptureImageStorage,
)

FACE_SLICE, VERTEX_SLICE = 22, 70


@pytest.fixture(scope="module")
def region(mr_location) -> face.FaceRegion:
    return face.FaceRegion(mr_location)


@pytest.fixture(scope="module")
def slices(mr_head) -> list[Dataset]:
    return datasets_of(mr_head, "MR")


def saved_and_read(dataset: Dataset) -> Dataset:
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    return pydicom.dcmread(buffer)


def check_slice(before: np.ndarray, dataset: Dataset, region: face.Region, air: int) -> None:
    after, label = saved_and_read(dataset).pixel_array, face.face_of(dataset, region)[0]
    assert label.any() and not label.all()
    assert np.array_equal(after[~label], before[~label])
    assert (after[label] == air).all()


def test_a_slice_through_the_face_loses_the_face_and_nothing_else(slices, region):
    dataset = deepcopy(slices[FACE_SLICE])
    before = dataset.pixel_array.copy()
    check_slice(before, face.deface_dataset(dataset, region), region, 0)
    skin = sitk.GetArrayFromImage(face_skin(3.0))[FACE_SLICE] > 0
    assert (face.face_of(dataset, region)[0] & skin).sum() >= 0.95 * skin.sum()


def test_a_slice_without_the_face_keeps_its_bytes_and_its_compression(slices, region):
    dataset = deepcopy(slices[VERTEX_SLICE])
    dataset.compress(RLELossless)
    before = dataset.PixelData
    face.deface_dataset(dataset, region)
    assert dataset.PixelData == before and dataset.file_meta.TransferSyntaxUID == RLELossless
    assert dataset.RecognizableVisualFeatures == "NO"


def test_the_instance_is_marked_and_the_mark_says_nothing_of_the_patient(slices, region):
    dataset = deepcopy(slices[FACE_SLICE])
    dataset.DerivationDescription = "Smith"
    face.deface_dataset(face.deface_dataset(dataset, region), region)
    assert dataset.RecognizableVisualFeatures == "NO"
    assert [code.CodeValue for code in dataset.DeidentificationMethodCodeSequence] == ["113102"]
    assert "Smith" not in dataset.DerivationDescription and "Face removed" in dataset.DerivationDescription


def test_icons_are_removed_at_any_depth(slices, region):
    dataset, icon, item = deepcopy(slices[FACE_SLICE]), Dataset(), Dataset()
    icon.Rows = 2
    item.IconImageSequence = Sequence([deepcopy(icon)])
    dataset.IconImageSequence = Sequence([icon])
    dataset.ReferencedImageSequence = Sequence([item])
    face.deface_dataset(dataset, region)
    assert "IconImageSequence" not in dataset and "IconImageSequence" not in dataset.ReferencedImageSequence[0]


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless])
def test_compressed_pixels_are_decoded_and_written_without_loss(slices, region, syntax):
    dataset = deepcopy(slices[FACE_SLICE])
    before = dataset.pixel_array.copy()
    dataset.BitsStored, dataset.HighBit = 12, 11
    try:
        dataset.compress(syntax)
    except (RuntimeError, NotImplementedError):
        pytest.skip("no encoder for this transfer syntax here")
    check_slice(before, face.deface_dataset(dataset, region), region, 0)
    assert dataset.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian


def test_jpeg_lossless_is_decoded_through_simpleitk(slices, region, tmp_path):
    image = sitk.GetImageFromArray(slices[FACE_SLICE].pixel_array)
    writer = sitk.ImageFileWriter()
    writer.SetImageIO("GDCMImageIO")
    writer.SetFileName(str(tmp_path / "jpeg.dcm"))
    writer.UseCompressionOn()
    writer.SetCompressor("JPEG")
    writer.Execute(image)
    coded = pydicom.dcmread(tmp_path / "jpeg.dcm")
    assert coded.file_meta.TransferSyntaxUID.is_compressed
    dataset = deepcopy(slices[FACE_SLICE])
    before = dataset.pixel_array.copy()
    dataset["PixelData"] = coded["PixelData"]
    dataset.file_meta.TransferSyntaxUID = coded.file_meta.TransferSyntaxUID
    check_slice(before, face.deface_dataset(dataset, region), region, 0)


def test_big_endian_becomes_little_endian(slices, region):
    dataset = deepcopy(slices[FACE_SLICE])
    before = dataset.pixel_array.copy()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    dataset.PixelData = before.astype(">u2").tobytes()
    check_slice(before, face.deface_dataset(dataset, region), region, 0)


def test_signed_ct_is_filled_with_minus_1000_hounsfield_units_in_stored_units(slices, region):
    dataset = deepcopy(slices[FACE_SLICE])
    dataset.Modality, dataset.PixelRepresentation, dataset.RescaleSlope, dataset.RescaleIntercept = "CT", 1, 2, -24
    before = dataset.pixel_array.copy()
    check_slice(before, face.deface_dataset(dataset, region), region, -488)


def test_air_that_does_not_fit_the_stored_bits_is_the_least_value_that_does(slices, region):
    dataset = deepcopy(slices[FACE_SLICE])
    dataset.Modality, dataset.RescaleSlope, dataset.RescaleIntercept = "CT", 1, 0
    before = dataset.pixel_array.copy()
    check_slice(before, face.deface_dataset(dataset, region), region, 0)


def test_monochrome1_air_is_the_largest_value(slices, region):
    dataset = deepcopy(slices[FACE_SLICE])
    dataset.PhotometricInterpretation, dataset.BitsStored, dataset.HighBit = "MONOCHROME1", 12, 11
    before = dataset.pixel_array.copy()
    check_slice(before, face.deface_dataset(dataset, region), region, 4095)


def test_bits_above_the_stored_ones_stay_outside_of_the_face(slices, region):
    dataset = deepcopy(slices[FACE_SLICE])
    raw = np.frombuffer(dataset.PixelData, "<u2") | 0x8000
    dataset.PixelData, dataset.BitsStored, dataset.HighBit = raw.tobytes(), 12, 11
    face.deface_dataset(dataset, region)
    after, label = np.frombuffer(dataset.PixelData, "<u2"), face.face_of(dataset, region)[0].ravel()
    assert np.array_equal(after[~label], raw[~label])


@pytest.mark.parametrize("planar", [0, 1])
def test_colour_is_blanked_in_either_planar_configuration(slices, region, planar):
    dataset = deepcopy(slices[FACE_SLICE])
    grey = (dataset.pixel_array // 4).astype(np.uint8)
    colour = np.stack([grey, grey // 2, grey // 3], 2)
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.PlanarConfiguration = 3, "RGB", planar
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.PixelData = (colour.transpose(2, 0, 1) if planar else colour).tobytes() + b"\0" * (colour.size % 2)
    check_slice(colour, face.deface_dataset(dataset, region), region, 0)


def test_smallest_and_largest_pixel_value_stay_right(slices, region):
    dataset = deepcopy(slices[FACE_SLICE])
    for keyword, value in (("SmallestImagePixelValue", 3), ("LargestImagePixelValue", 9999)):
        setattr(dataset, keyword, value)
    dataset.SmallestPixelValueInSeries = 5
    face.deface_dataset(dataset, region)
    assert dataset.SmallestImagePixelValue == 0 and dataset.SmallestPixelValueInSeries == 0
    assert dataset.LargestImagePixelValue == dataset.pixel_array.max()


def enhanced(slices: list[Dataset]) -> Dataset:
    dataset = deepcopy(slices[0])
    dataset.SOPClassUID = EnhancedMRImageStorage
    shared, measures, orientation = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, orientation.ImageOrientationPatient = dataset.PixelSpacing, dataset.ImageOrientationPatient
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = Sequence([measures]), Sequence([orientation])
    frames = []
    for one in slices:
        frame, position = Dataset(), Dataset()
        position.ImagePositionPatient = one.ImagePositionPatient
        frame.PlanePositionSequence = Sequence([position])
        frames.append(frame)
    dataset.SharedFunctionalGroupsSequence, dataset.PerFrameFunctionalGroupsSequence = (
        Sequence([shared]),
        Sequence(frames),
    )
    dataset.NumberOfFrames = len(slices)
    dataset.PixelData = b"".join(one.PixelData for one in slices)
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(dataset, keyword)
    return dataset


def test_every_frame_of_a_multi_frame_instance_is_blanked_by_its_own_position(slices, region):
    chosen = [slices[k] for k in (5, 22, 30, 70, 22)]
    dataset = enhanced(chosen)
    before = dataset.pixel_array.copy()
    face.deface_dataset(dataset, region)
    after = saved_and_read(dataset).pixel_array
    for frame, one in enumerate(chosen):
        label = face.face_of(one, region)[0]
        assert np.array_equal(after[frame][~label], before[frame][~label]) and not after[frame][label].any()
    assert not np.array_equal(after[1], before[1]) and np.array_equal(after[3], before[3])


def test_changed_pixels_make_the_image_derived_and_unchanged_ones_do_not(slices, region):
    through_face, vertex = deepcopy(slices[FACE_SLICE]), deepcopy(slices[VERTEX_SLICE])
    for dataset in (through_face, vertex):
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
        face.deface_dataset(dataset, region)
    assert saved_and_read(through_face).ImageType == ["DERIVED", "PRIMARY", "M", "ND"]
    assert saved_and_read(vertex).ImageType == ["ORIGINAL", "PRIMARY", "M", "ND"]


def test_frames_say_each_whether_they_are_derived(slices, region):
    dataset = enhanced([slices[k] for k in (22, 70, 22)])
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        kind = Dataset()
        kind.FrameType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
        frame.MRImageFrameTypeSequence = Sequence([kind])
    face.deface_dataset(dataset, region)
    after = saved_and_read(dataset)
    types = [f.MRImageFrameTypeSequence[0].FrameType[0] for f in after.PerFrameFunctionalGroupsSequence]
    assert types == ["DERIVED", "ORIGINAL", "DERIVED"]
    assert after.ImageType == ["MIXED", "PRIMARY", "VOLUME", "NONE"]


def test_a_picture_without_a_place_in_space_is_refused(region):
    with pytest.raises(face.NoPlane):
        face.deface_dataset(blank(SecondaryCaptureImageStorage, "OT"), region)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("PixelSpacing", [0, 0]),
        ("ImageOrientationPatient", [1, 0, 0, 1, 0, 0]),
        ("ImagePositionPatient", [0, 0]),
        ("ImageType", ["ORIGINAL", "PRIMARY", "M", "MOSAIC"]),
    ],
)
def test_senseless_geometry_is_refused(slices, region, keyword, value):
    dataset = deepcopy(slices[FACE_SLICE])
    setattr(dataset, keyword, value)
    with pytest.raises(face.NoPlane):
        face.deface_dataset(dataset, region)


def test_pixel_data_that_are_too_short_or_of_a_strange_kind_are_refused(slices, region):
    short, palette, broken = (deepcopy(slices[FACE_SLICE]) for _ in range(3))
    short.PixelData = short.PixelData[:100]
    palette.PhotometricInterpretation = "PALETTE COLOR"
    broken.compress(RLELossless)
    broken.PixelData = broken.PixelData[:40] + b"\0" * 40
    vague, unnamed = deepcopy(slices[FACE_SLICE]), deepcopy(slices[FACE_SLICE])
    del vague.BitsStored, unnamed.file_meta.TransferSyntaxUID
    for dataset in (short, palette, broken, vague, unnamed):
        with pytest.raises(face.CannotDeface):
            face.deface_dataset(dataset, region)
