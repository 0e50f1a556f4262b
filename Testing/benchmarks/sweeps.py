"""How cost grows with the number of files, the elements of a header, and the size of a file."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from .benchmark_data import Data, Place, make_data
from .contenders import COPY, REWRITE, STREAM, STREAM_FASTEST, STREAM_TWO, Contender, our_runs, peers, yardsticks
from .header_mix import FEWEST
from .make_series import EVERY_ELEMENT
from .rounds import Result, must_not_fail, run_rounds
from .speed_arguments import chosen, pythons
from .speed_tables import cell, memory_cells, ratio, row, speed_cells, table

_POINTS = {
    "files": (1_000, 10_000, 100_000),
    "elements": (1, 10, 30, 100, 300, 1_000),
    "size": (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 2_000_000_000),
}
_LITTLE = 2_048
_RUNNING = (COPY, REWRITE, STREAM_FASTEST, STREAM, STREAM_TWO)
_HEAD = ("", "", "files", "CPU s", "CPU median", "of it start", "CPU ms a file", "wall s", "wall median", "files/s",
         "MB/s", "parent MiB", "worker MiB", "CPU : cp", "pydicom CPU : this", "wall : cp")  # fmt: skip
_NOTES = (
    "Least of the rounds, and their median. CPU ms a file and the ratios of CPU are without the start of the "
    "interpreter and its imports (*of it start*); files/s and MB/s are by wall time."
)


def sweep_tables(arguments: argparse.Namespace, scratch: Path, failed: list[str]) -> Iterator[str]:
    """Yield one table, piece by piece: the rows of every point when it was measured."""
    place, notes = Place(scratch / "data"), []
    running = _running(arguments, place)
    yield f"### How cost grows with {_what(arguments)}"
    yield table(_HEAD, ()) + "\n"
    for point in arguments.points or _POINTS[arguments.sweep]:
        files, pixel_bytes, elements = _point(arguments, point)
        data = make_data(place, files, pixel_bytes, elements, arguments.slices, arguments.varying)
        results = run_rounds(running, data, arguments.rounds, arguments.warm_up, arguments.time_limit)
        failed += must_not_fail(results)
        name = _name(arguments.sweep, point, data)
        yield "".join(row(_row(name, data, one, results)) + "\n" for one in results.values() if one.shown)
        notes += [f"- {name}: {one.contender.name}: {one.failure}" for one in results.values() if one.failure]
    yield "\n" + "\n\n".join([*(["Not shown:\n\n" + "\n".join(notes)] if notes else []), _NOTES])


def _running(arguments: argparse.Namespace, place: Place) -> list[Contender]:
    """Return those of ``--only``, of all that there are, or the usual ones."""
    names = chosen(arguments.only) or _RUNNING
    others, _ = peers(place, pythons(arguments.peer_python))
    return [one for one in (*yardsticks(place), *our_runs(place), *others) if one.name in names]


def _point(arguments: argparse.Namespace, point: int) -> tuple[int, int, int]:
    """Return files, bytes of pixels and elements."""
    little = _LITTLE if arguments.pixel_bytes is None else arguments.pixel_bytes
    if arguments.sweep == "files":
        return point, little, arguments.elements
    if arguments.sweep == "elements":
        return arguments.files or 1000, little, FEWEST + point
    return max(1, min(arguments.files or 2000, arguments.total_bytes // point)), point, arguments.elements


def _name(sweep: str, point: int, data: Data) -> str:
    if sweep == "files":
        return f"{point:,} files"
    if sweep == "elements":
        return f"{data.elements:,} elements ({FEWEST} + {point:,})"
    size = data.size / data.files
    return f"{size / 1e3:,.0f} kB" if size < 1e6 else f"{size / 1e6:,.0f} MB"


def _what(arguments: argparse.Namespace) -> str:
    """Return the title's words on what grows and what stays."""
    little = _LITTLE if arguments.pixel_bytes is None else arguments.pixel_bytes
    words = {
        "files": f"the number of files ({little / 1000:.1f} kB of pixels, {arguments.elements} elements)",
        "elements": f"the elements of a header ({arguments.files or 1000:,} files, {little / 1000:.1f} kB of pixels)",
        "size": f"the size of a file ({arguments.elements} elements, {arguments.total_bytes / 1e6:,.0f} MB in all)",
    }[arguments.sweep]
    varying = "all elements" if arguments.varying >= EVERY_ELEMENT else f"{arguments.varying} more elements"
    return words + f", {arguments.slices} files a series" + (f", {varying} differ" if arguments.varying else "")


def _row(point: str, data: Data, one: Result, results: dict[str, Result]) -> list[str]:
    name = one.contender.name
    ratios = [ratio(results, name, COPY, "own_cpu"), ratio(results, REWRITE, name, "own_cpu"),
              ratio(results, name, COPY, "wall")]  # fmt: skip
    return [
        point, name, f"{data.files:,}", f"{one.cpu:.2f}", f"{one.median_cpu:.2f}",
        f"{one.start:.2f}" if one.start else "", f"{1000 * one.own_cpu / data.files:.3f}",
        f"{one.wall:.2f}", f"{one.median_wall:.2f}",
        *speed_cells(data, one), *memory_cells(one), *map(cell, ratios),
    ]  # fmt: skip
