"""What may be given to a run, what it refuses, and where it puts what it writes."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import runs
from pydicom.data import get_testdata_file
from synthetic import find_leaks, make_patients, pet_ct_patient, two_patients
from synthetic.files import write_file
from synthetic.images import ct
from synthetic.patient import Patient
from synthetic.planted import Planter


def one_ct(path: Path, seed: int = 11) -> Path:
    """Write one valid CT slice."""
    return write_file(path, ct(Patient.new(Planter(seed), "patient")))


def content(folder: Path) -> dict[str, str]:
    """Return {path: SHA-256 and time of change} of every file."""
    return {
        str(path): f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.stat().st_mtime_ns}"
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_nothing_of_the_input_is_changed(tmp_path: Path, key_file: Path) -> None:
    make_patients(tmp_path / "in")
    before = content(tmp_path / "in")
    runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert content(tmp_path / "in") == before


def test_an_output_that_holds_something_is_not_overwritten_silently(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious.txt").write_text("mine")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code == 2, done.stderr
    assert [path.name for path in (tmp_path / "out").rglob("*")] == ["precious.txt"]


@pytest.mark.parametrize(("source", "output"), [("in", "in/out"), ("in", "in"), ("in/deep", "in"), ("in", "link/out")])
def test_output_in_the_input_and_input_in_the_output_are_refused(
    source: str, output: str, tmp_path: Path, key_file: Path
) -> None:
    two_patients(tmp_path / "in" / "deep")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    before = content(tmp_path)
    done = runs.run(tmp_path / source, output=tmp_path / output, key=key_file)
    assert done.code == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert content(tmp_path) == before


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("run", "--output", "x"),
        ("run", "does-not-exist", "--output", "x"),
        ("nonsense",),
        ("run", ".", "--output", "x", "--dates", "sometimes"),
        ("run", ".", "--output", "x", "--options", "no.json"),
        ("run", ".", "--output", "x", "--key-file", "no.key"),
    ],
)
def test_wrong_use_is_refused_with_one_clear_line(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "cwd").mkdir()
    before = Path.cwd()
    os.chdir(tmp_path / "cwd")
    try:
        done = runs.command(*words)
    finally:
        os.chdir(before)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "cwd" / "x").exists()


def test_a_zip_archive_is_an_input_like_a_folder(tmp_path: Path, key_file: Path) -> None:
    planted = two_patients(tmp_path / "plain")
    files = sorted((tmp_path / "plain").iterdir())
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in" / "study.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, f"Folder of {path.stem}/{path.name}")
        archive.writestr("readme.txt", "no DICOM")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    plain = runs.run(tmp_path / "plain", output=tmp_path / "out2", key=key_file)
    assert done.code in (0, 3), done.stderr
    assert [path.read_bytes() for path in done.files] == [path.read_bytes() for path in plain.files]
    assert {entry["member"].rpartition("/")[2] for entry in done.journal if entry["status"] == "written"} == {
        path.name for path in files
    }
    assert not find_leaks(done.output, planted, {})


def test_a_zip_archive_can_be_named_itself(tmp_path: Path, key_file: Path) -> None:
    one_ct(tmp_path / "a.dcm")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.dcm", "../../escape.dcm")
    done = runs.run(tmp_path / "a.zip", output=tmp_path / "out", key=key_file)
    assert len(done.files) == 1
    assert not (tmp_path.parent / "escape.dcm").exists()


def test_a_broken_zip_archive_is_named_and_the_run_goes_on(tmp_path: Path, key_file: Path) -> None:
    one_ct(tmp_path / "in" / "a.dcm")
    with zipfile.ZipFile(tmp_path / "in" / "b.zip", "w") as archive:
        archive.write(tmp_path / "in" / "a.dcm", "b.dcm")
    data = (tmp_path / "in" / "b.zip").read_bytes()
    (tmp_path / "in" / "b.zip").write_bytes(data[: len(data) // 2])
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code in (0, 3), done.stderr
    assert len(done.files) == 1
    assert done.status[str(tmp_path / "in" / "b.zip")][1]


def test_files_without_preamble_and_without_extension_are_found(tmp_path: Path, key_file: Path) -> None:
    dataset = ct(Patient.new(Planter(12), "patient"))
    write_file(tmp_path / "in" / "deep" / "IM0001", dataset, "1.2.840.10008.1.2", preamble=None)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code == 0, done.status
    after = runs.read(done.files[0])
    assert done.files[0].read_bytes()[128:132] == b"DICM"
    assert done.files[0].read_bytes()[:128] == b"\0" * 128
    assert after.PixelData == dataset.PixelData


def test_a_dicomdir_is_not_copied(tmp_path: Path, key_file: Path) -> None:
    shutil.copy(get_testdata_file("DICOMDIR"), tmp_path / "DICOMDIR")
    (tmp_path / "in").mkdir()
    (tmp_path / "DICOMDIR").rename(tmp_path / "in" / "DICOMDIR")
    one_ct(tmp_path / "in" / "a.dcm")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    status, reason = done.status[str(tmp_path / "in" / "DICOMDIR")]
    assert status != "written"
    assert "DICOMDIR" in reason
    assert len(done.files) == 1


def test_output_names_are_made_of_new_identifiers(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    for path in done.files:
        subject, _study, _series, name = path.relative_to(done.output).parts
        assert subject == runs.read(path).PatientID
        assert name.endswith(".dcm")


def test_a_name_pattern_is_followed(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    done = runs.run(
        tmp_path / "in",
        output=tmp_path / "out",
        key=key_file,
        extra=("--name-pattern", "{subject}/{modality}/{instance}.dcm"),
    )
    assert done.code == 0, done.stderr
    assert {path.relative_to(done.output).parts[1] for path in done.files} == {"PT", "CT"}
    assert len(done.files) == 4


@pytest.mark.parametrize(
    "pattern", ["same.dcm", "../{instance}.dcm", "/tmp/{instance}.dcm", "{patient_name}.dcm", "{subject.__class__}.dcm"]
)
def test_a_name_pattern_that_loses_files_or_leaves_the_output_is_refused(
    pattern: str, tmp_path: Path, key_file: Path
) -> None:
    pet_ct_patient(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, extra=("--name-pattern", pattern))
    assert done.code in (2, 3)
    assert "Traceback" not in done.stderr
    if done.code == 3:
        counts = done.last_progress["counts"]
        assert counts["written"] == len(done.files)
        assert counts["inputs"] == 4
    assert not list(tmp_path.glob("*.dcm"))


BROKEN = {
    "empty": lambda data: b"",
    "only a preamble": lambda data: data[:132],
    "cut in the file meta": lambda data: data[:150],
    "cut in the header": lambda data: data[:900],
    "not DICOM": lambda data: b"%PDF-1.4 nothing" * 40,
    "text": lambda data: b"Dear colleague,\n" * 20,
    "an encrypted envelope": lambda data: bytes(range(256)) * 8,
    "unknown transfer syntax": lambda data: data.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.9.1\0"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_named_with_a_reason_and_the_run_goes_on(kind: str, tmp_path: Path, key_file: Path) -> None:
    good, bad = one_ct(tmp_path / "in" / "good.dcm"), one_ct(tmp_path / "in" / "bad.dcm", seed=12)
    bad.write_bytes(BROKEN[kind](bad.read_bytes()))
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code in (0, 3), done.stderr
    assert done.status[str(good)][0] == "written"
    status, reason = done.status[str(bad)]
    assert status in ("rejected", "withheld", "not_dicom")
    assert reason
    assert "Traceback" not in done.stderr


def test_pixel_data_that_is_cut_short_is_not_passed_on_as_whole(tmp_path: Path, key_file: Path) -> None:
    bad = one_ct(tmp_path / "in" / "bad.dcm")
    bad.write_bytes(bad.read_bytes()[:-100])
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    status, reason = done.status[str(bad)]
    assert status != "written" or reason or len(runs.read(done.files[0]).PixelData) == 412
    assert done.code in (0, 3)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_named(tmp_path: Path, key_file: Path) -> None:
    one_ct(tmp_path / "in" / "good.dcm")
    bad = one_ct(tmp_path / "in" / "bad.dcm", seed=12)
    bad.chmod(0)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code == 3
    assert done.status[str(bad)][0] == "rejected"


def test_a_dangling_link_is_named(tmp_path: Path, key_file: Path) -> None:
    one_ct(tmp_path / "in" / "good.dcm")
    (tmp_path / "in" / "lost.dcm").symlink_to(tmp_path / "nowhere.dcm")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code in (0, 3), done.stderr
    assert len(done.files) == 1


def test_the_same_instance_twice_is_written_once_and_the_other_is_named(tmp_path: Path, key_file: Path) -> None:
    one_ct(tmp_path / "in" / "a.dcm")
    shutil.copy(tmp_path / "in" / "a.dcm", tmp_path / "in" / "b.dcm")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert len(done.journal) == 2
    assert len(done.files) == sum(entry["status"] == "written" for entry in done.journal)
    assert all(entry["status"] == "written" or entry["reason"] for entry in done.journal)


def test_different_data_under_one_instance_uid_is_never_lost_silently(tmp_path: Path, key_file: Path) -> None:
    dataset = ct(Patient.new(Planter(12), "patient"))
    write_file(tmp_path / "in" / "a.dcm", dataset)
    dataset.PixelData = dataset.PixelData[::-1]
    write_file(tmp_path / "in" / "b.dcm", dataset)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    statuses = [entry["status"] for entry in done.journal]
    assert len(done.files) == statuses.count("written")
    assert statuses.count("written") == 2 or done.code == 3


def test_a_dry_run_writes_nothing(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, extra=("--dry-run",))
    assert done.code == 0, done.stderr
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").rglob("*.dcm"))


def test_inputs_can_come_by_standard_input(tmp_path: Path, key_file: Path) -> None:
    two_patients(tmp_path / "in")
    files = sorted((tmp_path / "in").iterdir())
    done = runs.command(
        "run",
        "-",
        "--output",
        tmp_path / "out",
        "--key-file",
        key_file,
        "--progress",
        "none",
        stdin="\n".join(map(str, files[:2])),
    )
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").rglob("*.dcm"))) == 2


def test_two_workers_write_what_one_writes(tmp_path: Path, key_file: Path) -> None:
    make_patients(tmp_path / "in")
    one = runs.run(tmp_path / "in", output=tmp_path / "one", key=key_file, extra=("--jobs", 1))
    two = runs.run(tmp_path / "in", output=tmp_path / "two", key=key_file, extra=("--jobs", 2))
    assert [path.relative_to(one.output) for path in one.files] == [path.relative_to(two.output) for path in two.files]
    assert [path.read_bytes() for path in one.files] == [path.read_bytes() for path in two.files]


def test_progress_is_one_json_object_a_line_and_ends_with_done(tmp_path: Path, key_file: Path) -> None:
    two_patients(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    lines = [__import__("json").loads(line) for line in done.stdout.splitlines()]
    assert {line["phase"] for line in lines} >= {"scan", "run", "done"}
    assert lines[-1]["phase"] == "done"
    assert lines[-1]["exit_code"] == 0
    assert lines[-1]["counts"] == {"inputs": 4, "written": 4, "withheld": 0, "rejected": 0, "not_dicom": 0}
    assert Path(lines[-1]["report"]).name == "report.json"


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_an_interrupted_run_leaves_no_half_written_file_and_can_be_repeated(tmp_path: Path, key_file: Path) -> None:
    planter = Planter(77)
    patient = Patient.new(planter, "patient")
    for number in range(150):
        write_file(tmp_path / "in" / f"{number}.dcm", ct(patient, number))
    environment = {**os.environ, "PYTHONPATH": str(runs.LIBRARY)}
    words = [
        sys.executable,
        "-m",
        "DeidentifyLib",
        "run",
        tmp_path / "in",
        "--output",
        tmp_path / "out",
        "--key-file",
        key_file,
        "--progress",
        "json",
        "--jobs",
        "1",
    ]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if len(list((tmp_path / "out").rglob("*.dcm"))) >= 3:
            process.send_signal(signal.SIGINT)
            break
        time.sleep(0.02)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (0, 130), errors
    assert "Traceback" not in errors
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file() and "report" not in path.parts:
            assert path.suffix == ".dcm", "a temporary file is left"
            assert len(runs.read(path).PixelData) == 512


def test_a_request_that_cannot_be_carried_out_leaves_nothing_behind(tmp_path: Path) -> None:
    done = runs.command("run", tmp_path / "absent", "--output", tmp_path / "out", "--progress", "none")
    assert done.returncode == 2
    assert "input 1 does not exist" in done.stderr
    assert list(tmp_path.iterdir()) == []
