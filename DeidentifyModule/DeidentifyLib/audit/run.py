"""The audit of one output folder, from pairing to verdict, canary and quarantine."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..files.canonical_paths import canonical, canonical_inputs
from .audit_pairs import TOO_LARGE, audit_pairs, look_again
from .auditor import Auditor
from .canary import canary_of
from .checks import NeedsReview, OthersIdentity, WholeSet
from .checks.whole import output_files
from .conformance import SERIES, compare_conformance
from .elements import Document
from .expectation import Expectation
from .findings import Finding, Severity
from .journal import JournalReader
from .large_files import read_bytes
from .packed_sets import NumberSet, number_of
from .pairing import ContentMatcher, Pair, PairList, Pairs, document_or_none, read_map, read_uid_map, source_files
from .parallel import audit_in_processes, is_worth_it
from .pixel_records import PixelRecords
from .subject import AuditSubject

PASSED, FAILED, INCOMPLETE = "passed", "failed", "incomplete"


@dataclass(frozen=True)
class AuditRequest:
    """What to audit.

    Attributes
    ----------
    sources : sequence of Path
        Folders, files or archives that were the input. May be empty when the journal names the inputs.
    output : Path
    private : Path or None
        Private side folder: journal, maps, pixel records; failed files go to its ``quarantine``.
    options : dict or None
        `Options.to_dict` of the run; None: from ``report/report.json`` of the output, else from the method codes in
        each output (another tool's output).
    canary : bool
    conformance : int or None
        How many series are compared with dciodvfy, when it is installed; None: every file; 0: none.
    quarantine : bool
        Move failed files out of the output.
    jobs : int
        Number of processes for a run's own output; 0: one per processor. The result does not depend on it.

    Raises
    ------
    PathError
        If a path is empty.
    """

    sources: Sequence[Path]
    output: Path
    private: Path | None = None
    options: dict[str, Any] | None = None
    canary: bool = True
    conformance: int | None = SERIES
    quarantine: bool = True
    map_file: Path | None = None
    uid_map_file: Path | None = None
    on_progress: Callable[[int, int | None], None] = field(default=lambda done, total: None)
    jobs: int = 1

    def __post_init__(self) -> None:
        """Make the paths canonical, as those in a journal are."""
        object.__setattr__(self, "sources", canonical_inputs(self.sources))
        for name in ("output", "private", "map_file", "uid_map_file"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, canonical(getattr(self, name), name))


@dataclass(frozen=True)
class Audited:
    """Result of an audit, and what it knows of the subjects, to look at what is written afterwards.

    Attributes
    ----------
    result : dict
        JSON-ready, free of any value of the source; see docs/report-schema.md, ``audit``.
    """

    result: dict[str, Any]
    _others: OthersIdentity

    def names_in_report(self, folder: Path) -> list[str]:
        """Return the names of the files of a report that hold a name or number of a subject."""
        return self._others.in_report(folder)


def run_audit(request: AuditRequest) -> dict[str, Any]:
    """Audit an output folder.

    Returns
    -------
    dict
        JSON-ready, free of any value of the source; see docs/report-schema.md, ``audit``.
    """
    return audit_of(request).result


def audit_of(request: AuditRequest) -> Audited:
    """Audit an output folder, and keep what is needed to look at the report that is written afterwards."""
    clock, cpu = time.monotonic(), time.process_time()
    options = request.options if request.options is not None else options_of(request.output)
    expectation = Expectation.from_options(options) if options is not None else None
    auditor = Auditor(expectation)
    journal = _journal(request)
    pairs, orphans, unmatched = _pairs(auditor, request, journal)
    records = PixelRecords(request.private, request.output)
    others = _audit_pairs(request, auditor, pairs, records, journal is not None and _by_subject(options))
    _audit_orphans(auditor, orphans, request)
    auditor.finish(
        WholeSet(
            output=request.output,
            sources=_sources(request),
            unmatched_sources=unmatched,
            journal=journal,
            audited=auditor.audited,
            private=request.private,
            expectation=expectation or Expectation.from_codes(()),
            map_rows=_map_rows(request),
        )
    )
    look_again(auditor, pairs, request.output)
    compared = compare_conformance(auditor, pairs, request.output, request.conformance)
    canary = canary_of(auditor, pairs, request.output, records.of) if request.canary else None
    failed = sorted(auditor.findings.failed_files)
    moved = _quarantine(request, failed, journal) if request.quarantine else []
    spent = time.process_time() - cpu + others
    result = _result(auditor, canary, compared, failed, moved, time.monotonic() - clock, spent)
    return Audited(result, next(check for check in auditor.checks if isinstance(check, OthersIdentity)))


def _audit_pairs(
    request: AuditRequest, auditor: Auditor, pairs: Pairs, records: PixelRecords, by_subject: bool
) -> float:
    """Audit all pairs; return the CPU seconds of other processes."""

    def on_progress(done: int) -> None:
        request.on_progress(done, len(pairs))

    jobs = request.jobs or os.cpu_count() or 1
    if by_subject and is_worth_it(pairs, jobs):
        return audit_in_processes(auditor, pairs, request.output, records, on_progress, jobs)
    audit_pairs(auditor, pairs, request.output, records.of, on_progress)
    return 0.0


def _by_subject(options: dict[str, Any] | None) -> bool:
    """Return whether each first folder of a run's output is a subject, named by the ID in the files."""
    pattern = str((options or {}).get("name_pattern", ""))
    return pattern.startswith("{subject}/") and not (options or {}).get("keep_id_name")


def options_of(output: Path) -> dict[str, Any] | None:
    """Return the options that an output folder's own report states, None when there is no report."""
    path = output / "report" / "report.json"
    try:
        options: dict[str, Any] | None = json.loads(path.read_text(encoding="utf-8")).get("options")
        return options
    except (OSError, ValueError):
        return None


def _journal(request: AuditRequest) -> JournalReader | None:
    path = request.private / "journal.jsonl" if request.private else None
    return JournalReader(path, request.output, request.sources) if path is not None and path.is_file() else None


def _map_rows(request: AuditRequest) -> list[dict[str, str]] | None:
    path = request.map_file or (request.private / "deident.map" if request.private else None)
    return read_map(path) if path is not None and path.is_file() else None


def _pairs(auditor: Auditor, request: AuditRequest, journal: JournalReader | None) -> tuple[Pairs, list[str], int]:
    """Return pairs, outputs without source, and how many inputs have no output."""
    if journal is not None:
        pairs, listed = journal.pairs(), NumberSet()
        for pair in pairs:
            listed.add(number_of(pair.output))
        return pairs, [name for name in output_files(request.output) if number_of(name) not in listed], 0
    uid_path = request.uid_map_file or (request.private / "uids.csv" if request.private else None)
    uid_map = read_uid_map(uid_path) if uid_path is not None and uid_path.is_file() else {}
    matcher = ContentMatcher(uid_map)
    roots = [root for root in request.sources if root.is_dir()]
    for path, member in _sources(request):
        document = _document_of(auditor, path, member)
        if document is not None:
            root = next((root for root in roots if path.is_relative_to(root)), path.parent)
            matcher.add_source(path, member, path.relative_to(root).as_posix(), document)
    outputs = ((name, _output_document(request.output / name)) for name in output_files(request.output))
    matched, orphans = matcher.match((name, document) for name, document in outputs if document is not None)
    return PairList(matched), orphans, matcher.unmatched_sources()


def _sources(request: AuditRequest) -> Iterator[tuple[Path, str | None]]:
    apart = [request.output] if request.private is None else [request.output, request.private]
    return source_files(request.sources, apart)


def _audit_orphans(auditor: Auditor, orphans: list[str], request: AuditRequest) -> None:
    """Search outputs without known source for the identifiers of everyone in the sources."""
    if not orphans:
        return
    everyone = AuditSubject(0)
    for path, member in _sources(request):
        document = _document_of(auditor, path, member)
        if document is not None:
            everyone.learn(document, auditor.expectation or Expectation.from_codes(()))
    for name in orphans:
        try:
            auditor.audit_orphan(name, read_bytes(request.output / name), everyone)
        except (OSError, MemoryError) as error:
            text = TOO_LARGE if isinstance(error, MemoryError) else "the output cannot be read, so it is not checked"
            auditor.findings.add(Finding("file.unread", Severity.UNCHECKED, name, "", text))


def _document_of(auditor: Auditor, path: Path, member: str | None) -> Document | None:
    """Return a source, None if it is no DICOM or cannot be read; the latter is told."""
    try:
        return document_or_none(Pair(path, member, "").read_source(), tolerant=True)
    except (OSError, KeyError, MemoryError) as error:
        what = "does not fit into memory" if isinstance(error, MemoryError) else "cannot be read"
        text = f"a source {what}: its identifiers are not known"
        auditor.findings.add(Finding("file.source", Severity.UNCHECKED, "", "", text))
        return None


def _output_document(path: Path) -> Document | None:
    try:
        return document_or_none(read_bytes(path))
    except (OSError, MemoryError):
        return None  # the check of the set names it as a file that is not paired


def _quarantine(request: AuditRequest, failed: list[str], journal: JournalReader | None) -> list[str]:
    """Move failed outputs to ``quarantine`` of the private folder and say so in the journal."""
    if request.private is None or not failed:
        return []
    target = request.private / "quarantine"
    moved = []
    for name in failed:
        path = request.output / name
        if not path.is_file():
            continue
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(path, place)
        place.chmod(0o600)
        moved.append(name)
    held = set(moved)
    lines = [
        {**line, "output": None, "quarantine": line["output"], "status": "withheld", "reason": "the audit failed"}
        for line in (journal.lines() if journal is not None else ())
        if line.get("status") == "written" and line.get("output") in held
    ]
    if lines:
        with (request.private / "journal.jsonl").open("a", encoding="utf-8") as stream:
            stream.writelines(json.dumps(line) + "\n" for line in lines)
    return moved


def _verdict(auditor: Auditor, canary: dict[str, Any] | None) -> str:
    """Return whether the outputs passed, failed, or could not all be checked by an audit that sees what it should."""
    if auditor.findings.number(Severity.ERROR):
        return FAILED
    sees = canary is None or (canary["planted"] and not canary["missed"]) or not auditor.audited
    return PASSED if sees and not auditor.findings.number(Severity.UNCHECKED) else INCOMPLETE


def _result(
    auditor: Auditor,
    canary: dict[str, Any] | None,
    compared: int,
    failed: list[str],
    moved: list[str],
    wall: float,
    cpu: float,
) -> dict[str, Any]:
    findings = auditor.findings
    verdict = _verdict(auditor, canary)
    grouped = findings.grouped()
    checks = []
    for check in auditor.checks:
        prefix = check.id.split(".")[0] if "." not in check.id else check.id
        rows = [row for row in grouped if row["check"] == check.id or row["check"].startswith(prefix + ".")]
        counts = {s.value: sum(row["count"] for row in rows if row["severity"] == s.value) for s in Severity}
        checks.append({"id": check.id, "title": check.title, **counts})
    return {
        "verdict": verdict,
        "files": len(auditor.audited),
        "subjects": len(auditor.subjects),
        "bytes": auditor.bytes_read,
        "errors": findings.number(Severity.ERROR),
        "unchecked": findings.number(Severity.UNCHECKED),
        "files_not_checked": len(auditor.not_checked),
        "warnings": findings.number(Severity.WARNING),
        "notices": findings.number(Severity.NOTICE),
        "checks": checks,
        "findings": grouped,
        "examples": [item.to_dict() for item in findings.items],
        "failed_files": failed,
        "quarantined": moved,
        "canary": canary,
        "conformance_compared": compared,
        "review": [item for check in auditor.checks if isinstance(check, NeedsReview) for item in check.items.values()],
        "seconds": round(wall, 3),
        "cpu_seconds": round(cpu, 3),
    }
