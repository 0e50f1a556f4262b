"""Tasks and their results: what a plan gives to a worker, and what the worker gives back. All of it is picklable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..files.input_files import Source
from ..profile.actions import Action
from ..pseudonyms.pseudonymizer import Subject

if TYPE_CHECKING:
    from .face_decisions import FaceDecision


@dataclass(frozen=True)
class Copy:
    """Another input with the same SOP Instance UID; series, subject and so the output may be others.

    Attributes
    ----------
    source : Source
    output : str
    series_number : int
        Number of its series in the scan.
    subject : Subject
    face : FaceDecision, optional
        Only with Deface.
    """

    source: Source
    output: str
    series_number: int
    subject: Subject
    face: FaceDecision | None = None


@dataclass(frozen=True)
class TaskItem:
    """One instance: where it is and where its output goes.

    Attributes
    ----------
    source : Source
    output : str
    copies : tuple of Copy
        Tried in their order if those before cannot be written.
    is_settled : bool
        An interrupted run has written another copy: nothing is left to do but to say so.
    """

    source: Source
    output: str
    copies: tuple[Copy, ...] = ()
    is_settled: bool = False


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

    def candidates(self, item: TaskItem) -> Iterator[Task]:
        """Yield one of the items and each of its copies as a task of its own."""
        yield Task(self.series_number, self.subject, (TaskItem(item.source, item.output),), self.face)
        for copy in item.copies:
            yield Task(copy.series_number, copy.subject, (TaskItem(copy.source, copy.output),), copy.face)


@dataclass(frozen=True)
class InstanceResult:
    """What became of one instance.

    Attributes
    ----------
    item : TaskItem
    status : str
        ``written``, ``withheld`` or ``rejected``.
    reason : str
        One sentence without PHI, empty if written.
    sha256 : str
        Of the output file.
    size : int
        Bytes of the output file.
    mask : str
        File in the private folder with the voxels that were changed, empty if none was.
    series_number : int, optional
        Number of its series, if that may be another than the task's.
    is_final : bool
        Rejected, and not to be tried again: another input with the same SOP Instance UID was written or withheld.
    """

    item: TaskItem
    status: str
    reason: str = ""
    sha256: str = ""
    size: int = 0
    mask: str = ""
    series_number: int | None = None
    is_final: bool = False


@dataclass
class TaskResult:
    """What became of a task.

    Attributes
    ----------
    series_number : int
    instances : list of InstanceResult
        Shorter than the task if it was cancelled.
    counts : Counter
        How often which action met which attribute.
    uids : dict
        UIDs replaced, original to new.
    handed_over : Counter
        Why files went to the reference engine.
    """

    series_number: int
    instances: list[InstanceResult] = field(default_factory=list)
    counts: Counter[tuple[int, Action, str]] = field(default_factory=Counter)
    uids: dict[str, str] = field(default_factory=dict)
    handed_over: Counter[str] = field(default_factory=Counter)

    def numbers(self) -> Iterator[int]:
        """Yield the number of the series of each instance."""
        return (self.series_number if one.series_number is None else one.series_number for one in self.instances)

    def add(self, other: TaskResult) -> None:
        """Add the result of another part of the same task."""
        self.instances += other.instances
        self.counts.update(other.counts)
        self.uids.update(other.uids)
        self.handed_over.update(other.handed_over)
