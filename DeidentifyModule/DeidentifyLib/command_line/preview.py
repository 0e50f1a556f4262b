"""``deidentify preview``: attribute, original, result, action and why. The output is PHI."""

from __future__ import annotations

import argparse
import csv
import html
import json
import os
import sys
from dataclasses import asdict, astuple, fields
from pathlib import Path
from typing import TextIO

from ..batch.preview import PreviewRow, preview, samples
from ..dicom.dicom_file import NotDicom
from ..dicom.errors import CannotDeidentify
from ..files.input_files import InputError
from ..options import Options, OptionsError
from ..profile.support import refused
from ..pseudonyms.key import Key, KeyFileError
from ..pseudonyms.pseudonymizer import Pseudonyms
from ..scan.scan_inputs import scan_inputs
from .main import FAILURE, WRONG_USE
from .option_arguments import add_option_arguments, options_from
from .request import RequestError, inputs_from, options_of, path_or_none, paths_of, read_request
from .written_files import overwrites, whole_file

WARNING = "This table shows original values: it identifies the subject. Do not share or keep it."
_COLUMNS = [field.name for field in fields(PreviewRow)]
_PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Preview (confidential)</title>
<style>body{{font:14px sans-serif;margin:2em}}table{{border-collapse:collapse;margin-bottom:2em}}
td,th{{border:1px solid #8888;padding:.2em .5em;text-align:left;vertical-align:top}}strong{{color:#b00}}</style>
<p><strong>{warning}</strong></p>{tables}</html>"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the sub command."""
    parser.add_argument(
        "inputs", nargs="*", metavar="INPUT", help="DICOM file, or folder: the first instance of each series"
    )
    parser.add_argument("--format", choices=["text", "csv", "html", "json"], default="text")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write to a file that only you can read, not to the terminal"
    )
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="project key (default: a throw-away key)")
    parser.add_argument("--request", choices=["-"], help="read everything from one JSON object on standard input")
    add_option_arguments(parser)


def main(arguments: argparse.Namespace) -> int:
    """Print the preview."""
    try:
        tables = _tables(arguments)
    except (OptionsError, KeyFileError, InputError, RequestError) as error:
        print(f"deidentify: {error}", file=sys.stderr)
        return WRONG_USE
    except (NotDicom, CannotDeidentify, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        print(f"deidentify: {reason or 'a file cannot be read'}", file=sys.stderr)
        return FAILURE
    if not tables:
        print("deidentify: no DICOM file among the inputs", file=sys.stderr)
        return FAILURE
    if arguments.out is None:
        _write(tables, arguments.format, sys.stdout)
    else:
        with whole_file(arguments.out) as file:
            _write(tables, arguments.format, file)
    return 0


def _tables(arguments: argparse.Namespace) -> list[list[PreviewRow]]:
    if arguments.request:
        request = read_request()
        inputs, options, key_file = paths_of(request), options_of(request), path_or_none(request, "key_file")
        series = request.get("series")
    else:
        inputs, options, key_file = inputs_from(arguments.inputs), options_from(arguments), arguments.key_file
        series = None
    if not inputs:
        raise RequestError("an INPUT is needed; see: deidentify preview --help")
    if overwrites(arguments.out, [*inputs, key_file]):
        raise RequestError("--out must not be an input or the key, or lie in an input")
    _refuse_unsupported(options)
    pseudonyms = Pseudonyms(Key.read(key_file) if key_file else Key(os.urandom(32)))
    scanned = scan_inputs(inputs)
    if series is not None:
        scanned.series = [one for one in scanned.series if one.series_uid in series]
    return [preview(source, options, pseudonyms) for source in samples(scanned)]


def _refuse_unsupported(options: Options) -> None:
    missing = [name for name in refused(options) if name not in ("deface", "clean_pixel_data")]
    if missing:
        raise OptionsError(f"not available in this version: {', '.join(missing)}")


def _write(tables: list[list[PreviewRow]], kind: str, file: TextIO) -> None:
    if kind == "json":
        json.dump({"warning": WARNING, "tables": [[asdict(row) for row in table] for table in tables]}, file)
        file.write("\n")
    elif kind == "csv":
        writer = csv.writer(file)
        writer.writerow(["# " + WARNING])
        writer.writerow(["instance", *_COLUMNS])
        for number, table in enumerate(tables, 1):
            writer.writerows([number, *astuple(row)] for row in table)
    elif kind == "html":
        file.write(_PAGE.format(warning=html.escape(WARNING), tables="".join(map(_html_table, tables))))
    else:
        _write_text(tables, file)


def _write_text(tables: list[list[PreviewRow]], file: TextIO) -> None:
    file.write(WARNING + "\n")
    for table in tables:
        file.write("\n")
        for row in table:
            result = row.result if row.result != row.original else "(as it is)"
            before = f"{row.path:14} {row.keyword[:34]:34} {row.original[:34]:34}"
            file.write(f"{before} {result[:26]:26} {row.action:14} {row.reason}\n")


def _html_table(table: list[PreviewRow]) -> str:
    head = "".join(f"<th>{html.escape(name)}</th>" for name in _COLUMNS)
    rows = ("".join(f"<td>{html.escape(cell)}</td>" for cell in astuple(row)) for row in table)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
