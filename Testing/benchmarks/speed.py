"""Measure how fast files are de-identified, beside a copy and other tools, and print a table.

    python Testing/benchmarks/speed.py --files 1000
    python Testing/benchmarks/speed.py --sweep files
    python Testing/benchmarks/speed.py --first-byte

All contenders run in turn, round after round, on the same files, so that other work on the machine meets all of them
alike. Those that take long get fewer files, beside yardsticks of their own. docs/benchmarks.md says what is counted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.benchmark_data import Data, Place, make_data
from benchmarks.contenders import COPY, REWRITE, STREAM, Contender, Kind, our_runs, peers, yardsticks
from benchmarks.first_byte import first_byte_tables
from benchmarks.machine import available_bytes, describe, load, now
from benchmarks.rounds import must_not_fail, run_rounds
from benchmarks.speed_arguments import chosen, given, parse_arguments, pythons
from benchmarks.speed_tables import NOTES, speed_table
from benchmarks.sweeps import sweep_tables

_LONG = (Kind.OURS_SLOW, Kind.PEER)


def main() -> int:
    """Run the benchmark; return 1 if one of ours or a yardstick failed."""
    arguments = parse_arguments(__doc__.splitlines()[0])
    scratch = Path(tempfile.mkdtemp(prefix="deidentify-speed-", dir=arguments.scratch))
    failed: list[str] = []
    time.sleep(arguments.settle)
    try:
        tables: Callable[..., Iterator[str]] = _tables
        if arguments.sweep:
            tables = sweep_tables
        elif arguments.first_byte:
            tables = first_byte_tables
        _report(arguments, scratch, tables(arguments, scratch, failed))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        os.sync()
    return 1 if failed else 0


def _report(arguments: argparse.Namespace, scratch: Path, tables: Iterator[str]) -> None:
    """Print the page piece by piece, and write it after each: a long run that ends early leaves what it has."""
    page = ""
    for part in _parts(arguments, scratch, tables):
        # A part that ends with a line break goes on in the next one.
        text = part if part.endswith("\n") else part + "\n\n"
        print(text, end="", flush=True)
        page += text
        if arguments.output is not None:
            arguments.output.write_text(page.rstrip("\n") + "\n", encoding="utf-8")


def _parts(arguments: argparse.Namespace, scratch: Path, tables: Iterator[str]) -> Iterator[str]:
    yield f"## {now()}"
    yield f"`{given(arguments)}`"
    machine = describe(scratch, sorted(set(pythons(arguments.peer_python).values())))
    yield "\n".join(f"- {line}" for line in [*machine, f"load before: {load()}"])
    yield from tables
    yield f"Load after: {load()}; {now()}."


def _tables(arguments: argparse.Namespace, scratch: Path, failed: list[str]) -> Iterator[str]:
    """Yield the main table, and that of the contenders that take long."""
    place, only, files = Place(scratch / "data"), chosen(arguments.only), arguments.files or 1000
    others, absent = peers(place, pythons(arguments.peer_python)) if arguments.slow_files else ([], [])
    everyone = [one for one in (*yardsticks(place), *our_runs(place), *others) if not only or one.name in only]
    fast = [one for one in everyone if one.kind not in _LONG]
    slow = [one for one in everyone if one.kind in _LONG or one.name in (COPY, REWRITE, STREAM)]
    if fast:
        yield from _one_table(arguments, place, files, fast, failed)
    if arguments.slow_files and any(one.kind in _LONG for one in slow):
        yield from _one_table(arguments, place, min(files, arguments.slow_files), slow, failed)
    if absent and not only:
        yield f"Not installed: {', '.join(absent)}."
    yield NOTES


def _one_table(
    arguments: argparse.Namespace, place: Place, files: int, running: list[Contender], failed: list[str]
) -> Iterator[str]:
    pixel_bytes = 512 * 1024 if arguments.pixel_bytes is None else arguments.pixel_bytes
    data = make_data(place, files, pixel_bytes, arguments.elements, arguments.slices, arguments.varying)
    yield f"### {data}" + _memory_note(data)
    results = run_rounds(running, data, arguments.rounds, arguments.warm_up, arguments.time_limit)
    failed += must_not_fail(results)
    yield speed_table(data, results)


def _memory_note(data: Data) -> str:
    available = available_bytes()
    if available is None or 3 * data.size < available:
        return ""
    return "\n\nInput and output are large for the memory of this machine: figures are those of the disk."


if __name__ == "__main__":
    sys.exit(main())
