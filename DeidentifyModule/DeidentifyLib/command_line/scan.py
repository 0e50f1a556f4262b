"""``deidentify scan``: what the inputs hold, with original names; for the panel and for a look before a run."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import Any

from ..files.input_files import InputError
from ..scan.scan_inputs import DUPLICATE, ScanResult, Series, scan_inputs
from .main import FAILURE, WRONG_USE
from .progress_output import reporter
from .request import RequestError, inputs_from, paths_of, read_request

_PROGRESS_EVERY = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the sub command."""
    parser.add_argument(
        "inputs", nargs="*", metavar="INPUT", help="folder, DICOM file or archive; - reads a list from stdin"
    )
    parser.add_argument("--request", choices=["-"], help="read the inputs from one JSON object on standard input")
    parser.add_argument("--progress", choices=["json", "none"], default="none")


def main(arguments: argparse.Namespace) -> int:
    """Print the tree of the inputs as JSON (with ``--progress json``) or text."""
    report = reporter(arguments.progress)

    def on_progress(files: int) -> None:
        if files % _PROGRESS_EVERY == 0:
            report({"phase": "scan", "done": files, "total": None, "message": f"{files} files seen"})

    try:
        inputs = paths_of(read_request()) if arguments.request else inputs_from(arguments.inputs)
        if not inputs:
            raise RequestError("an INPUT is needed; see: deidentify scan --help")
        result = scan_inputs(inputs, on_progress)
    except (InputError, RequestError) as error:
        print(f"deidentify: {error}", file=sys.stderr)
        return WRONG_USE
    if arguments.progress == "json" or arguments.request:
        print(json.dumps(_as_json(result)), flush=True)
    else:
        _print_tree(result)
    return 0 if result.series else FAILURE


def subjects_of(result: ScanResult) -> list[dict[str, Any]]:
    """Return subjects, studies and series with their original names, which are PHI."""
    subjects: dict[str, dict[str, Any]] = {}
    for series in result.series:
        subject = subjects.setdefault(
            series.subject.canonical,
            {"patient_id": series.subject.patient_id, "patient_name": series.subject.patient_name, "studies": {}},
        )
        study = subject["studies"].setdefault(
            series.study_uid,
            {
                "study_uid": series.study_uid,
                "date": series.study_date,
                "description": series.study_description,
                "series": [],
            },
        )
        study["series"].append(_series(series))
    return [{**subject, "studies": list(subject["studies"].values())} for subject in subjects.values()]


def _series(series: Series) -> dict[str, Any]:
    return {
        "series_uid": series.series_uid,
        "modality": series.modality,
        "description": series.description,
        "frame_of_reference_uid": series.frame_of_reference,
        "instances": len(series.instances),
    }


def _as_json(result: ScanResult) -> dict[str, Any]:
    return {
        "phase": "done",
        "subjects": subjects_of(result),
        "rejected": [
            *({"path": problem.source.path, "reason": problem.reason} for problem in result.rejected),
            *(
                {"path": one.instance.source.path, "reason": DUPLICATE}
                for group in result.duplicates.values()
                for one in group
            ),
        ],
        "not_dicom": len(result.not_dicom),
        "skipped": [{"path": problem.source.path, "reason": problem.reason} for problem in result.left_out],
    }


def _print_tree(result: ScanResult) -> None:
    print("This list shows original names and IDs: do not share it.")
    for subject in subjects_of(result):
        print(f"{subject['patient_name'] or '(no name)'}  [{subject['patient_id'] or 'no ID'}]")
        for study in subject["studies"]:
            print(f"  {study['date'] or '(no date)'}  {study['description']}")
            for series in study["series"]:
                print(f"    {series['modality'] or '??':4} {series['instances']:6}  {series['description']}")
    print(
        f"{len(result.rejected)} files that cannot be read, {result.duplicate_count} duplicates, "
        f"{len(result.not_dicom)} that are not DICOM"
    )
    for reason, number in Counter(problem.reason for problem in result.left_out).items():
        print(f"{number} skipped: {reason}")
