"""Where tasks run: in this process, or in a pool of processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor

from .plan import Task
from .process import InstanceResult, Settings, TaskResult, process
from .progress import Progress

_INSTANCES_WORTH_A_POOL = 400


def run_tasks(
    tasks: Iterator[Task],
    settings: Settings,
    jobs: int,
    instance_count: int,
    cancelled: Callable[[], bool],
    progress: Progress,
) -> Iterator[TaskResult]:
    """Yield the results of tasks in their order, whatever the number of jobs.

    Parameters
    ----------
    jobs : int
        Number of processes; 0 takes one for few instances, else one per processor.
    """
    if jobs == 0:
        jobs = (os.cpu_count() or 1) if instance_count >= _INSTANCES_WORTH_A_POOL else 1
    if jobs == 1:
        yield from _serial(tasks, settings, cancelled, progress)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_signals_to_parent) as executor:
        for result in map_ordered(executor, tasks, settings, 2 * jobs, cancelled):
            progress.finished(_series_name(result), len(result.instances), sum(one.size for one in result.instances))
            yield result


def _serial(
    tasks: Iterator[Task], settings: Settings, cancelled: Callable[[], bool], progress: Progress
) -> Iterator[TaskResult]:
    def done(one: InstanceResult) -> None:
        progress.finished(_folder(one.item.output), 1, one.size)

    for task in tasks:
        if cancelled():
            return
        yield process(task, settings, cancelled, done)


def map_ordered(
    executor: Executor, tasks: Iterator[Task], settings: Settings, ahead: int, cancelled: Callable[[], bool]
) -> Iterator[TaskResult]:
    """Yield results in the order of the tasks, with at most `ahead` tasks given to the executor at once."""
    waiting: deque[Future[TaskResult]] = deque()
    for task in tasks:
        if cancelled():
            break
        waiting.append(executor.submit(process, task, settings))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    for future in list(waiting):
        if cancelled() and future.cancel():
            continue
        yield future.result()


def _leave_signals_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _series_name(result: TaskResult) -> str:
    return _folder(result.instances[0].item.output) if result.instances else ""


def _folder(output: str) -> str:
    return output.rpartition("/")[0]
