"""Through the command line: a head, and what else carries its face, in one study and in two."""

from __future__ import annotations

import json
from pathlib import Path

import pydicom
import pytest
import runs
from demo_head import make_head_series
from face import carriers
from pydicom import Dataset


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """De-identify a head with doses, contours, a mesh, a photograph and a cone beam; return input and output."""
    folder = tmp_path_factory.mktemp("carriers")
    make_head_series(folder / "in" / "head", 3.0)
    like = pydicom.dcmread(folder / "in" / "head" / "000.dcm")
    frame = like.FrameOfReferenceUID
    objects = {
        "dose": carriers.dose(frame=frame),
        "far": carriers.dose(low=(-80.0, -110.0, -900.0), high=(80.0, 100.0, -500.0), frame=frame),
        "contours": carriers.structure_set(("ROI 1", "", 85), frame=frame),
        "organs": carriers.structure_set(("Lens", "ORGAN", 6), frame=frame),
        "mesh": carriers.mesh("stl"),
        "photograph": carriers.photograph(),
        "craniofacial": carriers.cone_beam(craniofacial=True),
    }
    for name, dataset in objects.items():
        _save(dataset, like, folder / "in" / f"{name}.dcm", study=str(like.StudyInstanceUID))
    _save(carriers.dose(frame=frame), like, folder / "in" / "other_study.dcm", study="2.25.4711")
    outline = carriers.structure_set(("ROI 1", "", 85), ("Lens", "ORGAN", 6), frame=frame)
    _save(outline, like, folder / "in" / "third_study.dcm", study="2.25.4712")
    done = runs.command("run", folder / "in", "--output", folder / "out", "--deface", "--progress", "none")
    assert done.returncode == 3, done.stderr
    return folder / "in", folder / "out"


def _save(dataset: Dataset, like: Dataset, path: Path, study: str) -> None:
    dataset.PatientID, dataset.PatientName = like.PatientID, like.PatientName
    dataset.PatientBirthDate = like.get("PatientBirthDate", "")
    dataset.StudyInstanceUID = study
    dataset.save_as(path, enforce_file_format=True)


def test_only_what_does_not_reach_the_face_is_written(study: tuple[Path, Path]) -> None:
    _, output = study
    written = [pydicom.dcmread(path) for path in output.rglob("*.dcm")]
    assert sorted({dataset.Modality for dataset in written}) == ["MR", "RTDOSE", "RTSTRUCT"]
    (dose,) = [dataset for dataset in written if dataset.Modality == "RTDOSE"]
    assert float(dose.ImagePositionPatient[2]) == -900
    (organs,) = [dataset for dataset in written if dataset.Modality == "RTSTRUCT"]
    assert len(organs.StructureSetROISequence) == 1


def test_each_is_counted_with_its_own_reason(study: tuple[Path, Path]) -> None:
    _, output = study
    report = json.loads((output / "report" / "report.json").read_text())
    reasons = {issue["reason"]: issue["count"] for issue in report["issues"] if issue["status"] == "withheld"}
    for word in ("dose grid", "contours", "mesh", "photograph", "craniofacial"):
        assert any(word in reason for reason in reasons), word
    assert sum(reasons.values()) == 7, "the dose and the contours of other studies are among them"
    assert report["audit"]["verdict"] == "passed"
