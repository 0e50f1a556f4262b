"""The work of one task, in this process or a worker: read, de-identify, write whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ..header.dicom_file import NotDicom, read, silence, write
from ..header.elements import PARSE_ERRORS
from ..header.engine import HeaderEngine
from ..header.errors import CannotDeidentify
from ..header.method import mark
from ..options import Options
from ..profile.actions import Action
from ..profile.resolver import Profile
from ..pseudonyms.key import Key
from ..pseudonyms.pseudonymizer import Pseudonyms, Subject
from .plan import Task, TaskItem


@dataclass(frozen=True)
class Settings:
    """What every worker needs; hashable, so that a worker builds its engine once."""

    options: Options
    key: Key = field(repr=False)
    output: str


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
    """

    item: TaskItem
    status: str
    reason: str = ""
    sha256: str = ""
    size: int = 0


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
    """

    series_number: int
    instances: list[InstanceResult] = field(default_factory=list)
    counts: Counter[tuple[int, Action, str]] = field(default_factory=Counter)
    uids: dict[str, str] = field(default_factory=dict)


class OutputFailure(OSError):
    """The output cannot be written any more: the run stops."""


@dataclass
class _Worker:
    engine: HeaderEngine
    pseudonyms: Pseudonyms


@lru_cache(maxsize=1)
def _worker(settings: Settings) -> _Worker:
    pseudonyms = Pseudonyms(settings.key)
    return _Worker(HeaderEngine(Profile(settings.options), pseudonyms), pseudonyms)


def process(
    task: Task,
    settings: Settings,
    cancelled: Callable[[], bool] = lambda: False,
    done: Callable[[InstanceResult], None] = lambda result: None,
) -> TaskResult:
    """De-identify the instances of a task.

    Raises
    ------
    OutputFailure
        If the output folder is full or gone.
    """
    worker = _worker(settings)
    worker.pseudonyms.take_uids()
    result = TaskResult(task.series_number)
    with silence():
        for item in task.items:
            if cancelled():
                break
            outcome = _process_item(item, task.subject, settings, worker, result.counts)
            result.instances.append(outcome)
            done(outcome)
    result.uids = worker.pseudonyms.take_uids()
    return result


def _process_item(
    item: TaskItem, subject: Subject, settings: Settings, worker: _Worker, counts: Counter[tuple[int, Action, str]]
) -> InstanceResult:
    try:
        with item.source.open() as file:
            dataset = read(file)
        context = worker.engine.deidentify(dataset, subject)
        mark(dataset, settings.options)
        buffer = io.BytesIO()
        write(buffer, dataset)
        content = buffer.getvalue()
        write_whole(Path(settings.output, item.output), content)
    except OutputFailure:
        raise
    except (CannotDeidentify, NotDicom) as problem:
        return InstanceResult(item, "rejected", str(problem))
    except PermissionError:
        return InstanceResult(item, "rejected", "no permission to read the file")
    except OSError as problem:
        return InstanceResult(item, "rejected", f"the file cannot be read: {problem.strerror or 'input error'}")
    except (*PARSE_ERRORS, MemoryError) as problem:
        return InstanceResult(item, "rejected", f"the data set is malformed ({type(problem).__name__})")
    counts.update(context.counts)
    return InstanceResult(item, "written", "", hashlib.sha256(content).hexdigest(), len(content))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all.

    Raises
    ------
    OutputFailure
        If it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputFailure(error.errno, f"the output cannot be written: {error.strerror}") from error
