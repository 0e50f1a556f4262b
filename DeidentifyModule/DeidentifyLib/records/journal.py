"""The journal of a run: one JSON line per input file, in the private folder.

Between the lines of inputs stand others: ``{"run": ...}`` begins a run, ``{"task": ...}`` ends the lines
of a task and holds its counts, ``{"synced": true}`` says that the output of all tasks before it is on the
disk. A task without its line, and after a restart of the machine one that was not synced, counts as not
done.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from pathlib import Path
from types import TracebackType
from typing import Any

from ..files.durability import boot_identity, sync_files
from ..files.folders import open_private
from ..files.input_files import Source
from ..profile.actions import Action
from .changed_pixels import PIXELS_NAME
from .mapping import UIDS_NAME
from .tasks import InstanceResult, TaskResult

JOURNAL_NAME = "journal.jsonl"
CHECKPOINT_SECONDS = 30.0
_TAIL = 1 << 16


class Journal:
    """Appends what became of each input.

    Parameters
    ----------
    private : Path
        Private folder.
    output : Path
        Output folder.
    path : Path, optional
        Another file than `JOURNAL_NAME` in the private folder.
    """

    def __init__(self, private: Path, output: Path, path: Path | None = None) -> None:
        place = path or private / JOURNAL_NAME
        self._file = os.fdopen(open_private(place, "a"), "a", encoding="utf-8")
        _drop_cut_line(place)
        self._private = private
        self._output = output
        self._unsynced: list[str] = []
        self._unsynced_masks: list[str] = []
        self._last_sync = time.monotonic()

    @classmethod
    def start(cls, private: Path, output: Path, values: dict[str, Any]) -> None:
        """Write the line that begins a run, before anything is in the output folder: from here on it can be resumed."""
        journal = cls(private, output)
        try:
            journal.begin(values)
        finally:
            journal._file.close()

    def begin(self, values: dict[str, Any]) -> None:
        """Write the line that begins a run."""
        self.write({"run": {**values, "boot": boot_identity()}})
        self._to_disk()

    def add(
        self,
        source: Source,
        status: str,
        reason: str,
        output: str | None,
        sha256: str = "",
        size: int = 0,
        series_uid: str = "",
        is_final: bool = False,
    ) -> None:
        """Write the line of one input; `series_uid` is the original, empty where it is not known."""
        more = {"final": True} if is_final else {}
        self.write(
            {
                "input": source.path,
                "member": source.member,
                "output": output,
                "status": status,
                "reason": reason,
                "sha256": sha256 or None,
                "size": size,
                "series_uid": series_uid or None,
                **more,
            }
        )

    def add_task(self, result: TaskResult, series_uids: Sequence[str] = ()) -> None:
        """Write the lines of a task; from time to time, bring everything before to the disk.

        Parameters
        ----------
        result : TaskResult
        series_uids : sequence of str
            Original SeriesInstanceUID of each instance, empty where it is not known.
        """
        for one, series_uid in zip(result.instances, chain(series_uids, repeat("")), strict=False):
            self._add_instance(one, series_uid)
        counts = [[tag, action.value, reason, number] for (tag, action, reason), number in result.counts.items()]
        self.write({"task": {"counts": counts, "handed_over": dict(result.handed_over)}})
        self._file.flush()
        if time.monotonic() - self._last_sync >= CHECKPOINT_SECONDS:
            self.sync()

    def _add_instance(self, one: InstanceResult, series_uid: str) -> None:
        output = one.item.output if one.status == "written" else None
        self.add(one.item.source, one.status, one.reason, output, one.sha256, one.size, series_uid, one.is_final)
        if output is not None:
            self._unsynced.append(output)
        if one.mask:
            self._unsynced_masks.append(one.mask)

    def sync(self) -> None:
        """Bring the output and then the journal to the disk."""
        sync_files(self._output, self._unsynced)
        sync_files(self._private, (UIDS_NAME, PIXELS_NAME, *self._unsynced_masks))
        self._unsynced.clear()
        self._unsynced_masks.clear()
        self.write({"synced": True})
        self._to_disk()
        self._last_sync = time.monotonic()

    def _to_disk(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def write(self, values: dict[str, Any]) -> None:
        """Write one line."""
        self._file.write(json.dumps(values, ensure_ascii=True) + "\n")

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.sync()
        except OSError:
            if kind is None:
                raise
        finally:
            self._file.close()


def _drop_cut_line(path: Path) -> None:
    """Shorten a journal by a last line that was cut off, so that the next line does not join it."""
    with open(path, "rb+") as file:
        end = file.seek(0, os.SEEK_END)
        tail = b""
        while end and b"\n" not in tail:
            end = max(0, end - _TAIL)
            file.seek(end)
            tail = file.read()
        if tail and not tail.endswith(b"\n"):
            file.truncate(end + tail.rfind(b"\n") + 1)


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a journal; one that was cut off is left out."""
    if not path.exists():
        return
    with open(path, encoding="utf-8", errors="replace") as file:
        for text in file:
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if text.endswith("\n") and isinstance(line, dict):
                yield line


def lines_of_last_run(path: Path, output: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of the last run into an output folder, its first line first.

    Parameters
    ----------
    path : Path
        The journal.
    output : str
        The folder as the run named it.
    """
    last = max((number for number, line in enumerate(lines_of(path)) if begins_run_into(line, output)), default=-1)
    for number, line in enumerate(lines_of(path)):
        if number > last >= 0 and "run" in line:
            return
        if number >= last >= 0:
            yield line


def begins_run_into(line: dict[str, Any], output: str) -> bool:
    """Return whether a line begins a run into an output folder."""
    return "run" in line and line["run"].get("output_folder") == output


class WrittenFiles:
    """The files that the last run into an output folder wrote, read from its journal whenever they are asked for.

    Parameters
    ----------
    private : Path
        Private folder.
    output : str
        The folder as the run named it.
    """

    def __init__(self, private: Path, output: str) -> None:
        self._path = private / JOURNAL_NAME
        self._output = output

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield ``path``, ``sha256`` and ``bytes`` of each file."""
        for line in lines_of_last_run(self._path, self._output):
            if line.get("status") == "written":
                yield {"path": line["output"], "sha256": line["sha256"] or "", "bytes": line["size"]}


def counts_from(rows: list[list[Any]]) -> Counter[tuple[int, Action, str]]:
    """Return the counts of a ``task`` line."""
    return Counter({(tag, Action(action), reason): number for tag, action, reason, number in rows})
