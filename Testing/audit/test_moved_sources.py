"""Inputs that were moved since the run are found below ``--source``.

Shown to fail with each of these mutations, tried one at a time: `relocation_of` that returns nothing; pairs read where
the journal says; one missing file of the folder overlooked.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
import runs
from DeidentifyLib.audit.relocation import Relocation, relocation_of
from synthetic import two_patients


@pytest.fixture
def place(tmp_path: Path, key_file: Path) -> Path:
    """Return a folder with a run of a folder and an archive."""
    two_patients(tmp_path / "old" / "disk" / "deep")
    paths = sorted((tmp_path / "old" / "disk" / "deep").iterdir())
    with zipfile.ZipFile(tmp_path / "old" / "disk" / "more.zip", "w") as archive:
        archive.write(paths[-1], "one.dcm")
    paths[-1].unlink()
    done = runs.run(tmp_path / "old" / "disk", output=tmp_path / "out", key=key_file)
    assert done.code == 0 and len(done.files) == 4
    return tmp_path


def audit(place: Path, *words: object) -> dict:
    """Audit and return the result."""
    runs.command("audit", "--output", place / "out", "--json", place / "result.json", "--no-quarantine", *words)
    return json.loads((place / "result.json").read_text())


@pytest.mark.parametrize("depth", ["the input", "a folder around it"])
def test_a_moved_folder_is_audited_against_where_it_is_now(depth: str, place: Path) -> None:
    (place / "old").rename(place / "new")
    assert audit(place)["verdict"] == "incomplete"
    source = place / "new" / "disk" if depth == "the input" else place / "new"
    result = audit(place, "--source", source)
    assert (result["verdict"], result["files"], result["files_not_checked"]) == ("passed", 4, 0), result["findings"]
    assert not [row for row in result["findings"] if row["check"] == "set.input"]


def test_a_moved_folder_is_audited_in_several_processes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from DeidentifyLib.audit import parallel
    from DeidentifyLib.audit.run import AuditRequest, run_audit

    (place / "old").rename(place / "new")
    monkeypatch.setattr(parallel, "_WORTH_A_POOL", 1)
    result = run_audit(AuditRequest([place / "new"], place / "out", place / "out.private", jobs=2))
    assert (result["verdict"], result["files_not_checked"]) == ("passed", 0)


def test_an_archive_and_files_that_were_moved_apart_are_found(place: Path) -> None:
    (place / "other").mkdir()
    (place / "old" / "disk" / "more.zip").rename(place / "other" / "more.zip")
    (place / "old" / "disk" / "deep").rename(place / "somewhere")
    result = audit(place, "--source", place / "somewhere", place / "other" / "more.zip")
    assert (result["verdict"], result["files_not_checked"]) == ("passed", 0), result["findings"]


def test_a_folder_that_lacks_a_file_does_not_stand_for_the_input(place: Path) -> None:
    (place / "old").rename(place / "new")
    min((place / "new" / "disk" / "deep").iterdir()).unlink()
    result = audit(place, "--source", place / "new")
    assert result["verdict"] == "incomplete" and result["files_not_checked"] == 4 and not result["failed_files"]


def test_inputs_that_are_where_they_were_are_not_looked_for_elsewhere(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_bytes(b"")
    assert relocation_of([str(tmp_path / "old" / "a")], [tmp_path / "new"]) == Relocation()
    assert relocation_of([str(tmp_path / "gone" / "a")], [tmp_path / "new"])(str(tmp_path / "gone" / "a")) == str(
        tmp_path / "new" / "a"
    )
