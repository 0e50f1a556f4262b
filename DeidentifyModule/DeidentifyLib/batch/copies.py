"""Inputs with one SOP Instance UID: the first that can be written is, and the others are its duplicates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..records.tasks import InstanceResult, Task, TaskItem
from ..scan.scan_inputs import DUPLICATE

WITHHELD_DUPLICATE = f"{DUPLICATE} and was withheld"


def try_in_turn(task: Task, item: TaskItem, attempt: Callable[[Task], InstanceResult]) -> list[InstanceResult]:
    """Try an instance, then its copies in their order, until one is written.

    An input is a duplicate of what was written only: a damaged one does not stand for a whole one behind it. Where one
    is withheld, only copies in the same series are tried, for the same decision on its face holds for them; and none
    where that decision withholds the series.

    Parameters
    ----------
    task : Task
        The task of the item.
    item : TaskItem
    attempt : callable
        De-identifies the only instance of a task.

    Returns
    -------
    list of InstanceResult
        One for each input.
    """
    results: list[InstanceResult] = []
    settled, withheld_in = DUPLICATE if item.is_settled else "", None
    for alone in task.candidates(item):
        why = settled
        if not why and withheld_in is not None and (withheld_in != alone.series_number or _withholds(alone)):
            why = WITHHELD_DUPLICATE
        one = InstanceResult(alone.items[0], "rejected", why) if why else attempt(alone)
        results.append(replace(one, series_number=alone.series_number))
        if one.status == "written":
            settled = DUPLICATE
        elif one.status == "withheld":
            withheld_in = alone.series_number
    if settled or withheld_in is not None:
        return [replace(one, is_final=one.status == "rejected") for one in results]
    return results


def _withholds(task: Task) -> bool:
    return task.face is not None and bool(task.face.withheld)
