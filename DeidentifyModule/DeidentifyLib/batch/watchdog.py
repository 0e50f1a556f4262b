"""A time limit per file in worker processes: a process that hangs ends itself, and its task is tried again."""

from __future__ import annotations

import faulthandler
import os
import threading

from .plan import Task
from .process import InstanceResult, Settings, TaskResult, process

_ONE_TASK_AT_A_TIME = threading.Lock()


def process_watched(task: Task, settings: Settings) -> TaskResult:
    """De-identify the instances of a task in a worker process; see `process`.

    The engine and pydicom's settings belong to the process, so the threads of a worker take turns.
    """
    with _ONE_TASK_AT_A_TIME:
        if not settings.time_limit:
            return process(task, settings)
        with open(os.devnull, "w") as nowhere:

            def restart(one: InstanceResult | None = None) -> None:
                faulthandler.dump_traceback_later(settings.time_limit, exit=True, file=nowhere)

            restart()
            try:
                return process(task, settings, done=restart)
            finally:
                faulthandler.cancel_dump_traceback_later()
