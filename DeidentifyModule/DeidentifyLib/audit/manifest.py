"""Compares an output folder with the manifest of its report, at any later time."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

from .checks.whole import output_files

_BLOCK = 1 << 20


def verify_manifest(manifest: Path, output: Path) -> list[tuple[str, str]]:
    """Return (path, what is wrong) for every file that is changed, missing or not listed.

    Of a run without checksums, sizes are compared alone.

    Raises
    ------
    ValueError
        If the file is no manifest.
    """
    with manifest.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        if not rows.fieldnames or not {"path", "sha256", "bytes"} <= set(rows.fieldnames):
            raise ValueError("the file is not a manifest with the columns path, sha256, bytes")
        listed = {row["path"]: (row["sha256"].lower(), int(row["bytes"])) for row in rows}
    problems = []
    for name in output_files(output):
        if name not in listed:
            problems.append((name, "not listed"))
    for name, (digest, size) in listed.items():
        path = output / name
        if not path.is_file():
            problems.append((name, "missing"))
        elif path.stat().st_size != size or (digest and sha256_of(path) != digest):
            problems.append((name, "changed"))
    return sorted(problems)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            state.update(block)
    return state.hexdigest()
