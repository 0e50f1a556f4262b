"""Who runs in the benchmarks, and with which words."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

from .benchmark_data import Place
from .dask_workers import Workers, two_workers

_DRIVER = Path(__file__).with_name("peers_drive.py")
_MODULES = {"dicom-anonymizer": "dicomanonymizer", "dicognito": "dicognito", "idiscore": "idiscore", "deid": "deid"}
_REWRITE = """
import sys, pathlib, pydicom
source, target = map(pathlib.Path, sys.argv[1:])
for path in sorted(source.rglob("*.dcm")):
    new = target / path.relative_to(source)
    new.parent.mkdir(parents=True, exist_ok=True)
    pydicom.dcmread(path).save_as(new)
"""
_COPY_AND_SYNC = 'cp -r "$1" "$2" && { sync -f "$2" 2>/dev/null || sync; }'
COPY, COPY_AND_SYNC, REWRITE, START = "cp -r", "cp -r + sync", "pydicom read + write", "start only (--help)"
STREAM, STREAM_FASTEST, STREAM_TWO = "stream, 1 job", "stream, 1 job, no checksums", "stream, 2 jobs"
REFERENCE, DASK = "reference, 1 job", "stream, dask 2 workers"


class Kind(Enum):
    """What a contender is there for."""

    YARDSTICK = "yardstick"
    OURS = "ours"
    OURS_SLOW = "ours, slow"
    PEER = "peer"


@dataclass(frozen=True)
class Contender:
    """One row of a table.

    Attributes
    ----------
    name : str
    words : tuple of str
        The command.
    kind : Kind
    start : tuple of str
        A command that only starts the same interpreter and imports; its CPU time is told apart. Empty if none.
    writes : bool
        Whether an output file is expected for every input file.
    around : callable, optional
        What has to run beside the command, started and warmed up before the clock.
    """

    name: str
    words: tuple[str, ...]
    kind: Kind
    start: tuple[str, ...] = ()
    writes: bool = True
    around: Callable[[], AbstractContextManager[Workers]] | None = None


def yardsticks(place: Place) -> list[Contender]:
    """Return what files cost that nobody de-identifies, and what the start of our command costs."""
    both = (str(place.source), str(place.target))
    rewrite = (sys.executable, "-c", _REWRITE, *both)
    return [
        Contender(COPY, ("cp", "-r", *both), Kind.YARDSTICK),
        Contender(COPY_AND_SYNC, ("sh", "-c", _COPY_AND_SYNC, "sh", *both), Kind.YARDSTICK),
        Contender(REWRITE, rewrite, Kind.YARDSTICK, (sys.executable, "-c", "import sys, pathlib, pydicom")),
        Contender(START, ours("--help"), Kind.OURS, writes=False),
    ]


def ours(*words: str) -> tuple[str, ...]:
    """Return the words of our command."""
    return (sys.executable, "-m", "DeidentifyLib", "run", *words)


def our_runs(place: Place) -> list[Contender]:
    """Return our command with both engines, one and two processes, with and without audit, and on dask."""
    base = (str(place.source), "--output", str(place.target), "--progress", "none")
    start = ours("--help")

    def run(name: str, *words: str, kind: Kind = Kind.OURS) -> Contender:
        return Contender(name, ours(*base, *words), kind, start)

    found = [
        run(STREAM_FASTEST, "--jobs", "1", "--no-audit", "--no-checksums"),
        run(STREAM, "--jobs", "1", "--no-audit"),
        run("stream, 1 job, audit", "--jobs", "1"),
        run(STREAM_TWO, "--jobs", "2", "--no-audit"),
        run("stream, 2 jobs, audit", "--jobs", "2"),
        run(REFERENCE, "--jobs", "1", "--no-audit", "--engine", "reference", kind=Kind.OURS_SLOW),
        run("reference, 2 jobs", "--jobs", "2", "--no-audit", "--engine", "reference", kind=Kind.OURS_SLOW),
        run("reference, 2 jobs, audit", "--jobs", "2", "--engine", "reference", kind=Kind.OURS_SLOW),
    ]
    if importlib.util.find_spec("distributed"):
        file = place.target.with_name("scheduler.json")
        around = partial(two_workers, file, ours(str(place.few), "--no-audit", "--progress", "none"))
        words = ours(*base, "--no-audit", "--scheduler", str(file))
        found.insert(5, Contender(DASK, words, Kind.OURS, start, around=around))
    return found


def peers(place: Place, pythons: Mapping[str, str]) -> tuple[list[Contender], list[str]]:
    """Return other tools that are installed, and the names of those that are not.

    Parameters
    ----------
    pythons : mapping
        Interpreters by the name of the tool; that of the empty name is for all others.
    """
    found, absent = [], []
    for name, module in _MODULES.items():
        python = pythons.get(name) or pythons.get("") or sys.executable
        if not _has(python, module):
            absent.append(name)
            continue
        words = (python, str(_DRIVER), name)
        work, start = ((*words, str(folder), str(place.target)) for folder in (place.source, place.empty))
        found.append(Contender(name, work, Kind.PEER, start))
    gdcmanon = _beside(pythons.get("gdcmanon", sys.executable), "gdcmanon")
    if gdcmanon:
        folders = ("-i", str(place.source), "-o", str(place.target))
        command = (gdcmanon, "--dumb", "--recursive", "--replace", "10,10,X", *folders)
        found.append(Contender("gdcmanon --dumb, one element", command, Kind.PEER))
    else:
        absent.append("gdcmanon")
    return found, absent


def _has(python: str, module: str) -> bool:
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    try:
        return subprocess.run([python, "-c", code], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _beside(python: str, tool: str) -> str | None:
    """Return a tool on the path, or where pip puts it for an interpreter."""
    return shutil.which(tool) or shutil.which(tool, path=str(Path(python).parent))
