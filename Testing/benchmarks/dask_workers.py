"""A dask scheduler and two workers of one thread on this machine, for as long as a benchmark needs them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

LIBRARY = Path(__file__).resolve().parents[2] / "DeidentifyModule"
_SECONDS = 60
_WAIT = """
import sys
from distributed import Client
with Client(scheduler_file=sys.argv[1], timeout=60) as client:
    client.wait_for_workers(2, timeout=60)
"""


class Workers(NamedTuple):
    """Processes that work for a command."""

    pids: tuple[int, ...]


def environment() -> dict[str, str]:
    """Return the environment of our command."""
    return {**os.environ, "PYTHONPATH": str(LIBRARY)}


@contextmanager
def two_workers(scheduler_file: Path, warm_up: Sequence[str]) -> Iterator[Workers]:
    """Start scheduler and workers, let them de-identify a small folder, and end them afterwards.

    Parameters
    ----------
    scheduler_file : Path
        Where the scheduler says how it is reached.
    warm_up : sequence of str
        Our command without output and scheduler.

    Raises
    ------
    subprocess.SubprocessError
        If they do not come up.
    """
    scratch = scheduler_file.with_name("dask")
    scratch.mkdir(parents=True, exist_ok=True)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(_dask("dask_scheduler", "--port", "0", "--scheduler-file", str(scheduler_file)))
        for _ in range(2):
            processes.append(
                _dask("dask_worker", "--scheduler-file", str(scheduler_file), "--nthreads", "1", "--no-nanny",
                      "--memory-limit", "0", "--local-directory", str(scratch))
            )  # fmt: skip
        for words in (
            [sys.executable, "-c", _WAIT, str(scheduler_file)],
            [*warm_up, "--output", str(scratch / "warm"), "--scheduler", str(scheduler_file)],
        ):
            subprocess.run(words, env=environment(), capture_output=True, timeout=_SECONDS, check=True)
        yield Workers(tuple(process.pid for process in processes))
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        scheduler_file.unlink(missing_ok=True)
        shutil.rmtree(scratch, ignore_errors=True)


def _dask(name: str, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{name}", "--host", "127.0.0.1", "--no-dashboard", *words],
        env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
