"""The end of a run: prove what was written, then report it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .next_steps import audit_exit_code
from .review import review_items, write_review
from .write import write_report


@dataclass(frozen=True)
class Outcome:
    """What the end of a run came to.

    Attributes
    ----------
    report : Path
        ``report.json``.
    audit : dict or None
    counts : dict
        The counts of the run, after quarantine.
    audit_code : int
        Exit code of the audit, 0 if it passed or none was made; see `next_steps`.
    """

    report: Path
    audit: dict[str, Any] | None
    counts: dict[str, int]
    audit_code: int


def prove_and_report(
    summary: Mapping[str, Any],
    inputs: Iterable[Path],
    output: Path,
    private: Path,
    *,
    audit: bool = True,
    jobs: int = 1,
    progress: Callable[[int, int | None], None] = lambda done, total: None,
) -> Outcome:
    """Audit the output of a run, move what failed to quarantine, and write report and review list.

    Parameters
    ----------
    summary : mapping
        As in docs/report-schema.md, without ``audit``.
    inputs : iterable of Path
        What was de-identified: each input must be in the journal.
    output, private : Path
    audit : bool
        False only reports.
    jobs : int
        Number of processes for the audit; 0: one per processor.
    progress : callable
        Receives (files audited, files in all).
    """
    result = None
    if audit:
        from ..audit import AuditRequest, run_audit  # not needed for a report alone

        options = dict(summary["options"])
        result = run_audit(AuditRequest(list(inputs), output, private, options, progress=progress, jobs=jobs))
        summary = after_quarantine(summary, result["quarantined"])
    path = write_report(output / "report", private, {**summary, "audit": result})
    write_review(private, output, review_items(result, summary.get("subjects") or ()))
    return Outcome(path, result, dict(summary["counts"]), audit_exit_code(result["verdict"]) if result else 0)


def after_quarantine(summary: Mapping[str, Any], quarantined: Iterable[str]) -> dict[str, Any]:
    """Return the summary with failed files counted as withheld and taken off the list of outputs."""
    held = set(quarantined)
    if not held:
        return dict(summary)
    counts = dict(summary["counts"])
    counts["written"] -= len(held)
    counts["withheld"] = counts.get("withheld", 0) + len(held)
    issue = {"item": "", "status": "withheld", "reason": "the audit failed", "count": len(held)}
    files = (entry for entry in summary.get("files") or () if entry["path"] not in held)
    return {**summary, "counts": counts, "issues": [*(summary.get("issues") or ()), issue], "files": files}
