"""The whole job: de-identify, prove what was written, report. Panel, console and command line call this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .batch.progress import ProgressCallback
from .batch.request import RunRequest
from .batch.run import run
from .dicom.dicom_file import silence
from .profile.conformance import conformance_statement
from .records.summary import RunSummary
from .report import prove_and_report


@dataclass(frozen=True)
class JobOutcome:
    """Outcome of a job.

    Attributes
    ----------
    summary : RunSummary
    counts : dict
        Instances in, written, withheld, rejected, and non-DICOM files, after the audit.
    report : Path or None
        ``report.json``; None for a dry run.
    audit : dict or None
        Result of the audit, None if there was none.
    exit_code : int
        0 all written, 3 some withheld or rejected, 4 audit failed, 5 audit incomplete, 130 cancelled.
    """

    summary: RunSummary
    counts: dict[str, int]
    report: Path | None
    audit: dict[str, Any] | None
    exit_code: int


def deidentify(
    request: RunRequest,
    on_progress: ProgressCallback = lambda line: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    *,
    audit: bool = True,
) -> JobOutcome:
    """De-identify the inputs of a request, audit the output and write the report.

    Parameters
    ----------
    request : RunRequest
        What, how and where to.
    on_progress : callable, optional
        Receives progress as JSON-ready dictionaries.
    is_cancelled : callable, optional
        Asked between files whether to stop; a stopped run is reported but not audited.
    audit : bool
        Whether to check every output against its source; a file that fails is moved to quarantine.

    Raises
    ------
    ValueError, OSError
        See `DeidentifyLib.batch.run.run`.
    """
    summary = run(request, on_progress, is_cancelled)
    if request.dry_run:
        return JobOutcome(summary, summary.counts, None, None, 0)
    content = {**summary.to_dict(), "conformance": conformance_statement(request.options)}

    def audited(done: int, total: int | None) -> None:
        on_progress(
            {
                "phase": "audit",
                "done": done,
                "total": total,
                "series": "",
                "bytes": 0,
                "eta_seconds": None,
                "message": f"{done} files audited",
            }
        )

    with silence():
        outcome = prove_and_report(
            content,
            request.inputs,
            request.output,
            request.private_folder,
            audit=audit and not summary.was_cancelled and bool(summary.counts["written"]),
            jobs=request.jobs,
            on_progress=audited,
        )
    code = outcome.audit_code or summary.exit_code
    return JobOutcome(summary, outcome.counts, outcome.report, outcome.audit, code)
