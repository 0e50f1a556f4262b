"""Inputs that change, outputs that are full, workers that die or hang."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from benchmarks.make_series import write_series
from DeidentifyLib.batch import executors, watchdog, workers
from DeidentifyLib.batch.process import Settings, process
from DeidentifyLib.files import output_files
from DeidentifyLib.files.byte_sources import FileSource, MemorySource, Range, SourceChanged
from DeidentifyLib.files.durability import sync_files
from DeidentifyLib.files.folders import FolderError
from DeidentifyLib.files.input_files import Source
from DeidentifyLib.files.lock import RunLock
from DeidentifyLib.files.output_files import OutputFailure, write_pieces
from DeidentifyLib.files.system_paths import system_path
from DeidentifyLib.options import Options
from DeidentifyLib.pseudonyms.key import Key
from DeidentifyLib.pseudonyms.pseudonymizer import Subject
from DeidentifyLib.records.tasks import Task, TaskItem, TaskResult

from batch.folders_of_runs import environment, finish, kill_all, start, tree

KEY = Key(bytes(range(32)))
SUBJECT = Subject("NEW", "NEW", -400)


def _task(folder: Path) -> Task:
    paths = sorted(folder.rglob("*.dcm"))
    return Task(0, SUBJECT, tuple(TaskItem(Source(str(path)), f"{path.stem}.dcm") for path in paths))


def _fill_up_at(size: int) -> None:
    """Let files of this process and its children grow to `size` bytes only."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_disk_that_is_full_in_the_middle_of_a_file_stops_the_run_and_it_can_be_resumed(
    key_file: Path, tmp_path: Path
) -> None:
    source, output = tmp_path / "input", tmp_path / "output"
    write_series(source, 5, pixel_bytes=2048)
    write_series(tmp_path / "large", 3, pixel_bytes=400_000)
    shutil.move(tmp_path / "large" / "series00000" / "image00002.dcm", source / "series00000" / "image00002.dcm")
    words = [sys.executable, "-m", "DeidentifyLib", "run", str(source), "--output", str(output), "--no-audit"]
    words += ["--key-file", str(key_file)]
    full = subprocess.run(
        words, env=environment(), capture_output=True, text=True, timeout=60, preexec_fn=lambda: _fill_up_at(200_000)
    )
    assert full.returncode == 1
    assert "output cannot be written" in full.stderr
    assert not list(output.rglob("*.part"))
    code, said = finish(source, "--output", output, "--key-file", key_file, "--resume")
    assert code == 0, said
    undisturbed = tmp_path / "undisturbed"
    assert finish(source, "--output", undisturbed, "--key-file", key_file)[0] == 0
    assert tree(output) == tree(undisturbed)


