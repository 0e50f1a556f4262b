"""Files that a command reads, and files of a run, are never replaced by what it writes where it is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import runs
from demo_head import make_head_series
from pydicom.data import get_testdata_file


def content(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def place(tmp_path: Path, key_file: Path) -> Path:
    """Return a folder with an input, links to it, a key and a finished run."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ct.dcm").write_bytes(Path(get_testdata_file("CT_small.dcm", download=False)).read_bytes())
    (tmp_path / "link.html").symlink_to(tmp_path / "in" / "ct.dcm")
    os.link(tmp_path / "in" / "ct.dcm", tmp_path / "hard link.html")
    (tmp_path / "key").write_bytes(key_file.read_bytes())
    (tmp_path / "key").chmod(0o600)
    assert runs.run(tmp_path / "in", output=tmp_path / "out", key=tmp_path / "key").code == 0
    return tmp_path


@pytest.mark.parametrize("out", ["in/ct.dcm", "in/new.html", "link.html", "key", "out/../in/ct.dcm"])
def test_a_preview_replaces_no_input_and_no_key(out: str, place: Path) -> None:
    before = content(place)
    done = runs.command("preview", place / "in", "--key-file", place / "key", "--out", place / out)
    assert done.returncode == 2
    assert done.stderr == "deidentify: --out must not be an input or the key, or lie in an input\n"
    assert content(place) == before


@pytest.mark.parametrize("json", ["in/ct.dcm", "link.html", "out/report/report.json", "out.private/journal.jsonl"])
def test_an_audit_replaces_no_source_and_no_file_of_the_run(json: str, place: Path) -> None:
    before = content(place)
    done = runs.command("audit", "--output", place / "out", "--source", place / "in", "--json", place / json)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert content(place) == before


def test_a_file_that_is_a_second_name_of_an_input_is_replaced_without_changing_the_input(place: Path) -> None:
    before = content(place / "in")
    for words in (("preview", place / "in", "--out"), ("audit", "--output", place / "out", "--json")):
        assert runs.command(*words, place / "hard link.html").returncode == 0
        assert (place / "hard link.html").read_bytes() != before[str(place / "in" / "ct.dcm")]
        assert (place / "hard link.html").stat().st_mode & 0o077 == 0
        assert content(place / "in") == before
        (place / "hard link.html").unlink()
        os.link(place / "in" / "ct.dcm", place / "hard link.html")
    assert not list(place.rglob(".partial*"))


@pytest.mark.parametrize("words", [
    ("--mask-out", "head/mask.nrrd"), ("--picture", "head/000.png"), ("--image-out", "head"), ("--image-out", "full"),
    ("--image-out", "full/file"), ("--mask-in", "mask.nrrd", "--mask-out", "mask.nrrd"),
])  # fmt: skip
def test_a_face_removed_from_a_series_replaces_nothing(words: tuple[str, ...], tmp_path: Path) -> None:
    make_head_series(tmp_path / "head", 4.0)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_bytes(b"mine")
    (tmp_path / "mask.nrrd").write_bytes(b"mine")
    before = content(tmp_path)
    given = [word if word.startswith("--") else tmp_path / word for word in words]
    done = runs.command("face", tmp_path / "head", *given)
    assert done.returncode == 2, done.stdout
    assert len(done.stderr.splitlines()) == 1
    assert content(tmp_path) == before


@pytest.mark.parametrize("words", [
    ("--mask-out", "head.nrrd"), ("--image-out", "head.nrrd"), ("--mask-in", "mask.nrrd", "--image-out", "mask.nrrd"),
    ("--mask-out", "new.nrrd", "--image-out", "new.nrrd"),
])  # fmt: skip
def test_a_face_removed_from_a_file_replaces_no_input(words: tuple[str, ...], tmp_path: Path) -> None:
    for name in ("head.nrrd", "mask.nrrd"):
        (tmp_path / name).write_bytes(b"mine")
    before = content(tmp_path)
    given = [word if word.startswith("--") else tmp_path / word for word in words]
    done = runs.command("face", tmp_path / "head.nrrd", *given)
    assert done.returncode == 2, done.stdout
    assert content(tmp_path) == before


@pytest.mark.parametrize("decision", ["--accept", "--withhold"])
def test_a_decision_replaces_no_file_of_the_same_name(decision: str, place: Path) -> None:
    written = next((place / "out").rglob("*.dcm"))
    held = place / "out.private" / "quarantine" / written.relative_to(place / "out")
    held.parent.mkdir(parents=True)
    held.write_bytes(b"another one")
    before = content(place)
    done = runs.command("review", "--output", place / "out", decision, written)
    assert done.returncode == 2
    assert content(place) == before
