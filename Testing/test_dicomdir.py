"""A DICOMDIR is never copied; a new one is made from the output on request."""

from __future__ import annotations

from pathlib import Path

import runs
from pydicom.data import get_testdata_file
from pydicom.fileset import FileSet


def test_a_new_dicomdir_names_the_de_identified_files_only(tmp_path: Path) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    for name in ("CT_small.dcm", "MR_small.dcm"):
        (inputs / name).write_bytes(Path(get_testdata_file(name, download=False)).read_bytes())
    assert runs.command("run", inputs, "--output", tmp_path / "out", "--progress", "none").returncode == 0
    made = runs.command("dicomdir", "--output", tmp_path / "out", "--to", tmp_path / "media")
    assert made.returncode == 0, made.stderr
    files = FileSet(tmp_path / "media" / "DICOMDIR")
    assert len(files) == 2
    assert b"CompressedSamples" not in (tmp_path / "media" / "DICOMDIR").read_bytes()


def test_a_file_set_is_not_written_into_the_output(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    refused = runs.command("dicomdir", "--output", tmp_path / "out", "--to", tmp_path / "out" / "media")
    assert refused.returncode == 2
