"""What a person reads on the terminal at the end: what happened, to how many files, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

AUDIT_PASSED, AUDIT_FAILED, AUDIT_INCOMPLETE = 0, 4, 5
"""Exit codes of an audit: nothing found, identity or another fault found, not everything could be checked."""

_EXIT_CODES = {"passed": AUDIT_PASSED, "incomplete": AUDIT_INCOMPLETE}
_SHOWN = 5


def audit_exit_code(verdict: str) -> int:
    """Return the exit code for the verdict of an audit; anything unknown counts as failed."""
    return _EXIT_CODES.get(verdict, AUDIT_FAILED)


def audit_lines(audit: Mapping[str, Any], output: Path) -> list[str]:
    """Return the result of an audit in plain lines, the next step last.

    Parameters
    ----------
    audit : mapping
        As `DeidentifyLib.audit.run_audit` returns it.
    output : Path
        The output folder, for the commands that are named.
    """
    verdict = audit["verdict"]
    if verdict == "passed":
        return [f"audit passed: {_files(audit['files'])} checked, no identity found"]
    if verdict == "failed":
        return _failed(audit, output)
    return _incomplete(audit, output)


def _failed(audit: Mapping[str, Any], output: Path) -> list[str]:
    failed, moved = len(audit.get("failed_files") or ()), len(audit.get("quarantined") or ())
    lines = [f"audit failed: {_files(failed)} of {audit['files']:,} must not be shared"]
    lines += _reasons(audit["findings"], "error")
    if moved:
        lines.append(f"{_files(moved)} moved to quarantine in the private folder; the others are still in the output")
    lines.append(
        f"next: read {output / 'report' / 'report.html'}; what is not in quarantine may be shared when"
        f" `deidentify audit --output {output}` passes"
    )
    return lines


def _incomplete(audit: Mapping[str, Any], output: Path) -> list[str]:
    lines = ["audit incomplete: no identity was found, but not everything could be checked"]
    lines += _reasons(audit["findings"], "unchecked")
    missed = [row for row in (audit.get("canary") or {}).get("rows", ()) if row["found"] < row["times"]]
    for row in missed:
        lines.append(f"  canary: the audit did not see what it planted itself: {row['planted']}")
    if missed:
        lines.append("  this says nothing of the output, but the audit cannot be relied on; please report it")
    elif audit.get("canary") and not audit["canary"]["planted"]:
        lines.append("  canary: no output could take a planted leak, so the audit could not prove that it sees one")
    lines.append(f"next: put the sources back or name them: `deidentify audit --output {output} --source FOLDER`")
    return lines


def _reasons(findings: Iterable[Mapping[str, Any]], severity: str) -> list[str]:
    rows = [row for row in findings if row["severity"] == severity]
    lines = [f"  {row['count']:,} x {row['check']}: {row['text']}{_at(row['place'])}" for row in rows[:_SHOWN]]
    if len(rows) > _SHOWN:
        lines.append(f"  and {len(rows) - _SHOWN} more kinds in the report")
    return lines


def _at(place: str) -> str:
    return f" at {place}" if place else ""


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number:,} files"
