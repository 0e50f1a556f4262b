"""Run contenders in turn, round after round, on the same files, and see that each writes what it should."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from .benchmark_data import Data, new_output
from .contenders import Contender, Kind
from .dask_workers import Workers, environment
from .measured import Measurement, measure

# Images are square, so they have somewhat less pixels than was asked for.
_LEAST_OF_THE_PIXELS = 0.8


@dataclass
class Result:
    """All measured rounds of one contender.

    Attributes
    ----------
    start : float
        Least CPU seconds of its start, zero if it has none.
    failure : str
        Why there is nothing to show; empty if all went well.
    """

    contender: Contender
    runs: list[Measurement] = field(default_factory=list)
    start: float = 0.0
    failure: str = ""

    @property
    def shown(self) -> bool:
        """Whether it did all its work in every round."""
        return bool(self.runs) and not self.failure

    @property
    def cheapest(self) -> Measurement:
        """The round of the least CPU time."""
        return min(self.runs, key=lambda one: one.cpu)

    @property
    def cpu(self) -> float:
        """Least CPU seconds."""
        return self.cheapest.cpu

    @property
    def own_cpu(self) -> float:
        """Least CPU seconds without the start; never less than a hundredth of them."""
        return max(self.cpu - self.start, self.cpu / 100)

    @property
    def median_cpu(self) -> float:
        """Median CPU seconds."""
        return median(one.cpu for one in self.runs)

    @property
    def wall(self) -> float:
        """Least seconds."""
        return min(one.wall for one in self.runs)

    @property
    def median_wall(self) -> float:
        """Median seconds."""
        return median(one.wall for one in self.runs)


def run_rounds(
    contenders: Sequence[Contender], data: Data, rounds: int, warm_up: int, seconds: float
) -> dict[str, Result]:
    """Run all contenders in turn; the warm-up rounds are not kept, and one that failed is not run again.

    Parameters
    ----------
    seconds : float
        A contender that takes longer is killed and counts as failed.
    """
    results = {one.name: Result(one) for one in contenders}
    starts: dict[tuple[str, ...], list[float]] = {one.start: [] for one in contenders if one.start}
    for number in range(1 - warm_up, rounds + 1):
        for words, spent in starts.items():
            new_output(data)
            spent.append(_measure(words, seconds).cpu)
        for result in results.values():
            if result.failure:
                continue
            one, result.failure = _once(result.contender, data, seconds)
            if number > 0 and not result.failure:
                result.runs.append(one)
            _tell(number, rounds, result, one)
    for result in results.values():
        result.start = min(starts.get(result.contender.start, [0.0]))
    return results


def must_not_fail(results: dict[str, Result]) -> list[str]:
    """Return the names of those that failed and are not other tools."""
    return [name for name, one in results.items() if one.failure and one.contender.kind is not Kind.PEER]


def _tell(number: int, rounds: int, result: Result, one: Measurement) -> None:
    which = f"round {number} of {rounds}" if number > 0 else "warm-up"
    print(f"{which}: {result.contender.name}: {one.wall:.2f} s, {one.cpu:.2f} CPU s", file=sys.stderr, flush=True)
    if result.failure:
        print(f"  {result.failure}: {one.said}", file=sys.stderr, flush=True)


def _once(contender: Contender, data: Data, seconds: float) -> tuple[Measurement, str]:
    """Run a contender into a new folder; return what it cost and what was wrong."""
    new_output(data)
    try:
        with contender.around() if contender.around else nullcontext(Workers(())) as workers:
            one = _measure(contender.words, seconds, contender.kind, workers.pids)
            return one, _fault(contender, data, one)
    except (OSError, subprocess.SubprocessError) as error:
        return Measurement(0, 0, 0, 0, 0, 1), f"cannot run ({type(error).__name__})"


def _measure(words: Sequence[str], seconds: float, kind: Kind = Kind.OURS, others: Sequence[int] = ()) -> Measurement:
    """Measure with nothing left to be brought to the disk, so that nobody pays for what another one wrote."""
    if hasattr(os, "sync"):
        os.sync()
    return measure(words, None if kind is Kind.PEER else environment(), others=others, seconds=seconds)


def _fault(contender: Contender, data: Data, one: Measurement) -> str:
    """Return what is wrong with a run: its exit code, or fewer files than went in, or files without their pixels."""
    if one.code:
        return f"exit code {one.code}"
    if not contender.writes:
        return ""
    sizes = [path.stat().st_size for path in _outputs(data.target)]
    if len(sizes) != data.files:
        return f"wrote {len(sizes)} of {data.files} files"
    whole = sum(sizes) >= _LEAST_OF_THE_PIXELS * data.files * data.pixel_bytes
    return "" if whole else f"wrote only {sum(sizes)} bytes"


def _outputs(target: Path) -> list[Path]:
    """Return the files of an output folder, the report of ours left out."""
    return [path for path in target.rglob("*") if path.is_file() and path.relative_to(target).parts[0] != "report"]
