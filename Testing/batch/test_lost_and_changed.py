"""Folders that cannot be read or go away, files that change, clocks that jump, names that clash."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.make_series import write_series
from DeidentifyLib.audit import AuditRequest, run_audit
from DeidentifyLib.batch.process import AUTO, REFERENCE, Settings, process
from DeidentifyLib.files import folders, system_paths
from DeidentifyLib.files.folders import FolderError, check_folders, check_key_file
from DeidentifyLib.header.stream.engine import StreamEngine
from DeidentifyLib.options import Options
from DeidentifyLib.pseudonyms.id_list import IdListError, read_id_list

from batch.folders_of_runs import environment, finish, journal, kill_all, start, tree
from batch.test_faults import KEY, _task

CLOCK = '''
import datetime, time
class Jumping(datetime.datetime):
    """Goes back by a day whenever it is asked."""
    days = 0
    @classmethod
    def now(cls, tz=None):
        cls.days += 1
        return super().now(tz) - datetime.timedelta(days=cls.days)
real, jumps = time.time, iter(range(86400, 10**9, 86400))
time.time = lambda: real() - next(jumps)
time.time_ns = lambda: int(time.time() * 1e9)
datetime.datetime = Jumping
'''


def _undisturbed_of(source: Path, key_file: Path, folder: Path) -> dict[str, str]:
    assert finish(source, "--output", folder / "whole", "--key-file", key_file, "--jobs", 1)[0] == 0
    return tree(folder / "whole")


def _until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not condition() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)


def _obey_permissions() -> None:
    """Take from the superuser, in a child process, the right to read everything."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            if libc.prctl(24, capability, 0, 0, 0):  # PR_CAPBSET_DROP
                raise OSError(ctypes.get_errno(), "the right cannot be given up")


@pytest.mark.skipif(sys.platform != "linux", reason="gives up the rights of the superuser as Linux knows them")
@pytest.mark.parametrize("what", ["series00001", "series00001/image00003.dcm"])
def test_a_folder_or_file_that_may_not_be_read_is_rejected_and_the_others_are_written(
    what: str, key_file: Path, tmp_path: Path
) -> None:
    source, output = tmp_path / "input", tmp_path / "output"
    write_series(source, 260, pixel_bytes=2048)
    words = [sys.executable, "-m", "DeidentifyLib", "run", str(source), "--output", str(output)]
    words += ["--key-file", str(key_file)]
    (source / what).chmod(0)
    try:
        done = subprocess.run(words, env=environment(), capture_output=True, text=True, preexec_fn=_obey_permissions)
    finally:
        (source / what).chmod(0o700)
    assert done.returncode == 3, done.stderr
    rejected = [line for line in journal(tmp_path / "output.private") if line["status"] == "rejected"]
    assert [line["input"] for line in rejected] == [str(source / what)]
    assert "permission" in rejected[0]["reason"]
    assert len(tree(output)) == (250 if what == "series00001" else 259)


