"""A time limit per file in worker processes: a process that hangs ends itself, and its task is tried again."""

from __future__ import annotations

import faulthandler
import os
import threading
import time
from typing import TextIO

from ..records.tasks import InstanceResult, Task, TaskResult
from .process import Settings, process

_ONE_TASK_AT_A_TIME = threading.Lock()
_MOST_SLACK = 1.0


def process_watched(task: Task, settings: Settings) -> TaskResult:
    """De-identify the instances of a task in a worker process; see `process`.

    The engine and pydicom's settings belong to the process, so the threads of a worker take turns.
    """
    with _ONE_TASK_AT_A_TIME:
        if not settings.time_limit:
            return process(task, settings)
        with open(os.devnull, "w") as nowhere:
            watchdog = Watchdog(settings.time_limit, nowhere)
            watchdog.reset()
            try:
                return process(task, settings, done=watchdog.reset)
            finally:
                faulthandler.cancel_dump_traceback_later()


class Watchdog:
    """Kills the process if it is not reset for some seconds.

    Each time it is set a thread starts, which costs as much as a small file: it is set again only when
    some of the time is over, and that much later.
    """

    def __init__(self, seconds: float, nowhere: TextIO) -> None:
        self._slack = min(_MOST_SLACK, seconds / 10)
        self._seconds = seconds + self._slack
        self._nowhere = nowhere
        self._set = float("-inf")

    def reset(self, one: InstanceResult | None = None) -> None:
        now = time.monotonic()
        if now - self._set >= self._slack:
            self._set = now
            faulthandler.dump_traceback_later(self._seconds, exit=True, file=self._nowhere)
