"""``deidentify audit``: prove an output folder against its source."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from DeidentifyLib.audit import AuditRequest, run_audit
from DeidentifyLib.audit.conformance import SERIES
from DeidentifyLib.audit.manifest import verify_manifest
from DeidentifyLib.files.folders import default_private_folder
from DeidentifyLib.options import Options, OptionsError
from DeidentifyLib.report import review_items, write_review
from DeidentifyLib.report.next_steps import AUDIT_FAILED, audit_exit_code, audit_lines

from .written_files import overwrites, whole_file

PASSED, FAILURE, WRONG_USE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description = (
        "Check every output against its source: identifiers, UIDs, dates, actions, pixels, and the set."
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder to audit")
    parser.add_argument(
        "--source",
        nargs="+",
        default=[],
        metavar="INPUT",
        help="folders, files or archives that were de-identified, also where they were moved to; '-' reads paths from "
        "stdin; default: what the journal in the private folder names",
    )
    parser.add_argument("--private", type=Path, metavar="DIR", help="private side folder (default: OUTPUT.private)")
    parser.add_argument(
        "--options", type=Path, metavar="FILE.json", help="options that were used (default: the report's)"
    )
    parser.add_argument("--map", type=Path, metavar="FILE", help="deident.map, when not in the private folder")
    parser.add_argument("--uid-map", type=Path, metavar="FILE.csv", help="old and new UIDs (id_old,id_new) of any tool")
    parser.add_argument(
        "--manifest", type=Path, metavar="FILE.csv", help="only compare the files with a manifest's hashes"
    )
    parser.add_argument("--no-canary", action="store_true", help="do not plant leaks to prove that they are found")
    parser.add_argument("--no-quarantine", action="store_true", help="leave failed files where they are")
    parser.add_argument(
        "--conformance",
        choices=("none", "sample", "all"),
        default="sample",
        help="compare the errors of dciodvfy before and after, when it is installed (default: one file of 12 series)",
    )
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="number of processes (default: as fits)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the whole result as JSON")
    parser.add_argument("--progress", choices=("bar", "json", "none"), default="none")


def main(arguments: argparse.Namespace) -> int:
    """Run the command; return its exit code: 0 passed, 4 failed, 5 incomplete, 2 wrong use, 1 failure."""
    if not arguments.output.is_dir():
        print("the output folder does not exist", file=sys.stderr)
        return WRONG_USE
    if arguments.manifest is not None:
        return _manifest(arguments)
    private = arguments.private or default_private_folder(arguments.output)
    private = private if private.is_dir() else None
    lines = list(filter(None, sys.stdin.read().splitlines())) if arguments.source == ["-"] else arguments.source
    if not lines and (private is None or not (private / "journal.jsonl").is_file()):
        print("give --source, or a private folder with the journal of the run", file=sys.stderr)
        return WRONG_USE
    kept = (arguments.output, private, arguments.options, arguments.map, arguments.uid_map, *map(Path, lines))
    if overwrites(arguments.json, kept):
        print("--json must not be a file that the audit reads, or lie in one of its folders", file=sys.stderr)
        return WRONG_USE
    try:
        options = Options.from_file(arguments.options).to_dict() if arguments.options else None
    except OptionsError as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    result = run_audit(
        AuditRequest(
            sources=[Path(line) for line in lines],
            output=arguments.output,
            private=private,
            options=options,
            canary=not arguments.no_canary,
            quarantine=not arguments.no_quarantine,
            conformance={"none": 0, "sample": SERIES, "all": None}[arguments.conformance],
            map_file=arguments.map,
            uid_map_file=arguments.uid_map,
            on_progress=_progress(arguments.progress),
            jobs=max(0, arguments.jobs),
        )
    )
    if not result["files"]:
        print("there was nothing to audit", file=sys.stderr)
        return FAILURE
    if private is not None:
        write_review(private, arguments.output, review_items(result, ()))
    if arguments.json is not None:
        with whole_file(arguments.json) as file:
            json.dump(result, file, indent=1)
    code = audit_exit_code(result["verdict"])
    if arguments.progress == "json":
        print(json.dumps({"phase": "done", "exit_code": code, "errors": result["errors"], "files": result["files"]}))
        return code
    _print(result, arguments.output)
    return code


def _manifest(arguments: argparse.Namespace) -> int:
    try:
        problems = verify_manifest(arguments.manifest, arguments.output)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no manifest of a run"
        print(f"the manifest cannot be used: {reason}", file=sys.stderr)
        return WRONG_USE
    for name, problem in problems:
        print(f"{problem}: {name}")
    print(f"{len(problems)} differences" if problems else "every file is as the manifest says")
    return AUDIT_FAILED if problems else PASSED


def _progress(kind: str) -> Callable[[int, int | None], None]:
    def tell(done: int, total: int | None) -> None:
        if kind == "json" and (done % 50 == 0 or done == total):
            print(json.dumps({"phase": "audit", "done": done, "total": total}), flush=True)
        elif kind == "bar" and (done % 20 == 0 or done == total):
            print(f"\raudited {done} of {total}", end="" if done != total else "\n", file=sys.stderr, flush=True)

    return tell


def _print(result: dict[str, Any], output: Path) -> None:
    print(f"{result['files']} files, {result['subjects']} subjects, {result['seconds']} s")
    for row in result["findings"]:
        print(f"  {row['severity']:8}{row['count']:8}  {row['check']:20} {row['place']}  {row['text']}")
    canary = result["canary"]
    if canary:
        print(f"canary: {canary['planted'] - canary['missed']} of {canary['planted']} planted leaks were found")
    print("\n".join(audit_lines(result, output)))
