"""The tables of the speed benchmark, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .benchmark_data import Data
from .contenders import COPY, COPY_AND_SYNC, DASK, REFERENCE, REWRITE, START, STREAM, STREAM_FASTEST, STREAM_TWO
from .rounds import Result

HEAD = (
    "", "CPU s", "CPU median", "user s", "system s", "of it start", "wall s", "wall median", "files/s", "MB/s",
    "parent MiB", "worker MiB", "CPU : cp", "pydicom CPU : this", "wall : cp", "wall : cp + sync",
)  # fmt: skip
NOTES = (
    "Least of the rounds, and their median. CPU is user and system time of all processes. The two columns of CPU "
    "ratios are without the start of the interpreter and its imports (column *of it start*, of one process), the "
    "others with it. MB/s are bytes of the input by wall time. Everything was run and thrown away once or more before "
    "(warm-up), and nothing was waiting to be written to the disk at the start of a run; ours brings its output to "
    "the disk before it ends, as `cp -r + sync` does and `cp -r` does not."
)
_RATIOS = (
    ("CPU without start: {} : cp -r (target: at most 3)", (STREAM_FASTEST, STREAM), COPY, "own_cpu", False),
    ("CPU without start: pydicom : {} (at least 5)", (STREAM_FASTEST, STREAM), REWRITE, "own_cpu", True),
    ("CPU without start: reference : {}", (STREAM_FASTEST, STREAM), REFERENCE, "own_cpu", True),
    ("wall: {} : cp -r (at most 2)", (STREAM_FASTEST, STREAM, STREAM_TWO), COPY, "wall", False),
    ("wall: {} : cp -r + sync", (STREAM_FASTEST, STREAM, STREAM_TWO), COPY_AND_SYNC, "wall", False),
    ("wall: 1 job : 2 jobs (at least 1.6)", (STREAM,), STREAM_TWO, "wall", False),
    ("median wall: 1 job : 2 jobs", (STREAM,), STREAM_TWO, "median_wall", False),
    ("wall: dask on 2 workers, already started : 2 jobs, started in that time (at most 1.3)", (DASK,), STREAM_TWO,
     "wall", False),
    ("median wall: dask : 2 jobs", (DASK,), STREAM_TWO, "median_wall", False),
)  # fmt: skip


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    return "\n".join(map(row, [head, ["---"] * len(head), *rows]))


def row(cells: Sequence[str]) -> str:
    """Return one line of a table."""
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def speed_table(data: Data, results: Mapping[str, Result]) -> str:
    """Return one row for every contender that did its work; the others are footnotes."""
    shown = [one for one in results.values() if one.shown]
    return "\n\n".join(
        [table(HEAD, (_row(data, one, results) for one in shown)), *footnotes(results), *ratio_lines(results)]
    )


def ratio(results: Mapping[str, Result], over: str, under: str, what: str) -> float | None:
    """Return one contender's figure by another's, None if either is missing."""
    if any(name not in results or not results[name].shown for name in (over, under)):
        return None
    return getattr(results[over], what) / getattr(results[under], what)


def cell(value: float | None) -> str:
    """Return a number with three digits or more, nothing for None."""
    if value is None:
        return ""
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def speed_cells(data: Data, one: Result) -> list[str]:
    """Return files and megabytes of the input a second."""
    return [cell(data.files / one.wall), cell(data.size / one.wall / 1e6)]


def memory_cells(one: Result) -> list[str]:
    """Return the greatest MiB of parent and worker; what ended before it was looked at, or does not exist, is empty."""
    peaks = (max(run.parent_peak for run in one.runs), max(run.worker_peak for run in one.runs))
    return [f"{peak:.0f}" if peak else "" for peak in peaks]


def footnotes(results: Mapping[str, Result]) -> list[str]:
    """Return why contenders have no row."""
    lines = [f"- {name}: {one.failure}" for name, one in results.items() if one.failure]
    return ["Not shown:\n\n" + "\n".join(lines)] if lines else []


def ratio_lines(results: Mapping[str, Result]) -> list[str]:
    """Return the ratios that the targets are about, as far as both sides were run."""
    lines = []
    for text, ours, other, what, other_first in _RATIOS:
        for name in ours:
            pair = (other, name) if other_first else (name, other)
            value = ratio(results, *pair, what)
            if value is not None:
                lines.append(f"- {text.format(name)}: {cell(value)}")
    return ["\n".join(lines)] if lines else []


def _row(data: Data, one: Result, results: Mapping[str, Result]) -> list[str]:
    name, best = one.contender.name, one.cheapest
    costs = [f"{one.cpu:.2f}", f"{one.median_cpu:.2f}", f"{best.user:.2f}", f"{best.system:.2f}",
             f"{one.start:.2f}" if one.start else "", f"{one.wall:.2f}", f"{one.median_wall:.2f}"]  # fmt: skip
    if name == START:
        return [name, *costs, "", "", *memory_cells(one), "", "", "", ""]
    ratios = [ratio(results, name, COPY, "own_cpu"), ratio(results, REWRITE, name, "own_cpu"),
              ratio(results, name, COPY, "wall"), ratio(results, name, COPY_AND_SYNC, "wall")]  # fmt: skip
    return [name, *costs, *speed_cells(data, one), *memory_cells(one), *map(cell, ratios)]
