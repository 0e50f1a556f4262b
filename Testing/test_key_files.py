"""The project key: made once, for its owner's eyes only, never overwritten, never inside the data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import runs
from synthetic import two_patients


def test_a_new_key_is_random_and_for_its_owner_only(tmp_path: Path) -> None:
    for name in ("a", "b"):
        done = runs.command("key", "new", tmp_path / name)
        assert done.returncode == 0
        assert (tmp_path / name).read_text().split()[-1] not in done.stdout + done.stderr
    assert (tmp_path / "a").read_bytes() != (tmp_path / "b").read_bytes()
    if os.name == "posix":
        assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    runs.command("key", "new", tmp_path / "key")
    before = (tmp_path / "key").read_bytes()
    assert runs.command("key", "new", tmp_path / "key").returncode != 0
    assert (tmp_path / "key").read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="permissions differ")
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, key_file: Path) -> None:
    two_patients(tmp_path / "in")
    key = tmp_path / "open.key"
    key.write_bytes(key_file.read_bytes())
    key.chmod(0o644)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key)
    assert done.code == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", [b"", b"password\n", b"\xff\xfe\x00", b"deidentify-key-v1 abc\n"])
def test_a_file_that_is_no_key_is_refused(content: bytes, tmp_path: Path) -> None:
    two_patients(tmp_path / "in")
    key = tmp_path / "key"
    key.write_bytes(content)
    key.chmod(0o600)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key)
    assert done.code == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("place", ["in", "out"])
def test_a_key_inside_the_input_or_the_output_is_refused(place: str, tmp_path: Path) -> None:
    two_patients(tmp_path / "in")
    (tmp_path / "out").mkdir()
    key = tmp_path / place / "key"
    runs.command("key", "new", key)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key)
    assert done.code == 2
    assert not list((tmp_path / "out").rglob("*.dcm"))
