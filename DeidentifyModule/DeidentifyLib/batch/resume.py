"""The tasks that an interrupted run left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from .earlier import Earlier, identity
from .fingerprints import Fingerprints
from .plan import Task
from .summary import RunSummary

Plan = Callable[[], Iterator[Task]]


class Resumption:
    """Takes out of a plan what an interrupted run has done.

    Parameters
    ----------
    earlier : Earlier
        The interrupted run.
    plan : callable
        Gives the tasks of the whole run, from the beginning at each call.
    whole_subjects : bool
        Whether a subject is done whole or not at all, because instances depend on each other.
    """

    def __init__(self, earlier: Earlier, plan: Plan, whole_subjects: bool) -> None:
        self._earlier = earlier
        self._plan = plan
        self._again = Fingerprints()
        if whole_subjects:
            self._find_incomplete_subjects()

    def _find_incomplete_subjects(self) -> None:
        incomplete = {
            task.subject.new_id
            for task in self._plan()
            if not all(self._earlier.is_done(item) for item in task.items)
        }
        for task in self._plan():
            if task.subject.new_id in incomplete:
                for item in task.items:
                    self._again.add(identity(item.source.path, item.source.member))

    def take_over(self, header: dict[str, Any], summary: RunSummary) -> None:
        """Reduce journal and output folder to what stays done, and note it in the summary."""
        for result in self._earlier.rewrite(header, self._is_again):
            summary.add(result)

    def _is_again(self, line: dict[str, Any]) -> bool:
        return identity(line["input"], line["member"]) in self._again

    def tasks(self, summary: RunSummary) -> Iterator[Task]:
        """Yield what is left to do; note in the summary what is done already."""
        for task in self._plan():
            left, written = [], 0
            for item in task.items:
                if self._earlier.is_done(item) and identity(item.source.path, item.source.member) not in self._again:
                    written += self._earlier.was_written(item)
                else:
                    left.append(item)
            summary.add_done(task.series_number, written)
            if left:
                yield replace(task, items=tuple(left))
