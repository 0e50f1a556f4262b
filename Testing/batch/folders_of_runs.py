"""Start the command line, kill it, and compare what runs leave."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).resolve().parents[2] / "DeidentifyModule"


def environment(**variables: str) -> dict[str, str]:
    """Return the environment of a run."""
    return {**os.environ, "PYTHONPATH": str(LIBRARY), **variables}


def start(*arguments: object, **variables: str) -> subprocess.Popen[str]:
    """Start ``deidentify run`` in a session of its own."""
    words = [sys.executable, "-m", "DeidentifyLib", "run", *map(str, arguments), "--progress", "none", "--no-audit"]
    return subprocess.Popen(
        words,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(*arguments: object, **variables: str) -> tuple[int, str]:
    """Run to the end; return the exit code and what was said."""
    process = start(*arguments, **variables)
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def kill_all(process: subprocess.Popen[str]) -> None:
    """Kill a run and its workers without a warning."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.communicate(timeout=60)


def tree(output: Path) -> dict[str, str]:
    """Return the hash of every file below an output folder, the report left out."""
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in output.rglob("*")
        if path.is_file() and path.relative_to(output).parts[0] != "report"
    }


def journal(private: Path) -> list[dict[str, Any]]:
    """Return the lines of the inputs."""
    lines = (private / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return [entry for entry in map(json.loads, lines) if "status" in entry]
