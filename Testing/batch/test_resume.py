"""A run that is killed at any moment and resumed ends like one that nobody disturbed."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from batch.folders_of_runs import finish, journal, kill_all, start, tree


def _wait_for_more(output: Path, files: int, process: subprocess.Popen[str]) -> None:
    """Wait until some more files are in the output folder, or the run ends."""
    enough = sum(1 for _ in output.rglob("*.dcm")) + files
    while sum(1 for _ in output.rglob("*.dcm")) < enough and process.poll() is None:
        time.sleep(0.001)


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_at_random_moments_and_resumed_the_output_equals_an_undisturbed_run(
    jobs: int, many: Path, key_file: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    output, moments = tmp_path / "output", random.Random(jobs)
    arguments = (many, "--output", output, "--key-file", key_file, "--jobs", jobs, "--mapping-file")
    kills = 0
    for _ in range(6):
        process = start(*arguments, "--resume")
        _wait_for_more(output, moments.randrange(0, 40), process)
        kills += process.poll() is None
        kill_all(process)
    code, said = finish(*arguments, "--resume")
    assert code == 0, said
    assert tree(output) == undisturbed
    assert kills >= 3
    lines = journal(tmp_path / "output.private")
    assert len(lines) == len({line["input"] for line in lines}) == len(undisturbed)
    uids = (tmp_path / "output.private" / "uids.csv").read_text().splitlines()
    assert len(uids) == len(set(uids))
    assert len({line.split(",")[0] for line in uids}) == len(uids)


def test_finished_output_is_not_done_again(few: Path, key_file: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    arguments = (few, "--output", output, "--key-file", key_file)
    assert finish(*arguments)[0] == 0
    before = {path: os.stat(path).st_ino for path in output.rglob("*.dcm")}
    assert finish(*arguments, "--resume")[0] == 0
    assert {path: os.stat(path).st_ino for path in output.rglob("*.dcm")} == before


def test_a_file_that_was_damaged_after_the_kill_is_done_again(few: Path, key_file: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    arguments = (few, "--output", output, "--key-file", key_file)
    assert finish(*arguments)[0] == 0
    whole = tree(output)
    victim = sorted(output.rglob("*.dcm"))[5]
    victim.write_bytes(victim.read_bytes()[:100])
    (victim.parent / "half.dcm.123.part").write_bytes(b"half")
    assert finish(*arguments, "--resume")[0] == 0
    assert tree(output) == whole


def test_a_file_of_somebody_else_that_ends_as_half_written_ones_do_is_kept(
    few: Path, key_file: Path, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    arguments = (few, "--output", output, "--key-file", key_file)
    assert finish(*arguments)[0] == 0
    mine = [output / "video.mp4.part", output / "thesis.part", output / ".part"]
    for path in mine:
        path.write_bytes(b"mine")
    finish(*arguments, "--resume", "--no-audit")
    assert all(path.read_bytes() == b"mine" for path in mine)


def test_after_a_restart_of_the_machine_only_what_was_synced_counts(few: Path, key_file: Path, tmp_path: Path) -> None:
    output, private = tmp_path / "output", tmp_path / "output.private"
    arguments = (few, "--output", output, "--key-file", key_file)
    assert finish(*arguments)[0] == 0
    whole = tree(output)
    path = private / "journal.jsonl"
    lines = [line for line in path.read_text().splitlines(True) if "synced" not in line]
    lines[0] = lines[0].replace('"boot": "', '"boot": "another-')
    path.write_text("".join(lines))
    before = {path: os.stat(path).st_ino for path in output.rglob("*.dcm")}
    assert finish(*arguments, "--resume")[0] == 0
    assert all(os.stat(path).st_ino != inode for path, inode in before.items())
    assert tree(output) == whole


def test_a_line_that_was_cut_off_costs_its_task_only(few: Path, key_file: Path, tmp_path: Path) -> None:
    output, path = tmp_path / "output", tmp_path / "output.private" / "journal.jsonl"
    arguments = (few, "--output", output, "--key-file", key_file)
    assert finish(*arguments)[0] == 0
    whole = tree(output)
    path.write_bytes(path.read_bytes()[:-400])
    assert finish(*arguments, "--resume")[0] == 0
    assert tree(output) == whole
    assert len(journal(tmp_path / "output.private")) == len(whole)


def test_other_options_or_another_key_cannot_resume(few: Path, key_file: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    assert finish(few, "--output", output, "--key-file", key_file)[0] == 0
    code, said = finish(few, "--output", output, "--key-file", key_file, "--resume", "--dates", "remove")
    assert code == 2 and "other options" in said
    code, said = finish(few, "--output", output, "--resume", "--private", tmp_path / "output.private")
    assert code == 2 and "another key" in said


def test_without_resume_existing_output_is_never_touched(few: Path, key_file: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    assert finish(few, "--output", output, "--key-file", key_file)[0] == 0
    code, said = finish(few, "--output", output, "--key-file", key_file)
    assert code == 2 and "not empty" in said


def test_an_output_folder_without_a_journal_cannot_be_resumed(few: Path, key_file: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.mkdir()
    (output / "something.txt").write_text("of somebody else")
    code, said = finish(few, "--output", output, "--key-file", key_file, "--resume")
    assert code == 2 and "nothing to resume" in said
    assert (output / "something.txt").read_text() == "of somebody else"
