"""Run: the tasks of a plan in an executor, with journal, map and summary."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..options import Options
from ..profile.support import refused
from ..pseudonyms.id_list import read_id_list
from ..pseudonyms.key import Key
from ..pseudonyms.pseudonymizer import Pseudonyms
from ..version import STANDARD_EDITION, __version__
from .changed_pixels import ChangedPixels
from .durability import EarlyWriting
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
from .journal import Journal, WrittenFiles
from .lock import RunLock
from .mapping import MappingWriter
from .names import Names
from .output_files import OutputFailure
from .plan import Task, plan
from .process import AUTO, Settings
from .progress import Progress, Report
from .resume import Resumption
from .scan import ScanResult, scan
from .sources import check_exist
from .summary import RunSummary
from .workers import Workers

if TYPE_CHECKING:
    from .faces import FaceDecision

KEY_NAME = "key"
NOT_EMPTY = "the output folder is not empty: choose a new one; existing output is never overwritten"
OUTPUT_LOST = "the output folder is gone or was replaced: bring it back and go on with --resume"
DEFAULT_TIME_LIMIT = 900.0


class UnsupportedOptionError(ValueError):
    """An option that this version cannot carry out was chosen."""


class MaskFileError(ValueError):
    """A face mask made by a person cannot be read."""


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
    masks : mapping of str to Path
        With Deface: label images that a person made, by FrameOfReferenceUID, instead of the automatic ones.
    id_list : Path, optional
        CSV with the columns id_old, id_new and perhaps name_new: new IDs that the site supplies.
    face_force, face_skip : frozenset of str
        With Deface: SeriesInstanceUIDs that are exported in spite of an uncertain verdict, or left untouched.
        Both are recorded in the report.
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
    masks: Mapping[str, Path] = field(default_factory=dict)
    id_list: Path | None = None
    face_force: frozenset[str] = frozenset()
    face_skip: frozenset[str] = frozenset()

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
    pseudonyms = Pseudonyms(_key(request), read_id_list(request.id_list) if request.id_list else None)
    names = partial(Names, request.options, pseudonyms)
    names()
    progress = Progress(report)
    started = datetime.now(UTC)
    with Workers(_settings(request), 1 if request.dry_run or request.scheduler else request.jobs) as workers:

        def seen(files: int) -> None:
            workers.seen(files)
            progress.scanned(files)

        scanned = scan(request.inputs, seen, cancelled)
        if request.series is not None:
            scanned.series = [series for series in scanned.series if series.series_uid in request.series]
        summary = RunSummary(request.options, pseudonyms, scanned, started)
        if request.dry_run:
            summary.plan_only(list(plan(scanned.series, pseudonyms, names())))
            return summary
        _write(request, pseudonyms, names, scanned, summary, progress, cancelled, workers)
    summary.finish(cancelled())
    return summary


def check_request(request: RunRequest) -> None:
    """Refuse a request that cannot be carried out; see `run`."""
    missing = refused(request.options)
    if missing:
        names = ", ".join("--" + name.replace("_", "-") for name in missing)
        raise UnsupportedOptionError(f"not available in version {__version__}: {names}")
    check_exist(request.inputs)
    check_folders(request.inputs, request.output, request.private_folder)
    if request.options.deface:
        _read_masks(request)
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
    workers: Workers,
) -> None:
    make_output(request.output)
    make_private(request.private_folder)
    with RunLock(request.output) as output_lock, RunLock(request.private_folder):
        _write_locked(request, pseudonyms, names, scanned, summary, progress, cancelled, workers, output_lock)


def _write_locked(
    request: RunRequest,
    pseudonyms: Pseudonyms,
    names: Callable[[], Names],
    scanned: ScanResult,
    summary: RunSummary,
    progress: Progress,
    cancelled: Callable[[], bool],
    workers: Workers,
    lock: RunLock,
) -> None:
    header = _run_header(request, pseudonyms)
    summary.files = WrittenFiles(request.private_folder, header["output_folder"])
    resumption = _resumption(request, header)
    if resumption is None:
        Journal.start(request.private_folder, request.output, header)
    if request.options.deface:
        summary.faces = _plan_faces(request, scanned, progress, cancelled, resumption is not None)

    def tasks() -> Iterator[Task]:
        return plan(scanned.series, pseudonyms, names(), summary.faces)

    changed = ChangedPixels(request.private_folder, header["output_folder"])
    if resumption is not None:
        changed.reduce(resumption.take_over(header, summary))
    mapping = None
    if request.options.mapping_file:
        mapping = MappingWriter(request.private_folder, request.options, pseudonyms)
        mapping.write_subjects(scanned)
    progress.start(scanned.instance_count)
    left = tasks() if resumption is None else resumption.left(tasks(), summary)
    with Journal(request.private_folder, request.output) as journal, EarlyWriting(request.output):
        _journal_scan(journal, scanned)
        for result in run_tasks(
            left, _settings(request), workers, scanned.instance_count, cancelled, progress, request.scheduler
        ):
            if not lock.is_held():
                raise OutputFailure(None, OUTPUT_LOST)
            summary.add(result)
            changed.add(result)
            if mapping is not None:
                mapping.add_uids(result.uids)
            journal.add_task(result, scanned.series[result.series_number].series_uid)
        if request.scheduler or workers.jobs_for(scanned.instance_count) > 1:
            remove_parts(request.output)  # of workers that died: their files were written anew by others


def _resumption(request: RunRequest, header: dict[str, Any]) -> Resumption | None:
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
    return Resumption(earlier)


def _settings(request: RunRequest) -> Settings:
    return Settings(
        request.options,
        _key(request),
        str(request.output.absolute()),
        request.engine,
        request.checksums,
        str((request.key_file or request.private_folder / KEY_NAME).absolute()),
        request.time_limit,
        str(request.private_folder),
    )


def _plan_faces(
    request: RunRequest, scanned: ScanResult, progress: Progress, cancelled: Callable[[], bool], resume: bool
) -> Mapping[int, FaceDecision]:
    from .faces import FacePlanner  # SimpleITK takes a second to load

    planner = FacePlanner(
        _read_masks(request), request.face_force, request.face_skip, request.output, request.private_folder, resume
    )
    return planner.plan(scanned.series, progress.faces, cancelled)


def _read_masks(request: RunRequest) -> dict[str, Any]:
    """Return the label images that a person made, by FrameOfReferenceUID.

    Raises
    ------
    MaskFileError
        If one cannot be read; the message names its position, not its path.
    """
    import SimpleITK as sitk

    masks = {}
    for number, (uid, path) in enumerate(request.masks.items(), 1):
        try:
            masks[uid] = sitk.ReadImage(str(path))
        except RuntimeError:
            raise MaskFileError(f"face mask {number} cannot be read as an image (NRRD, NIfTI or MHA)") from None
    return masks


def _run_header(request: RunRequest, pseudonyms: Pseudonyms) -> dict[str, Any]:
    return {
        "version": __version__,
        "edition": STANDARD_EDITION,
        "output_folder": str(request.output.resolve()),
        "options": request.options.to_dict(),
        "key_fingerprint": pseudonyms.fingerprint,
        "faces": {
            "masks": {frame: str(path) for frame, path in sorted(request.masks.items())},
            "force": sorted(request.face_force),
            "skip": sorted(request.face_skip),
        },
    }


def _journal_scan(journal: Journal, scanned: ScanResult) -> None:
    for problem in scanned.rejected:
        journal.add(problem.source, "rejected", problem.reason, None)
    for problem in scanned.not_dicom:
        journal.add(problem.source, "not_dicom", problem.reason, None)
