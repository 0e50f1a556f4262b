"""What makes an object useful is still there: pixels, contours, doses, segments, safe private values, charsets."""

from __future__ import annotations

from pathlib import Path

import pytest
import runs
from pydicom import uid
from pydicom.dataset import Dataset
from synthetic import make_patients
from synthetic.files import write_file
from synthetic.images import ct, mr
from synthetic.patient import Patient, item
from synthetic.planted import Planter


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> dict[str, tuple[Dataset, Dataset]]:
    folder = tmp_path_factory.mktemp("kept")
    make_patients(folder / "in")
    done = runs.run(folder / "in", output=folder / "out", key=key_file, keep_subject_characteristics=True)
    return {
        source.name.partition("_")[0] if source.parent.name != "b" else f"b/{source.stem}": (
            runs.read(source),
            runs.read(new),
        )
        for source, new in done.pairs()
    }


def test_pixel_bytes_and_their_encoding_are_untouched(written: dict[str, tuple[Dataset, Dataset]]) -> None:
    compared = 0
    for name, (before, after) in written.items():
        if "PixelData" not in before or name in ("jpeg", "j2k", "long"):
            continue
        compared += 1
        for keyword in (
            "PixelData",
            "Rows",
            "Columns",
            "BitsAllocated",
            "BitsStored",
            "HighBit",
            "SamplesPerPixel",
            "PixelRepresentation",
            "PhotometricInterpretation",
            "RescaleSlope",
            "RescaleIntercept",
            "PixelSpacing",
            "ImagePositionPatient",
            "ImageOrientationPatient",
            "NumberOfFrames",
        ):
            assert after.get(keyword) == before.get(keyword), (name, keyword)
        if "TransferSyntaxUID" in before.file_meta:
            assert after.file_meta.TransferSyntaxUID == before.file_meta.TransferSyntaxUID
    assert compared > 30


def test_contours_doses_segments_and_beams_are_kept(written: dict[str, tuple[Dataset, Dataset]]) -> None:
    before, after = written["rtstruct"]
    assert (
        after.ROIContourSequence[0].ContourSequence[0].ContourData
        == before.ROIContourSequence[0].ContourSequence[0].ContourData
    )
    assert after.StructureSetROISequence[0].ROINumber == 1
    before, after = written["rtdose"]
    assert after.DoseGridScaling == before.DoseGridScaling
    assert after.GridFrameOffsetVector == before.GridFrameOffsetVector
    before, after = written["rtplan"]
    assert after.BeamSequence[0].ControlPointSequence[0].NominalBeamEnergy == "6"
    before, after = written["seg"]
    assert after.SegmentSequence[0].SegmentedPropertyTypeCodeSequence[0].CodeMeaning == "Liver"
    assert len(after.PerFrameFunctionalGroupsSequence) == 1
    before, after = written["ecg"]
    assert after.WaveformSequence[0].WaveformData == before.WaveformSequence[0].WaveformData


def test_functional_groups_keep_their_geometry(written: dict[str, tuple[Dataset, Dataset]]) -> None:
    before, after = written["enhanced"]
    for old, new in zip(before.PerFrameFunctionalGroupsSequence, after.PerFrameFunctionalGroupsSequence, strict=True):
        assert new.PlanePositionSequence == old.PlanePositionSequence
        assert new.FrameContentSequence[0].DimensionIndexValues == old.FrameContentSequence[0].DimensionIndexValues


def test_codes_of_the_standard_are_kept(written: dict[str, tuple[Dataset, Dataset]]) -> None:
    before, after = written["pet"]
    old, new = (each.RadiopharmaceuticalInformationSequence[0] for each in (before, after))
    assert new.RadionuclideCodeSequence == old.RadionuclideCodeSequence
    assert new.RadiopharmaceuticalCodeSequence == old.RadiopharmaceuticalCodeSequence
    assert after.PatientSex == before.PatientSex


@pytest.mark.parametrize("charset", range(7))
def test_a_file_keeps_a_character_set_that_reads_its_text(
    written: dict[str, tuple[Dataset, Dataset]], charset: int
) -> None:
    before, after = written[f"b/charset_{charset}"]
    assert after.SpecificCharacterSet in (before.SpecificCharacterSet, "ISO_IR 192")
    for element in after.iterall():
        if element.VR in ("PN", "LO", "SH", "ST", "LT"):
            assert "\ufffd" not in str(element.value)


