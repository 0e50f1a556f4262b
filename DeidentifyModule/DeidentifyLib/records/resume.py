"""The tasks that an interrupted run left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..files.fingerprints import Fingerprints
from .interrupted_run import InterruptedRun
from .summary import RunSummary
from .tasks import Task


class Resumption:
    """Takes out of a plan what an interrupted run has done.

    Parameters
    ----------
    interrupted : InterruptedRun
        The interrupted run.
    """

    def __init__(self, interrupted: InterruptedRun) -> None:
        self._interrupted = interrupted

    def take_over(self, header: dict[str, Any], summary: RunSummary) -> Fingerprints:
        """Reduce the journal to what stays done, note it in the summary, and return the outputs."""
        outputs = Fingerprints()
        for result in self._interrupted.rewrite(header):
            summary.add(result)
            for one in result.instances:
                if one.status == "written":
                    outputs.add(one.item.output)
        return outputs

    def left(self, tasks: Iterator[Task], summary: RunSummary) -> Iterator[Task]:
        """Yield what is left to do; note in the summary what is done already.

        Parameters
        ----------
        tasks : iterator of Task
            The whole plan.
        summary : RunSummary
        """
        for task in tasks:
            left, written = [], 0
            for item in task.items:
                if self._interrupted.is_done(item):
                    written += self._interrupted.was_written(item)
                else:
                    left.append(item)
            summary.add_done(task.series_number, written)
            if left:
                yield replace(task, items=tuple(left))
