"""How long it takes from the start of the command to its first output file."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .benchmark_data import Place, make_data, new_output
from .contenders import REWRITE, START, Contender, Kind, ours, yardsticks
from .dask_workers import environment
from .speed_arguments import chosen
from .speed_tables import table

_FILES, _PIXEL_BYTES = 20, 32 * 1024
_SECONDS_BETWEEN_LOOKS = 0.0005
_PART = ".part"
_HEAD = ("", "first byte s", "median of it", "first whole file s", "median of it", "end s", "median of it")
_NOTES = (
    "Seconds from the start of the command, interpreter and imports included: until a file of the output, or the "
    "part file that becomes one, is not empty; until a file has its final name (that of pydicom has it from the "
    "beginning); until the command ended. Small files are whole before their part file is seen, then both are alike."
)


@dataclass(frozen=True)
class Moments:
    """Seconds after the start; None if there was no output."""

    byte: float | None
    whole: float | None
    end: float
    code: int


def first_byte_tables(arguments: argparse.Namespace, scratch: Path, failed: list[str]) -> Iterator[str]:
    """Yield the table."""
    place = Place(scratch / "data")
    pixel_bytes = _PIXEL_BYTES if arguments.pixel_bytes is None else arguments.pixel_bytes
    data = make_data(
        place, arguments.files or _FILES, pixel_bytes, arguments.elements, arguments.slices, arguments.varying
    )
    names = chosen(arguments.only)
    running = [one for one in _contenders(place) if not names or one.name in names]
    found: dict[str, list[Moments]] = {one.name: [] for one in running}
    for number in range(1 - arguments.warm_up, arguments.rounds + 1):
        for one in running:
            moments = _run(one, place, arguments.time_limit)
            print(f"round {number}: {one.name}: {moments}", file=sys.stderr, flush=True)
            if number > 0:
                found[one.name].append(moments)
    bad = [one.name for one in running
           if any(run.code or (one.writes and run.whole is None) for run in found[one.name])]  # fmt: skip
    failed += bad
    yield f"### Start to first byte: {data}; {arguments.rounds} rounds"
    yield table(_HEAD, (_row(name, runs) for name, runs in found.items() if name not in bad))
    if bad:
        yield "Not shown, as they failed or wrote nothing: " + "; ".join(bad)
    yield _NOTES


def _contenders(place: Place) -> list[Contender]:
    base = (str(place.source), "--output", str(place.target))
    wanted = {
        "deidentify run IN --output OUT": (),
        "--jobs 1": ("--jobs", "1"),
        "--jobs 2": ("--jobs", "2"),
        "--jobs 1 --engine reference": ("--jobs", "1", "--engine", "reference"),
    }
    runs = [Contender(name, ours(*base, *words), Kind.OURS) for name, words in wanted.items()]
    return [one for one in yardsticks(place) if one.name in (START, REWRITE)] + runs


def _row(name: str, runs: Sequence[Moments]) -> list[str]:
    cells = [name]
    for what in ("byte", "whole", "end"):
        values = [value for run in runs if (value := getattr(run, what)) is not None]
        cells += [f"{min(values):.2f}", f"{median(values):.2f}"] if values else ["", ""]
    return cells


def _run(one: Contender, place: Place, seconds: float) -> Moments:
    """Run a contender and look at its output until the first file is there."""
    new_output(place)
    begin = time.perf_counter()
    process = subprocess.Popen(
        one.words, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    byte = whole = None
    try:
        running = True
        while running and whole is None and time.perf_counter() - begin < seconds:
            running = process.poll() is None
            part, final = _look(place.target)
            moment = time.perf_counter() - begin
            byte = moment if byte is None and (part or final) else byte
            whole = moment if final else None
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        code = process.wait(timeout=max(0.0, seconds - (time.perf_counter() - begin)))
        return Moments(byte, whole, time.perf_counter() - begin, code)
    except subprocess.TimeoutExpired:
        return Moments(byte, whole, seconds, 1)
    finally:
        process.kill()
        process.wait()


def _look(target: Path) -> tuple[bool, bool]:
    """Return whether there is a part file, and a file, that is not empty."""
    part = final = False
    for folder, _, names in os.walk(target):
        for name in names:
            try:
                filled = os.stat(os.path.join(folder, name)).st_size > 0
            except OSError:
                continue
            part |= filled and name.endswith(_PART)
            final |= filled and name.endswith(".dcm")
    return part, final
