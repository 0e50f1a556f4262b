"""A file is the same file however its path is typed, and from wherever."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import runs
from DeidentifyLib.batch.request import RunRequest
from DeidentifyLib.files.canonical_paths import Canonical, PathError, canonical, canonical_inputs
from synthetic import two_patients

SPELLINGS = ("absolute", "relative", "./", "trailing slash", "dots", "link", "dots behind a link", ".", "from inside")


def spelled(path: Path, how: str, cwd: Path) -> str:
    """Return a path spelled in some way as seen from a folder."""
    around = path.parent
    link = around / f"link to {path.name}"
    beside = around / "beside"
    if how == "link" and not link.is_symlink():
        link.symlink_to(path)
    beside.mkdir(exist_ok=True)
    elsewhere = around / "link to elsewhere"
    if how == "dots behind a link" and not elsewhere.is_symlink():
        (path / "deep").mkdir(exist_ok=True)
        elsewhere.symlink_to(path / "deep")
    return {
        "absolute": str(path),
        "relative": os.path.relpath(path, cwd),
        "./": f"./{os.path.relpath(path, cwd)}",
        "trailing slash": f"{path}/",
        "dots": f"{around}/beside/../{path.name}",
        "link": str(link),
        "dots behind a link": f"{elsewhere}/..",
        ".": ".",
        "from inside": f"../{path.name}",
    }[how]


def where(path: Path, how: str, other: Path) -> Path:
    """Return the folder to start a command in."""
    return path if how in (".", "from inside") else other


def command(*words: object, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(runs.LIBRARY)}
    line = [sys.executable, "-m", "DeidentifyLib", *map(str, words)]
    return subprocess.run(line, cwd=cwd, input=stdin, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a folder of inputs and an empty one to start from."""
    two_patients(tmp_path / "in")
    for text in (tmp_path / "in").rglob("*.txt"):
        text.unlink()
    (tmp_path / "other").mkdir()
    return tmp_path


def inputs_in(journal: Path) -> set[str]:
    return {line["input"] for line in runs.final_entries(journal)}


def dicom_files(folder: Path) -> set[str]:
    return {str(path) for path in folder.resolve().rglob("*") if path.is_file()}


