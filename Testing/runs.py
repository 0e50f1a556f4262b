"""Run the public command line in a process of its own and read what it leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydicom import config
from pydicom.dataset import Dataset
from pydicom.filereader import dcmread

LIBRARY = Path(__file__).resolve().parents[1] / "DeidentifyModule"
UNESCAPED = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


@dataclass(frozen=True)
class Run:
    """A finished run of the command line."""

    output: Path
    code: int
    stdout: str
    stderr: str
    private: Path = field(default_factory=Path)

    @cached_property
    def journal(self) -> list[dict[str, Any]]:
        """Return what became of every input."""
        return final_entries(self.private / "journal.jsonl")

    @cached_property
    def report(self) -> dict[str, Any]:
        """Return the report."""
        return json.loads((self.output / "report" / "report.json").read_text(encoding="utf-8"))

    @cached_property
    def last_progress(self) -> dict[str, Any]:
        """Return the last line of JSON progress."""
        return json.loads(self.stdout.strip().splitlines()[-1])

    @cached_property
    def status(self) -> dict[str, tuple[str, str]]:
        """Return {resolved input path: (status, reason)}."""
        return {
            str(Path(entry["input"]).resolve()): (entry["status"], entry.get("reason") or "") for entry in self.journal
        }

    @cached_property
    def _outputs(self) -> dict[str, Path]:
        return {
            str(Path(entry["input"]).resolve()): self.output / entry["output"]
            for entry in self.journal
            if entry["status"] == "written"
        }

    def output_of(self, source: Path) -> Path:
        """Return the file that was written for an input."""
        return self._outputs[str(Path(source).resolve())]

    def pairs(self) -> Iterator[tuple[Path, Path]]:
        """Yield (input, output) of everything that was written."""
        for source, written in self._outputs.items():
            yield Path(source), written

    @property
    def files(self) -> list[Path]:
        """Return the de-identified files."""
        return sorted(
            path
            for path in self.output.rglob("*")
            if path.is_file() and path.relative_to(self.output).parts[0] != "report"
        )

    @cached_property
    def map_rows(self) -> list[dict[str, str]]:
        """Return the rows of ``deident.map`` with their escapes undone."""
        text = (self.private / "deident.map").read_text(encoding="utf-8")
        lines = [line for line in text.split("\n") if line and not line.startswith("#")]
        names = lines[0].split("\t")
        return [dict(zip(names, (_unescaped(cell) for cell in line.split("\t")), strict=True)) for line in lines[1:]]


def final_entries(journal: Path) -> list[dict[str, Any]]:
    """Return the last word of a journal on every input: the audit may withhold what was written before."""
    entries = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines() if line.strip()]
    return list({(entry["input"], entry.get("member")): entry for entry in entries if "status" in entry}.values())


def _unescaped(cell: str) -> str:
    characters = iter(cell)
    return "".join(UNESCAPED[next(characters)] if character == "\\" else character for character in characters)


def arguments(options: Mapping[str, Any]) -> list[str]:
    """Return the command line arguments for options named as in ``Options``."""
    words: list[str] = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(flag)
        elif value is not False:
            words += [flag, str(getattr(value, "value", value))]
    return words


def command(*words: object, stdin: str | None = None, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run ``python -m DeidentifyLib`` with these words."""
    paths = [str(LIBRARY), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "DeidentifyLib", *map(str, words)],
        input=stdin,
        text=True,
        encoding="utf-8",
        capture_output=True,
        env=environment,
        timeout=timeout,
        check=False,
    )


def run(
    *inputs: Path,
    output: Path,
    key: Path | None = None,
    private: Path | None = None,
    extra: tuple[object, ...] = (),
    **options: Any,
) -> Run:
    """De-identify inputs with the command line; options are named as in ``Options``."""
    words = ["run", *inputs, "--output", output, "--progress", "json", *arguments(options), *extra]
    if key:
        words += ["--key-file", key]
    if private:
        words += ["--private", private]
    done = command(*words)
    private = private or output.with_name(output.name + ".private")
    return Run(output, done.returncode, done.stdout, done.stderr, private)


def read(path: Path) -> Dataset:
    """Read a file, whatever it looks like."""
    with config.disable_value_validation():
        return dcmread(path, force=True)