def with_private(group_block: int, creator: str, *elements: tuple[int, str, object]) -> Dataset:
    """Return a CT slice with one private block."""
    dataset = ct(Patient.new(Planter(13), "patient"))
    group, block = group_block >> 16, group_block & 0xFF
    dataset.add_new((group << 16) + block, "LO", creator)
    for low, vr, value in elements:
        dataset.add_new((group << 16) + (block << 8) + low, vr, value)
    return dataset


@pytest.mark.parametrize("block", [0x10, 0x11, 0xE1])
def test_safe_private_attributes_are_kept_with_their_creator_wherever_the_block_lies(
    block: int, tmp_path: Path, key_file: Path
) -> None:
    dataset = with_private(
        0x70530000 + block,
        "Philips PET Private Group",
        (0x00, "DS", "0.000531"),
        (0x09, "DS", "1.25"),
        (0x20, "LO", "Not listed"),
    )
    write_file(tmp_path / "in" / "a.dcm", dataset)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, keep_safe_private=True)
    after = runs.read(done.files[0])
    private = after.private_block(0x7053, "Philips PET Private Group")
    assert str(private[0x00].value) == "0.000531"
    assert str(private[0x09].value) == "1.25"
    assert 0x20 not in private


def test_without_the_option_no_private_attribute_is_left(tmp_path: Path, key_file: Path) -> None:
    write_file(tmp_path / "in" / "a.dcm", with_private(0x70530010, "Philips PET Private Group", (0x00, "DS", "0.5")))
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert not [element for element in runs.read(done.files[0]).iterall() if element.tag.is_private]


def test_a_creator_without_a_safe_attribute_goes(tmp_path: Path, key_file: Path) -> None:
    write_file(tmp_path / "in" / "a.dcm", with_private(0x70530010, "Philips PET Private Group", (0x20, "LO", "x")))
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, keep_safe_private=True)
    assert not [element for element in runs.read(done.files[0]).iterall() if element.tag.is_private]


def test_what_an_object_declares_safe_is_kept_and_what_it_declares_unsafe_goes(tmp_path: Path, key_file: Path) -> None:
    dataset = with_private(0x00290010, "ACME SAFE", (0x01, "DS", "12.5"))
    dataset.add_new(0x00290011, "LO", "ACME MIXED")
    dataset.add_new(0x00291101, "DS", "7.5")
    dataset.add_new(0x00291102, "DS", "8.5")
    dataset.add_new(0x00290012, "LO", "ACME UNSAFE")
    dataset.add_new(0x00291201, "DS", "9.5")
    dataset.PrivateDataElementCharacteristicsSequence = [
        item(
            PrivateGroupReference=0x0029, PrivateCreatorReference="ACME SAFE", BlockIdentifyingInformationStatus="SAFE"
        ),
        item(
            PrivateGroupReference=0x0029,
            PrivateCreatorReference="ACME MIXED",
            BlockIdentifyingInformationStatus="MIXED",
            NonidentifyingPrivateElements=[0x01],
        ),
        item(
            PrivateGroupReference=0x0029,
            PrivateCreatorReference="ACME UNSAFE",
            BlockIdentifyingInformationStatus="UNSAFE",
        ),
    ]
    write_file(tmp_path / "in" / "a.dcm", dataset)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, keep_safe_private=True)
    values = {str(element.value) for element in runs.read(done.files[0]) if element.tag.is_private}
    assert {"12.5", "7.5"} <= values
    assert not {"8.5", "9.5", "ACME UNSAFE"} & values


@pytest.mark.parametrize(
    "syntax", [uid.ImplicitVRLittleEndian, uid.ExplicitVRBigEndian, uid.DeflatedExplicitVRLittleEndian]
)
def test_every_transfer_syntax_gives_the_same_data_set(syntax: str, tmp_path: Path, key_file: Path) -> None:
    dataset = mr(Patient.new(Planter(14), "patient"))
    write_file(tmp_path / "one" / "a.dcm", dataset)
    write_file(tmp_path / "two" / "a.dcm", dataset, syntax)
    one = runs.run(tmp_path / "one", output=tmp_path / "out1", key=key_file)
    two = runs.run(tmp_path / "two", output=tmp_path / "out2", key=key_file)
    first, second = runs.read(one.files[0]), runs.read(two.files[0])
    assert second.file_meta.TransferSyntaxUID == syntax
    differing = [
        element.keyword for element in first if element.keyword != "PixelData" and second.get(element.tag) != element
    ]
    assert not differing
