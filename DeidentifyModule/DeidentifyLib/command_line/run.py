"""``deidentify run``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import Any

from ..batch.plan import CollisionError
from ..batch.request import MaskFileError, RunRequest, UnsupportedOptionError
from ..batch.run import Cancellation
from ..files.canonical_paths import PathError
from ..files.folders import FolderError
from ..files.input_files import InputError
from ..files.output_files import OutputFailure
from ..job import JobOutcome, deidentify
from ..options import OptionsError
from ..pseudonyms.id_list import IdListError
from ..pseudonyms.key import KeyFileError
from ..pseudonyms.name_map import MapError
from ..records.summary import RunSummary
from ..report.next_steps import audit_lines
from .main import FAILURE, WRONG_USE
from .option_arguments import add_option_arguments, options_from
from .progress_output import reporter
from .request import (
    RequestError,
    inputs_from,
    jobs_of,
    masks_of,
    options_of,
    path_or_none,
    paths_of,
    read_request,
    texts_of,
)
from .running_arguments import add_running_arguments, running_values, running_values_of

WRONG_USE_ERRORS = (
    OptionsError,
    PathError,
    UnsupportedOptionError,
    FolderError,
    InputError,
    IdListError,
    KeyFileError,
    MapError,
    MaskFileError,
    RequestError,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the sub command."""
    parser.add_argument(
        "inputs", nargs="*", metavar="INPUT", help="folder, DICOM file or archive; - reads a list from stdin"
    )
    parser.add_argument("--output", type=Path, metavar="DIR", help="new or empty folder for the de-identified copy")
    parser.add_argument(
        "--private", type=Path, metavar="DIR", help="folder for map, key and journal (default: OUTPUT.private)"
    )
    parser.add_argument(
        "--key-file", type=Path, metavar="FILE", help="project key (default: made in the private folder)"
    )
    parser.add_argument(
        "--id-list", type=Path, metavar="FILE.csv", help="new IDs that you supply: columns id_old, id_new, name_new"
    )
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="number of processes (default: as fits)")
    add_running_arguments(parser)
    parser.add_argument("--dry-run", action="store_true", help="scan and plan only; write nothing")
    parser.add_argument("--no-audit", action="store_true", help="do not check the output against the input at the end")
    parser.add_argument("--progress", choices=["bar", "json", "none"], default="bar")
    faces = parser.add_argument_group("with --deface")
    faces.add_argument("--face-mask", action="append", default=[], metavar="UID=FILE",
                       help="label image made by a person for a FrameOfReferenceUID")
    faces.add_argument("--face-force", action="append", default=[], metavar="UID",
                       help="SeriesInstanceUID to export in spite of an uncertain verdict (recorded)")
    faces.add_argument("--face-skip", action="append", default=[], metavar="UID",
                       help="SeriesInstanceUID to leave untouched (recorded)")
    parser.add_argument("--request", choices=["-"], help="read everything from one JSON object on standard input")
    add_option_arguments(parser)


def main(arguments: argparse.Namespace) -> int:
    """De-identify, and return the exit code."""
    report = reporter(arguments.progress)
    cancellation = Cancellation()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: cancellation.cancel())
    try:
        request = _from_stdin() if arguments.request else _from_arguments(arguments)
        outcome = deidentify(request, report, cancellation, audit=not arguments.no_audit)
    except WRONG_USE_ERRORS as error:
        return _fail(arguments, WRONG_USE, str(error))
    except (OutputFailure, CollisionError) as error:
        return _fail(arguments, FAILURE, getattr(error, "strerror", None) or str(error))
    return _finish(arguments, request, outcome)


def _from_arguments(arguments: argparse.Namespace) -> RunRequest:
    if not arguments.inputs or arguments.output is None:
        raise RequestError("an INPUT and --output are needed; see: deidentify run --help")
    if arguments.jobs < 0:
        raise RequestError("--jobs must be 1 or more")
    return RunRequest(
        inputs_from(arguments.inputs),
        arguments.output,
        options_from(arguments),
        arguments.private,
        arguments.key_file,
        arguments.jobs,
        dry_run=arguments.dry_run,
        masks=dict(_mask(word) for word in arguments.face_mask),
        id_list=arguments.id_list,
        face_force=frozenset(arguments.face_force),
        face_skip=frozenset(arguments.face_skip),
        **running_values(arguments),
    )


