"""A run with Deface that is killed while it plans and while it writes, and resumed, ends like an undisturbed one."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydicom
import pytest
import runs
import SimpleITK as sitk
from DeidentifyLib.audit.pixel_records import PixelRecords
from DeidentifyLib.face import DrawnRegion, FaceRegion, Location
from DeidentifyLib.files.fingerprints import Fingerprints
from DeidentifyLib.records.changed_pixels import ChangedPixels
from DeidentifyLib.records.face_decisions import FaceDecision
from demo_head import make_head_series
from pydicom.uid import generate_uid

from batch.folders_of_runs import kill_all, start, tree

SUBJECTS = 3


@pytest.fixture(scope="module")
def heads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the head series of three subjects."""
    folder = tmp_path_factory.mktemp("heads") / "in"
    make_head_series(folder / "0", 4.0)
    for number in range(1, SUBJECTS):
        (folder / str(number)).mkdir()
        for path in sorted((folder / "0").iterdir()):
            dataset = pydicom.dcmread(path)
            dataset.PatientID, dataset.PatientName = f"HEAD-{number}", f"Synthetic^{number}"
            for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "SOPInstanceUID"):
                setattr(dataset, keyword, generate_uid(entropy_srcs=[str(number), dataset[keyword].value]))
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            dataset.save_as(folder / str(number) / path.name)
    return folder


@pytest.fixture(scope="module")
def undisturbed(heads: Path, key_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the output of a run that nothing disturbed."""
    output = tmp_path_factory.mktemp("undisturbed") / "out"
    done = runs.command(*_words(heads, output, key_file))
    assert done.returncode == 0, done.stdout + done.stderr
    return output


def _words(heads: Path, output: Path, key: Path, *more: str) -> tuple[object, ...]:
    return ("run", heads, "--output", output, "--key-file", key, "--deface", "--jobs", 1, "--progress", "none", *more)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _kill_when(moment: Callable[[], bool], heads: Path, output: Path, key: Path) -> bool:
    """Start or resume the run and kill it at a moment; return whether it was still running."""
    process: subprocess.Popen[str] = start(*_words(heads, output, key, "--resume")[1:])
    deadline = time.monotonic() + 120
    while process.poll() is None and not moment() and time.monotonic() < deadline:
        time.sleep(0.002)
    was_running = process.poll() is None
    kill_all(process)
    return was_running


def _faces(output: Path) -> list[dict[str, Any]]:
    report = json.loads((output / "report" / "report.json").read_text())
    assert report["audit"]["verdict"] == "passed"
    return [
        {**series["face"], "series": series["series"], "status": series["status"]}
        for subject in report["subjects"]
        for study in subject["studies"]
        for series in study["series"]
    ]


def _pictures(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.png")}


def _records(private: Path) -> list[tuple[str, bytes]]:
    return sorted((line["output"], (private / line["mask"]).read_bytes()) for line in _lines(private / "pixels.jsonl"))


def test_killed_in_planning_and_in_writing_and_resumed_it_equals_an_undisturbed_run(
    heads: Path, undisturbed: Path, key_file: Path, tmp_path: Path
) -> None:
    output, private = tmp_path / "out", tmp_path / "out.private"
    plans, journal = private / "face_plans.jsonl", private / "journal.jsonl"

    def one_study_is_planned() -> bool:
        return len(_lines(plans)) >= 1

    def a_task_is_done_and_the_next_begun() -> bool:
        done = sum("status" in line for line in _complete(journal))
        return done > 0 and sum(1 for _ in output.rglob("*.dcm")) > done + 3

    assert _kill_when(one_study_is_planned, heads, output, key_file)
    assert 1 <= len(_lines(plans)) < SUBJECTS
    assert plans.stat().st_mode & 0o777 == 0o600
    assert "HEAD-" not in plans.read_text()
    assert _kill_when(a_task_is_done_and_the_next_begun, heads, output, key_file)
    assert len(_lines(plans)) == SUBJECTS
    with (private / "pixels.jsonl").open("a") as file:
        file.write('{"output": "half of a li')
    done = runs.command(*_words(heads, output, key_file, "--resume"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert tree(output) == tree(undisturbed)
    assert _faces(output) == _faces(undisturbed)
    assert len(_pictures(output / "report" / "faces")) == SUBJECTS
    other = undisturbed.with_name("out.private")
    assert _pictures(output / "report" / "faces") == _pictures(undisturbed / "report" / "faces")
    assert _pictures(private / "faces") == _pictures(other / "faces")
    records = _records(private)
    assert records == _records(other) and records
    assert len(records) == len({name for name, _ in records})


def _complete(journal: Path) -> list[dict[str, Any]]:
    """Return the lines of a journal that is being written."""
    if not journal.exists():
        return []
    return [json.loads(line) for line in journal.read_text().splitlines(True) if line.endswith("\n")]


def test_finished_verdicts_are_taken_and_not_made_again(heads: Path, undisturbed: Path, key_file: Path) -> None:
    plans = undisturbed.with_name("out.private") / "face_plans.jsonl"
    before = plans.read_text()
    marked = before.replace('"reason": "', '"reason": "as noted: ')
    assert marked != before
    plans.write_text(marked)
    assert runs.command(*_words(heads, undisturbed, key_file, "--resume")).returncode == 0
    taken = _faces(undisturbed)
    plans.write_text(before)
    assert all(face["reason"].startswith("as noted: ") for face in taken)


def test_a_study_whose_files_changed_is_judged_anew(heads: Path, undisturbed: Path, key_file: Path) -> None:
    plans = undisturbed.with_name("out.private") / "face_plans.jsonl"
    plans.write_text(plans.read_text().replace('"reason": "', '"reason": "as noted: '))
    path = heads / "1" / "000.dcm"
    status = path.stat()
    path.touch()
    assert runs.command(*_words(heads, undisturbed, key_file, "--resume")).returncode == 0
    assert [face["reason"].startswith("as noted: ") for face in _faces(undisturbed)].count(False) == 1
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_records_of_changed_pixels_are_reduced_to_one_for_each_output_that_stays(tmp_path: Path) -> None:
    path = tmp_path / "pixels.jsonl"
    lines = [
        {"output": "a", "boxes": [], "mask": "masks/a", "output_folder": "/here"},
        {"output": "a", "boxes": [], "mask": "masks/a", "output_folder": "/here"},
        {"output": "b", "boxes": [], "mask": "masks/b", "output_folder": "/here"},
        {"output": "b", "boxes": [], "mask": None, "output_folder": str(tmp_path)},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"output": "c", "bo')
    done = Fingerprints()
    done.add("a")
    ChangedPixels(tmp_path, "/here").reduce(done)
    assert _lines(path) == [lines[0], lines[3]]
    assert path.stat().st_mode & 0o777 == 0o600
    records = PixelRecords(tmp_path, tmp_path)
    assert records.of("a") is None and records.of("b") == {"output": "b", "boxes": [], "mask": None}


def test_decisions_come_back_as_they_were() -> None:
    drawn = sitk.Image([3, 4, 5], sitk.sitkUInt8) + 1
    location = Location((1.1, 0, 0.1, 0, 1, 0, 0, 0, 1 / 3), (1e-9, 2.0, -3.5), {"match": 0.1 + 0.2}, (0.125, -1.5))
    for region in (None, FaceRegion(location, True, 5.0), DrawnRegion(drawn)):
        before = FaceDecision(region, "why", {"verdict": "removed", "figures": {"match": 0.3}})
        assert FaceDecision.from_dict(json.loads(json.dumps(before.to_dict())), drawn) == before
