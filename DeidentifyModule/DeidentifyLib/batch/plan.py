"""Plan: a list of tasks, each a series or a part of one; picklable, and shown before the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..pseudonyms.pseudonymizer import Pseudonyms, Subject
from ..records.tasks import Copy, Task, TaskItem
from ..scan.packed_instances import Instance
from ..scan.scan_inputs import ScanResult, Series
from .output_paths import OutputPaths

if TYPE_CHECKING:
    from ..records.face_decisions import FaceDecision

TASK_SIZE = 100
NO_FACES: Mapping[int, FaceDecision] = MappingProxyType({})
NOT_LOOKED_AT = "face: the series has duplicates of other series only, so it was not looked at: run it alone"


class CollisionError(ValueError):
    """Two subjects have the same pseudonym."""


def plan(
    scanned: ScanResult, pseudonyms: Pseudonyms, paths: OutputPaths, faces: Mapping[int, FaceDecision] = NO_FACES
) -> Iterator[Task]:
    """Yield the tasks of a run.

    Parameters
    ----------
    scanned : ScanResult
    pseudonyms : Pseudonyms
    paths : OutputPaths
    faces : mapping of int to FaceDecision
        With Deface: the decision for each series that was scanned, by its number.

    Raises
    ------
    CollisionError
        If two subjects would get the same new ID: they are never merged.
    """
    planner = _Planner(scanned, pseudonyms, paths, faces)
    for number, one in enumerate(scanned.series):
        subject = planner.subject(one)
        for start in range(0, len(one.instances), TASK_SIZE):
            part = one.instances[start : start + TASK_SIZE]
            items = tuple(planner.item(subject, one, instance) for instance in part)
            yield Task(number, subject, items, faces.get(number))


class _Planner:
    def __init__(
        self, scanned: ScanResult, pseudonyms: Pseudonyms, paths: OutputPaths, faces: Mapping[int, FaceDecision]
    ) -> None:
        self._duplicates = scanned.duplicates
        self._pseudonyms = pseudonyms
        self._paths = paths
        self._faces = faces
        self._numbers = {id(one): number for number, one in enumerate(scanned.with_duplicates())}
        self._owners: dict[str, str] = {}

    def subject(self, series: Series) -> Subject:
        subject = self._pseudonyms.subject(series.subject)
        if self._owners.setdefault(subject.new_id, series.subject.canonical) != series.subject.canonical:
            raise CollisionError("two subjects have the same pseudonym; use another project key")
        return subject

    def item(self, subject: Subject, series: Series, instance: Instance) -> TaskItem:
        output = self._paths.path_of(subject, series, instance)
        duplicates = self._duplicates.get(instance.sop_instance_uid)
        if not duplicates:
            return TaskItem(instance.source, output)
        copies: list[Copy] = []
        for one in duplicates:
            number, subject = self._numbers[id(one.series)], self.subject(one.series)
            # where the same name comes out, it is free: one of them is written only
            name = self._paths.path_of(subject, one.series, one.instance, (output, *(copy.output for copy in copies)))
            copies.append(Copy(one.instance.source, name, number, subject, self._face(number)))
        return TaskItem(instance.source, output, tuple(copies))

    def _face(self, number: int) -> FaceDecision | None:
        if not self._faces or number in self._faces:
            return self._faces.get(number)
        from ..records.face_decisions import FaceDecision  # SimpleITK takes a second to load

        return FaceDecision(None, NOT_LOOKED_AT, {})
