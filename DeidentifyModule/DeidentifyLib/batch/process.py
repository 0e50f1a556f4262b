"""The work of one task, in this process or a worker: read, de-identify, write whole or not at all."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydicom.dataset import FileDataset

from ..dicom.dicom_file import NotDicom, silence, write
from ..dicom.errors import CannotDeidentify, Withheld
from ..dicom.tags import PIXEL_DATA
from ..files.byte_sources import ByteSource, SourceChanged
from ..files.input_files import Source
from ..files.output_files import OutputFailure, write_pieces
from ..free_text.subject_identifiers import cleaner_for
from ..header.deferred_pixels import MINIMUM_DEFERRED_BYTES, read_deferred, read_whole
from ..header.deidentification_method import add_deidentification_method
from ..header.engine import HeaderEngine
from ..header.stream.engine import StreamEngine
from ..header.stream.errors import NotStreamable
from ..header.stream.level_output import Piece
from ..options import Options
from ..pixels.hidden_bytes import HIDDEN_BYTES
from ..pixels.masks import write_mask
from ..profile.actions import Action
from ..profile.resolver import Profile
from ..pseudonyms.key import Key
from ..pseudonyms.pseudonymizer import Pseudonyms, Subject
from ..records.tasks import InstanceResult, Task, TaskItem, TaskResult
from ..standard.iod_types import type_of
from .copies import try_in_turn

if TYPE_CHECKING:
    from ..face import Region

AUTO, STREAM, REFERENCE = ENGINES = ("auto", "stream", "reference")


@dataclass(frozen=True)
class Settings:
    """What every worker needs; hashable, so that a worker builds its engine once.

    Attributes
    ----------
    options : Options
    key : Key or None
        None where the settings travel over a network: then `key_file` is read.
    output : str
        Output folder.
    engine : str
        ``auto`` (stream, and the reference engine as its fallback), ``stream`` (the same, but what the
        stream engine cannot do is rejected) or ``reference``.
    checksums : bool
        Whether to compute the SHA-256 of each output file.
    key_file : str
    time_limit : float
        Seconds for one file in a worker process; 0 for no limit.
    private : str
        Private folder, for the masks of changed voxels.
    """

    options: Options
    key: Key | None = field(repr=False)
    output: str
    engine: str = AUTO
    checksums: bool = True
    key_file: str = field(default="", repr=False)
    time_limit: float = 0.0
    private: str = field(default="", repr=False)

    def without_key(self) -> Settings:
        """Return settings that name the key file instead of holding the key."""
        return replace(self, key=None)

    def read_key(self) -> Key:
        """Return the key, from its file if these settings do not hold it.

        Raises
        ------
        KeyFileError
            If the file cannot be used.
        """
        return self.key or Key.read(Path(self.key_file))


@dataclass
class _Worker:
    engine: HeaderEngine
    stream: StreamEngine
    pseudonyms: Pseudonyms


@lru_cache(maxsize=1)
def _worker(settings: Settings) -> _Worker:
    pseudonyms = Pseudonyms(settings.read_key())
    engine = HeaderEngine(Profile(settings.options), pseudonyms)
    return _Worker(engine, StreamEngine(engine), pseudonyms)


def prepare(settings: Settings) -> None:
    """Load the tables that `process` needs, so that a new process is ready when its first task comes."""
    _worker(settings)
    type_of("", (PIXEL_DATA,))
    cleaner_for((), ("iso8859",))


def process(
    task: Task,
    settings: Settings,
    is_cancelled: Callable[[], bool] = lambda: False,
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
    worker.stream.forget()
    result = TaskResult(task.series_number)
    counted: list[int] = []

    def outcomes_of(item: TaskItem) -> list[InstanceResult]:
        if item.copies or item.is_settled:
            return try_in_turn(task, item, alone)
        return [_process_item(item, task, settings, worker, result, counted)]

    def alone(one: Task) -> InstanceResult:
        return _process_item(one.items[0], one, settings, worker, result, counted)

    with silence():
        for item in task.items:
            if is_cancelled():
                break
            for outcome in outcomes_of(item):
                result.instances.append(outcome)
                done(outcome)
    result.counts.update(worker.stream.counts(counted))
    result.uids = worker.pseudonyms.take_uids()
    return result


def _process_item(
    item: TaskItem, task: Task, settings: Settings, worker: _Worker, result: TaskResult, counted: list[int]
) -> InstanceResult:
    subject, face = task.subject, task.face
    if face is not None and face.withheld:
        return InstanceResult(item, "withheld", face.withheld)
    try:
        if face is not None and face.region is not None:
            return _by_reference(item, subject, settings, worker, result, face.region)
        if settings.engine != REFERENCE:
            streamed = _stream(item, subject, settings, worker, result, counted)
            if streamed is not None:
                return streamed
        return _by_reference(item, subject, settings, worker, result)
    except OutputFailure:
        raise
    except Withheld as why:
        return InstanceResult(item, "withheld", why.reason)
    except (CannotDeidentify, NotDicom) as problem:
        return InstanceResult(item, "rejected", str(problem))
    except PermissionError:
        return InstanceResult(item, "rejected", "no permission to read the file")
    except OSError as problem:
        return InstanceResult(item, "rejected", f"the file cannot be read: {problem.strerror or 'input error'}")
    except Exception as problem:  # one failed item is recorded, the batch goes on
        return InstanceResult(item, "rejected", f"the data set is malformed ({type(problem).__name__})")


def _stream(
    item: TaskItem, subject: Subject, settings: Settings, worker: _Worker, result: TaskResult, counted: list[int]
) -> InstanceResult | None:
    """Return what the stream engine did, None if the reference engine has to do it."""
    path = os.path.join(settings.output, item.output)
    try:
        size, sha256, numbers = stream_file(worker.stream, item.source, path, subject, settings.checksums)
    except (OSError, CannotDeidentify):
        raise
    except NotStreamable as why:
        reason = why.reason
    except Exception as problem:  # recorded by its kind; the reference engine has to know what to do
        reason = f"an unforeseen {type(problem).__name__}"
    else:
        counted += numbers
        return InstanceResult(item, "written", "", sha256, size)
    if settings.engine == STREAM:
        return InstanceResult(item, "rejected", f"the stream engine does not treat {reason}")
    result.handed_over[reason] += 1
    return None


def stream_file(
    engine: StreamEngine, source: Source, output: str, subject: Subject, checksum: bool
) -> tuple[int, str, list[int]]:
    """De-identify one file.

    Returns
    -------
    size : int
        Bytes of the output.
    sha256 : str
        Empty without `checksum`.
    counted : list of int
        See `StreamEngine.counts`.

    Raises
    ------
    NotStreamable
        If the reference engine has to do it; nothing was written.
    OutputFailure, OSError
        If the output cannot be written, or the input not read.
    """
    with source.open_bytes() as data:
        streamed = engine.deidentify(data, subject)
        size, sha256 = write_pieces(output, _of_unchanged(data, streamed.pieces), data, checksum)
    return size, sha256, streamed.counted


def _of_unchanged(data: ByteSource | None, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield pieces, and refuse at the end a source that changed meanwhile: the file is not moved to its place."""
    yield from pieces
    if data is not None and data.has_changed():
        raise SourceChanged(None, "the file changed while it was read")


