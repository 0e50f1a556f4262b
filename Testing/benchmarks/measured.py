"""Run a command and measure it, its children included."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_SECONDS_BETWEEN_LOOKS = 0.05


@dataclass(frozen=True)
class Measurement:
    """What a command cost.

    Attributes
    ----------
    wall : float
        Seconds.
    user, system : float
        CPU seconds of the command, its children, and the other processes that work for it.
    parent_peak, worker_peak : float
        Greatest resident memory in MiB of the command, and of any of its children or other processes.
    code : int
        Exit code.
    said : str
        The last line of what it wrote to standard error: for a person at the console, as it may hold paths.
    """

    wall: float
    user: float
    system: float
    parent_peak: float
    worker_peak: float
    code: int
    said: str = ""

    @property
    def cpu(self) -> float:
        """User and system time together."""
        return self.user + self.system


def measure(
    words: Sequence[str],
    environment: dict[str, str] | None = None,
    *,
    others: Sequence[int] = (),
    seconds: float | None = None,
) -> Measurement:
    """Run a command and return what it cost.

    Parameters
    ----------
    words : sequence of str
    environment : dict, optional
    others : sequence of int
        Processes that run already and work for the command, such as the workers of a cluster.
    seconds : float, optional
        The command is killed, with its children, when it takes longer.
    """
    with tempfile.TemporaryFile() as errors:
        others_before = _sum(map(cpu_of, others))
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        process = subprocess.Popen(
            words, env=environment, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
        )
        watcher = _Watcher(process.pid, others, seconds)
        watcher.start()
        try:
            code = process.wait()
        except BaseException:
            _kill(process.pid)
            process.wait()
            raise
        finally:
            watcher.ended.set()
        wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        others_after = _sum(map(cpu_of, others))
        watcher.join()
        said = _last_line(errors)
    user = after.ru_utime - before.ru_utime + others_after[0] - others_before[0]
    system = after.ru_stime - before.ru_stime + others_after[1] - others_before[1]
    parent = watcher.peaks.pop(process.pid, 0.0)
    return Measurement(wall, user, system, parent, max(watcher.peaks.values(), default=0.0), code, said)


def cpu_of(pid: int) -> tuple[float, float]:
    """Return user and system seconds of a running process, from ``/proc``; zeros where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0, 0.0
    ticks = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / ticks, int(fields[12]) / ticks


class _Watcher(threading.Thread):
    """Note the peak of resident memory of a process and its children, from ``/proc``; end it when its time is over."""

    def __init__(self, pid: int, others: Sequence[int], seconds: float | None) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.peaks: dict[int, float] = {}
        self._pid, self._others = pid, others
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def run(self) -> None:
        # A child that did not yet run its program has the memory of its parent: it counts from the second look on.
        known = {self._pid, *self._others}
        while True:
            family = {*_family(self._pid), *self._others}
            for pid in family & known:
                self.peaks[pid] = _peak(pid) or self.peaks.get(pid, 0.0)
            known |= family
            if self.ended.wait(_SECONDS_BETWEEN_LOOKS):
                return
            if self._deadline is not None and time.monotonic() > self._deadline:
                _kill(self._pid)


def _family(pid: int) -> list[int]:
    """Return a process and all below it, whichever of their threads started them."""
    found = [pid]
    for task in Path("/proc").glob(f"{pid}/task/*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            found += _family(int(child))
    return found


def _peak(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def _sum(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    found = list(pairs)
    return sum(user for user, _ in found), sum(system for _, system in found)


def _kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _last_line(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - 4096))
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else ""
