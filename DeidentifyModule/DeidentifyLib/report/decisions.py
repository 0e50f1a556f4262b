"""What a person decided on the review list, and what follows from it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

ACCEPTED, WITHHELD = "accepted", "withheld"


class DecisionError(ValueError):
    """A decision names something that is neither in the output nor in quarantine, or leads outside."""


def record_decision(output: Path, private: Path, names: Iterable[str], decision: str) -> list[str]:
    """Record a decision on files, or on all files of folders, and carry it out.

    Withheld files move from the output to ``quarantine`` of the private folder; accepted ones move back. Each is a
    line in ``review/decisions.jsonl``, and a line in the journal, where the last line of an input counts.

    Parameters
    ----------
    names : iterable of str
        Paths relative to the output folder.

    Returns
    -------
    list of str
        The files that the decision covers.

    Raises
    ------
    DecisionError
        If a name is unknown, or a file would replace another one.
    """
    held = private / "quarantine"
    files = sorted({file for name in names for file in _files(output, held, name)})
    if any((output / name).is_file() and (held / name).is_file() for name in files):
        raise DecisionError("a file of that name is in the output and in quarantine: remove one of the two")
    for name in files:
        origin, target = (output, held) if decision == WITHHELD else (held, output)
        if (origin / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(origin / name, target / name)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    folder = private / "review"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "decisions.jsonl"
    with path.open("a", encoding="utf-8") as stream:
        stream.writelines(json.dumps({"file": name, "decision": decision, "when": now}) + "\n" for name in files)
    path.chmod(0o600)
    _tell_journal(private / "journal.jsonl", set(files), decision)
    return files


def read_decisions(private: Path) -> dict[str, str]:
    """Return the last decision on each file."""
    path = private / "review" / "decisions.jsonl"
    if not path.is_file():
        return {}
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {line["file"]: line["decision"] for line in lines}


def _files(output: Path, held: Path, name: str) -> list[str]:
    found = []
    for root in (output, held):
        path = (root / name).resolve()
        if not path.is_relative_to(root.resolve()):
            raise DecisionError("a path leads outside the output folder")
        below = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        found += [file.relative_to(root.resolve()).as_posix() for file in below]
    if not found:
        raise DecisionError("a path is neither in the output nor in quarantine")
    return found


def _tell_journal(path: Path, files: set[str], decision: str) -> None:
    if not path.is_file():
        return
    latest = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry.get("output") in files:
            latest[entry["output"]] = entry
        elif entry.get("quarantine") in files:
            latest[entry["quarantine"]] = entry
    with path.open("a", encoding="utf-8") as stream:
        for name, entry in sorted(latest.items()):
            if decision == WITHHELD:
                new = {
                    **entry,
                    "output": None,
                    "quarantine": name,
                    "status": "withheld",
                    "reason": "withheld on review",
                }
            else:
                new = {**entry, "output": name, "quarantine": None, "status": "written", "reason": "accepted on review"}
            stream.write(json.dumps(new) + "\n")
