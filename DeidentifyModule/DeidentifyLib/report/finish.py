"""The end of a run: prove what was written, then report it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .next_steps import audit_exit_code
from .review import review_items, write_review
from .write import write_report

if TYPE_CHECKING:
    from ..audit import Audited


@dataclass(frozen=True)
class ReportOutcome:
    """Outcome of audit and report.

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
    on_progress: Callable[[int, int | None], None] = lambda done, total: None,
) -> ReportOutcome:
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
    on_progress : callable
        Receives (files audited, files in all).
    """
    result, audited = None, None
    if audit:
        from ..audit import AuditRequest, audit_of  # not needed for a report alone

        options = dict(summary["options"])
        request = AuditRequest(list(inputs), output, private, options, on_progress=on_progress, jobs=jobs)
        audited = audit_of(request)
        result = audited.result
        summary = after_quarantine(summary, result["quarantined"])
    path = write_report(output / "report", private, {**summary, "audit": result})
    if audited is not None and not summary["options"].get("keep_id_name"):
        path = _withhold_report(path, private, audited) or path
    write_review(private, output, review_items(result, summary.get("subjects") or ()))
    return ReportOutcome(path, result, dict(summary["counts"]), audit_exit_code(result["verdict"]) if result else 0)


def _withhold_report(path: Path, private: Path, audited: Audited) -> Path | None:
    """Take a report that holds a name back to the private folder, and let the audit fail; None where it holds none."""
    names = audited.names_in_report(path.parent)
    if not names:
        return None
    text = "a name or number of a subject is in the report, which was taken back to the private folder"
    finding = {"check": "leak.report", "severity": "error", "place": "", "text": text, "count": len(names)}
    audited.result["findings"].insert(0, finding)
    audited.result["errors"] += len(names)
    audited.result["verdict"] = "failed"
    target = private / "quarantine" / path.parent.name
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    shutil.move(path.parent, target)
    return target / path.name


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
