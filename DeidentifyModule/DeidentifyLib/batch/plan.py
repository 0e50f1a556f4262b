"""Plan: a list of tasks, each a series or a part of one; picklable, and shown before the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..pseudonyms.pseudonymizer import Pseudonyms, Subject
from .names import Names
from .scan import Series
from .sources import Source

if TYPE_CHECKING:
    from .faces import FaceDecision

TASK_SIZE = 100


@dataclass(frozen=True)
class TaskItem:
    """One instance: where it is and where its output goes."""

    source: Source
    output: str


@dataclass(frozen=True, repr=False)
class Task:
    """Up to `TASK_SIZE` instances of one series.

    Attributes
    ----------
    series_number : int
        Number of the series in the scan.
    subject : Subject
        Replacements of the subject.
    items : tuple of TaskItem
    face : FaceDecision, optional
        Only with Deface.
    """

    series_number: int
    subject: Subject
    items: tuple[TaskItem, ...]
    face: FaceDecision | None = None

    def __repr__(self) -> str:
        return f"Task(series {self.series_number}, {len(self.items)} instances)"


NO_FACES: Mapping[int, FaceDecision] = MappingProxyType({})


class CollisionError(ValueError):
    """Two subjects have the same pseudonym."""


def plan(
    series: list[Series], pseudonyms: Pseudonyms, names: Names, faces: Mapping[int, FaceDecision] = NO_FACES
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
            items = tuple(TaskItem(instance.source, names.path(subject, one, instance)) for instance in part)
            yield Task(number, subject, items, faces.get(number))
