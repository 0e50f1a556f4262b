"""What an interrupted run has done already, from its journal."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..files.canonical_paths import canonical
from ..files.durability import boot_identity
from ..files.fingerprints import Fingerprints
from ..files.folders import FolderError
from ..files.input_files import Source
from ..files.output_files import PART_SUFFIX
from ..files.system_paths import system_path, walk
from .input_names import InputNames
from .journal import JOURNAL_NAME, Journal, begins_run_into, counts_from, lines_of, lines_of_last_run
from .tasks import InstanceResult, TaskItem, TaskResult

_PART = re.compile(rf"\.[0-9a-f]{{3,}}{re.escape(PART_SUFFIX)}\Z")
FINAL = frozenset(("written", "withheld"))
"""What is not tried again, besides rejected inputs whose duplicate was written."""


@dataclass
class JournaledTask:
    """The lines of one task.

    Attributes
    ----------
    lines : list of dict
        One per input.
    task : dict
        Counts.
    """

    lines: list[dict[str, Any]] = field(default_factory=list)
    task: dict[str, Any] = field(default_factory=dict)

    def final_lines(self) -> list[dict[str, Any]]:
        """Return the lines of what is not tried again."""
        return [line for line in self.lines if line["status"] in FINAL or line.get("final")]


class InterruptedRun:
    """The tasks of an interrupted run whose output is whole.

    Parameters
    ----------
    private, output : Path
        Folders of the run.
    header : dict
        What begins the journal of this run; it must agree with the earlier one.
    inputs : sequence of Path
        The inputs of this run, canonical. Earlier versions wrote inputs as they were typed.

    Raises
    ------
    FolderError
        If there is no journal of a run into this folder, or it ran with other options, another key or version.
    """

    def __init__(self, private: Path, output: Path, header: dict[str, Any], inputs: Sequence[Path] = ()) -> None:
        self._path = private / JOURNAL_NAME
        self._output = output
        self._private = private
        self._output_name = header["output_folder"]
        self._boot = boot_identity()
        self._done = Fingerprints()
        self._not_written = Fingerprints()
        self._check(json.loads(json.dumps(header)))
        self._name_of = InputNames((line["input"] for line in self._own_lines() if "status" in line), inputs)
        for group in self._groups():
            for line in group.final_lines():
                self._done.add(_identity(line["input"], line["member"]))
                if line["status"] != "written":
                    self._not_written.add(_identity(line["input"], line["member"]))

    def is_done(self, source: Source) -> bool:
        """Return whether an input needs no further work."""
        return _identity(source.path, source.member) in self._done

    def was_written(self, source: Source) -> bool:
        """Return whether an input that is done was written, not withheld or rejected."""
        return _identity(source.path, source.member) not in self._not_written

    def rewrite(self, header: dict[str, Any]) -> Iterator[TaskResult]:
        """Reduce the journal to what stays done, and yield it as results.

        Parameters
        ----------
        header : dict
            What begins the journal.
        """
        part = self._path.with_name(JOURNAL_NAME + PART_SUFFIX)
        part.unlink(missing_ok=True)
        with Journal(self._private, self._output, part) as journal:
            for line in self._other_lines():
                journal.write(line)
            journal.begin(header)
            for group in self._groups():
                result = _result(group)
                journal.add_task(result, [line.get("series_uid") or "" for line in group.final_lines()])
                yield result
        os.replace(part, self._path)

    def _check(self, header: dict[str, Any]) -> None:
        first = next((line["run"] for line in self._own_lines()), None)
        if first is None:
            raise FolderError("nothing to resume: the private folder holds no journal of a run into this output folder")
        if "series" not in first:  # written by a version that did not note them
            first["series"] = header.get("series")
        for name, what in (
            ("options", "other options"),
            ("key_fingerprint", "another key"),
            ("faces", "other choices for faces"),
            ("series", "another selection of series"),
            ("version", "another version of this program"),
        ):
            if _comparable(name, first.get(name)) != _comparable(name, header.get(name)):
                raise FolderError(f"the run cannot be resumed: it was begun with {what}")

    def _own_lines(self) -> Iterator[dict[str, Any]]:
        return lines_of_last_run(self._path, self._output_name)

    def _other_lines(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of runs into other output folders."""
        other = False
        for line in lines_of(self._path):
            other = not begins_run_into(line, self._output_name) if "run" in line else other
            if other:
                yield line

    def _groups(self) -> Iterator[JournaledTask]:
        """Yield the tasks that are done: with their last line, on the disk, and with whole output."""
        last_sync = self._last_trusted()
        group = JournaledTask()
        for number, line in enumerate(self._own_lines()):
            if "task" in line:
                group.task = line["task"]
                if number <= last_sync and all(self._is_whole(one) for one in group.lines):
                    yield group
                group = JournaledTask()
            elif "status" in line:
                group.lines.append({**line, "input": self._name_of(line["input"])})

    def _last_trusted(self) -> int:
        """Return the number of the last line before which output is known to have reached the disk."""
        last, boot = -1, ""
        for number, line in enumerate(self._own_lines()):
            if "run" in line:
                boot = line["run"].get("boot", "")
            if "synced" in line or (boot and boot == self._boot):
                last = number
        return last

    def _is_whole(self, line: dict[str, Any]) -> bool:
        if line["status"] != "written":
            return True
        try:
            size = os.stat(system_path(os.path.join(self._output, line["output"]))).st_size
            return bool(size == line["size"])
        except (OSError, TypeError):
            return False


def _result(group: JournaledTask) -> TaskResult:
    """Return a task's lines as the result that they were made of, without what is tried again."""
    result = TaskResult(-1)
    result.counts = counts_from(group.task.get("counts", []))
    result.handed_over.update(group.task.get("handed_over", {}))
    for line in group.final_lines():
        item = TaskItem(Source(line["input"], line["member"]), line["output"] or "")
        one = InstanceResult(item, line["status"], line["reason"], line["sha256"] or "", line["size"])
        result.instances.append(replace(one, is_final=bool(line.get("final"))))
    return result


def _comparable(name: str, value: Any) -> Any:
    """Return a value of a journal's first line with canonical paths."""
    if name != "faces" or not value:
        return value
    return {**value, "masks": {frame: str(canonical(path)) for frame, path in value["masks"].items()}}


def _identity(path: str, member: str | None) -> str:
    return path if member is None else f"{path}\0{member}"


def remove_parts(output: Path) -> None:
    """Remove files that an interrupted run left half written."""
    for folder, _, names in walk(output):
        for name in names:
            if _PART.search(name):
                os.unlink(system_path(os.path.join(folder, name)))
