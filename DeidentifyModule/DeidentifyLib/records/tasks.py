"""Tasks and their results: what a plan gives to a worker, and what the worker gives back. All of it is picklable."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..files.input_files import Source
from ..profile.actions import Action
from ..pseudonyms.pseudonymizer import Subject

if TYPE_CHECKING:
    from .face_decisions import FaceDecision


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
    """

    item: TaskItem
    status: str
    reason: str = ""
    sha256: str = ""
    size: int = 0
    mask: str = ""


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

    def add(self, other: TaskResult) -> None:
        """Add the result of another part of the same task."""
        self.instances += other.instances
        self.counts.update(other.counts)
        self.uids.update(other.uids)
        self.handed_over.update(other.handed_over)
