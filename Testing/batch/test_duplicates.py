"""A duplicate is a duplicate only of something that was written.

Shown to fail with each of these mutations, tried one at a time: both of two duplicates written; a duplicate rejected
at the scan; copies not tried after a failure; what is left after an interruption tried again.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import runs
from DeidentifyLib.batch.copies import WITHHELD_DUPLICATE, try_in_turn
from DeidentifyLib.batch.executors import WORKER_LOST
from DeidentifyLib.batch.face_planner import _first_whole
from DeidentifyLib.files.input_files import Source
from DeidentifyLib.pseudonyms.pseudonymizer import Subject
from DeidentifyLib.records.face_decisions import FaceDecision
from DeidentifyLib.records.tasks import Copy, InstanceResult, Task, TaskItem
from DeidentifyLib.scan.scan_inputs import DUPLICATE
from pydicom import dcmread
from pydicom.uid import generate_uid
from synthetic.files import write_file
from synthetic.images import ct
from synthetic.patient import Patient
from synthetic.planted import Planter

SUBJECT = Subject("NEW", "NEW", -400)


def study(folder: Path) -> list[Path]:
    """Write four slices of a patient."""
    patient = Patient.new(Planter(31), "patient")
    return [write_file(folder / f"m{number}.dcm", ct(patient, number)) for number in range(4)]


def cut(whole: Path, damaged: Path) -> None:
    damaged.write_bytes(whole.read_bytes()[:-100])


def other_length(whole: Path, damaged: Path) -> None:
    data = dcmread(whole)
    data.Rows *= 2
    data.save_as(damaged)
    damaged.write_bytes(damaged.read_bytes()[:-101])


def of_another_patient(whole: Path, damaged: Path) -> None:
    data = dcmread(whole)
    data.PatientID, data.SeriesInstanceUID = "ANOTHER-77", generate_uid()
    data.save_as(damaged)
    damaged.write_bytes(damaged.read_bytes()[:-100])


def in_an_archive(whole: Path, damaged: Path) -> None:
    with zipfile.ZipFile(damaged.with_suffix(".zip"), "w") as archive:
        archive.write(whole, "a.dcm")
    content = bytearray(damaged.with_suffix(".zip").read_bytes())
    content[30 + len("a.dcm") + whole.stat().st_size - 50] ^= 0xFF  # the checksum is wrong
    damaged.with_suffix(".zip").write_bytes(content)


DAMAGES = [cut, other_length, of_another_patient, in_an_archive]


def hashes(done: runs.Run) -> dict[str, bytes]:
    """Return the content of each output by its path."""
    return {path.relative_to(done.output).as_posix(): path.read_bytes() for path in done.files}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("how", [("--jobs", 1), ("--jobs", 2), ("--engine", "reference"), ("--engine", "stream")])
def test_a_damaged_copy_that_sorts_first_costs_the_whole_one_nothing(
    damage: Any, how: tuple[object, ...], tmp_path: Path, key_file: Path
) -> None:
    paths = study(tmp_path / "in")
    plain = runs.run(tmp_path / "in", output=tmp_path / "plain", key=key_file)
    assert plain.code == 0 and len(plain.files) == 4
    damage(paths[2], tmp_path / "in" / "a_copy.dcm")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, extra=how)
    assert done.code == 3, done.stderr + done.stdout
    assert hashes(done) == hashes(plain)
    by_status = Counter(status for status, _ in done.status.values())
    assert by_status == {"written": 4, "rejected": 1}
    (reason,) = (reason for status, reason in done.status.values() if status == "rejected")
    assert reason and DUPLICATE not in reason
    assert done.report["audit"]["verdict"] == "passed"
    assert done.last_progress["counts"]["inputs"] == 5


@pytest.mark.parametrize("jobs", [1, 2])
def test_of_whole_copies_the_first_is_written_and_the_others_are_named(
    jobs: int, tmp_path: Path, key_file: Path
) -> None:
    paths = study(tmp_path / "in")
    shutil.copytree(tmp_path / "in", tmp_path / "in" / "again")
    data = dcmread(paths[1])
    data.PatientID, data.SeriesInstanceUID = "ANOTHER-77", generate_uid()
    data.save_as(tmp_path / "in" / "z.dcm")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, extra=("--jobs", jobs))
    assert done.code == 3 and len(done.files) == 4
    written = {path for path, (status, _) in done.status.items() if status == "written"}
    assert written == {str(path) for path in paths}
    assert [reason for status, reason in done.status.values() if status == "rejected"] == [DUPLICATE] * 5
    assert done.last_progress["counts"] == {"inputs": 9, "written": 4, "withheld": 0, "rejected": 5, "not_dicom": 0}
    assert len(done.report["subjects"]) == 1
    assert done.report["audit"]["verdict"] == "passed"


def test_copies_are_tried_in_their_order_until_one_is_whole(tmp_path: Path, key_file: Path) -> None:
    whole = study(tmp_path / "in")[0]
    for name in ("a.dcm", "b.dcm"):
        cut(whole, tmp_path / "in" / name)
    shutil.copy(whole, tmp_path / "in" / "z.dcm")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    reasons = {Path(path).name: reason for path, (status, reason) in done.status.items() if status == "rejected"}
    assert len(done.files) == 4 and sorted(reasons) == ["a.dcm", "b.dcm", "z.dcm"]
    assert "truncated" in reasons["a.dcm"] and "truncated" in reasons["b.dcm"] and reasons["z.dcm"] == DUPLICATE


def test_where_no_copy_is_whole_each_has_its_own_reason(tmp_path: Path, key_file: Path) -> None:
    whole = study(tmp_path / "in")[0]
    cut(whole, tmp_path / "in" / "a.dcm")
    cut(whole, whole)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert len(done.files) == 3
    assert all("truncated" in done.status[str(path)][1] for path in (tmp_path / "in" / "a.dcm", whole))


def test_an_instance_of_a_series_that_is_not_selected_makes_no_duplicate(tmp_path: Path, key_file: Path) -> None:
    paths = study(tmp_path / "in")
    data = dcmread(paths[0])
    data.SeriesInstanceUID = generate_uid()
    data.save_as(tmp_path / "in" / "z.dcm")
    request = {"inputs": [str(tmp_path / "in")], "output": str(tmp_path / "out"), "series": [data.SeriesInstanceUID]}
    done = runs.command("run", "--request", "-", "--progress", "json", stdin=json.dumps(request))
    assert done.returncode == 0, done.stderr
    journal = runs.final_entries(tmp_path / "out.private" / "journal.jsonl")
    assert {Path(entry["input"]).name for entry in journal if entry["status"] == "written"} == {"z.dcm"}
    assert Counter(entry["status"] for entry in journal) == {"written": 1, "skipped": 4}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
def test_a_resumed_run_with_copies_ends_like_an_undisturbed_one(damage: Any, tmp_path: Path, key_file: Path) -> None:
    paths = study(tmp_path / "in")
    damage(paths[2], tmp_path / "in" / "a_copy.dcm")
    shutil.copy(paths[3], tmp_path / "in" / "z.dcm")
    first = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    before = {path: path.stat().st_ino for path in first.files}
    again = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, extra=("--resume",))
    assert {path: path.stat().st_ino for path in again.files} == before, "finished output is not done again"
    lost = again.files[0]
    lost.unlink()
    third = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, extra=("--resume",))
    for done in (again, third):
        assert (done.code, hashes(done), done.status) == (first.code, hashes(first), first.status)
        assert done.report["counts"] == first.report["counts"] and done.report["issues"] == first.report["issues"]
        assert done.report["subjects"] == first.report["subjects"]
        assert len(done.journal) == 6 and done.report["audit"]["verdict"] == "passed"


def test_a_copy_that_came_after_an_interruption_is_a_duplicate(tmp_path: Path, key_file: Path) -> None:
    paths = study(tmp_path / "in")
    first = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    shutil.copy(paths[1], tmp_path / "in" / "a.dcm")
    again = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, extra=("--resume",))
    assert again.status[str(tmp_path / "in" / "a.dcm")] == ("rejected", DUPLICATE)
    assert again.status[str(paths[1])][0] == "written" and hashes(again) == hashes(first)


def task_of(*faces: FaceDecision | None) -> Task:
    """Return a task of one instance with copies in other series, each with a decision on its face."""
    copies = tuple(Copy(Source(f"{n}"), "o.dcm", n, SUBJECT, one) for n, one in enumerate(faces) if n)
    return Task(0, SUBJECT, (TaskItem(Source("0"), "o.dcm", copies),), faces[0])


def test_a_copy_of_what_was_withheld_for_its_face_is_not_written() -> None:
    kept, withheld = FaceDecision(None, "", {}), FaceDecision(None, "face: uncertain", {})
    task = task_of(withheld, kept)

    def attempt(alone: Task) -> InstanceResult:
        is_withheld = alone.face is not None and alone.face.withheld
        return InstanceResult(alone.items[0], "withheld" if is_withheld else "written")

    found = try_in_turn(task, task.items[0], attempt)
    assert [(one.status, one.is_final) for one in found] == [("withheld", False), ("rejected", True)]
    assert found[1].reason == WITHHELD_DUPLICATE


def test_a_face_is_looked_for_in_the_copy_that_is_whole(tmp_path: Path) -> None:
    whole = study(tmp_path)[0]
    cut(whole, tmp_path / "a.dcm")
    sources = [Source(str(tmp_path / "a.dcm")), Source(str(whole))]
    assert _first_whole(sources) == sources[1]
    assert _first_whole(sources[:1]) == sources[0]


def test_a_lost_worker_is_no_end_for_the_copies() -> None:
    task = task_of(None, None, None)
    outcomes = iter(["rejected", "written"])
    found = try_in_turn(task, task.items[0], lambda alone: InstanceResult(alone.items[0], next(outcomes), WORKER_LOST))
    assert [(one.status, one.is_final) for one in found] == [("rejected", True), ("written", False), ("rejected", True)]
    assert [one.series_number for one in found] == [0, 1, 2]
