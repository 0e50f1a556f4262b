"""A run on the workers of a dask cluster over loopback; one worker is killed in mid-run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from batch.folders_of_runs import environment, finish, start, tree

distributed = pytest.importorskip("distributed")


def _dask(logs: Path, name: str, *words: str) -> subprocess.Popen[bytes]:
    with open(logs / f"{name}.log", "wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]],
            env=environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[int], Path]]:
    """Yield scheduler file, process ids of two workers, and the folder of their logs."""
    logs = tmp_path / "logs"
    logs.mkdir()
    address = str(tmp_path / "scheduler.json")
    processes = [
        _dask(
            logs,
            "scheduler",
            "dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            address,
        )
    ]
    for number in range(2):
        processes.append(
            _dask(
                logs,
                f"worker{number}",
                "dask_worker",
                "--scheduler-file",
                address,
                "--nthreads",
                "1",
                "--no-nanny",
                "--no-dashboard",
                "--host",
                "127.0.0.1",
                "--local-directory",
                str(tmp_path / "scratch"),
            )
        )
    yield address, [process.pid for process in processes[1:]], logs
    for process in processes:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait(timeout=30)


def test_the_output_is_that_of_one_process_and_no_log_holds_key_or_path(
    cluster: tuple[str, list[int], Path], many: Path, key_file: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    address, _, logs = cluster
    output = tmp_path / "output"
    code, said = finish(many, "--output", output, "--key-file", key_file, "--scheduler", address)
    assert code == 0, said
    assert tree(output) == undisturbed
    secrets = [word for word in key_file.read_text().split() if len(word) >= 40]
    assert secrets
    for log in logs.iterdir():
        text = log.read_text(errors="replace")
        assert not any(secret in text for secret in secrets) and str(many) not in text and "Family" not in text


def test_a_worker_that_is_killed_in_mid_run_costs_nothing_but_time(
    cluster: tuple[str, list[int], Path], many: Path, key_file: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    address, workers, _ = cluster
    output = tmp_path / "output"
    run = start(many, "--output", output, "--key-file", key_file, "--scheduler", address)
    deadline = time.monotonic() + 60
    while not any(output.rglob("*.dcm")) and run.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    assert run.poll() is None, "the run ended before a worker could be killed"
    os.kill(workers[0], signal.SIGKILL)
    out, err = run.communicate(timeout=90)
    assert run.returncode == 0, out + err
    assert tree(output) == undisturbed


def test_tasks_for_the_cluster_hold_no_key() -> None:
    import pickle

    from DeidentifyLib.batch.process import Settings
    from DeidentifyLib.options import Options
    from DeidentifyLib.pseudonyms.key import Key

    settings = Settings(Options(), Key(b"SECRET-SECRET-SECRET-SECRET-KEY!"), "out", key_file="key")
    assert b"SECRET-SECRET" in pickle.dumps(settings)
    assert b"SECRET-SECRET" not in pickle.dumps(settings.without_key())


def test_a_scheduler_that_does_not_answer_is_said_so(
    few: Path, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from DeidentifyLib.batch import cluster
    from DeidentifyLib.batch.cluster import ClusterError

    monkeypatch.setattr(cluster, "_SECONDS_TO_CONNECT", 1)
    with pytest.raises(ClusterError, match="does not answer"), cluster.connected("tcp://127.0.0.1:9"):
        pass
