"""Writes the report of a run next to its output."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .page import write_page
from .tables import (
    ATTRIBUTE_COLUMNS,
    FINDING_COLUMNS,
    ISSUE_COLUMNS,
    SERIES_COLUMNS,
    rows_of,
    series_rows,
    write_csv,
    write_manifest,
)

SCHEMA = 1


def write_report(folder: Path, private: Path | None, summary: Mapping[str, Any]) -> Path:
    """Write ``report.json``, ``report.html`` and the CSV files of a run.

    Parameters
    ----------
    folder : Path
        ``OUTPUT/report``; made when absent.
    private : Path or None
        Private side folder; when given and any face has a private picture, a second page with these pictures goes
        to its ``report`` folder.
    summary : mapping
        See docs/report-schema.md. ``files`` may be any iterable, read once.

    Returns
    -------
    Path
        ``report.json``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    report = {key: value for key, value in summary.items() if key not in ("files", "audit")}
    report = {"schema": SCHEMA, **report}
    report["manifest"] = write_manifest(folder / "manifest.csv", summary.get("files") or ())
    audit = summary.get("audit")
    report["audit"] = {key: value for key, value in audit.items() if key != "examples"} if audit else None
    write_csv(folder / "series.csv", SERIES_COLUMNS, series_rows(report))
    write_csv(folder / "attributes.csv", ATTRIBUTE_COLUMNS, rows_of(report.get("attributes") or (), ATTRIBUTE_COLUMNS))
    write_csv(folder / "issues.csv", ISSUE_COLUMNS, rows_of(report.get("issues") or (), ISSUE_COLUMNS))
    if audit:
        write_csv(folder / "audit.csv", FINDING_COLUMNS, rows_of(audit.get("examples") or (), FINDING_COLUMNS))
    write_page(folder / "report.html", report, private=None)
    if private is not None and any(face.get("private_picture") for face in _faces(report)):
        place = private / "report"
        place.mkdir(mode=0o700, exist_ok=True)
        write_page(place / "report.html", report, private=private)
        (place / "report.html").chmod(stat.S_IRUSR | stat.S_IWUSR)
    path = folder / "report.json"
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump(_public(report), stream, indent=1)
    os.replace(temporary, path)
    return path


def _public(value: Any) -> Any:
    """Return a copy without the places of private pictures."""
    if isinstance(value, Mapping):
        return {key: _public(inner) for key, inner in value.items() if key != "private_picture"}
    if isinstance(value, list | tuple):
        return [_public(inner) for inner in value]
    return value


def _faces(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        series["face"]
        for subject in report.get("subjects", ())
        for study in subject.get("studies", ())
        for series in study.get("series", ())
        if series.get("face")
    ]
