"""Tools that empty a folder empty only what they made themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from own_folder import MARKER, record_own, remove_own

HERE = Path(__file__).resolve().parent


def demo(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the demo as `in_venv.py` does."""
    command = [sys.executable, str(HERE / "demo.py"), *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


def content(folder: Path) -> dict[str, bytes | None]:
    """Return what is below a folder."""
    return {str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def own_folder(place: Path) -> Path:
    """Make a folder as the demo does, with one file."""
    folder = place / "made"
    (folder / "input").mkdir(parents=True)
    (folder / "input" / "one.dcm").write_bytes(b"sample")
    record_own(folder)
    return folder


def refuse(folder: Path, *words: object, cwd: Path | None = None) -> None:
    """Check that the demo refuses a folder in one line and changes nothing."""
    place = cwd or folder.parent
    before = content(place)
    done = demo(*words, cwd=place)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "nothing was deleted" in done.stderr
    assert done.stdout == ""
    assert content(place) == before


def test_the_demo_refuses_a_folder_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").write_text("mine")
    refuse(tmp_path / "precious", tmp_path / "precious")
    refuse(tmp_path / "precious", "precious/../precious/")
    refuse(tmp_path / "precious", ".", cwd=tmp_path / "precious")


def test_the_demo_refuses_its_default_folder_when_somebody_else_made_it(tmp_path: Path) -> None:
    (tmp_path / "deidentify-demo").mkdir()
    (tmp_path / "deidentify-demo" / "thesis.txt").write_text("mine")
    refuse(tmp_path / "deidentify-demo")


def test_the_demo_refuses_a_file_and_a_folder_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    refuse(tmp_path / "file", tmp_path / "file")
    refuse(tmp_path / "file", tmp_path / "file" / "below")


def test_the_demo_refuses_a_link_also_to_a_folder_of_its_own_and_one_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "own link").symlink_to(own_folder(tmp_path))
    (tmp_path / "dead link").symlink_to(tmp_path / "nowhere")
    refuse(tmp_path / "own link", tmp_path / "own link")
    refuse(tmp_path / "dead link", "dead link/")


@pytest.mark.parametrize("place", ["notes.txt", "input/notes.txt", "notes/", "output.private/review/notes.txt"])
def test_the_demo_refuses_its_own_folder_when_something_was_added(place: str, tmp_path: Path) -> None:
    folder = own_folder(tmp_path)
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    if place.endswith("/"):
        path.mkdir()
    else:
        path.write_text("mine")
    refuse(folder, folder)


def test_the_demo_refuses_its_own_folder_when_a_file_was_changed_or_replaced_by_a_link(tmp_path: Path) -> None:
    folder = own_folder(tmp_path)
    (folder / "input" / "one.dcm").write_bytes(b"sample with my notes")
    refuse(folder, folder)
    (tmp_path / "mine").write_bytes(b"sample")
    (folder / "input" / "one.dcm").unlink()
    (folder / "input" / "one.dcm").symlink_to(tmp_path / "mine")
    refuse(folder, folder)


@pytest.mark.parametrize("text", ["", "mine\n", "6\tinput/one.dcm\n"])
def test_the_demo_refuses_a_folder_with_a_marker_that_it_did_not_write(text: str, tmp_path: Path) -> None:
    folder = own_folder(tmp_path)
    (folder / MARKER).write_text(text)
    refuse(folder, folder)


@pytest.mark.parametrize("words", [("--help",), ("",), ("one", "two")])
def test_the_demo_takes_one_folder(words: tuple[str, ...], tmp_path: Path) -> None:
    done = demo(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")
    assert not list(tmp_path.iterdir())


def test_the_demo_makes_its_folder_where_the_caller_is_and_makes_it_anew(tmp_path: Path) -> None:
    for _ in range(2):
        done = demo("sample", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "sample" / "output" / "report" / "report.html").is_file()
    assert os.listdir(tmp_path) == ["sample"]


def test_a_folder_that_a_tool_made_is_removed_whole_and_links_in_it_are_not_followed(tmp_path: Path) -> None:
    folder = own_folder(tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    (folder / "link").symlink_to(tmp_path / "mine.txt")
    record_own(folder)
    remove_own(folder)
    assert os.listdir(tmp_path) == ["mine.txt"]
