"""Run a command and measure it, its children included."""

from __future__ import annotations

import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measurement:
    """What a command cost.

    Attributes
    ----------
    wall, cpu : float
        Seconds; CPU is user and system time of the command and its children.
    parent_peak, worker_peak : float
        Greatest resident memory in MiB of the command, and of any of its children.
    code : int
        Exit code.
    """

    wall: float
    cpu: float
    parent_peak: float
    worker_peak: float
    code: int


def measure(words: Sequence[str], environment: dict[str, str] | None = None) -> Measurement:
    """Run a command and return what it cost."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peaks: dict[int, float] = {}
    watcher = threading.Thread(target=_watch, args=(process, peaks), daemon=True)
    watcher.start()
    code = process.wait()
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    watcher.join()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    parent = peaks.pop(process.pid, 0.0)
    return Measurement(wall, cpu, parent, max(peaks.values(), default=0.0), code)


def _watch(process: subprocess.Popen[bytes], peaks: dict[int, float]) -> None:
    """Note the peak of resident memory of a process and its children, from ``/proc``."""
    while process.poll() is None:
        for pid in [process.pid, *_children(process.pid)]:
            peak = _peak(pid)
            if peak:
                peaks[pid] = max(peaks.get(pid, 0.0), peak)
        time.sleep(0.05)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _peak(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0
