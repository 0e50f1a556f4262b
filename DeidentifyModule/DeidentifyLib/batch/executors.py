"""Where tasks run: in this process, in a pool of processes, or on a cluster; the results are the same."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from ..records.tasks import InstanceResult, Task, TaskResult
from .copies import try_in_turn
from .process import Settings, process
from .progress import Progress
from .watchdog import process_watched
from .workers import Workers

WORKER_LOST = "the worker process died, or took longer than its time limit, at this file"
_ATTEMPTS = 2

Start = Callable[[], AbstractContextManager[Executor]]


def run_tasks(
    tasks: Iterator[Task],
    settings: Settings,
    workers: Workers,
    instance_count: int,
    is_cancelled: Callable[[], bool],
    progress: Progress,
    scheduler: str = "",
) -> Iterator[TaskResult]:
    """Yield the results of tasks in their order, whatever the number of jobs.

    Parameters
    ----------
    workers : Workers
        The processes of this machine.
    instance_count : int
        Number of instances in the tasks.
    scheduler : str
        Address of a dask scheduler; then `workers` are not used.
    """
    if scheduler:
        from .cluster import connected, lost_workers

        with connected(scheduler) as (executor, ahead):
            mapping = OrderedMap(lambda: _Kept(executor), settings.without_key(), ahead, lost_workers(), is_cancelled)
            yield from _reported(mapping.results(tasks), progress)
        return
    jobs = workers.jobs_for(instance_count)
    if jobs == 1:
        yield from _serial(tasks, settings, is_cancelled, progress)
        return
    mapping = OrderedMap(workers.pool_for(instance_count), settings, 2 * jobs, (BrokenExecutor,), is_cancelled)
    yield from _reported(mapping.results(tasks), progress)


def _serial(
    tasks: Iterator[Task], settings: Settings, is_cancelled: Callable[[], bool], progress: Progress
) -> Iterator[TaskResult]:
    def done(one: InstanceResult) -> None:
        progress.finished(_folder(one.item.output), 1, one.size)

    for task in tasks:
        if is_cancelled():
            return
        yield process(task, settings, is_cancelled, done)


def _reported(results: Iterator[TaskResult], progress: Progress) -> Iterator[TaskResult]:
    for result in results:
        progress.finished(_series_name(result), len(result.instances), sum(one.size for one in result.instances))
        yield result


@dataclass
class _Waiting:
    task: Task
    future: Future[TaskResult]
    attempts: int = 1


class _Kept(AbstractContextManager[Executor]):
    """An executor that outlives the ``with``: lost workers of a cluster are replaced by the cluster."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def __enter__(self) -> Executor:
        return self._executor

    def __exit__(self, *error: object) -> None:
        return None


class OrderedMap:
    """Gives tasks to an executor and yields their results in order; lost workers cost a retry.

    A task at which workers were lost twice is done file by file, and the file at which a worker is
    lost then is rejected.

    Parameters
    ----------
    start : callable
        Makes an executor; called again when one broke.
    settings : Settings
    ahead : int
        Greatest number of tasks in the executor.
    lost : tuple of exception types
        What a future raises when its worker is gone.
    is_cancelled : callable
        Asked between tasks whether to stop.
    """

    def __init__(
        self,
        start: Start,
        settings: Settings,
        ahead: int,
        lost: tuple[type[BaseException], ...],
        is_cancelled: Callable[[], bool],
    ) -> None:
        self._start = start
        self._settings = settings
        self._ahead = ahead
        self._lost = lost
        self._lost_or_cancelled: tuple[type[BaseException], ...] = (*lost, CancelledError)
        self._is_cancelled = is_cancelled
        self._waiting: deque[_Waiting] = deque()
        self._executor: Executor | None = None

    def results(self, tasks: Iterator[Task]) -> Iterator[TaskResult]:
        """Yield the results of tasks.

        Raises
        ------
        OutputFailure
            If a worker cannot write any more.
        """
        try:
            for task in tasks:
                if self._is_cancelled():
                    break
                self._waiting.append(_Waiting(task, self._submit(task)))
                if len(self._waiting) >= self._ahead:
                    yield self._first()
            while self._waiting:
                if self._is_cancelled() and self._waiting[0].future.cancel():
                    self._waiting.popleft()
                    continue
                yield self._first()
        finally:
            self._stop()

    def _submit(self, task: Task) -> Future[TaskResult]:
        if self._executor is None:
            self._executor = self._start().__enter__()
        try:
            return self._executor.submit(process_watched, task, self._settings)
        except self._lost as error:
            failed: Future[TaskResult] = Future()
            failed.set_exception(error)
            return failed

    def _first(self) -> TaskResult:
        """Return the result of the first waiting task."""
        while True:
            waiting = self._waiting[0]
            try:
                result = waiting.future.result()
            except self._lost_or_cancelled:
                self._again()
                continue
            self._waiting.popleft()
            return result

    def _again(self) -> None:
        """Resubmit what was lost with a worker."""
        self._stop()
        first = self._waiting[0]
        if first.attempts >= _ATTEMPTS:
            first.future = Future()
            first.future.set_result(self._one_by_one(first.task))
        for waiting in self._waiting:
            if waiting.future.done() and not waiting.future.cancelled() and waiting.future.exception() is None:
                continue
            waiting.attempts += 1
            waiting.future = self._submit(waiting.task)

    def _one_by_one(self, task: Task) -> TaskResult:
        """Do the files of a task alone; reject those at which a worker is lost."""
        result = TaskResult(task.series_number)

        def attempt(part: Task) -> InstanceResult:
            done = self._alone(part)
            result.add(replace(done, instances=[]))
            return done.instances[0]

        for item in task.items:
            result.instances += try_in_turn(task, item, attempt)
        return result

    def _alone(self, part: Task) -> TaskResult:
        """Do a task of one file; reject the file if a worker is lost at it."""
        try:
            return self._submit(part).result()
        except self._lost_or_cancelled:
            self._stop()
            lost = [InstanceResult(item, "rejected", WORKER_LOST) for item in part.items]
            return TaskResult(part.series_number, lost)

    def _stop(self) -> None:
        if isinstance(self._executor, ProcessPoolExecutor):
            self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = None


def _series_name(result: TaskResult) -> str:
    return _folder(result.instances[0].item.output) if result.instances else ""


def _folder(output: str) -> str:
    return output.rpartition("/")[0]
