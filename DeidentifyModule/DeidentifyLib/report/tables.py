"""The CSV files of a report."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

SERIES_COLUMNS = ("subject", "study", "series", "modality", "instances", "written", "status", "face", "burned_in")
ATTRIBUTE_COLUMNS = ("tag", "name", "action", "reason", "count")
ISSUE_COLUMNS = ("item", "status", "reason", "count")
FINDING_COLUMNS = ("check", "severity", "file", "place", "text")
MANIFEST_COLUMNS = ("path", "sha256", "bytes")


def series_rows(summary: Mapping[str, Any]) -> list[list[Any]]:
    """Return one row per series, in the order of `SERIES_COLUMNS`."""
    return [
        [
            subject.get("new_id", ""),
            study.get("study", ""),
            series.get("series", ""),
            series.get("modality", ""),
            series.get("instances", 0),
            series.get("written", 0),
            series.get("status", ""),
            (series.get("face") or {}).get("verdict", ""),
            len(series.get("burned_in") or ()),
        ]
        for subject in summary.get("subjects", ())
        for study in subject.get("studies", ())
        for series in study.get("series", ())
    ]


def rows_of(records: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> list[list[Any]]:
    """Return records as rows; what is absent is empty."""
    columns = tuple(columns)
    return [[record.get(column, "") for column in columns] for record in records]


def write_csv(path: Path, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write a CSV file that no spreadsheet takes for formulas."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows([_harmless(value) for value in row] for row in rows)


def write_manifest(path: Path, files: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Write path, SHA-256 and size of every output, as they come; return the manifest's own description."""
    count = size = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(MANIFEST_COLUMNS)
        for entry in files:
            writer.writerow([entry["path"], entry["sha256"], entry["bytes"]])
            count, size = count + 1, size + int(entry["bytes"])
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"file": path.name, "files": count, "bytes": size, "sha256": digest}


def _harmless(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
