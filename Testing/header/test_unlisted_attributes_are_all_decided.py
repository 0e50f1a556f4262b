"""The reviewed file of attributes that Table E.1-1 of PS3.15 does not list."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import DeidentifyLib
import pytest
from pydicom.datadict import DicomDictionary, tag_for_keyword

DATA = Path(DeidentifyLib.__file__).parent / "standard" / "data"
CAN_IDENTIFY = {"AE", "AS", "DA", "DT", "LO", "LT", "OB", "PN", "SH", "ST", "TM", "UC", "UI", "UN", "UR", "UT"}


def read(name: str) -> list[dict[str, str]]:
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


ROWS = [row for row in read("unlisted.csv") if row["tag"] != "default"]
DEFAULTS = {row["vr"]: row["class"] for row in read("unlisted.csv") if row["tag"] == "default"}
CLASSES = {row["tag"]: row["class"] for row in ROWS}


def listed_tags() -> set[str]:
    return {re.sub("[(),]", "", row["tag"]) for row in read("table_E.1-1.csv")}


def test_every_attribute_whose_vr_can_identify_has_a_row_of_its_own() -> None:
    listed = listed_tags()
    missing = [
        f"{tag:08X} {entry[4]}"
        for tag, entry in DicomDictionary.items()
        if 0x00080000 <= tag < 0xFFFE0000
        and f"{tag:08X}" not in listed
        and CAN_IDENTIFY & set(entry[0].split(" or "))
        and f"{tag:08X}" not in CLASSES
    ]
    assert missing == []


def test_every_vr_has_a_class_for_attributes_without_a_row() -> None:
    assert set(DEFAULTS) >= CAN_IDENTIFY | {
        "SQ",
        "CS",
        "IS",
        "DS",
        "US",
        "SS",
        "UL",
        "SL",
        "FL",
        "FD",
        "AT",
        "OW",
        "OF",
    }
    kept = ("keep", "enum", "recurse", "vocabulary", "equipment", "binary_keep")
    assert not {vr for vr in CAN_IDENTIFY if DEFAULTS[vr] in kept}


def test_no_row_contradicts_the_table_of_the_standard() -> None:
    assert set(CLASSES) & listed_tags() == set()
    assert len(CLASSES) == len(ROWS)


def test_every_class_is_explained_in_the_header_and_every_row_says_why() -> None:
    header = "".join(line for line in (DATA / "unlisted.csv").read_text().splitlines(True) if line.startswith("#"))
    explained = set(re.findall(r"^# (\w+) {2,}\S", header, flags=re.MULTILINE))
    assert set(CLASSES.values()) | set(DEFAULTS.values()) <= explained
    assert all(row["note"] for row in ROWS)


@pytest.mark.parametrize(
    "keyword",
    "Rows Columns PixelData PixelSpacing ImagePositionPatient ImageOrientationPatient RescaleSlope RescaleIntercept "
    "PhotometricInterpretation SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence SegmentSequence "
    "ROIContourSequence ContourData DoseGridScaling GridFrameOffsetVector WaveformSequence WaveformData NumberOfFrames "
    "RadionuclideTotalDose RadionuclideHalfLife DecayCorrection Units ModalityLUTSequence VOILUTSequence "
    "RedPaletteColorLookupTableData DimensionIndexSequence ConceptNameCodeSequence MeasuredValueSequence Modality "
    "SOPClassUID SegmentNumber ReferencedSegmentNumber DVHSequence BeamSequence DiffusionBValue".split(),
)
def test_what_the_pixels_need_is_never_lost(keyword: str) -> None:
    tag = tag_for_keyword(keyword)
    kind = CLASSES.get(f"{tag:08X}") or DEFAULTS[DicomDictionary[tag][0].split(" ")[0]]
    assert kind in ("keep", "recurse", "labels", "enum", "binary_keep", "uid_wellknown")


@pytest.mark.parametrize(
    ("keyword", "kind"),
    [
        ("RequestingPhysicianIdentificationSequence", "remove"),
        ("EncryptedAttributesSequence", "remove"),
        ("RetrieveURL", "remove"),
        ("DeviceID", "device"),
        ("PatientBodyMassIndex", "subject"),
        ("DoseComment", "descriptor"),
        ("TextValue", "descriptor"),
        ("CodeValue", "code"),
        ("CodeMeaning", "vocabulary"),
        ("Manufacturer", "equipment"),
        ("CodingSchemeUID", "uid_wellknown"),
        ("MultiFrameSourceSOPInstanceUID", "uid_instance"),
        ("ProtocolContextSequence", "content_items"),
    ],
)
def test_reviewed_attributes_have_the_class_that_the_review_gave_them(keyword: str, kind: str) -> None:
    assert CLASSES[f"{tag_for_keyword(keyword):08X}"] == kind


def test_every_attribute_that_pydicom_does_not_know_has_a_vr() -> None:
    numbers = {tag for tag in listed_tags() if re.fullmatch("[0-9A-F]{8}", tag)}
    unknown = {tag for tag in numbers if int(tag, 16) not in DicomDictionary}
    assert unknown == {row["tag"] for row in read("extra_vr.csv")}
