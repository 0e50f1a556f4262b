"""Measure how fast files are de-identified, beside a copy and other tools, and print a table.

    python Testing/benchmarks/speed.py --files 1000 --pixel-bytes 524288

All contenders run in turn, round after round, on the same files, so that other work on the machine meets
all of them alike; the table holds the least CPU time and the least wall time of the rounds.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.make_series import write_series
from benchmarks.measured import Measurement, measure

LIBRARY = Path(__file__).resolve().parents[2] / "DeidentifyModule"
_REWRITE = """
import sys, pathlib, pydicom
source, target = map(pathlib.Path, sys.argv[1:])
for path in sorted(source.rglob("*.dcm")):
    new = target / path.relative_to(source)
    new.parent.mkdir(parents=True, exist_ok=True)
    pydicom.dcmread(path).save_as(new)
"""
_PEERS = {
    "dicom-anonymizer": ("dicomanonymizer", ["-m", "dicomanonymizer.anonymizer", "{source}", "{target}"]),
    "dicognito": ("dicognito", ["-m", "dicognito", "--output-directory", "{target}", "{source}"]),
}


def main() -> int:
    """Run the benchmark."""
    arguments = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="deidentify-speed-", dir=arguments.scratch))
    try:
        size = write_series(folder / "input", arguments.files, arguments.pixel_bytes, arguments.elements)
        _measure_once(["cp", "-r", str(folder / "input"), str(folder / "warm")], folder)
        results = _rounds(_contenders(arguments, folder), arguments.rounds, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _print(arguments, size, results)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--pixel-bytes", type=int, default=512 * 1024, help="of each file")
    parser.add_argument("--elements", type=int, default=110, help="of each header")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--scratch", type=Path, default=None, help="where to put the files")
    parser.add_argument("--only", default="", help="names of contenders, with semicolons")
    parser.add_argument("--scheduler", default="", help="also run on this dask scheduler")
    return parser.parse_args()


def _contenders(arguments: argparse.Namespace, folder: Path) -> dict[str, list[str]]:
    source, target = str(folder / "input"), str(folder / "out" / "files")
    ours = [sys.executable, "-m", "DeidentifyLib", "run", source, "--output", target, "--progress", "none"]
    alone = [*ours, "--no-audit"]
    contenders = {
        "cp -r": ["cp", "-r", source, target],
        "pydicom read + write": [sys.executable, "-c", _REWRITE, source, target],
        "start only (--help)": [sys.executable, "-m", "DeidentifyLib", "run", "--help"],
        "stream, 1 job, no checksums": [*alone, "--jobs", "1", "--no-checksums"],
        "stream, 1 job": [*alone, "--jobs", "1"],
        "stream, 2 jobs": [*alone, "--jobs", "2"],
        "stream, 2 jobs, audit": [*ours, "--jobs", "2"],
        "reference, 1 job": [*alone, "--jobs", "1", "--engine", "reference"],
        "reference, 2 jobs": [*alone, "--jobs", "2", "--engine", "reference"],
    }
    if arguments.scheduler:
        contenders["stream, dask"] = [*alone, "--scheduler", arguments.scheduler]
    for name, (module, words) in _PEERS.items():
        if importlib.util.find_spec(module):
            contenders[name] = [sys.executable, *(word.format(source=source, target=target) for word in words)]
    if shutil.which("gdcmanon"):
        contenders["gdcmanon"] = ["gdcmanon", "--dumb", "--recursive", "--replace", "10,10,X", "-i", source, "-o", target]
    chosen = [name.strip() for name in arguments.only.split(";") if name.strip()]
    return {name: words for name, words in contenders.items() if not chosen or name in chosen}


def _rounds(contenders: dict[str, list[str]], rounds: int, folder: Path) -> dict[str, list[Measurement]]:
    results: dict[str, list[Measurement]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, words in contenders.items():
            results[name].append(_measure_once(words, folder))
    return results


def _measure_once(words: list[str], folder: Path) -> Measurement:
    shutil.rmtree(folder / "out", ignore_errors=True)
    (folder / "out").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(LIBRARY)}
    result = measure(words, environment)
    shutil.rmtree(folder / "out", ignore_errors=True)
    shutil.rmtree(folder / "warm", ignore_errors=True)
    return result


def _print(arguments: argparse.Namespace, size: int, results: dict[str, list[Measurement]]) -> None:
    print(
        f"{arguments.files} files, {size / 1e6:.0f} MB, {arguments.elements} elements a header; "
        f"{arguments.rounds} rounds; {date.today().isoformat()}; Python {platform.python_version()}; "
        f"{os.cpu_count()} processors; load {os.getloadavg()[0]:.1f}"
    )
    base = {name: min(one.cpu for one in runs) for name, runs in results.items()}
    copy, rewrite = base.get("cp -r"), base.get("pydicom read + write")
    print("| | CPU s | wall s | files/s | MB/s | parent MiB | worker MiB | CPU : cp | pydicom CPU : this |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, runs in results.items():
        cpu, wall = base[name], min(one.wall for one in runs)
        bad = "" if all(one.code == 0 for one in runs) else f" (exit code {runs[0].code})"
        ratios = f"{cpu / copy:.1f} | " if copy else "| "
        ratios += f"{rewrite / cpu:.1f}" if rewrite else ""
        peak, worker = max(one.parent_peak for one in runs), max(one.worker_peak for one in runs)
        print(
            f"| {name}{bad} | {cpu:.2f} | {wall:.2f} | {arguments.files / wall:.0f} | {size / wall / 1e6:.0f} "
            f"| {peak:.0f} | {worker:.0f} | {ratios} |"
        )


if __name__ == "__main__":
    sys.exit(main())
