"""Links, pipes, sockets and devices among the inputs: followed or named, and never waited for.

Shown to fail with each of these mutations, tried one at a time: links to folders not followed; folders entered twice;
links into the output followed; special files opened.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import runs
from DeidentifyLib.audit.large_files import read_bytes
from DeidentifyLib.audit.pairing import source_files
from DeidentifyLib.files import input_paths
from DeidentifyLib.files.input_files import Source, Unreadable, iterate_sources
from synthetic.files import write_file
from synthetic.images import ct
from synthetic.patient import Patient
from synthetic.planted import Planter

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links and pipes need rights there")


def slices(folder: Path, *numbers: int) -> None:
    """Write slices of one patient."""
    patient = Patient.new(Planter(51), "patient")
    for number in range(max(numbers) + 1):
        dataset = ct(patient, number)
        if number in numbers:
            write_file(folder / f"{number}.dcm", dataset)


@pytest.fixture
def near_socket(tmp_path: Path) -> Iterator[Path]:
    """Return a socket with a short path."""
    before = Path.cwd()
    (tmp_path / "in").mkdir(exist_ok=True)
    os.chdir(tmp_path / "in")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket")
        os.chdir(before)
        yield tmp_path / "in" / "socket"


def read_and_left(*inputs: Path, apart: tuple[Path, ...] = ()) -> tuple[list[str], dict[str, str]]:
    """Return the names of what is read, and the reasons for what is not."""
    found = list(iterate_sources([path.resolve() for path in inputs], apart))
    read = [Path(one.path).name for one in found if isinstance(one, Source)]
    return read, {Path(one.source.path).name: one.reason for one in found if isinstance(one, Unreadable)}


def test_special_files_are_named_and_not_opened(near_socket: Path, tmp_path: Path, key_file: Path) -> None:
    slices(tmp_path / "in", 0)
    os.mkfifo(tmp_path / "in" / "pipe.dcm")
    os.mkfifo(tmp_path / "in" / "pipe.zip")
    os.mkfifo(tmp_path / "in" / "pipe.tar.gz")
    (tmp_path / "in" / "null").symlink_to("/dev/zero")
    done = runs.command("run", tmp_path / "in", "--output", tmp_path / "out", "--key-file", key_file, timeout=60)
    assert done.returncode == 0, done.stderr
    journal = runs.final_entries(tmp_path / "out.private" / "journal.jsonl")
    skipped = {
        Path(one["input"]).name for one in journal if (one["status"], one["reason"]) == ("skipped", input_paths.SPECIAL)
    }
    assert skipped == {"pipe.dcm", "pipe.zip", "pipe.tar.gz", "null", "socket"}
    assert input_paths.SPECIAL in done.stdout
    for words in (("audit", "--output", tmp_path / "out", "--source", tmp_path / "in"), ("scan", tmp_path / "in")):
        assert runs.command(*words, timeout=60).returncode == 0


def test_special_files_that_are_named_themselves_are_not_opened(tmp_path: Path) -> None:
    slices(tmp_path / "in", 0)
    for name in ("pipe", "pipe.zip", "pipe.nii"):
        os.mkfifo(tmp_path / name)
        words = ("run", tmp_path / name, "--output", tmp_path / f"out {name}")
        assert runs.command(*words, timeout=60).returncode == 3
        assert runs.command("scan", tmp_path / name, timeout=60).returncode == 1
        assert runs.command("preview", tmp_path / name, timeout=60).returncode == 1
        assert runs.command("face", tmp_path / name, timeout=60).returncode == 2
    assert runs.command("run", tmp_path / "in", "--output", tmp_path / "out", "--no-audit").returncode == 0
    audited = runs.command("audit", "--output", tmp_path / "out", "--source", tmp_path / "pipe", timeout=60)
    assert audited.returncode == 0, audited.stdout
    os.mkfifo(tmp_path / "out" / "pipe.dcm")
    audited = runs.command("audit", "--output", tmp_path / "out", timeout=60)
    assert audited.returncode == 4 and "set.special" in audited.stdout
    medium = runs.command("dicomdir", "--output", tmp_path / "out", "--to", tmp_path / "medium", timeout=60)
    assert medium.returncode == 2


def test_what_becomes_a_pipe_after_the_scan_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for opened in (Source(str(tmp_path / "pipe")).open, Source(str(tmp_path / "pipe")).open_bytes):
        with pytest.raises(OSError, match="not opened"):
            opened()
    with pytest.raises(OSError, match="no file"):
        read_bytes(tmp_path / "pipe")


def test_a_link_to_a_folder_is_followed_and_the_audit_follows_it(tmp_path: Path, key_file: Path) -> None:
    slices(tmp_path / "in" / "real", 0)
    slices(tmp_path / "elsewhere" / "deep", 1, 2)
    (tmp_path / "in" / "linked").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "in" / "again").symlink_to(tmp_path / "elsewhere" / "deep", target_is_directory=True)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code == 0 and len(done.files) == 3, done.status
    audited = runs.command("audit", "--output", tmp_path / "out", "--source", tmp_path / "in")
    assert audited.returncode == 0, audited.stdout
    resumed = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, extra=("--resume",))
    assert resumed.code == 0 and resumed.report["counts"] == done.report["counts"]


def test_each_real_file_is_read_once_and_loops_end(tmp_path: Path) -> None:
    slices(tmp_path / "in" / "b", 0, 1)
    slices(tmp_path / "other" / "x", 2)
    for name, target in (
        ("a to b", "in/b"),
        ("b/loop", "in"),
        ("c up", "."),
        ("d other", "other"),
        ("e other again", "other"),
        ("f deep", "other/x"),
    ):
        (tmp_path / "in" / name).symlink_to(tmp_path / target, target_is_directory=True)
    (tmp_path / "other" / "back").symlink_to(tmp_path / "other", target_is_directory=True)
    (tmp_path / "in" / "g.dcm").symlink_to(tmp_path / "in" / "b" / "0.dcm")
    (tmp_path / "in" / "self").symlink_to(tmp_path / "in" / "self")
    (tmp_path / "in" / "lost").symlink_to(tmp_path / "in" / "nothing")
    read, left = read_and_left(tmp_path / "in")
    assert sorted(read) == ["0.dcm", "1.dcm", "2.dcm", "lost", "self"], "links to nothing fail when they are read"
    assert left == {
        "a to b": input_paths.LINK_INSIDE,
        "loop": input_paths.LINK_INSIDE,
        "g.dcm": input_paths.LINK_INSIDE,
        "c up": input_paths.LINK_AROUND,
        "e other again": input_paths.LINK_AGAIN,
        "back": input_paths.LINK_AGAIN,
    }
    known = {path.name for path, _ in source_files([(tmp_path / "in").resolve()])}
    assert known == set(read)


def test_a_link_to_a_file_elsewhere_is_read_once(tmp_path: Path) -> None:
    slices(tmp_path / "store", 0)
    shutil.move(tmp_path / "store" / "0.dcm", tmp_path / "store" / "abcdef")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.dcm").symlink_to(tmp_path / "store" / "abcdef")
    (tmp_path / "in" / "b").symlink_to(tmp_path / "store" / "abcdef")
    (tmp_path / "in" / "c").symlink_to(tmp_path / "store" / "abcdef")
    read, left = read_and_left(tmp_path / "in")
    assert read == ["a.dcm", "b"] and left == {"c": input_paths.LINK_AGAIN}


def test_links_do_not_lead_into_the_output_or_the_private_folder(tmp_path: Path, key_file: Path) -> None:
    slices(tmp_path / "in", 0)
    slices(tmp_path / "all" / "more", 1)
    for name in ("out", "out.private"):
        (tmp_path / "in" / name).symlink_to(tmp_path / "all" / name, target_is_directory=True)
    (tmp_path / "in" / "everything").symlink_to(tmp_path / "all", target_is_directory=True)
    first = runs.run(tmp_path / "in", output=tmp_path / "all" / "out", key=key_file)
    assert first.code in (0, 3) and len(first.files) == 2, first.status
    again = runs.run(tmp_path / "in", output=tmp_path / "all" / "out", key=key_file, extra=("--resume",))
    assert len(again.files) == 2
    assert {status for status, _ in again.status.values()} <= {"written", "skipped"}
    assert again.report["audit"]["verdict"] == "passed"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "in" / "closed").mkdir(parents=True, mode=0)
    assert read_and_left(tmp_path / "in")[1] == {"closed": input_paths.NO_ACCESS}