def test_an_input_folder_that_is_lost_in_mid_run_costs_the_rest_and_nothing_after_it_came_back(
    many: Path, key_file: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    source, away, output = tmp_path / "in", tmp_path / "away", tmp_path / "output"
    shutil.copytree(many, source)
    whole = _undisturbed_of(source, key_file, tmp_path)
    process_ = start(source, "--output", output, "--key-file", key_file, "--jobs", 1)
    _until(lambda: sum(1 for _ in output.rglob("*.dcm")) > 20, process_)
    source.rename(away)
    _, said = process_.communicate(timeout=120)
    assert process_.returncode == 3, said
    lines = journal(tmp_path / "output.private")
    lost = [line for line in lines if line["status"] == "rejected"]
    assert lost and len(lines) == 700
    assert {line["reason"] for line in lost} == {"the file cannot be read: No such file or directory"}
    assert set(tree(output).items()) <= set(whole.items())
    away.rename(source)
    code, said = finish(source, "--output", output, "--key-file", key_file, "--resume")
    assert code == 0, said
    assert tree(output) == whole == undisturbed


@pytest.mark.parametrize("number", [errno.ESTALE, errno.EIO, errno.ENOTCONN, errno.ETIMEDOUT])
def test_a_network_folder_that_answers_with_errors_rejects_its_files_with_the_reason(
    number: int, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def stale(path: str, flags: int, mode: int = 0o777, **more: int) -> int:
        if "image00004" in str(path) and flags & 3 == os.O_RDONLY:
            raise OSError(number, os.strerror(number), path)
        return real(path, flags, mode, **more)

    monkeypatch.setattr(os, "open", stale)
    results = process(_task(few), Settings(Options(), KEY, str(tmp_path / "out"))).instances
    told = [one.reason for one in results if one.status != "written"]
    assert told == [f"the file cannot be read: {os.strerror(number)}"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_output_folder_that_is_lost_stops_the_run_and_it_goes_on_when_it_is_back(
    jobs: int, many: Path, key_file: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    output, away = tmp_path / "output", tmp_path / "away"
    arguments = (many, "--output", output, "--key-file", key_file, "--jobs", jobs)
    process_ = start(*arguments)
    _until(lambda: sum(1 for _ in output.rglob("*.dcm")) > 20, process_)
    output.rename(away)
    _, said = process_.communicate(timeout=120)
    assert process_.returncode == 1, said
    assert "the output folder is gone or was replaced" in said or "the output cannot be written" in said
    shutil.rmtree(output, ignore_errors=True)
    away.rename(output)
    code, said = finish(*arguments, "--resume")
    assert code == 0, said
    assert tree(output) == undisturbed


@pytest.mark.skipif(sys.platform != "linux", reason="finds the worker in /proc")
def test_a_worker_that_is_killed_in_mid_run_leaves_no_half_file(
    many: Path, key_file: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    process_ = start(many, "--output", output, "--key-file", key_file, "--jobs", 2)
    _until(lambda: any(output.rglob("*.dcm")), process_)
    half = next(output.rglob("*.dcm")).with_name("0123456789abcdef.dcm.1234.part")
    half.write_bytes(b"what a worker was writing")
    workers = Path(f"/proc/{process_.pid}/task/{process_.pid}/children").read_text().split()
    working = [pid for pid in workers if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(int(working[0]), signal.SIGKILL)
    _, said = process_.communicate(timeout=120)
    assert process_.returncode == 0, said
    assert tree(output) == undisturbed


@pytest.mark.parametrize("engine", [AUTO, REFERENCE])
def test_a_file_that_is_written_to_while_it_is_read_is_rejected(
    engine: str, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from DeidentifyLib.batch import process as module

    source = tmp_path / "input"
    shutil.copytree(few, source)
    task = _task(source)
    victim = task.items[5].source.path

    def spoiled(function: Callable) -> Callable:
        def call(*arguments: object) -> object:
            result = function(*arguments)
            if calls.append(0) or len(calls) == 6:
                with open(victim, "r+b") as file:
                    file.seek(-8, os.SEEK_END)
                    file.write(b"changed!")
                os.utime(victim, (0, 0))
            return result

        return call

    calls: list[int] = []
    if engine == REFERENCE:
        monkeypatch.setattr(module, "read_deferred", spoiled(module.read_deferred))
    else:
        monkeypatch.setattr(StreamEngine, "deidentify", spoiled(StreamEngine.deidentify))
    results = process(task, Settings(Options(), KEY, str(tmp_path / "out"), engine=engine)).instances
    assert [one.status for one in results].count("rejected") == 1 and results[5].status == "rejected"
    assert results[5].reason == "the file cannot be read: the file changed while it was read"
    assert len(list((tmp_path / "out").rglob("*"))) == 11


def test_a_source_that_vanished_before_the_audit_is_told_and_not_passed_over(key_file: Path, tmp_path: Path) -> None:
    source, output = tmp_path / "in", tmp_path / "out"
    write_series(source, 4, pixel_bytes=2048)
    assert finish(source, "--output", output, "--key-file", key_file)[0] == 0
    (source / "series00000" / "image00002.dcm").unlink()
    result = run_audit(AuditRequest([source], output, tmp_path / "out.private", conformance=0))
    told = [row["text"] for row in result["findings"] if row["check"] == "file.source"]
    assert told == ["the source cannot be read any more, so this output is not checked"]
    assert (result["verdict"], result["quarantined"]) == ("incomplete", [])


def test_of_two_runs_into_one_output_at_once_the_second_is_refused_and_the_first_is_whole(
    many: Path, key_file: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    arguments = (many, "--output", output, "--key-file", key_file, "--jobs", 1, "--resume")
    first = start(*arguments)
    _until(lambda: any(output.rglob("*.dcm")), first)
    first.send_signal(signal.SIGSTOP)
    try:
        code, said = finish(*arguments)
    finally:
        first.send_signal(signal.SIGCONT)
    assert code == 2 and "another run is writing" in said
    _, said = first.communicate(timeout=120)
    assert first.returncode == 0, said
    assert tree(output) == undisturbed
    assert len(journal(tmp_path / "output.private")) == len(undisturbed)


def test_a_clock_that_jumps_back_and_times_in_the_future_change_nothing_and_a_kill_can_be_resumed(
    many: Path, key_file: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "clock").mkdir()
    (tmp_path / "clock" / "sitecustomize.py").write_text(CLOCK)
    path = os.pathsep.join((str(tmp_path / "clock"), environment()["PYTHONPATH"]))
    shown = subprocess.run(
        [sys.executable, "-c", "import time; print(time.time() > time.time())"],
        env=environment(PYTHONPATH=path),
        capture_output=True,
        text=True,
    )
    assert shown.stdout == "True\n", "the clock does not jump"
    source = tmp_path / "in"
    shutil.copytree(many, source)
    for file in source.rglob("*.dcm"):
        os.utime(file, (2**32, 2**32))
    output = tmp_path / "output"
    arguments = (source, "--output", output, "--key-file", key_file, "--jobs", 2)
    process_ = start(*arguments, PYTHONPATH=path)
    _until(lambda: sum(1 for _ in output.rglob("*.dcm")) > 150, process_)
    assert process_.poll() is None
    kill_all(process_)
    code, said = finish(*arguments, "--resume", PYTHONPATH=path)
    assert code == 0, said
    assert tree(output) == undisturbed


def test_paths_of_more_than_260_characters_are_read_and_written_and_audited(key_file: Path, tmp_path: Path) -> None:
    write_series(tmp_path / "short", 3, pixel_bytes=2048)
    source = tmp_path / "/".join(["in", *("x" * 60 for _ in range(5))])
    source.parent.mkdir(parents=True)
    (tmp_path / "short").rename(source)
    output = tmp_path / "/".join(["out", *("y" * 60 for _ in range(5))])
    words = [sys.executable, "-m", "DeidentifyLib", "run", str(tmp_path / "in"), "--output", str(output)]
    words += ["--key-file", str(key_file), "--progress", "none"]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(tree(output)) == 3 and all(len(str(output / name)) > 350 for name in tree(output))


def test_on_windows_folders_are_walked_with_the_prefix_for_long_paths_and_named_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import ntpath

    asked = []

    def walk(folder: str, onerror: object = None) -> object:
        asked.append(folder)
        yield folder, ["deep"], []
        yield folder + "\\deep", [], ["a.dcm"]

    monkeypatch.setattr(system_paths.os, "walk", walk)
    monkeypatch.setattr(system_paths.os, "name", "nt")
    monkeypatch.setattr(system_paths.os, "path", ntpath)
    try:
        found = list(system_paths.walk("C:\\data"))
        share = list(system_paths.walk("\\\\server\\share"))
    finally:
        monkeypatch.undo()
    assert found == [("C:\\data", ["deep"], []), ("C:\\data\\deep", [], ["a.dcm"])]
    assert share[1][0] == "\\\\server\\share\\deep"
    assert asked == ["\\\\?\\C:\\data", "\\\\?\\UNC\\server\\share"]


def test_where_case_is_ignored_an_output_inside_the_input_is_seen_whatever_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data" / "scans").mkdir(parents=True)
    real = os.stat

    def ignoring_case(path: object, **more: object) -> os.stat_result:
        return real(str(tmp_path) + str(path)[len(str(tmp_path)) :].lower(), **more)

    source = tmp_path / "data" / "scans"
    check_folders([source], tmp_path / "DATA" / "Scans" / "out", tmp_path / "private")
    monkeypatch.setattr(folders.os, "stat", ignoring_case)
    with pytest.raises(FolderError, match="must not lie in each other"):
        check_folders([source], tmp_path / "DATA" / "Scans" / "out", tmp_path / "private")
    with pytest.raises(FolderError, match="private folder must not lie"):
        check_folders([source], tmp_path / "out", tmp_path / "Data" / "SCANS" / "private")
    with pytest.raises(FolderError, match="key file"):
        check_key_file(tmp_path / "DATA" / "scans" / "key", [source], tmp_path / "out")
    check_folders([source], tmp_path / "DATA" / "out", tmp_path / "private")


def test_new_ids_that_differ_by_case_only_are_refused_for_they_may_be_one_folder(tmp_path: Path) -> None:
    (tmp_path / "ids.csv").write_text("id_old,id_new\nA,subject-a\nB,Subject-A\n")
    with pytest.raises(IdListError, match="line 3: another ID has the same"):
        read_id_list(tmp_path / "ids.csv")


def test_instances_whose_names_clash_get_names_of_their_own(key_file: Path, tmp_path: Path) -> None:
    source, output = tmp_path / "in", tmp_path / "out"
    write_series(source, 6, pixel_bytes=2048)
    for path in source.rglob("*.dcm"):  # all with the same instance number
        data = path.read_bytes()
        place = data.index(b"\x20\x00\x13\x00IS") + 8
        path.write_bytes(data[:place] + b"7 " + data[place + 2 :])
    pattern = ("--name-pattern", "{subject}/{series}/{number}.dcm")
    code, said = finish(source, "--output", output, "--key-file", key_file, *pattern)
    assert code == 0, said
    names = list(tree(output))
    assert len({name.casefold() for name in names}) == 6
    assert sum(name.endswith("/00007.dcm") for name in names) == 1
