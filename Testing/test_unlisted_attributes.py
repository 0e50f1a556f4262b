"""Deny by default: a word, a date or a UID of a patient in any attribute of the dictionary, listed or not, goes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import runs
from annex_e.table import rows
from pydicom.datadict import DicomDictionary
from pydicom.dataset import Dataset
from synthetic.files import write_file
from synthetic.images import secondary_capture
from synthetic.patient import Patient
from synthetic.planted import Planter

FREE_VRS = ("LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT")
INSTANCE_UIDS = (
    0x00081167,
    0x00083012,
    0x0018991E,
    0x00200242,
    0x00209312,
    0x00209313,
    0x00280304,
    0x00687004,
    0x0070031B,
    0x00701209,
    0x300A0675,
    0x0072007F,
)
"""UIDs of instances and frames of reference that Table E.1-1 does not list."""
CLASS_UIDS = (0x00080016, 0x0008001B, 0x00081150, 0x0008010C, 0x00080117)
"""UIDs of classes, coding schemes and context groups: never replaced."""
DEVICE_WORDS = {
    0x00181003,
    0x00181006,
    0x00440012,
    0x00181801,
    0x00189186,
    0x00287004,
    0x01000426,
    0x21100030,
    0x30020020,
    0x300A00F9,
    0x300A0354,
    0x300A0355,
}
"""Names of devices that the table does not list; they may stay where devices are retained."""
OWN = {0x00080005, 0x00080016, 0x00080018, 0x00120063, 0x0020000D, 0x0020000E, 0x00080020}


def dictionary(*vrs: str) -> dict[int, str]:
    """Return {tag: VR} of all attributes of a data set with these VRs."""
    return {
        tag: entry[0]
        for tag, entry in DicomDictionary.items()
        if entry[0] in vrs and 8 <= tag >> 16 < 0x7FE0 and tag >> 16 != 0x0400 and tag not in OWN
    }


def through(dataset: Dataset, folder: Path, key: Path, **options: object) -> Dataset:
    """De-identify one data set."""
    write_file(folder / "in" / "a.dcm", dataset)
    done = runs.run(folder / "in", output=folder / "out", key=key, **options)
    assert done.code == 0, (done.stderr, done.status)
    return runs.read(done.files[0])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {
            "keep_subject_characteristics": True,
            "retain_device_identity": True,
            "retain_institution_identity": True,
            "retain_uids": True,
        },
    ],
    ids=["basic", "retaining"],
)
@pytest.mark.parametrize("vr", FREE_VRS)
def test_no_word_of_a_person_stays_in_any_attribute_of_text(
    vr: str, options: dict[str, bool], tmp_path: Path, key_file: Path
) -> None:
    planter = Planter(91)
    dataset = secondary_capture(Patient.new(planter, "patient"))
    words = {}
    for tag in dictionary(vr):
        words[tag] = planter.word()
        dataset.add_new(tag, vr, f"http://{words[tag]}.example" if vr == "UR" else words[tag])
    after = through(dataset, tmp_path, key_file, **options)
    kept = {
        tag
        for row in rows()
        if row.tag != "private"
        for tag in row.numbers
        if "K" in (row.actions["dev"], row.actions["inst"], row.actions["pat"])
    } | DEVICE_WORDS
    left = [
        f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {DicomDictionary[tag][2]}"
        for tag, word in words.items()
        if tag in after and word.casefold() in str(after[tag].value).casefold() and not (options and tag in kept)
    ]
    assert not left, "\n".join(left)


@pytest.mark.parametrize("vr", ["DA", "DT"])
def test_every_date_of_the_dictionary_is_moved_or_gone(vr: str, tmp_path: Path, key_file: Path) -> None:
    planter = Planter(92)
    dataset = secondary_capture(Patient.new(planter, "patient"))
    days = {tag: planter.day() for tag in dictionary(vr) if tag not in (0x00100030,)}
    for tag, day in days.items():
        dataset.add_new(tag, vr, f"{day:%Y%m%d}" + ("101112" if vr == "DT" else ""))
    before = date.fromisoformat(str(dataset.StudyDate))
    after = through(dataset, tmp_path, key_file)
    shift = date.fromisoformat(str(after.StudyDate)) - before
    assert shift != timedelta()
    wrong = {
        f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {DicomDictionary[tag][2]}": str(after[tag].value)
        for tag, day in days.items()
        if after.get(tag) and str(after[tag].value)[:8] == f"{day:%Y%m%d}"
    }
    assert not wrong
    moved = sum(str(after[tag].value)[:8] == f"{day + shift:%Y%m%d}" for tag, day in days.items() if after.get(tag))
    assert moved > len(days) * 0.8


def test_uids_of_instances_that_the_table_does_not_list_are_replaced(tmp_path: Path, key_file: Path) -> None:
    dataset = secondary_capture(Patient.new(Planter(93), "patient"))
    uid = "1.2.826.0.1.3680043.8.498.999.1"
    for tag in INSTANCE_UIDS:
        dataset.add_new(tag, "UI", uid)
    after = through(dataset, tmp_path, key_file)
    assert not [f"{tag:08X}" for tag in INSTANCE_UIDS if tag in after and after[tag].value == uid]
    assert len({str(after[tag].value) for tag in INSTANCE_UIDS if after.get(tag)}) <= 1


def test_uids_of_classes_are_not_replaced(tmp_path: Path, key_file: Path) -> None:
    dataset = secondary_capture(Patient.new(Planter(94), "patient"))
    for tag in CLASS_UIDS[1:]:
        dataset.add_new(tag, "UI", "1.2.840.10008.5.1.4.1.1.2")
    after = through(dataset, tmp_path, key_file)
    assert not [f"{tag:08X}" for tag in CLASS_UIDS if str(after[tag].value) != str(dataset[tag].value)]


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("Manufacturer", "SIEMENS"),
        ("Manufacturer", "GE MEDICAL SYSTEMS"),
        ("Manufacturer", "Philips Medical Systems"),
        ("BodyPartExamined", "HEAD"),
        ("BodyPartExamined", "CHEST"),
        ("ConvolutionKernel", "B30f"),
        ("ConvolutionKernel", "STANDARD"),
        ("RescaleType", "HU"),
        ("ScanOptions", "HELICAL MODE"),
        ("FilterType", "WEDGE_2"),
        ("ImagedNucleus", "1H"),
        ("SequenceName", "*fl3d1"),
        ("ReconstructionMethod", "OSEM 3i21s"),
        ("AttenuationCorrectionMethod", "measured,AC CT"),
        ("PatientPosition", "HFS"),
        ("Units", "BQML"),
        ("ContrastBolusRoute", "IV"),
        ("WindowCenterWidthExplanation", "LUNG"),
    ],
)
def test_technical_text_that_researchers_need_stays(keyword: str, value: str, tmp_path: Path, key_file: Path) -> None:
    dataset = secondary_capture(Patient.new(Planter(95), "patient"))
    setattr(dataset, keyword, value)
    after = through(dataset, tmp_path, key_file)
    assert str(after.get(keyword)) == value
