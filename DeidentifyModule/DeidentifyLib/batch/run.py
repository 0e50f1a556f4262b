"""Run: the tasks of a plan in an executor, with journal, map and summary."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ..files.folders import FolderError, is_empty, make_output, make_private
from ..files.lock import RunLock
from ..files.output_files import OutputFailure
from ..pseudonyms.id_list import read_id_list
from ..pseudonyms.pseudonymizer import Pseudonyms
from ..records.changed_pixels import ChangedPixels
from ..records.interrupted_run import InterruptedRun, remove_parts
from ..records.journal import Journal, WrittenFiles
from ..records.mapping import MappingWriter
from ..records.resume import Resumption
from ..records.summary import NOT_SELECTED, RunSummary
from ..records.tasks import Task, TaskResult
from ..scan.scan_inputs import ScanResult, scan_inputs
from .executors import run_tasks
from .output_paths import OutputPaths
from .plan import plan
from .progress import Progress, ProgressCallback
from .request import NOT_EMPTY, RunRequest, check_request, header_of, key_of, read_masks, settings_of
from .workers import Workers

OUTPUT_LOST = "the output folder is gone or was replaced: bring it back and go on with --resume"


class Cancellation:
    """Asked between files whether to stop; set from a signal handler or another thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the run to stop after the current file."""
        self._event.set()

    def __call__(self) -> bool:
        """Return whether to stop."""
        return self._event.is_set()


def run(
    request: RunRequest,
    on_progress: ProgressCallback = lambda line: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> RunSummary:
    """De-identify the inputs of a request.

    Parameters
    ----------
    request : RunRequest
        What, how and where to.
    on_progress : callable, optional
        Receives progress as JSON-ready dictionaries.
    is_cancelled : callable, optional
        Asked between files whether to stop.

    Raises
    ------
    UnsupportedOptionError, FolderError, InputError, KeyFileError, MapError, OptionsError
        Before anything is read or written, if the request cannot be carried out.
    OutputFailure
        If the output cannot be written any more; the journal holds what was done.
    """
    check_request(request)
    pseudonyms = Pseudonyms(key_of(request), read_id_list(request.id_list) if request.id_list else None)
    names = partial(OutputPaths, request.options, pseudonyms)
    names()
    progress = Progress(on_progress)
    started = datetime.now(UTC)
    with Workers(settings_of(request), 1 if request.dry_run or request.scheduler else request.jobs) as workers:

        def seen(files: int) -> None:
            workers.seen(files)
            progress.scanned(files)

        scanned = scan_inputs(request.inputs, seen, is_cancelled, (request.output, request.private_folder))
        workers.size = scanned.size
        if request.series is not None:
            scanned.select(request.series)
        summary = RunSummary(request.options, pseudonyms, scanned, started)
        if request.dry_run:
            summary.plan_only(list(plan(scanned, pseudonyms, names())))
            return summary
        _Run(request, pseudonyms, names, scanned, summary, progress, is_cancelled, workers).write()
    summary.finish(is_cancelled())
    return summary


@dataclass(frozen=True)
class _Run:
    """A run that was scanned and is to be written."""

    request: RunRequest
    pseudonyms: Pseudonyms
    names: Callable[[], OutputPaths]
    scanned: ScanResult
    summary: RunSummary
    progress: Progress
    is_cancelled: Callable[[], bool]
    workers: Workers

    def write(self) -> None:
        make_output(self.request.output)
        make_private(self.request.private_folder)
        with RunLock(self.request.output) as output_lock, RunLock(self.request.private_folder):
            self._write_locked(output_lock)

    def _write_locked(self, lock: RunLock) -> None:
        private, output = self.request.private_folder, self.request.output
        header = header_of(self.request, self.pseudonyms.fingerprint)
        self.summary.files = WrittenFiles(private, header["output_folder"])
        resumption = self._resumption(header)
        if resumption is None:
            Journal.start(private, output, header)
        if self.request.options.deface:
            self._plan_faces(resumption is not None)
        changed = ChangedPixels(private, header["output_folder"])
        if resumption is not None:
            changed.reduce(resumption.take_over(header, self.summary))
        mapping = self._mapping()
        series = self.scanned.with_duplicates()
        left = self._tasks() if resumption is None else resumption.left(self._tasks(), self.summary)
        with Journal(private, output) as journal:
            self._journal_scan(journal)
            for result in self._results(left):
                if not lock.is_held():
                    raise OutputFailure(None, OUTPUT_LOST)
                self.summary.add(result)
                changed.add(result)
                if mapping is not None:
                    mapping.add_uids(result.uids)
                journal.add_task(result, [series[number].series_uid for number in result.numbers()])
            if self.request.scheduler or self.workers.jobs_for(self.scanned.instance_count) > 1:
                remove_parts(output)  # of workers that died: their files were written again by others

    def _resumption(self, header: dict[str, Any]) -> Resumption | None:
        """Return what is left of an interrupted run, None if this run starts from the beginning.

        Raises
        ------
        FolderError
            If the output folder has files of something else.
        """
        if is_empty(self.request.output):
            return None
        if not self.request.resume:
            raise FolderError(NOT_EMPTY)
        interrupted = InterruptedRun(self.request.private_folder, self.request.output, header, self.request.inputs)
        remove_parts(self.request.output)
        return Resumption(interrupted)

    def _plan_faces(self, is_resumed: bool) -> None:
        from .face_planner import FacePlanner  # SimpleITK takes a second to load

        request = self.request
        planner = FacePlanner(
            read_masks(request),
            request.face_force,
            request.face_skip,
            request.output,
            request.private_folder,
            is_resumed,
        )
        self.summary.faces = planner.plan(self.scanned, self.progress.faces, self.is_cancelled)

    def _mapping(self) -> MappingWriter | None:
        if not self.request.options.mapping_file:
            return None
        mapping = MappingWriter(self.request.private_folder, self.request.options, self.pseudonyms)
        mapping.write_subjects(self.scanned)
        return mapping

    def _tasks(self) -> Iterator[Task]:
        return plan(self.scanned, self.pseudonyms, self.names(), self.summary.faces)

    def _results(self, tasks: Iterator[Task]) -> Iterator[TaskResult]:
        count = self.scanned.instance_count + self.scanned.duplicate_count
        self.progress.start(count)
        return run_tasks(
            tasks,
            settings_of(self.request),
            self.workers,
            count,
            self.is_cancelled,
            self.progress,
            self.request.scheduler,
        )

    def _journal_scan(self, journal: Journal) -> None:
        for problem in self.scanned.rejected:
            journal.add(problem.source, "rejected", problem.reason, None)
        for problem in self.scanned.left_out:
            journal.add(problem.source, "skipped", problem.reason, None)
        for problem in self.scanned.not_dicom:
            journal.add(problem.source, "not_dicom", problem.reason, None)
        for series in self.scanned.skipped:
            for instance in series.instances:
                journal.add(instance.source, "skipped", NOT_SELECTED, None, series_uid=series.series_uid)
        for one in self.scanned.skipped_duplicates:
            journal.add(one.instance.source, "skipped", NOT_SELECTED, None, series_uid=one.series.series_uid)
