"""Odd but ordinary values of real scanners: written, de-identified, and passed by the audit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pydicom
import pytest
import runs
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from synthetic.documents import encapsulated
from synthetic.files import encapsulated as encapsulated_frames
from synthetic.files import raw_element, sequence_end, write_file
from synthetic.images import ct
from synthetic.jpeg import TINY
from synthetic.patient import Patient, item
from synthetic.planted import Planter

ROOT = "1.2.826.0.1.3680043.8.498.61"
MINE = {"retain_uids": True, "clean_structured_content": True, "clean_descriptors": True, "clean_graphics": True}


def one(seed: int, **attributes: object) -> Dataset:
    """Return a slice of a patient of its own, with some attributes set."""
    dataset = ct(Patient.new(Planter(seed), "patient"))
    with pydicom.config.disable_value_validation():
        for keyword, value in attributes.items():
            setattr(dataset, keyword, value)
    return dataset


def passed(tmp_path: Path, key: Path, *datasets: Dataset, raw: tuple[Any, ...] = (), extra: tuple[object, ...] = (),
           **options: Any) -> list[Dataset]:
    """Run on data sets, and return what was written for each; every one must be, and pass the audit."""
    paths = [tmp_path / "in" / f"{number}.dcm" for number in range(len(datasets))]
    with pydicom.config.disable_value_validation():
        for path, dataset in zip(paths, datasets, strict=True):
            write_file(path, dataset, raw=raw)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key, extra=extra, **options)
    assert done.code == 0, (done.stderr, done.status)
    return [runs.read(done.output_of(path)) for path in paths]


def raw_text(dataset: Dataset, keyword: str) -> str:
    """Return a value as it is stored."""
    value = dataset.get_item(keyword).value
    return (value if isinstance(value, bytes) else str(value).encode()).decode("ascii").strip(" \0")


DATE_TIMES = ("20210311101112.1234567", "20210311101112.", "20210311 101112", "20210311101112Z", "20210311101112+01",
              "20210311101112+01:00", "2021-03-11T10:11:12", "20210311101112.5-0500")


@pytest.mark.parametrize("dates", ["shift", "keep"])
def test_a_date_and_time_that_a_person_can_read_keeps_its_time_of_day(
        dates: str, tmp_path: Path, key_file: Path) -> None:
    raw = [(0x0018A002, raw_element(0x0018A002, "DT", text.encode() + b" " * (len(text) % 2))) for text in DATE_TIMES]
    for number, (text, element) in enumerate(zip(DATE_TIMES, raw, strict=True)):
        before = one(40 + number)
        folder = tmp_path / str(number)
        after, = passed(folder, key_file, before, raw=(element,), dates=dates)
        shown = raw_text(after, "ContributionDateTime")
        days = (date.fromisoformat(after.StudyDate) - date.fromisoformat(before.StudyDate)).days
        separator = "-" if "-" in text[:8] else ""
        moved = date.fromordinal(date(2021, 3, 11).toordinal() + days)
        assert shown == moved.isoformat().replace("-", separator) + text[8 + 2 * len(separator):]


def test_a_time_with_seven_decimals_or_a_zone_is_not_emptied(tmp_path: Path, key_file: Path) -> None:
    texts = ("101112.1234567", "101112Z", "101112+01", "10:11:12", "T101112")
    sets = [one(60 + number, AcquisitionTime=text) for number, text in enumerate(texts)]
    assert [raw_text(after, "AcquisitionTime") for after in passed(tmp_path, key_file, *sets)] == list(texts)


INVALID = ("1.2.826.0.01.77", "1.2.826.abc.77", "5F8A-77", f"{ROOT}.{'7' * 60}")


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID"])
def test_an_invalid_uid_is_replaced_wherever_it_is_referenced(keyword: str, tmp_path: Path, key_file: Path) -> None:
    sets = []
    for number, uid in enumerate(INVALID):
        dataset = one(70 + number, **{keyword: uid})
        with pydicom.config.disable_value_validation():
            source = item(ReferencedSOPInstanceUID=uid, ReferencedSOPClassUID=dataset.SOPClassUID)
            dataset.SourceImageSequence = [source]
        sets.append(dataset)
    written = passed(tmp_path, key_file, *sets, retain_device_identity=True)
    new = [str(after[keyword].value) for after in written]
    assert len(set(new)) == len(INVALID)
    assert all(pydicom.uid.UID(uid).is_valid and uid not in INVALID for uid in new)
    for after, uid in zip(written, new, strict=True):
        if "SourceImageSequence" in after:
            assert after.SourceImageSequence[0].ReferencedSOPInstanceUID == uid
        assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID


def test_an_absent_patient_id_is_filled_like_an_empty_one(tmp_path: Path, key_file: Path) -> None:
    empty, absent = one(80, PatientID=""), one(80)
    del absent.PatientID
    absent.SOPInstanceUID = f"{ROOT}.80"
    filled = [after.PatientID for after in passed(tmp_path, key_file, empty, absent)]
    assert filled[0] and filled[0] == filled[1]


def test_ids_that_differ_in_case_or_width_only_are_one_subject(tmp_path: Path, key_file: Path) -> None:
    sets = [one(81, PatientID=text, SpecificCharacterSet="ISO_IR 192", StudyInstanceUID=f"{ROOT}.81.{number}",
                SOPInstanceUID=f"{ROOT}.81.{number}.1", SeriesInstanceUID=f"{ROOT}.81.{number}.2")
            for number, text in enumerate(("mrn-5588x", "MRN-5588X", "ＭＲＮ-5588X"))]  # noqa: RUF001
    assert len({after.PatientID for after in passed(tmp_path, key_file, *sets)}) == 1


def test_uids_in_the_place_of_class_uids_are_kept_only_where_the_standard_registers_them(
        tmp_path: Path, key_file: Path) -> None:
    code = item(CodeValue="T-1", CodingSchemeDesignator="SRT", CodeMeaning="Head", ContextUID="1.2.840.10008.6.1.1",
                ContextGroupExtensionFlag="Y", ContextGroupExtensionCreatorUID=f"{ROOT}.82")
    unregistered = "1.2.840.10008.77.5.1"
    dataset = one(82, AnatomicRegionSequence=[code], FrameOfReferenceUID=unregistered)
    after, = passed(tmp_path, key_file, dataset)
    region = after.AnatomicRegionSequence[0]
    assert region.ContextUID == "1.2.840.10008.6.1.1"
    assert region.ContextGroupExtensionCreatorUID.startswith("2.25.")
    assert after.FrameOfReferenceUID.startswith("2.25.")


def test_a_performed_procedure_step_that_tells_who_made_it_passes(tmp_path: Path, key_file: Path) -> None:
    step = item(InstanceCreationDate="20210311", InstanceCreationTime="101112", InstanceCreatorUID=f"{ROOT}.83",
                ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.3", ReferencedSOPInstanceUID=f"{ROOT}.83.1")
    passed(tmp_path, key_file, one(83, ReferencedPerformedProcedureStepSequence=[step]))


@pytest.mark.parametrize("dates", ["shift", "keep"])
def test_retained_uids_may_hold_a_date_or_an_id(dates: str, tmp_path: Path, key_file: Path) -> None:
    dataset = one(84, StudyID="88231775", AccessionNumber="4455667", StudyInstanceUID=f"{ROOT}.88231775.20210311",
                  SOPInstanceUID=f"{ROOT}.4455667.20210311.1", StudyDate="20210311")
    after, = passed(tmp_path, key_file, dataset, dates=dates, **MINE)
    assert after.SOPInstanceUID == dataset.SOPInstanceUID


def test_a_structured_report_passes_with_all_options(tmp_path: Path, key_file: Path) -> None:
    source = Path(pydicom.__file__).parent / "data" / "test_files" / "test-SR.dcm"
    done = runs.run(source, output=tmp_path / "out", key=key_file, dates="keep", **MINE)
    assert (done.code, len(done.files)) == (0, 1), done.stderr


@pytest.mark.parametrize("title", ["CT99", "M08MRI01", "MR_SCANNER", "AWP141322"])
def test_ae_titles_of_a_retained_device_pass(title: str, tmp_path: Path, key_file: Path) -> None:
    dataset = one(85, PerformedStationAETitle=title, StationAETitle=title, StationName=title)
    passed(tmp_path, key_file, dataset, retain_device_identity=True)


NUMBERS = {"SeriesNumber": "AccessionNumber", "AcquisitionNumber": "StudyID", "InstanceNumber": "PatientID",
           "ReconstructionDiameter": "PatientID"}


@pytest.mark.parametrize("digits", [5, 6, 8])
def test_a_number_that_is_an_id_of_the_subject_goes_without_an_audit_too(
        digits: int, tmp_path: Path, key_file: Path) -> None:
    sets = []
    for number, (keyword, of_id) in enumerate(NUMBERS.items()):
        value = str(71340 + number) + "9" * (digits - 5)
        sets.append(one(90 + number, **{of_id: value, keyword: value}))
    written = passed(tmp_path, key_file, *sets)
    for keyword, before, after in zip(NUMBERS, sets, written, strict=True):
        assert str(after.get(keyword, "")) != str(before[keyword].value), keyword


def test_an_ordinary_number_is_kept(tmp_path: Path, key_file: Path) -> None:
    after, = passed(tmp_path, key_file, one(96, PatientID="71340", SeriesNumber="713401", ReconstructionDiameter="500"))
    assert (after.SeriesNumber, after.ReconstructionDiameter) == (713401, 500)


def test_a_birth_date_in_the_place_of_a_number_goes(tmp_path: Path, key_file: Path) -> None:
    dataset = one(97, PatientBirthDate="19570823")
    del dataset.KVP
    after, = passed(tmp_path, key_file, dataset, raw=((0x00180060, raw_element(0x00180060, "DA", b"19570823")),),
                    extra=("--no-audit",))
    assert "19570823" not in str(after.get("KVP", ""))


def test_names_in_private_values_that_are_called_safe_go_without_an_audit_too(
        tmp_path: Path, key_file: Path) -> None:
    dataset = one(98, SpecificCharacterSet="ISO_IR 100", PatientName="Müllgård^Ísóldë")
    dataset.add_new(0x00110010, "LO", "ACME SAFE")
    for number, word in enumerate(("Müllgård".encode("latin-1"), b"\1\2 Mullgard \3", b"M\0u\0l\0l\0g\0a\0r\0d\0")):
        dataset.add(DataElement(0x00111001 + number, "LO" if not number else "OB", word.ljust(20)))
    dataset.PrivateDataElementCharacteristicsSequence = [
        item(PrivateGroupReference=0x0011, PrivateCreatorReference="ACME SAFE",
             BlockIdentifyingInformationStatus="SAFE")]
    after, = passed(tmp_path, key_file, dataset, extra=("--no-audit",), keep_safe_private=True)
    left = [element.tag for element in after if element.tag.group == 0x0011 and element.tag.element >= 0x1000]
    assert not left


def test_an_encapsulated_document_states_the_length_of_the_dummy(tmp_path: Path, key_file: Path) -> None:
    dataset = encapsulated(Patient.new(Planter(99), "patient"), "pdf")
    dataset.EncapsulatedDocumentLength = len(dataset.EncapsulatedDocument)
    after, = passed(tmp_path, key_file, dataset)
    assert len(after.EncapsulatedDocument) - after.EncapsulatedDocumentLength in (0, 1)



def test_a_patient_who_is_called_like_a_word_of_the_field_passes(tmp_path: Path, key_file: Path) -> None:
    dataset = one(100, PatientName="Overlay^Ann", SeriesDescription="six overlays", StudyDescription="chest")
    passed(tmp_path, key_file, dataset, clean_descriptors=True)


def test_a_requested_procedure_that_is_called_by_words_passes(tmp_path: Path, key_file: Path) -> None:
    dataset = one(101, RequestedProcedureID="CT CHEST", StudyDescription="CT CHEST")
    passed(tmp_path, key_file, dataset, clean_descriptors=True)


@pytest.mark.parametrize("engine", ["auto", "reference"])
def test_compressed_pixels_in_a_syntax_without_compression_are_rejected_for_that(
        engine: str, tmp_path: Path, key_file: Path) -> None:
    """pydicom would write the items of the encapsulation as pixel values."""
    dataset = one(102)
    del dataset.PixelData
    frames = raw_element(0x7FE00010, "OB", encapsulated_frames([TINY]) + sequence_end(), 0xFFFFFFFF)
    write_file(tmp_path / "in" / "a.dcm", dataset, raw=((0x7FE00010, frames),))
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, extra=("--engine", engine))
    (status, reason), = done.status.values()
    assert (status, "transfer syntax" in reason) == ("rejected", True)
