"""Two synthetic patients with thousands of planted secrets go through the command line; none comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import runs
from synthetic import Planted, find_leaks, find_leaks_in_text, make_patients

CHOICES: dict[str, dict[str, Any]] = {
    "the basic profile with shifted dates": {},
    "removed dates": {"dates": "remove"},
    "kept dates": {"dates": "keep"},
    "kept subject characteristics": {"keep_subject_characteristics": True},
    "kept safe private attributes": {"keep_safe_private": True},
    "kept UIDs": {"retain_uids": True},
    "kept devices and institutions": {"retain_device_identity": True, "retain_institution_identity": True},
    "everything PMOD offers": {"keep_subject_characteristics": True, "keep_safe_private": True, "mapping_file": True},
    "kept ID and name": {"keep_id_name": True},
    "all Clean options": {"clean_descriptors": True, "clean_structured_content": True, "clean_graphics": True},
    "Clean Descriptors": {"clean_descriptors": True},
    "Clean Structured Content": {"clean_structured_content": True},
    "Clean Graphics": {"clean_graphics": True},
}


@pytest.fixture(scope="module")
def patients(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Planted]]:
    folder = tmp_path_factory.mktemp("patients")
    return folder, make_patients(folder)


def unbuilt(options: dict[str, Any]) -> set[str]:
    """Return the chosen options that the library says it does not have yet."""
    from DeidentifyLib.profile import unsupported_options

    return {name for name, value in options.items() if value is True} & set(unsupported_options())


@pytest.fixture(scope="module", params=CHOICES)
def finished(
    request: pytest.FixtureRequest,
    patients: tuple[Path, list[Planted]],
    key_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[runs.Run, dict[str, Any], list[Planted]]:
    options = CHOICES[request.param]
    done = runs.run(patients[0], output=tmp_path_factory.mktemp("run") / "out", key=key_file, **options)
    return done, options, patients[1]


def _refused(finished: tuple[runs.Run, dict[str, Any], list[Planted]]) -> bool:
    done, options, _ = finished
    if missing := unbuilt(options):
        assert done.code == 2, f"{missing} is not built, so the command must refuse"
        assert not done.output.exists()
    return bool(missing)


def test_no_secret_is_left_in_any_output(finished: tuple[runs.Run, dict[str, Any], list[Planted]]) -> None:
    if _refused(finished):
        return
    done, options, planted = finished
    assert done.code in (0, 3), done.stderr
    assert len(done.files) >= 40
    leaks = find_leaks(done.output, planted, options)
    assert not leaks, "\n".join(sorted({str(leak) for leak in leaks}))


def test_no_secret_is_on_the_screen(finished: tuple[runs.Run, dict[str, Any], list[Planted]]) -> None:
    done, options, planted = finished
    must_go = [secret for secret in planted if secret.must_go(options)]
    assert not find_leaks_in_text(done.stdout + done.stderr, must_go)


def test_every_input_is_accounted_for(
    finished: tuple[runs.Run, dict[str, Any], list[Planted]], patients: tuple[Path, list[Planted]]
) -> None:
    if _refused(finished):
        return
    done = finished[0]
    inputs = {str(path.resolve()) for path in patients[0].rglob("*") if path.is_file()}
    assert set(done.status) == inputs
    unexplained = {path: status for path, (status, reason) in done.status.items() if status != "written" and not reason}
    assert not unexplained
    counts = done.last_progress["counts"]
    assert len(inputs) == sum(counts[key] for key in ("written", "withheld", "rejected", "not_dicom"))
    assert counts["inputs"] in (len(inputs), len(inputs) - counts["not_dicom"])


def test_whole_objects_are_not_withheld(finished: tuple[runs.Run, dict[str, Any], list[Planted]]) -> None:
    if _refused(finished):
        return
    may_be_withheld = ("pdf_", "cda_", "stl_", "tail", "notes", "DICOMDIR", "jpeg", "j2k", "strange_", "wrong_numbers_")
    lost = {
        Path(path).name: why
        for path, why in finished[0].status.items()
        if why[0] != "written" and not Path(path).name.startswith(may_be_withheld)
    }
    assert not lost


def test_keeping_what_was_asked_for_is_not_removing_it(
    patients: tuple[Path, list[Planted]], key_file: Path, tmp_path: Path
) -> None:
    done = runs.run(
        patients[0],
        output=tmp_path / "out",
        key=key_file,
        dates="keep",
        retain_uids=True,
        retain_device_identity=True,
        retain_institution_identity=True,
        keep_subject_characteristics=True,
    )
    source = next(path for path in patients[0].rglob("ct_*.dcm"))
    before, after = runs.read(source), runs.read(done.output_of(source))
    for keyword in (
        "SOPInstanceUID",
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "FrameOfReferenceUID",
        "StudyDate",
        "StudyTime",
        "AcquisitionDate",
        "InstitutionName",
        "InstitutionAddress",
        "StationName",
        "DeviceSerialNumber",
        "GantryID",
        "PatientWeight",
        "PatientSize",
        "PatientAge",
        "PatientSex",
        "EthnicGroup",
        "DateOfLastCalibration",
    ):
        assert after.get(keyword) == before[keyword].value, keyword
    assert after.PatientName != before.PatientName