@pytest.mark.parametrize("how", SPELLINGS)
def test_a_run_and_what_follows_it_know_their_inputs_however_spelled(how: str, place: Path) -> None:
    cwd = where(place / "in", how, place / "other")
    done = command("run", spelled(place / "in", how, cwd), "--output", place / "out", cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    assert inputs_in(place / "out.private" / "journal.jsonl") == dicom_files(place / "in")
    audited = command("audit", "--output", place / "out", cwd=place / "other")
    assert audited.returncode == 0, audited.stdout + audited.stderr
    for command_name in ("scan", "preview"):
        assert command(command_name, spelled(place / "in", how, cwd), cwd=cwd).returncode == 0


@pytest.mark.parametrize("how", [how for how in SPELLINGS if how != "dots behind a link"])
def test_an_output_is_the_same_however_spelled(how: str, place: Path) -> None:
    (place / "out").mkdir()
    cwd = where(place / "out", how, place / "other")
    output = spelled(place / "out", how, cwd)
    done = command("run", place / "in", "--output", output, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (place / "out.private" / "journal.jsonl").is_file()
    for words in (("audit", "--source", place / "in"), ("audit",), ("review",)):
        after = command(*words, "--output", output, cwd=cwd)
        assert after.returncode == 0, (words, after.stdout + after.stderr)
    medium = command("dicomdir", "--output", output, "--to", place / "medium", cwd=cwd)
    assert medium.returncode == 0, medium.stderr
    again = command("run", place / "in", "--output", place / "out", "--resume", cwd=place / "other")
    assert again.returncode == 0, again.stdout + again.stderr


@pytest.mark.parametrize("how", SPELLINGS)
def test_an_audit_knows_its_sources_however_spelled(how: str, place: Path) -> None:
    assert command("run", "in", "--output", "out", cwd=place).returncode == 0
    cwd = where(place / "in", how, place / "other")
    audited = command("audit", "--output", place / "out", "--source", spelled(place / "in", how, cwd), cwd=cwd)
    assert audited.returncode == 0, audited.stdout + audited.stderr


@pytest.mark.parametrize("how", SPELLINGS)
def test_a_run_is_resumed_with_its_inputs_spelled_anew(how: str, place: Path) -> None:
    assert command("run", "in", "--output", "out", cwd=place).returncode == 0
    before = {path: path.stat().st_ino for path in (place / "out").rglob("*.dcm")}
    cwd = where(place / "in", how, place / "other")
    words = ("run", spelled(place / "in", how, cwd), "--output", place / "out", "--resume")
    done = command(*words, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path: path.stat().st_ino for path in (place / "out").rglob("*.dcm")} == before


def written_by_an_earlier_version(private: Path, old: str, new: str) -> None:
    """Give the inputs in a journal the spelling that an earlier version kept."""
    path = private / "journal.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        if "input" in line:
            line["input"] = line["input"].replace(old, new, 1)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.mark.parametrize("old", ["in/", "./", "../in/", "{place}/link to in/", "{place}/other/../in/"])
@pytest.mark.parametrize("start", [".", "in", "other", "/"])
def test_a_run_of_an_earlier_version_is_resumed_with_the_same_files(old: str, start: str, place: Path) -> None:
    (place / "link to in").symlink_to(place / "in")
    assert command("run", "in", "--output", "out", cwd=place).returncode == 0
    before = {path: path.stat().st_ino for path in (place / "out").rglob("*.dcm")}
    written_by_an_earlier_version(place / "out.private", f"{place / 'in'}/", old.format(place=place))
    done = command("run", place / "in", "--output", place / "out", "--resume", cwd=place / start)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path: path.stat().st_ino for path in (place / "out").rglob("*.dcm")} == before
    assert inputs_in(place / "out.private" / "journal.jsonl") == dicom_files(place / "in")


def test_an_input_given_twice_or_inside_another_is_one_input(place: Path) -> None:
    one = next(path for path in (place / "in").rglob("*") if path.is_file())
    done = command("run", "in", "./in", place / "in", one, one.parent, "--output", "out", cwd=place)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 rejected" in done.stdout


def test_a_request_on_standard_input_makes_its_paths_canonical(place: Path, key_file: Path) -> None:
    (place / "key link").symlink_to(key_file)
    request = {"inputs": ["../in/."], "output": "../other/../out", "private": "../side", "key_file": "../key link"}
    done = command("run", "--request", "-", "--progress", "json", cwd=place / "other", stdin=json.dumps(request) + "\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert inputs_in(place / "side" / "journal.jsonl") == dicom_files(place / "in")
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["private"] == str(place / "side")
    assert last["report"] == str(place / "out" / "report" / "report.json")


@pytest.mark.parametrize("words", [
    ("run", "", "--output", "out"), ("run", "in", "--output", ""), ("run", "in", "--output="),
    ("run", "in", "--output", "out", "--private", ""), ("run", "in", "--output", "out", "--key-file="),
    ("run", "in", "--output", "out", "--id-list", ""), ("run", "in", "--output", "out", "--site-rules", ""),
    ("scan", ""), ("preview", ""), ("preview", "in", "--out", ""), ("audit", "--output", ""),
    ("audit", "--output", "in", "--source", ""), ("review", "--output", ""),
    ("review", "--output", "in", "--accept", ""),
    ("dicomdir", "--output", "", "--to", "medium"), ("dicomdir", "--output", "in", "--to", ""), ("face", ""),
    ("face", "in", "--image-out", ""), ("key", "new", ""), ("",),
])  # fmt: skip
def test_an_empty_argument_is_an_error_and_nothing_is_done(words: tuple[str, ...], place: Path) -> None:
    before = sorted(place.rglob("*"))
    done = command(*words, cwd=place)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "is empty" in done.stderr
    assert sorted(place.rglob("*")) == before


@pytest.mark.parametrize("change", [
    {"inputs": [""]}, {"inputs": ["in", ""]}, {"output": ""}, {"private": ""}, {"key_file": ""}, {"id_list": ""},
    {"masks": {"1.2": ""}, "options": {"deface": True}},
])  # fmt: skip
def test_an_empty_path_in_a_request_is_an_error_and_nothing_is_done(change: dict[str, Any], place: Path) -> None:
    before = sorted(place.rglob("*"))
    request = {"inputs": ["in"], "output": "out", **change}
    done = command("run", "--request", "-", cwd=place, stdin=json.dumps(request) + "\n")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "empty" in done.stderr
    assert sorted(place.rglob("*")) == before


def test_a_request_of_the_console_is_canonical_when_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "in")
    monkeypatch.chdir(tmp_path)
    request = RunRequest((Path("link"), Path("in/../in")), Path("out"), masks={"1.2": Path("mask.nrrd")},
                         id_list=Path("./ids.csv"), key_file=Path("key"))  # fmt: skip
    monkeypatch.chdir("/")
    assert request.inputs == (tmp_path / "in",)
    assert request.output == tmp_path / "out"
    assert request.private_folder == tmp_path / "out.private"
    assert (request.id_list, request.key_file) == (tmp_path / "ids.csv", tmp_path / "key")
    assert request.masks == {"1.2": tmp_path / "mask.nrrd"}


def test_a_link_to_a_file_of_another_suffix_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "4711").write_bytes(b"")
    (tmp_path / "store" / "b.dcm").write_bytes(b"")
    (tmp_path / "study.zip").symlink_to(tmp_path / "store" / "4711")
    (tmp_path / "a.dcm").symlink_to(tmp_path / "store" / "b.dcm")
    assert canonical(tmp_path / "study.zip") == tmp_path / "study.zip"
    assert canonical(tmp_path / "a.dcm") == tmp_path / "store" / "b.dcm"
    assert Canonical().inside(tmp_path / "a.dcm") == str(tmp_path / "a.dcm")


def test_empty_paths_are_refused_by_position() -> None:
    with pytest.raises(PathError, match="input 2 is empty"):
        canonical_inputs(["a", ""])
