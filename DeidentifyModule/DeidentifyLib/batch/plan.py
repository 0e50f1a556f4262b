"""Plan: a list of tasks, each a series or a part of one; picklable, and shown before the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..pseudonyms.pseudonymizer import Pseudonyms
from ..records.tasks import Task, TaskItem
from ..scan.scan_inputs import Series
from .output_paths import OutputPaths

if TYPE_CHECKING:
    from ..records.face_decisions import FaceDecision

TASK_SIZE = 100
NO_FACES: Mapping[int, FaceDecision] = MappingProxyType({})


class CollisionError(ValueError):
    """Two subjects have the same pseudonym."""


def plan(
    series: list[Series], pseudonyms: Pseudonyms, paths: OutputPaths, faces: Mapping[int, FaceDecision] = NO_FACES
) -> Iterator[Task]:
    """Yield the tasks of a run.

    Raises
    ------
    CollisionError
        If two subjects would get the same new ID: they are never merged.
    """
    owners: dict[str, str] = {}
    for number, one in enumerate(series):
        subject = pseudonyms.subject(one.subject)
        if owners.setdefault(subject.new_id, one.subject.canonical) != one.subject.canonical:
            raise CollisionError("two subjects have the same pseudonym; use another project key")
        for start in range(0, len(one.instances), TASK_SIZE):
            part = one.instances[start : start + TASK_SIZE]
            items = tuple(TaskItem(instance.source, paths.path_of(subject, one, instance)) for instance in part)
            yield Task(number, subject, items, faces.get(number))