def _deface(dataset: FileDataset, region: Region, settings: Settings, output: str) -> str:
    """Remove the face and return the name of the file with the changed voxels, empty if none was."""
    from ..face import CannotDeface, NoPlane, NotDecoded, deface_dataset, face_of

    try:
        changed = face_of(dataset, region)
        deface_dataset(dataset, region)
    except (CannotDeface, NoPlane, NotDecoded) as why:
        raise Withheld(f"face: {why}") from why
    return write_mask(Path(settings.private), output, changed) if changed.any() and settings.private else ""


def _by_reference(
    item: TaskItem,
    subject: Subject,
    settings: Settings,
    worker: _Worker,
    result: TaskResult,
    region: Region | None = None,
) -> InstanceResult:
    """De-identify with pydicom; large pixel data are copied from file to file.

    With ``engine`` reference, and where a face is removed, all of the file is read: the tests compare
    the other ways with that.
    """
    output = os.path.join(settings.output, item.output)
    with item.source.open_bytes() as source:
        if region is None:
            dataset, deferred = read_deferred(source, None if settings.engine == REFERENCE else MINIMUM_DEFERRED_BYTES)
        else:
            dataset, deferred = read_whole(source)
        context = worker.engine.deidentify(dataset, subject)
        if deferred.hid_bytes:
            context.counts[PIXEL_DATA, Action.CLEAN, HIDDEN_BYTES] += 1
        mask = _deface(dataset, region, settings, item.output) if region is not None else ""
        add_deidentification_method(dataset, settings.options, defaced=region is not None)
        buffer = io.BytesIO()
        write(buffer, dataset)
        pieces = _of_unchanged(source, deferred.pieces(buffer.getvalue()))
        size, sha256 = write_pieces(output, pieces, deferred.source, settings.checksums)
    result.counts.update(context.counts)
    return InstanceResult(item, "written", "", sha256, size, mask)
