"""One series through both engines: the outputs, statuses, counts and UIDs must be the same."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache, partial
from pathlib import Path
from unittest import mock

from DeidentifyLib.batch import process as processing
from DeidentifyLib.batch.process import AUTO, REFERENCE, STREAM, Settings, process
from DeidentifyLib.files.byte_sources import ByteSource
from DeidentifyLib.files.input_files import Source
from DeidentifyLib.header.stream.errors import NotStreamable
from DeidentifyLib.header.stream.header_peek import HeaderPeek, HeaderTexts
from DeidentifyLib.options import Dates, Options
from DeidentifyLib.pseudonyms.key import Key
from DeidentifyLib.pseudonyms.pseudonymizer import Pseudonyms
from DeidentifyLib.pseudonyms.subject_identity import SubjectIdentity
from DeidentifyLib.records.tasks import Task, TaskItem, TaskResult
from DeidentifyLib.scan.scan_inputs import scan_inputs

from .generated_files import File

KEY = Key(bytes(range(32)))
PSEUDONYMS = Pseudonyms(KEY)
Row = tuple[str, str, str, int]
"""Status, reason, SHA-256 and size of an output file."""


def compare(
    files: Sequence[File], options: Options, first_read: int | None = None, subjects: Sequence[str] = ("P-4711",)
) -> Counter[str]:
    """Compare the engines on the files of a series.

    Parameters
    ----------
    files : sequence of File
    options : Options
    first_read : int, optional
        Bytes that the stream engine reads at once.
    subjects : sequence of str
        One task for each is done by one worker, all with the same files.

    Returns
    -------
    Counter
        How many files were streamed, under ``streamed``, and why the others went to the reference engine.
    """
    data = [file.encode() for file in files]
    expected = _in_series(data, options, REFERENCE, subjects)
    return _compared(data, options, first_read, subjects, expected)


OPTION_SETS = (
    Options(),
    Options(
        dates=Dates.REMOVE,
        keep_subject_characteristics=True,
        keep_safe_private=True,
        clean_descriptors=True,
        clean_structured_content=True,
        clean_graphics=True,
    ),
    Options(
        keep_id_name=True,
        dates=Dates.KEEP,
        keep_safe_private=True,
        retain_uids=True,
        retain_device_identity=True,
        retain_institution_identity=True,
        clean_descriptors=True,
    ),
)


def assert_equal(
    files: Sequence[File],
    handed_over: int = 0,
    first_read: int | None = None,
    option_sets: Sequence[Options] = OPTION_SETS,
) -> None:
    """Compare the engines under several sets of options; what the reference engine does is done once for each file.

    Parameters
    ----------
    files : sequence of File
    handed_over : int
        How many of them the stream engine may leave to the reference engine: a test in which it does nothing
        shows nothing.
    first_read : int, optional
        Bytes that the stream engine reads at once.
    option_sets : sequence of Options
    """
    data = [file.encode() for file in files]
    for options in option_sets:
        expected = TaskResult(0)
        for one in data:
            expected.add(_alone(one, options, REFERENCE, "P-4711", None))
        tally = _compared(data, options, first_read, ("P-4711",), [expected])
        assert tally["streamed"] >= len(files) - handed_over, tally


def assert_equal_one_after_the_other(
    tasks: Sequence[tuple[Sequence[File], str]], option_sets: Sequence[Options] = OPTION_SETS
) -> None:
    """Compare the engines on tasks that one worker does, each files and a subject."""
    encoded = [([file.encode() for file in files], subject) for files, subject in tasks]
    for options in option_sets:
        given = _in_one_worker(encoded, options, AUTO)
        for (data, subject), new in zip(encoded, given, strict=True):
            expected = TaskResult(0)
            for one in data:
                expected.add(_alone(one, options, REFERENCE, subject, None))
            _assert_same(expected, new)
            _assert_alone_as_in_series(new, [_alone(one, options, STREAM, subject, None) for one in data])


def _compared(
    data: Sequence[bytes],
    options: Options,
    first_read: int | None,
    subjects: Sequence[str],
    expected: Sequence[TaskResult],
) -> Counter[str]:
    tally: Counter[str] = Counter()
    given = _in_series(data, options, AUTO, subjects, first_read)
    for subject, old, new in zip(subjects, expected, given, strict=True):
        _assert_same(old, new)
        alone = [_alone(one, options, STREAM, subject, first_read) for one in data]
        tally += _assert_alone_as_in_series(new, alone)
    return tally


def _in_series(
    data: Sequence[bytes], options: Options, engine: str, subjects: Sequence[str], first_read: int | None = None
) -> list[TaskResult]:
    """Return the result of one task for each subject, all with the same files and in one worker."""
    return _in_one_worker([(data, subject) for subject in subjects], options, engine, first_read)


def _in_one_worker(
    tasks: Sequence[tuple[Sequence[bytes], str]], options: Options, engine: str, first_read: int | None = None
) -> list[TaskResult]:
    """Return the results of tasks, each files and a subject."""
    stream = partial(processing.StreamEngine, first_read=first_read) if first_read else processing.StreamEngine
    with tempfile.TemporaryDirectory() as name, mock.patch.object(processing, "StreamEngine", stream):
        results = []
        for data, subject in tasks:
            items = []
            for number, one in enumerate(data):
                path = Path(name) / f"{number}.in"
                path.write_bytes(one)
                items.append(TaskItem(Source(str(path)), f"{number}.dcm"))
            task = Task(0, PSEUDONYMS.subject(SubjectIdentity(subject, "DOE^JANE")), tuple(items))
            results.append(process(task, Settings(options, KEY, str(Path(name) / "out"), engine)))
        return results


@lru_cache(maxsize=2048)
def _alone(data: bytes, options: Options, engine: str, subject: str, first_read: int | None) -> TaskResult:
    """Return the result of a task with one file; remembered, as most files of the series of the tests are the same."""
    return _in_series([data], options, engine, [subject], first_read)[0]


def _rows(result: TaskResult) -> list[Row]:
    return [(one.status, one.reason, one.sha256, one.size) for one in result.instances]


def _assert_same(expected: TaskResult, given: TaskResult) -> None:
    for number, (old, new) in enumerate(zip(_rows(expected), _rows(given), strict=True)):
        assert new == old, f"file {number} of the series"
    for name in ("counts", "uids"):
        differing = _difference(getattr(given, name), getattr(expected, name))
        if name == "uids" and any(one.status != "written" for one in expected.instances):
            # the stream engine may have seen more UIDs of a file that the reference engine gives up
            differing = {key: pair for key, pair in differing.items() if pair[1] is not None}
        assert not differing, f"{name}, given and expected: {differing}"


def _difference(given: dict, expected: dict) -> dict:
    """Return what is not the same in two dictionaries: given and expected value by key."""
    pairs = {key: (given.get(key), expected.get(key)) for key in {**expected, **given}}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _assert_alone_as_in_series(series: TaskResult, alone: Sequence[TaskResult]) -> Counter[str]:
    """Check that what came before a file changed neither its output nor whether it went to the reference engine."""
    tally: Counter[str] = Counter()
    handed_over: Counter[str] = Counter()
    for number, (row, single) in enumerate(zip(_rows(series), alone, strict=True)):
        own = _rows(single)[0]
        if own[0] == "written":
            assert own == row, f"file {number} alone"
            tally["streamed"] += 1
        else:
            handed_over[own[1].removeprefix("the stream engine does not treat ")] += 1
    assert series.handed_over == handed_over
    return tally + handed_over


def compare_scans(files: Sequence[File]) -> Counter[str]:
    """Compare what a scan finds with what it finds if pydicom reads every header; return how many files were peeked."""
    with tempfile.TemporaryDirectory() as name:
        for number, file in enumerate(files):
            (Path(name) / f"{number:02}.in").write_bytes(file.encode())
        tally: Counter[str] = Counter()
        read = HeaderPeek.read

        def counting(peek: HeaderPeek, source: ByteSource) -> HeaderTexts:
            facts = read(peek, source)
            tally["peeked"] += 1
            return facts

        with mock.patch.object(HeaderPeek, "read", counting):
            given = _found(Path(name))
        with mock.patch.object(HeaderPeek, "read", side_effect=NotStreamable("never")):
            expected = _found(Path(name))
        assert given == expected
    return tally


def _found(folder: Path) -> list[object]:
    result = scan_inputs([folder])
    series = []
    for one in result.series:
        instances = [(each.source.path, each.sop_instance_uid, each.number) for each in one.instances]
        series.append(([getattr(one, part.name) for part in fields(one) if part.name != "instances"], instances))
    refused = [[(one.source.path, one.reason) for one in group] for group in (result.rejected, result.not_dicom)]
    return [series, refused, result.spellings]
