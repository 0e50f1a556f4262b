"""A member of an archive that does not fit into memory is audited in pieces, and what cannot be held is told.

Shown to fail with each of these mutations, tried one at a time: `read_member` that reads every member whole; a
`MemoryError` that ends the audit.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import runs
from DeidentifyLib.audit import pairing
from DeidentifyLib.audit.run import AuditRequest, run_audit
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid

LARGE_MIB, LIMIT_MIB = 200, 250


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with the run of an archive of three slices."""
    data = dcmread(get_testdata_file("CT_small.dcm", download=False))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(3):
            data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
            data.save_as(tmp_path / "one.dcm")
            archive.write(tmp_path / "one.dcm", f"{number}.dcm")
    done = runs.command("run", tmp_path / "a.zip", "--output", tmp_path / "out", "--no-audit")
    assert done.returncode == 0, done.stderr
    return tmp_path


@pytest.mark.parametrize("has_journal", [True, False])
def test_a_file_that_cannot_be_held_is_told_and_the_others_are_audited(
    has_journal: bool, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = pairing.read_member

    def limited(path: Path, member: str) -> pairing.Bytes:
        if member == "1.dcm":
            raise MemoryError
        return read(path, member)

    monkeypatch.setattr(pairing, "read_member", limited)
    private = place / "out.private" if has_journal else None
    result = run_audit(AuditRequest([place / "a.zip"], place / "out", private))
    assert result["verdict"] == "incomplete" if has_journal else result["verdict"] != "passed"
    assert not result["quarantined"]
    if has_journal:
        assert (result["files"], result["files_not_checked"], result["errors"]) == (3, 1, 0)
    assert [row for row in result["findings"] if row["severity"] == "unchecked" and "memory" in row["text"]]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory differ")
def test_a_large_member_is_audited_in_little_memory(tmp_path: Path) -> None:
    data = dcmread(get_testdata_file("CT_small.dcm", download=False))
    data.NumberOfFrames, data.Rows, data.Columns = LARGE_MIB * 2, 512, 512
    frames = np.zeros((LARGE_MIB * 2, 512, 512), np.int16)
    frames[:, 0, :] = np.arange(512)
    data.PixelData = frames.tobytes()
    data.save_as(tmp_path / "large.dcm")
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "large.dcm", "large.dcm")
    del frames, data
    (tmp_path / "large.dcm").unlink()
    done = runs.command("run", tmp_path / "a.zip", "--output", tmp_path / "out", "--no-audit")
    assert done.returncode == 0, done.stderr
    words = ["audit", "--output", str(tmp_path / "out"), "--conformance", "none"]
    words += ["--json", str(tmp_path / "result.json")]
    code = (
        "import resource, sys\n"
        f"resource.setrlimit(resource.RLIMIT_DATA, ({LIMIT_MIB} << 20, {LIMIT_MIB} << 20))\n"
        "from DeidentifyLib.__main__ import main\n"
        f"code = main({words!r})\n"
        "sys.exit(code)\n"
    )
    audited = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(runs.LIBRARY), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert audited.returncode == 0, audited.stdout + audited.stderr
    result = json.loads((tmp_path / "result.json").read_text())
    assert (result["verdict"], result["files_not_checked"]) == ("passed", 0)
