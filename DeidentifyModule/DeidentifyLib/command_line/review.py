"""``deidentify review``: list what a person should look at, and record what the person decided."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from DeidentifyLib.files.folders import default_private_folder
from DeidentifyLib.report.decisions import ACCEPTED, WITHHELD, DecisionError, read_decisions, record_decision

DONE, WRONG_USE = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description = "Show the review list of a run; accept or withhold files or folders of the output."
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="output folder of the run")
    parser.add_argument("--private", type=Path, metavar="DIR", help="private side folder (default: OUTPUT.private)")
    parser.add_argument(
        "--accept", nargs="+", default=[], metavar="FILE", help="release: moved back from quarantine if there"
    )
    parser.add_argument("--withhold", nargs="+", default=[], metavar="FILE", help="moved from the output to quarantine")
    parser.add_argument("--json", action="store_true", help="list as JSON")


def main(arguments: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    private = arguments.private or default_private_folder(arguments.output)
    if not arguments.output.is_dir() or not private.is_dir():
        print("the output folder and its private folder must exist", file=sys.stderr)
        return WRONG_USE
    try:
        for names, decision in ((arguments.accept, ACCEPTED), (arguments.withhold, WITHHELD)):
            if names:
                relative = [_relative(name, arguments.output) for name in names]
                print(f"{decision}: {len(record_decision(arguments.output, private, relative, decision))} files")
    except DecisionError as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    if not arguments.accept and not arguments.withhold:
        _list(private, arguments.json)
    return DONE


def _relative(name: str, output: Path) -> str:
    path = Path(name)
    if path.is_absolute() or path.exists():
        resolved = path.resolve()
        if resolved.is_relative_to(output.resolve()):
            return resolved.relative_to(output.resolve()).as_posix()
    return path.as_posix()


def _list(private: Path, as_json: bool) -> None:
    path = private / "review" / "review.json"
    items = json.loads(path.read_text(encoding="utf-8"))["items"] if path.is_file() else []
    decisions = read_decisions(private)
    for item in items:
        folder = item.get("file", "").rsplit("/", 1)[0]
        decided = [decision for name, decision in decisions.items() if name.startswith(folder)] if folder else []
        item["decision"] = decided[-1] if decided else None
    if as_json:
        print(json.dumps(items, indent=1))
        return
    for item in items:
        print(f"{item['decision'] or 'open':9} {item.get('modality', ''):3} {item.get('file') or item['series']}")
        for reason in item.get("reasons", ()):
            print(f"          {reason}")
    print(f"{len(items)} series to look at")
