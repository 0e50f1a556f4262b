"""A DICOMDIR is never copied; a new one is made from the output on request."""

from __future__ import annotations

from pathlib import Path

import pytest
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


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with the input and the output of a run."""
    for name in ("CT_small.dcm", "MR_small.dcm"):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_bytes(Path(get_testdata_file(name, download=False)).read_bytes())
    done = runs.command("run", tmp_path / "in", "--output", tmp_path / "out", "--progress", "none")
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_original_images_do_not_get_onto_a_medium(place: Path) -> None:
    refused = runs.command("dicomdir", "--output", place / "in", "--to", place / "media")
    assert refused.returncode == 2 and "not the output of a run" in refused.stderr
    assert not (place / "media").exists()


@pytest.mark.parametrize("how", ["beside the outputs", "without an ending", "in the place of an output", "as a link"])
def test_an_original_among_the_outputs_does_not_get_onto_a_medium(how: str, place: Path) -> None:
    original = (place / "in" / "CT_small.dcm").read_bytes()
    written = min((place / "out").rglob("*.dcm"))
    if how == "in the place of an output":
        written.write_bytes(original)
    elif how == "as a link":
        (place / "out" / "linked").symlink_to(place / "in", target_is_directory=True)
    else:
        (written.parent / ("more.dcm" if how == "beside the outputs" else "IM0001")).write_bytes(original)
    refused = runs.command("dicomdir", "--output", place / "out", "--to", place / "media")
    assert refused.returncode == 2 and "(1)" in refused.stderr
    assert not (place / "media").exists()


@pytest.mark.parametrize("gone", ["out.private", "out/report"])
def test_either_report_or_journal_tells_what_the_run_wrote(gone: str, place: Path) -> None:
    (place / gone).rename(place / "elsewhere")
    made = runs.command("dicomdir", "--output", place / "out", "--to", place / "media")
    assert made.returncode == 0, made.stderr
    assert len(FileSet(place / "media" / "DICOMDIR")) == 2


def test_what_a_person_released_gets_onto_the_medium_and_what_was_withheld_does_not(place: Path) -> None:
    written = min((place / "out").rglob("*.dcm"))
    assert runs.command("review", "--output", place / "out", "--withhold", written).returncode == 0
    made = runs.command("dicomdir", "--output", place / "out", "--to", place / "media")
    assert made.returncode == 0 and len(FileSet(place / "media" / "DICOMDIR")) == 1
    name = written.relative_to(place / "out")
    assert runs.command("review", "--output", place / "out", "--accept", name).returncode == 0
    made = runs.command("dicomdir", "--output", place / "out", "--to", place / "again")
    assert made.returncode == 0 and len(FileSet(place / "again" / "DICOMDIR")) == 2


def test_a_file_set_is_not_written_into_the_output(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    refused = runs.command("dicomdir", "--output", tmp_path / "out", "--to", tmp_path / "out" / "media")
    assert refused.returncode == 2
