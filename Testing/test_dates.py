"""Dates in every form: partial, with offsets, leap days, long ago, impossible, many in one element."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import runs
from pydicom.dataset import Dataset
from synthetic.files import write_file
from synthetic.images import ct
from synthetic.patient import Patient, item
from synthetic.planted import Planter

DATE_TAGS = {"StudyDate": 0x00080020, "AcquisitionDate": 0x00080022, "AcquisitionDateTime": 0x0008002A}


def one_ct(folder: Path, **values: str) -> Dataset:
    """Write a CT slice with these values, valid or not."""
    dataset = ct(Patient.new(Planter(51), "patient"))
    for keyword, value in values.items():
        dataset.add_new(DATE_TAGS[keyword], "DT" if keyword.endswith("Time") else "DA", "")
        dataset[keyword]._value = value
    write_file(folder / "a.dcm", dataset)
    return dataset


def shifted(folder: Path, key: Path, **values: str) -> tuple[Dataset, timedelta]:
    """De-identify such a slice; return it and the shift that its StudyDate shows."""
    before = one_ct(folder / "in", **values)
    done = runs.run(folder / "in", output=folder / "out", key=key)
    assert done.code == 0, done.stderr
    after = runs.read(done.files[0])
    return after, date.fromisoformat(str(after.StudyDate)) - date.fromisoformat(str(before.StudyDate))


@pytest.mark.parametrize("value", ["20240229", "18991231", "19000101", "20991231", "20230301"])
def test_a_day_is_shifted_by_the_same_days_as_the_study(value: str, tmp_path: Path, key_file: Path) -> None:
    after, shift = shifted(tmp_path, key_file, AcquisitionDate=value)
    assert str(after.AcquisitionDate) == f"{date.fromisoformat(value) + shift:%Y%m%d}"


@pytest.mark.parametrize(
    "clock", ["", "13", "1359", "135901", "135901.5", "135901.123456", "135901.123456+0100", "135901-0530", "13+1400"]
)
def test_a_date_and_time_keeps_its_time_and_offset(clock: str, tmp_path: Path, key_file: Path) -> None:
    after, shift = shifted(tmp_path, key_file, AcquisitionDateTime=f"20200229{clock}")
    assert str(after.AcquisitionDateTime) == f"{date(2020, 2, 29) + shift:%Y%m%d}{clock}"


@pytest.mark.parametrize("value", ["2020", "202002", "2020-"])
def test_a_partial_date_does_not_stay_as_it_is(value: str, tmp_path: Path, key_file: Path) -> None:
    after, _ = shifted(tmp_path, key_file, AcquisitionDateTime=value)
    assert str(after.get("AcquisitionDateTime", "")) != value
    assert len(str(after.get("AcquisitionDateTime") or "")) in (0, 4, 6)


@pytest.mark.parametrize(
    "value",
    ["20209999", "00000000", "2020.02.29", "29022020X", "20200229-20200301", "yesterday", "0001-01-01", "20200230"],
)
def test_an_impossible_date_is_not_passed_on(value: str, tmp_path: Path, key_file: Path) -> None:
    after, _ = shifted(tmp_path, key_file, AcquisitionDate=value)
    assert value not in str(after.get("AcquisitionDate", ""))


def test_every_value_of_a_list_of_dates_is_shifted(tmp_path: Path, key_file: Path) -> None:
    dataset = one_ct(tmp_path / "in")
    dataset.DateOfLastCalibration = ["20200101", "20210101"]
    dataset.TimeOfLastCalibration = ["101010", "111111"]
    write_file(tmp_path / "in" / "a.dcm", dataset)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    after = runs.read(done.files[0])
    first, second = (date.fromisoformat(str(value)) for value in after.DateOfLastCalibration)
    assert (second - first).days == 366
    assert first != date(2020, 1, 1)


def test_the_birth_date_is_not_shifted_but_gone(tmp_path: Path, key_file: Path) -> None:
    for dates in ("shift", "keep", "remove"):
        before = one_ct(tmp_path / dates)
        done = runs.run(tmp_path / dates, output=tmp_path / f"{dates}-out", key=key_file, dates=dates)
        after = runs.read(done.files[0])
        assert "PatientBirthDate" in after
        assert str(after.PatientBirthDate or "") == ""
        assert before.PatientBirthDate


def test_kept_dates_are_the_same_and_said_to_be(tmp_path: Path, key_file: Path) -> None:
    before = one_ct(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, dates="keep")
    after = runs.read(done.files[0])
    for keyword in (
        "StudyDate",
        "SeriesDate",
        "AcquisitionDate",
        "ContentDate",
        "InstanceCreationDate",
        "DateOfLastCalibration",
        "StudyTime",
    ):
        assert after[keyword].value == before[keyword].value
    assert after.LongitudinalTemporalInformationModified == "UNMODIFIED"


def test_removed_dates_are_gone_and_said_to_be(tmp_path: Path, key_file: Path) -> None:
    before = one_ct(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, dates="remove")
    after = runs.read(done.files[0])
    for keyword in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate", "InstanceCreationDate", "StudyTime"):
        assert str(after.get(keyword) or "") != str(before[keyword].value)
    assert after.LongitudinalTemporalInformationModified == "REMOVED"


def test_dates_in_items_and_in_private_safe_sequences_move_with_the_others(tmp_path: Path, key_file: Path) -> None:
    dataset = one_ct(tmp_path / "in")
    inner = item(SeriesDate="20200101", ContextGroupVersion="20200101")
    dataset.add_new(0x20010010, "LO", "Philips Imaging DD 001")
    dataset.add_new(0x2001105F, "SQ", [item(AcquisitionDate="20200101")])
    dataset.SharedFunctionalGroupsSequence = [inner]
    write_file(tmp_path / "in" / "a.dcm", dataset)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, keep_safe_private=True)
    after = runs.read(done.files[0])
    shift = date.fromisoformat(str(after.StudyDate)) - date.fromisoformat(str(dataset.StudyDate))
    expected = f"{date(2020, 1, 1) + shift:%Y%m%d}"
    assert str(after.SharedFunctionalGroupsSequence[0].SeriesDate) == expected
    assert str(after[0x2001105F].value[0].AcquisitionDate) == expected
