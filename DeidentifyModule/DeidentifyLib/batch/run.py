"""Run: the tasks of a plan in an executor, with journal, map and summary."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

from ..options import Options
from ..profile.support import refused
from ..pseudonyms.key import Key
from ..pseudonyms.pseudonymizer import Pseudonyms
from ..version import STANDARD_EDITION, __version__
from .earlier import Earlier, remove_parts
from .executors import run_tasks
from .folders import (
    FolderError,
    check_folders,
    check_key_file,
    default_private_folder,
    is_empty,
    make_output,
    make_private,
)
from .journal import Journal
from .lock import RunLock
from .mapping import MappingWriter
from .names import Names
from .plan import plan
from .process import AUTO, Settings
from .progress import Progress, Report
from .resume import Plan, Resumption
from .scan import ScanResult, scan
from .summary import RunSummary

KEY_NAME = "key"
NOT_EMPTY = "the output folder is not empty: choose a new one; existing output is never overwritten"


DEFAULT_TIME_LIMIT = 900.0


class UnsupportedOptionError(ValueError):
    """An option that this version cannot carry out was chosen."""


@dataclass(frozen=True)
class RunRequest:
    """What to de-identify, how, and where to.

    Attributes
    ----------
    inputs : tuple of Path
        Folders, files and zip archives.
    output : Path
        Folder for the de-identified copy; must be absent or empty.
    options : Options
    private : Path, optional
        Folder for map, key and journal; by default ``<output>.private``.
    key_file : Path, optional
        Project key; by default the file ``key`` in the private folder, made if it is absent.
    jobs : int
        Number of processes; 0 chooses.
    series : frozenset of str, optional
        SeriesInstanceUIDs to take; all if None.
    dry_run : bool
        Only scan and plan; nothing is written.
    resume : bool
        Continue an interrupted run into the output folder.
    engine : str
        See `Settings`.
    checksums : bool
        Whether to compute the SHA-256 of each output file.
    scheduler : str
        Address of a dask scheduler, empty for this machine.
    time_limit : float
        Seconds for one file in a worker process; 0 for no limit.
    """

    inputs: tuple[Path, ...]
    output: Path
    options: Options = field(default_factory=Options)
    private: Path | None = None
    key_file: Path | None = None
    jobs: int = 0
    series: frozenset[str] | None = None
    dry_run: bool = False
    resume: bool = False
    engine: str = AUTO
    checksums: bool = True
    scheduler: str = ""
    time_limit: float = DEFAULT_TIME_LIMIT

    @property
    def private_folder(self) -> Path:
        """Folder for map, key and journal."""
        return self.private or default_private_folder(self.output)


class Cancellation:
    """Asked between files whether to stop; set from a signal handler or another thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the run to stop after the file in hand."""
        self._event.set()

    def __call__(self) -> bool:
        """Return whether to stop."""
        return self._event.is_set()


def run(
    request: RunRequest, report: Report = lambda line: None, cancelled: Callable[[], bool] = lambda: False
) -> RunSummary:
    """De-identify the inputs of a request.

    Parameters
    ----------
    request : RunRequest
        What, how and where to.
    report : callable, optional
        Receives progress as JSON-ready dictionaries.
    cancelled : callable, optional
        Asked between files whether to stop.

    Raises
    ------
    UnsupportedOptionError, FolderError, InputError, KeyFileError, MapError, OptionsError
        Before anything is read or written, if the request cannot be carried out.
    OutputFailure
        If the output cannot be written any more; the journal holds what was done.
    """
    check_request(request)
    pseudonyms = Pseudonyms(_key(request))
    names = partial(Names, request.options, pseudonyms)
    names()
    progress = Progress(report)
    started = datetime.now(timezone.utc)
    scanned = scan(request.inputs, progress.scanned, cancelled)
    if request.series is not None:
        scanned.series = [series for series in scanned.series if series.series_uid in request.series]
    summary = RunSummary(request.options, pseudonyms, scanned, started)
    if request.dry_run:
        summary.plan_only(list(plan(scanned.series, pseudonyms, names())))
        return summary
    _write(request, pseudonyms, names, scanned, summary, progress, cancelled)
    summary.finish(cancelled())
    return summary


def check_request(request: RunRequest) -> None:
    """Refuse a request that cannot be carried out; see `run`."""
    missing = refused(request.options)
    if missing:
        names = ", ".join("--" + name.replace("_", "-") for name in missing)
        raise UnsupportedOptionError(f"not available in version {__version__}: {names}")
    check_folders(request.inputs, request.output, request.private_folder)
    if request.key_file is not None:
        check_key_file(request.key_file, request.inputs, request.output)
    if not request.resume and not is_empty(request.output):
        raise FolderError(NOT_EMPTY)


def _key(request: RunRequest) -> Key:
    if request.key_file is not None:
        return Key.read(request.key_file)
    path = request.private_folder / KEY_NAME
    if path.exists():
        return Key.read(path)
    if request.dry_run:
        return Key(bytes(32))
    make_private(request.private_folder)
    return Key.new(path)


def _write(
    request: RunRequest,
    pseudonyms: Pseudonyms,
    names: Callable[[], Names],
    scanned: ScanResult,
    summary: RunSummary,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> None:
    make_output(request.output)
    make_private(request.private_folder)
    with RunLock(request.output), RunLock(request.private_folder):
        _write_locked(request, pseudonyms, names, scanned, summary, progress, cancelled)


def _write_locked(
    request: RunRequest,
    pseudonyms: Pseudonyms,
    names: Callable[[], Names],
    scanned: ScanResult,
    summary: RunSummary,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> None:
    header = _run_header(request, pseudonyms)
    resumption = _resumption(request, header, lambda: plan(scanned.series, pseudonyms, names()))
    if resumption is not None:
        resumption.take_over(header, summary)
    mapping = None
    if request.options.mapping_file:
        mapping = MappingWriter(request.private_folder, request.options, pseudonyms)
        mapping.write_subjects(scanned)
    progress.start(scanned.instance_count)
    tasks = plan(scanned.series, pseudonyms, names()) if resumption is None else resumption.tasks(summary)
    with Journal(request.private_folder, request.output) as journal:
        if resumption is None:
            journal.begin(header)
        _journal_scan(journal, scanned)
        for result in run_tasks(
            tasks, _settings(request), request.jobs, scanned.instance_count, cancelled, progress, request.scheduler
        ):
            summary.add(result)
            if mapping is not None:
                mapping.add_uids(result.uids)
            journal.add_task(result)


def _resumption(request: RunRequest, header: dict[str, Any], tasks: Plan) -> Resumption | None:
    """Return what is left of an interrupted run, None if this run begins anew.

    Raises
    ------
    FolderError
        If the output folder has files of something else.
    """
    if is_empty(request.output):
        return None
    if not request.resume:
        raise FolderError(NOT_EMPTY)
    earlier = Earlier(request.private_folder, request.output, header)
    remove_parts(request.output)
    return Resumption(earlier, tasks, request.options.deface)


def _settings(request: RunRequest) -> Settings:
    return Settings(
        request.options,
        _key(request),
        str(request.output.absolute()),
        request.engine,
        request.checksums,
        str((request.key_file or request.private_folder / KEY_NAME).absolute()),
        request.time_limit,
    )


def _run_header(request: RunRequest, pseudonyms: Pseudonyms) -> dict[str, object]:
    return {
        "version": __version__,
        "edition": STANDARD_EDITION,
        "output_folder": str(request.output.resolve()),
        "options": request.options.to_dict(),
        "key_fingerprint": pseudonyms.fingerprint,
    }


def _journal_scan(journal: Journal, scanned: ScanResult) -> None:
    for problem in scanned.rejected:
        journal.add(problem.source, "rejected", problem.reason, None)
    for problem in scanned.not_dicom:
        journal.add(problem.source, "not_dicom", problem.reason, None)
