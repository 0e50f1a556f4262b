"""Subjects are audited in several processes, and the result is that of one, whatever they have in common."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

import pydicom
import pytest
import runs
from audit.reference import encode, make_slice
from DeidentifyLib.audit import AuditRequest, parallel, run_audit
from DeidentifyLib.audit.auditor import Auditor

SUBJECTS = 5
Outputs = list[list[Path]]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run over some subjects of three files each."""
    folder = tmp_path_factory.mktemp("run")
    for subject in range(SUBJECTS):
        (folder / "in" / str(subject)).mkdir(parents=True)
        for number in range(3):
            dataset = make_slice(number)
            dataset.PatientID, dataset.PatientName = f"MRN-{subject}4711", f"Family{subject}^Given"
            for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "SOPInstanceUID"):
                dataset[keyword].value += f".{subject}"
            del dataset.SourceImageSequence
            (folder / "in" / str(subject) / f"{number}.dcm").write_bytes(encode(dataset))
    done = runs.command("run", folder / "in", "--output", folder / "out", "--no-audit", "--progress", "none")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class InLine(Executor):
    """Runs what is submitted at once, on what a process would receive."""

    def submit(self, function: Callable, /, *arguments: Any, **named: Any) -> Future:
        future: Future = Future()
        future.set_result(pickle.loads(pickle.dumps(function(*pickle.loads(pickle.dumps(arguments))))))
        return future


class Lost(InLine):
    """Loses its worker at every other task."""

    tasks = 0

    def submit(self, function: Callable, /, *arguments: Any, **named: Any) -> Future:
        self.tasks += 1
        if self.tasks % 2:
            return super().submit(function, *arguments)
        future: Future = Future()
        future.set_exception(BrokenExecutor("a worker died"))
        return future


def _copy(clean: Path, folder: Path) -> Outputs:
    """Copy the output of the run to a folder; return the files of each subject."""
    shutil.copytree(clean / "out", folder / "out")
    shutil.copytree(clean / "out.private", folder / "out.private")
    journal = folder / "out.private" / "journal.jsonl"
    journal.write_text(journal.read_text().replace(str(clean / "out"), str(folder / "out")))
    lines = [line for line in map(json.loads, journal.read_text().splitlines()) if line.get("status") == "written"]
    files: Outputs = [[] for _ in range(SUBJECTS)]
    for line in lines:
        files[int(Path(line["input"]).parent.name)].append(folder / "out" / line["output"])
    return files


def _audit(clean: Path, folder: Path, jobs: int) -> dict[str, Any]:
    request = AuditRequest(
        [clean / "in"], folder / "out", folder / "out.private", conformance=0, quarantine=False, jobs=jobs
    )
    result = run_audit(request)
    return {key: value for key, value in result.items() if key not in ("seconds", "cpu_seconds")}


def _set(path: Path, **values: str) -> None:
    dataset = pydicom.dcmread(path)
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path)


def _same_study(files: Outputs) -> None:
    study = str(pydicom.dcmread(files[0][0]).StudyInstanceUID)
    for path in files[3]:
        _set(path, StudyInstanceUID=study)


def _same_instance(files: Outputs) -> None:
    instance = str(pydicom.dcmread(files[0][0]).SOPInstanceUID)
    _set(files[3][1], SOPInstanceUID=instance)


def _same_subject(files: Outputs) -> None:
    patient = str(pydicom.dcmread(files[0][0]).PatientID)
    for path in files[3]:
        _set(path, PatientID=patient)


def _nothing(files: Outputs) -> None:
    pass


@pytest.fixture
def small_sets_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the audit use processes for few files."""
    monkeypatch.setattr(parallel, "_WORTH_A_POOL", 1)


@pytest.mark.parametrize(
    ("change", "check"),
    [(_nothing, ""), (_same_study, "uid.merged"), (_same_instance, "uid.twice"), (_same_subject, "pseudonym.shared")],
)
@pytest.mark.parametrize("executor", [InLine, Lost])
def test_what_subjects_have_in_common_is_found_as_in_one_process(
    change: Callable[[Outputs], None],
    check: str,
    executor: type[Executor],
    clean: Path,
    small_sets_are_shared: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change(_copy(clean, tmp_path))
    alone = _audit(clean, tmp_path, 1)
    taken: list[bool] = []
    real = Auditor.take_over

    def take_over(self: Auditor, other: Auditor) -> bool:
        taken.append(real(self, other))
        return taken[-1]

    monkeypatch.setattr(Auditor, "take_over", take_over)
    monkeypatch.setattr(parallel, "process_pool", lambda jobs: executor())
    shared = _audit(clean, tmp_path, 2)
    assert json.dumps(shared) == json.dumps(alone)
    errors = {row["check"] for row in shared["findings"] if row["severity"] == "error"}
    assert check in errors if check else not errors
    in_parts = SUBJECTS if executor is InLine else (SUBJECTS + 1) // 2
    assert taken.count(True) == in_parts - (bool(check) and executor is InLine)


@pytest.mark.parametrize("jobs", [2, 3])
def test_real_processes_give_the_same(
    jobs: int, clean: Path, small_sets_are_shared: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    files = _copy(clean, tmp_path)
    for path in (files[0][1], files[2][0], files[4][2]):
        _set(path, ImageComments="seen by Doctor House", InstitutionName="General Hospital")
    alone = _audit(clean, tmp_path, 1)
    assert alone["errors"] + alone["warnings"] > 0
    assert json.dumps(_audit(clean, tmp_path, jobs)) == json.dumps(alone)


def test_output_that_is_not_ordered_by_subject_is_audited_in_one_process(
    clean: Path, small_sets_are_shared: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(jobs: int) -> Executor:
        raise AssertionError("processes were started")

    _copy(clean, tmp_path)
    monkeypatch.setattr(parallel, "process_pool", refuse)
    options = json.loads((tmp_path / "out" / "report" / "report.json").read_text())["options"]
    for more in ({"name_pattern": "{series}/{instance}.dcm"}, {"keep_id_name": True}):
        request = AuditRequest(
            [clean / "in"], tmp_path / "out", tmp_path / "out.private", {**options, **more}, quarantine=False, jobs=2
        )
        run_audit(request)
