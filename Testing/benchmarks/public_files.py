"""What the product says of public test files: each finding, withheld and rejected file, to be judged by a person.

``python Testing/benchmarks/public_files.py FOLDER... [--options NAME...] [--warnings] [--notices]``

Each folder goes through ``deidentify run`` with the default options, with all that keep, and
with all options (dates kept, and shifted).
Without a folder, the test files of pydicom and of pydicom-data are taken. Of well-formed public files none should
end in quarantine: each error is either a leak or a false alarm. The sources are public, so their paths are shown;
never give it the files of patients.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "DeidentifyModule"))

from DeidentifyLib.batch.request import RunRequest
from DeidentifyLib.job import deidentify
from DeidentifyLib.options import Dates, Options

CLEAN = {"clean_descriptors": True, "clean_structured_content": True, "clean_graphics": True}
KEEP = {
    "keep_subject_characteristics": True,
    "keep_safe_private": True,
    "retain_uids": True,
    "retain_device_identity": True,
    "retain_institution_identity": True,
}
OPTION_SETS = {
    "default": Options(),
    "dates removed": Options(dates=Dates.REMOVE),
    "all keep": Options(dates=Dates.KEEP, **KEEP),
    "all": Options(dates=Dates.KEEP, **KEEP, **CLEAN),
    "all, dates shifted": Options(**KEEP, **CLEAN),
    "clean": Options(**CLEAN, keep_subject_characteristics=True, keep_safe_private=True),
}
USUAL = ("default", "all keep", "all", "all, dates shifted")
Row = tuple[str, ...]


@dataclass
class Outcome:
    """What runs said, with one source for each row.

    Attributes
    ----------
    rows : Counter
        How often, by (status, reason) or (finding, severity, place, text).
    examples : dict
        Path of one source, by row.
    inputs, written : int
    codes : Counter
        Exit codes of the runs.
    """

    rows: Counter[Row] = field(default_factory=Counter)
    examples: dict[Row, str] = field(default_factory=dict)
    inputs: int = 0
    written: int = 0
    codes: Counter[int] = field(default_factory=Counter)

    def add(self, row: Row, source: str, count: int = 1) -> None:
        """Count a row."""
        self.rows[row] += count
        self.examples.setdefault(row, source)


def bundled_folders() -> list[Path]:
    """Return the folders of test files that pydicom and pydicom-data bring."""
    found = []
    for name, part in (("pydicom", "data/test_files"), ("data_store", "data")):
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            found.append(Path(spec.origin).parent / part)
    return [folder for folder in found if folder.is_dir()]


def run_on(folder: Path, options: Options, work: Path) -> Outcome:
    """Run on one folder, and return what the run said.

    Parameters
    ----------
    folder : Path
        Public files.
    options : Options
    work : Path
        Empty folder for output and private folder.
    """
    request = RunRequest((folder,), work / "out", options, work / "private", jobs=2)
    outcome = Outcome()
    try:
        done = deidentify(request)
    except (ValueError, OSError) as error:
        outcome.add(("no report", str(error)), str(folder))
        return outcome
    outcome.codes[done.exit_code] += 1
    outcome.inputs, outcome.written = done.counts["inputs"], done.counts["written"]
    _read(done.audit or {}, work / "private" / "journal.jsonl", outcome)
    return outcome


def _read(audit: dict[str, Any], journal: Path, outcome: Outcome) -> None:
    sources: dict[str, str] = {}
    for line in map(json.loads, journal.read_text(encoding="utf-8").splitlines()):
        name = line.get("output") or line.get("quarantine")
        if name:
            sources[name] = line["input"]
        elif line.get("status") in ("rejected", "withheld"):
            outcome.add((line["status"], line.get("reason") or ""), line["input"])
    examples: dict[Row, str] = {}
    for one in audit.get("examples", ()):
        key = (one["check"], one["severity"], one["place"], one["text"])
        examples.setdefault(key, sources.get(one["file"], one["file"]))
    for one in audit.get("findings", ()):
        key = (one["check"], one["severity"], one["place"], one["text"])
        outcome.add(key, examples.get(key, ""), one["count"])
    canary = audit.get("canary")
    if canary and canary["missed"]:
        outcome.add(("canary", "error", "", f"missed {canary['missed']}"), "")


def lines(name: str, outcome: Outcome, severities: frozenset[str]) -> Iterator[str]:
    """Yield the lines that show an outcome."""
    codes = " ".join(f"exit {code}: {count}" for code, count in sorted(outcome.codes.items()))
    yield f"== {name}: {outcome.inputs} inputs, {outcome.written} written; {codes}"
    for row, count in sorted(outcome.rows.items(), key=lambda pair: (pair[0][0], -pair[1])):
        if len(row) < 3 or row[1] in severities:
            yield f"{count:7d}  {'  '.join(part for part in row if part)}  [{outcome.examples.get(row, '')}]"


def merge(outcomes: Iterable[Outcome]) -> Outcome:
    """Return several outcomes as one."""
    whole = Outcome()
    for one in outcomes:
        for row, count in one.rows.items():
            whole.add(row, one.examples.get(row, ""), count)
        whole.inputs, whole.written = whole.inputs + one.inputs, whole.written + one.written
        whole.codes += one.codes
    return whole


def main(arguments: list[str] | None = None) -> int:
    """Run on all folders; return 1 if an error was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--options", nargs="+", choices=list(OPTION_SETS), default=list(USUAL))
    parser.add_argument("--warnings", action="store_true", help="show warnings too")
    parser.add_argument("--notices", action="store_true", help="show notices too")
    chosen = parser.parse_args(arguments)
    folders = [folder.resolve() for folder in chosen.folders] or bundled_folders()
    shown = {"error"} | ({"warning"} if chosen.warnings else set()) | ({"notice"} if chosen.notices else set())
    found: dict[str, list[Outcome]] = defaultdict(list)
    for name in chosen.options:
        for folder in folders:
            with tempfile.TemporaryDirectory() as work:
                outcome = run_on(folder, OPTION_SETS[name], Path(work))
            found[name].append(outcome)
            print(*lines(f"{name}, {folder.name}", outcome, frozenset(shown)), sep="\n", flush=True)
    errors = 0
    for name, outcomes in found.items():
        whole = merge(outcomes)
        errors += sum(count for row, count in whole.rows.items() if len(row) > 2 and row[1] == "error")
        print(*lines(f"{name}, all folders", whole, frozenset(shown)), sep="\n")
    print(f"{errors} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
