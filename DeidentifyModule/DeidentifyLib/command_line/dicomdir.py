"""``deidentify dicomdir``: a copy of a de-identified output as a File-set with a new DICOMDIR (PS3.10, PS3.11)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.fileset import FileSet

from ..dicom.dicom_file import silence
from ..dicom.elements import PARSE_ERRORS
from ..files.canonical_paths import canonical
from ..files.folders import FolderError, check_folders, default_private_folder, is_empty
from ..records.listed_outputs import outputs_of_run
from .main import FAILURE, WRONG_USE

PARTLY = 3
_REQUIRED = {"StudyDate": "19000101", "StudyTime": "000000", "StudyID": "1", "SeriesNumber": "1", "Modality": "OT"}
"""What the records of a DICOMDIR demand (PS3.3 F.5) and a de-identified instance may have empty."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the sub command."""
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="de-identified output of a run")
    parser.add_argument("--private", type=Path, metavar="DIR", help="private side folder (default: OUTPUT.private)")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="new or empty folder for the File-set")


def main(arguments: argparse.Namespace) -> int:
    """Write the File-set; return 0, or 3 if a DICOMDIR cannot hold some of the files.

    Only what a run wrote goes onto a medium: a folder of original images is refused.
    """
    try:
        check_folders([], arguments.output, arguments.to)
        if not arguments.output.is_dir() or not is_empty(arguments.to):
            raise FolderError("--output must be a folder, and --to a new or empty one")
        output = canonical(arguments.output)
        names = outputs_of_run(output, arguments.private or default_private_folder(output))
    except FolderError as error:
        print(f"deidentify: {error}", file=sys.stderr)
        return WRONG_USE
    added, left_out = 0, 0
    with silence():
        files = FileSet()
        for name in names:
            try:
                files.add(_with_record_keys(pydicom.dcmread(output / name), added + 1))
                added += 1
            except (InvalidDicomError, *PARSE_ERRORS):
                left_out += 1
        if not added:
            print("deidentify: the folder holds no file that a DICOMDIR can name", file=sys.stderr)
            return FAILURE
        files.write(arguments.to)
    print(f"{added} files in the File-set, {left_out} left out because a DICOMDIR cannot hold them")
    return PARTLY if left_out else 0


def _with_record_keys(dataset: Dataset, number: int) -> Dataset:
    """Fill what a record demands, in the copy that goes into the File-set."""
    for keyword, value in {**_REQUIRED, "InstanceNumber": str(number)}.items():
        if dataset.get(keyword) in (None, ""):
            setattr(dataset, keyword, value)
    return dataset
