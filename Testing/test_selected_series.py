"""A run of some series: the others are accounted for as skipped, and the audit knows what was asked."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pydicom
import pytest
import runs
import SimpleITK as sitk
from demo_head import make_head_series
from pydicom.uid import generate_uid
from synthetic import two_patients

SPACING = 4.0


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with the files of two patients."""
    two_patients(tmp_path / "in")
    return tmp_path


def series_of(folder: Path) -> list[str]:
    """Return the UIDs of all series of a folder."""
    uids = {str(runs.read(path).get("SeriesInstanceUID", "")) for path in folder.rglob("*") if path.is_file()}
    return sorted(uids - {""})


def run(place: Path, series: list[str], **more: Any) -> runs.Run:
    """Run a request for some series."""
    request = {"inputs": [str(place / "in")], "output": str(place / "out"), "series": series, **more}
    done = runs.command("run", "--request", "-", "--progress", "json", stdin=json.dumps(request) + "\n")
    return runs.Run(place / "out", done.returncode, done.stdout, done.stderr, place / "out.private")


def statuses(done: runs.Run) -> Counter[tuple[str, bool]]:
    """Count (status, whether the file is of the first series) of the DICOM inputs in the journal."""
    return Counter((line["status"], line["series_uid"]) for line in done.journal if line["status"] != "not_dicom")


def test_unselected_series_are_skipped_and_the_audit_passes_now_and_later(place: Path) -> None:
    wanted, *others = series_of(place / "in")
    assert others
    done = run(place, [wanted])
    assert done.code == 0, done.stdout + done.stderr
    assert {status for status, uid in statuses(done) if uid == wanted} == {"written"}
    assert {status for status, uid in statuses(done) if uid in others} == {"skipped"}
    skipped = [issue for issue in done.report["issues"] if issue["status"] == "skipped"]
    assert [issue["reason"] for issue in skipped] == ["the series was not selected"]
    assert done.report["audit"]["errors"] == 0
    for source in ((), ("--source", place / "in")):
        later = runs.command("audit", "--output", place / "out", *source)
        assert later.returncode == 0, later.stdout


def test_masks_skips_and_forces_are_known_to_the_audit_beside_a_selection(tmp_path: Path) -> None:
    first = {}
    for name in ("masked", "skipped", "forced", "unselected"):
        make_head_series(tmp_path / "in" / name, SPACING)
        series, frame = generate_uid(entropy_srcs=[name]), generate_uid(entropy_srcs=[name, "frame"])
        for path in (tmp_path / "in" / name).iterdir():
            dataset = pydicom.dcmread(path)
            dataset.SeriesInstanceUID, dataset.FrameOfReferenceUID = series, frame
            dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
            dataset.save_as(path)
        first[name] = dataset
    uids = {name: str(dataset.SeriesInstanceUID) for name, dataset in first.items()}
    mask = sitk.Image([40, 30, 20], sitk.sitkUInt8) + 1
    mask.SetSpacing([2.0, 2.0, 2.0])
    mask.SetOrigin([-40.0, -110.0, -40.0])
    sitk.WriteImage(mask, str(tmp_path / "mask.nrrd"))
    done = run(
        tmp_path,
        [uid for name, uid in uids.items() if name != "unselected"],
        options={"deface": True},
        masks={str(first["masked"].FrameOfReferenceUID): str(tmp_path / "mask.nrrd")},
        face_skip=[uids["skipped"]],
        face_force=[uids["forced"]],
    )
    assert done.code == 0, done.stdout + done.stderr
    assert {status for status, uid in statuses(done) if uid == uids["unselected"]} == {"skipped"}
    assert {status for status, uid in statuses(done) if uid != uids["unselected"]} == {"written"}
    assert runs.command("audit", "--output", tmp_path / "out").returncode == 0


def test_a_run_of_some_series_is_resumed_with_the_same_selection_only(place: Path) -> None:
    wanted, other, *_ = series_of(place / "in")
    assert run(place, [wanted]).code == 0
    journal = (place / "out.private" / "journal.jsonl").read_text()
    next((place / "out").rglob("*.dcm")).unlink()
    for selection in ([wanted, other], [other], None):
        refused = run(place, selection, resume=True)
        assert refused.code == 2
        assert "another selection of series" in refused.stderr
        assert (place / "out.private" / "journal.jsonl").read_text() == journal
    done = run(place, [wanted], resume=True)
    assert done.code == 0, done.stdout + done.stderr
    assert {status for status, uid in statuses(done) if uid == wanted} == {"written"}
    assert {status for status, uid in statuses(done) if uid != wanted} == {"skipped"}


@pytest.mark.parametrize("fault", ["a selected series was skipped", "an unselected series was written"])
def test_an_audit_finds_what_contradicts_the_selection(fault: str, place: Path) -> None:
    wanted, other, *_ = series_of(place / "in")
    assert run(place, [wanted, other]).code == 0
    path = place / "out.private" / "journal.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        if "run" in line and fault == "an unselected series was written":
            line["run"]["series"] = [wanted]
        elif fault == "a selected series was skipped" and line.get("series_uid") == other:
            (place / "out" / line["output"]).unlink()
            line.update(status="skipped", output=None, reason="the series was not selected")
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    audited = runs.command("audit", "--output", place / "out", "--no-quarantine")
    assert audited.returncode == 4
    assert "set.selection" in audited.stdout


def test_an_input_of_no_known_series_that_the_journal_lacks_is_not_passed(place: Path) -> None:
    assert run(place, series_of(place / "in")[:1]).code == 0
    path = place / "out.private" / "journal.jsonl"
    lines = [line for line in path.read_text().splitlines(True) if '"skipped"' not in line]
    path.write_text("".join(lines))
    audited = runs.command("audit", "--output", place / "out", "--source", place / "in")
    assert audited.returncode not in (0, 3)
    assert "inputs are not in the journal" in audited.stdout
