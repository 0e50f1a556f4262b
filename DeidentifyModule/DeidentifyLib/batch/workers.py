"""Worker processes that start while the inputs are scanned: by the time there is work they are ready."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from types import TracebackType
from typing import Self

from ..files.process_pool import process_pool
from .process import Settings, prepare

_INSTANCES_WORTH_A_POOL = 20_000
_BYTES_WORTH_A_POOL = 1 << 31
_SLOW_INSTANCES_WORTH_A_POOL = 50


class Workers:
    """The worker processes of a run.

    Parameters
    ----------
    settings : Settings
    jobs : int
        Number of processes; 0 takes one for few instances, else one per processor.

    Attributes
    ----------
    size : int
        Bytes of the inputs, once they are known.
    """

    def __init__(self, settings: Settings, jobs: int) -> None:
        self._settings = settings
        self._jobs = jobs
        self.size = 0
        self._early: ProcessPoolExecutor | None = None

    def seen(self, files: int) -> None:
        """Start the processes as soon as it is clear that they are worth it.

        Parameters
        ----------
        files : int
            Number of files that the scan has seen.
        """
        if self._early is None and self.jobs_for(files) > 1:
            self._early = self._new_pool(files)
            for _ in range(self.jobs_for(files)):
                self._early.submit(prepare, self._settings)

    def jobs_for(self, instance_count: int) -> int:
        """Return how many processes pay for a number of instances.

        Several take half a second longer to start, and have to share what the disk can write.
        """
        if self._jobs:
            return self._jobs
        slow = self._settings.options.deface or self._settings.options.clean_pixel_data
        worth = _SLOW_INSTANCES_WORTH_A_POOL if slow else _INSTANCES_WORTH_A_POOL
        is_worth_it = instance_count >= worth or self.size >= _BYTES_WORTH_A_POOL
        return (os.cpu_count() or 1) if is_worth_it else 1

    def pool_for(self, instance_count: int) -> Callable[[], ProcessPoolExecutor]:
        """Return what gives the pool: at first the one that was started early, new ones after that."""

        def pool() -> ProcessPoolExecutor:
            early, self._early = self._early, None
            return early or self._new_pool(instance_count)

        return pool

    def _new_pool(self, instance_count: int) -> ProcessPoolExecutor:
        return process_pool(self.jobs_for(instance_count))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._early is not None:
            self._early.shutdown(wait=True, cancel_futures=True)
