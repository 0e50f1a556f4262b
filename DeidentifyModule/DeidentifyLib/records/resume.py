"""The tasks that an interrupted run left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..files.fingerprints import Fingerprints
from .interrupted_run import InterruptedRun
from .summary import RunSummary
from .tasks import Copy, Task, TaskItem


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
            items = tuple(left for item in task.items if (left := self._left_of(task, item, summary)) is not None)
            if items:
                yield replace(task, items=items)

    def _left_of(self, task: Task, item: TaskItem, summary: RunSummary) -> TaskItem | None:
        """Return what is left of an instance and its copies; of copies that came later, only to say what they are."""
        if not item.copies and not self._interrupted.is_done(item.source):
            return item
        every = list(task.candidates(item))
        left = [alone for alone in every if not self._interrupted.is_done(alone.items[0].source)]
        for alone in every:
            source = alone.items[0].source
            if self._interrupted.is_done(source) and self._interrupted.was_written(source):
                summary.add_done(alone.series_number, 1)
        if len(left) == len(every):
            return item
        if not left:
            return None
        copies = tuple(Copy(one.items[0].source, one.items[0].output, one.series_number, one.subject) for one in left)
        return TaskItem(copies[0].source, copies[0].output, copies[1:], is_settled=True)