def test_when_the_last_step_of_writing_fails_nothing_half_is_left(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(old: str, new: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", old)

    monkeypatch.setattr(output_files.os, "replace", refuse)
    with pytest.raises(OutputFailure) as caught:
        process(_task(few), Settings(Options(), KEY, str(tmp_path / "out")))
    assert str(tmp_path) not in str(caught.value)
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_a_file_that_vanishes_after_the_scan_is_rejected_and_the_others_are_written(few: Path, tmp_path: Path) -> None:
    source = tmp_path / "input"
    shutil.copytree(few, source)
    task = _task(source)
    os.unlink(task.items[3].source.path)
    statuses = [one.status for one in process(task, Settings(Options(), KEY, str(tmp_path / "out"))).instances]
    assert statuses.count("rejected") == 1 and statuses[3] == "rejected"


def test_a_file_that_grows_after_it_was_opened_is_seen_to_have_changed(tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(bytes(5000))
    with open(path, "rb", buffering=0) as file:
        source = FileSource(file.fileno())
        with open(path, "ab") as more:
            more.write(b"more")
        assert source.has_changed()


@pytest.mark.parametrize("checksum", [True, False])
def test_a_file_that_shrinks_while_it_is_copied_leaves_no_output(checksum: bool, tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(bytes(5000))
    with open(path, "rb", buffering=0) as file:
        source = FileSource(file.fileno())
        os.truncate(path, 1000)
        with pytest.raises(SourceChanged):
            write_pieces(tmp_path / "out" / "file", [b"head", Range(500, 5000)], source, checksum)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("checksum", [True, False])
@pytest.mark.parametrize("by_kernel", [True, False])
def test_the_portable_copy_and_the_copy_of_the_kernel_give_the_same_bytes(
    checksum: bool, by_kernel: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not by_kernel:
        monkeypatch.setattr(output_files, "_copy_by_kernel", None)
    data = os.urandom(3_000_000)
    (tmp_path / "input").write_bytes(data)
    with open(tmp_path / "input", "rb", buffering=0) as file:
        pieces = [b"a", Range(10, 2_500_000), b"z", Range(0, 5)]
        write_pieces(tmp_path / "file", pieces, FileSource(file.fileno()), checksum)
    assert (tmp_path / "file").read_bytes() == b"a" + data[10:2_500_000] + b"z" + data[:5]
    write_pieces(tmp_path / "memory", pieces, MemorySource(data), checksum)
    assert (tmp_path / "memory").read_bytes() == (tmp_path / "file").read_bytes()


def test_a_kernel_that_cannot_copy_between_these_file_systems_is_replaced_by_the_portable_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> int:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(output_files, "_copy_by_kernel", refuse)
    (tmp_path / "input").write_bytes(b"0123456789")
    with open(tmp_path / "input", "rb", buffering=0) as file:
        write_pieces(tmp_path / "file", [Range(2, 8)], FileSource(file.fileno()), False)
    assert (tmp_path / "file").read_bytes() == b"234567"


def test_long_paths_get_the_prefix_that_windows_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    import ntpath

    from DeidentifyLib.files import system_paths

    long = "C:\\" + "x" * 300
    assert system_path(long) == long
    monkeypatch.setattr(system_paths.os, "name", "nt")
    monkeypatch.setattr(system_paths.os, "path", ntpath)
    try:
        assert system_path(long) == "\\\\?\\" + long
        assert system_path("\\\\server\\share\\" + "x" * 300).startswith("\\\\?\\UNC\\server\\share\\x")
        assert system_path("C:\\short") == "C:\\short"
    finally:
        monkeypatch.undo()


def test_two_runs_into_one_output_at_once_the_second_is_refused(many: Path, key_file: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.mkdir()
    with RunLock(output):
        code, said = finish(many, "--output", output, "--key-file", key_file)
    assert code == 2
    assert "another run is writing" in said and f"process {os.getpid()}" in said


def test_the_lock_of_a_killed_run_does_not_stand_in_the_way(few: Path, key_file: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    process = start(few, "--output", output, "--key-file", key_file)
    deadline = time.monotonic() + 20
    while not (output / ".deidentify-lock").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    kill_all(process)
    code, said = finish(few, "--output", output, "--key-file", key_file, "--resume")
    assert code == 0, said
    assert not (output / ".deidentify-lock").exists()


def test_where_the_file_system_knows_no_locks_a_living_process_is_respected_and_a_dead_one_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def refuse(*arguments: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    lock = tmp_path / ".deidentify-lock"
    import json
    import socket

    lock.write_text(json.dumps({"host": socket.gethostname(), "pid": os.getppid()}))
    with pytest.raises(FolderError, match="another run"), RunLock(tmp_path):
        pass
    lock.write_text(json.dumps({"host": socket.gethostname(), "pid": 2**22 + 1}))
    with RunLock(tmp_path):
        pass
    lock.write_text(json.dumps({"host": "elsewhere", "pid": 1}))
    with pytest.raises(FolderError, match="remove"), RunLock(tmp_path):
        pass


def _die_at_one_file(task: Task, settings: Settings) -> TaskResult:
    """Stand in for `process_watched`: the worker dies at one file, as if the kernel ended it for its memory."""
    if any("image00005" in item.source.path for item in task.items):
        os.kill(os.getpid(), signal.SIGKILL)
    return process(task, settings)


def _hang_at_one_file(task: Task, settings: Settings) -> TaskResult:
    """Stand in for `process` in `process_watched`."""
    if any("image00005" in item.source.path for item in task.items):
        time.sleep(600)
    return process(task, settings)


def _watched_hang(task: Task, settings: Settings) -> TaskResult:
    import faulthandler

    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(settings.time_limit, exit=True, file=nowhere)
        try:
            return _hang_at_one_file(task, settings)
        finally:
            faulthandler.cancel_dump_traceback_later()


@pytest.mark.parametrize("fault", ["_die_at_one_file", "_watched_hang"])
def test_a_worker_that_dies_or_hangs_costs_the_file_at_which_it_does_and_no_other(
    fault: str, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import batch.test_faults as here

    monkeypatch.setattr(executors, "process_watched", getattr(here, fault))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    whole = _task(few)
    tasks = [Task(0, SUBJECT, whole.items[start : start + 4]) for start in range(0, 12, 4)]
    mapping = executors.OrderedMap(
        lambda: workers.process_pool(2),
        Settings(Options(), KEY, str(tmp_path / "out"), time_limit=2.0),
        3,
        (executors.BrokenExecutor,),
        lambda: False,
    )
    results = [one for result in mapping.results(iter(tasks)) for one in result.instances]
    assert [one.item for one in results] == list(whole.items)
    assert [one.reason for one in results if one.status != "written"] == [executors.WORKER_LOST]
    assert "image00005" in next(one for one in results if one.status == "rejected").item.source.path


def test_the_watchdog_ends_a_process_that_hangs(few: Path, tmp_path: Path) -> None:
    code = (
        "import time, sys\n"
        "from DeidentifyLib.batch import watchdog\n"
        "watchdog.process = lambda *a, **k: time.sleep(60)\n"
        "class S: time_limit = 0.5\n"
        "watchdog.process_watched(None, S())\n"
    )
    begin = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, timeout=30)
    assert ended.returncode == 1 and time.monotonic() - begin < 20
    assert watchdog.process is process


@pytest.mark.parametrize("jobs", [2, 3])
def test_any_number_of_jobs_gives_the_same_output(
    jobs: int, many: Path, key_file: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    assert finish(many, "--output", tmp_path / "out", "--key-file", key_file, "--jobs", jobs)[0] == 0
    assert tree(tmp_path / "out") == undisturbed


def test_workers_start_where_the_executable_is_not_python(
    many: Path, key_file: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    code = (
        "import sys; interpreter = sys.executable; sys.executable = '/bin/false'\n"
        "from DeidentifyLib.command_line.main import main\n"
        "if __name__ == '__main__': sys.exit(main(sys.argv[1:]))\n"
    )
    script = tmp_path / "embedded.py"
    script.write_text(code)
    words = [sys.executable, str(script), "run", str(many), "--output", str(tmp_path / "out"), "--jobs", "2"]
    ended = subprocess.run(
        [*words, "--key-file", str(key_file), "--no-audit"],
        env=environment(DEIDENTIFY_PYTHON=sys.executable),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert tree(tmp_path / "out") == undisturbed


def test_a_cancelled_run_ends_whole_and_can_be_resumed(
    many: Path, key_file: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    process = start(many, "--output", output, "--key-file", key_file, "--jobs", 1)
    deadline = time.monotonic() + 30
    while not list(output.rglob("*.dcm")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (130, 0)
    assert not list(output.rglob("*.part"))
    code, said = finish(many, "--output", output, "--key-file", key_file, "--resume")
    assert code == 0, said
    assert tree(output) == undisturbed


def test_repr_of_tasks_holds_no_path(few: Path) -> None:
    task = _task(few)
    assert str(few) not in repr(task) + repr(task.items) + repr(Settings(Options(), KEY, "out", key_file=str(few)))


def test_syncing_works_file_by_file_where_the_system_has_no_call_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from DeidentifyLib.files import durability

    synced: list[int] = []
    (tmp_path / "one").write_text("1")
    monkeypatch.setattr(durability.sys, "platform", "darwin")
    monkeypatch.setattr(durability.os, "fsync", synced.append)
    sync_files(tmp_path, ["one", "gone"])
    assert len(synced) == 1


def test_an_unforeseen_error_of_the_stream_engine_hands_the_file_over_and_is_counted(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from DeidentifyLib.batch import process as module

    expected = process(_task(few), Settings(Options(), KEY, str(tmp_path / "expected")))

    def fail(*arguments: object) -> None:
        raise IndexError("Family^Given")

    monkeypatch.setattr(module, "stream_file", fail)
    given = process(_task(few), Settings(Options(), KEY, str(tmp_path / "given")))
    assert [one.sha256 for one in given.instances] == [one.sha256 for one in expected.instances]
    assert given.handed_over == {"an unforeseen IndexError": 12}
    strict = process(_task(few), Settings(Options(), KEY, str(tmp_path / "strict"), module.STREAM))
    assert {one.reason for one in strict.instances} == {"the stream engine does not treat an unforeseen IndexError"}


def test_several_processes_are_taken_by_default_only_where_they_pay() -> None:
    settings = Settings(Options(), KEY, "out")
    chosen = workers.Workers(settings, 0)
    assert chosen.jobs_for(2000) == 1 and chosen.jobs_for(20_000) == (os.cpu_count() or 1)
    chosen.size = 3 << 30
    assert chosen.jobs_for(10) == (os.cpu_count() or 1)
    assert workers.Workers(settings, 3).jobs_for(1) == 3
    assert workers.Workers(Settings(Options(deface=True), KEY, "out"), 0).jobs_for(60) == (os.cpu_count() or 1)


def test_a_scan_knows_the_bytes_of_its_inputs(few: Path) -> None:
    from DeidentifyLib.scan.scan_inputs import scan_inputs

    assert scan_inputs([few]).size == sum(path.stat().st_size for path in few.rglob("*.dcm"))


def test_the_watchdog_lets_a_task_live_whose_files_each_keep_the_time_limit() -> None:
    code = (
        "import time\n"
        "from DeidentifyLib.batch import watchdog\n"
        "def slow(task, settings, done):\n"
        "    for _ in range(8):\n"
        "        time.sleep(0.3)\n"
        "        done(None)\n"
        "    return 'whole'\n"
        "watchdog.process = slow\n"
        "class S: time_limit = 1.0\n"
        "assert watchdog.process_watched(None, S()) == 'whole'\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, timeout=30)
    assert ended.returncode == 0, ended.stderr
