"""The command ``deidentify``."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from ..version import STANDARD_EDITION, __version__
from .quiet import quiet_libraries

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's threads take longer to start than they save here

WRONG_USE = 2
FAILURE = 1

_COMMANDS = {
    "run": "de-identify folders, files and archives",
    "preview": "show what would change, attribute by attribute (shows PHI)",
    "describe": "say in plain words what the chosen options do",
    "scan": "list subjects, studies and series of the inputs (shows PHI)",
    "key": "make a project key",
    "face": "remove the face from one image or series",
    "audit": "check de-identified output against its source",
    "dicomdir": "copy an output to a File-set with a new DICOMDIR",
    "review": "accept or withhold what a person should look at",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    sys.excepthook = show_where
    words = list(sys.argv[1:] if arguments is None else arguments)
    empty = next((number for number, word in enumerate(words, 1) if _is_empty(word)), None)
    if empty is not None:
        print(f"deidentify: argument {empty} is empty: was a variable not set?", file=sys.stderr)
        return WRONG_USE
    parser = _parser(words[0] if words else "")
    parsed = parser.parse_args(words)
    with quiet_libraries():
        module = importlib.import_module(f".{parsed.command}", __package__)
        return int(module.main(parsed))


def _is_empty(word: str) -> bool:
    """Return whether a word is empty or gives an option an empty value; an empty path would mean this folder."""
    name, equals, value = word.partition("=")
    return not word or (name.startswith("--") and bool(equals) and not value)


def show_where(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print where an unforeseen error arose, without its message: messages of libraries quote values and paths."""
    for frame in traceback.extract_tb(trace):
        print(f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}", file=sys.stderr)
    print(f"deidentify: unforeseen error ({kind.__name__}); please report the lines above", file=sys.stderr)


def _parser(chosen: str) -> argparse.ArgumentParser:
    """Return the parser; only the chosen sub command is imported, so that the command starts quickly."""
    parser = argparse.ArgumentParser(
        prog="deidentify", description=f"De-identify medical images according to DICOM {STANDARD_EDITION}, Annex E."
    )
    parser.add_argument("--version", action="version", version=f"deidentify {__version__} ({STANDARD_EDITION})")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in _COMMANDS.items():
        if importlib.util.find_spec(f".{name}", __package__) is None:
            continue
        command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == chosen:
            importlib.import_module(f".{name}", __package__).add_arguments(command)
    return parser