def _mask(word: str) -> tuple[str, Path]:
    uid, equals, path = word.partition("=")
    if not equals or not Path(path).is_file():
        raise RequestError("--face-mask needs FRAME_OF_REFERENCE_UID=FILE with an existing label image")
    return uid, Path(path)


def _from_stdin() -> RunRequest:
    values = read_request()
    output = path_or_none(values, "output")
    if output is None:
        raise RequestError("the request needs \"output\"")
    series = values.get("series")
    return RunRequest(
        paths_of(values),
        output,
        options_of(values),
        path_or_none(values, "private"),
        path_or_none(values, "key_file"),
        jobs_of(values),
        None if series is None else texts_of(values, "series"),
        bool(values.get("dry_run")),
        masks=masks_of(values),
        id_list=path_or_none(values, "id_list"),
        face_force=texts_of(values, "face_force"),
        face_skip=texts_of(values, "face_skip"),
        **running_values_of(values),
    )


def _finish(arguments: argparse.Namespace, request: RunRequest, outcome: JobOutcome) -> int:
    summary, counts, code = outcome.summary, outcome.counts, outcome.exit_code
    if not counts["inputs"]:
        print(f"deidentify: no DICOM file among the inputs ({counts['not_dicom']} other files)", file=sys.stderr)
    if arguments.progress == "json":
        print(json.dumps(_last_line(request, outcome)), flush=True)
        return code
    if request.dry_run:
        _print_plan(summary)
        return 0
    print(
        f"{counts['inputs']} instances: {counts['written']} written, {counts['withheld']} withheld, "
        f"{counts['rejected']} rejected; {counts['not_dicom']} other files left out"
    )
    for problem in summary.problems():
        print(f"  {problem['count']} {problem['status']}: {problem['reason']}")
    if summary.was_cancelled:
        print("stopped before the end")
    if outcome.audit is not None:
        print("\n".join(audit_lines(outcome.audit, request.output)))
    print(f"report: {request.output / 'report' / 'report.html'}")
    print(f"private folder (map, key, journal; do not share): {request.private_folder}")
    return code


def _last_line(request: RunRequest, outcome: JobOutcome) -> dict[str, Any]:
    summary, written = outcome.summary, not request.dry_run
    return {
        "phase": "done",
        "done": outcome.counts["written"],
        "total": outcome.counts["inputs"],
        "series": "",
        "bytes": summary.bytes_written,
        "eta_seconds": 0.0,
        "message": "stopped before the end" if summary.was_cancelled else "finished",
        "exit_code": outcome.exit_code,
        "counts": outcome.counts,
        "audit": None if outcome.audit is None else outcome.audit["verdict"],
        "issues": summary.problems(),
        "report": str(request.output / "report" / "report.json") if written else None,
        "private": str(request.private_folder) if written else None,
    }


def _print_plan(summary: RunSummary) -> None:
    counts = summary.counts
    planned = sum(len(task.items) for task in summary.planned)
    print(f"dry run, nothing written: {planned} instances in {len({t.series_number for t in summary.planned})} series")
    for subject in summary.to_dict()["subjects"]:
        for study in subject["studies"]:
            for series in study["series"]:
                print(f"  {subject['new_id']}  {series['modality']:4}  {series['instances']} instances")
    print(f"{counts['rejected']} rejected, {counts['not_dicom']} other files")


def _fail(arguments: argparse.Namespace, code: int, message: str) -> int:
    if arguments.progress == "json":
        print(json.dumps({"phase": "done", "done": 0, "total": None, "series": "", "bytes": 0, "eta_seconds": None,
                          "message": message, "exit_code": code, "counts": None, "issues": [], "report": None,
                          "private": None}), flush=True)
    print(f"deidentify: {message}", file=sys.stderr)
    return code
