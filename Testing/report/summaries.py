"""Summaries of runs for the tests of the report."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

SECRET = "</script><script>alert('x')</script><b>"


def make_summary(series: int = 12, files: Any = 40, **changes: Any) -> dict[str, Any]:
    """Return a summary of a run; every text holds markup that must not act."""
    chance = random.Random(series)
    subjects = []
    for number in range(max(1, series // 5)):
        rows = [
            {
                "series": f"2.25.{chance.getrandbits(100)}",
                "modality": chance.choice(["CT", "PT", "MR"]),
                "instances": 120,
                "written": 120 if place else 0,
                "status": "written" if place else "withheld",
                "face": FACES[place] if place < len(FACES) and number < 40 else None,
                "burned_in": [[0, 0, 10, 10]] if place == 3 else [],
            }
            for place in range(5)
        ]
        subject = {"new_id": f"S{number:06}", "studies": [{"study": f"2.25.{chance.getrandbits(100)}", "series": rows}]}
        subjects.append(subject)
    summary = {
        "version": "0.1.0",
        "edition": "PS3.15 2026d",
        "started": "2026-01-02T03:04:05+00:00",
        "finished": "2026-01-02T03:14:05+00:00",
        "options": {"dates": "shift", "keep_safe_private": True},
        "key_fingerprint": "9f8e7d6c",
        "actions": ["Dates move by one number of days per subject.", SECRET],
        "consequences": ["Weight and age make it easier to single out a person."],
        "counts": {"inputs": 1250, "written": 1200, "withheld": 40, "rejected": 8, "not_dicom": 2},
        "subjects": subjects,
        "issues": [
            {"item": "input 17", "status": "withheld", "reason": "the face could not be located", "count": 40},
            {"item": "input 3", "status": "rejected", "reason": f"cut {SECRET}", "count": 8},
        ],
        "attributes": [
            {"tag": "(0010,0010)", "name": SECRET, "action": "replaced", "reason": "Table E.1-1: Z", "count": 1200},
            {"tag": "(0008,0050)", "name": "=SUM(A1)", "action": "emptied", "reason": "Table E.1-1: Z", "count": 7},
        ],
        "files": make_files(files) if isinstance(files, int) else files,
        "audit": make_audit(),
        "private_elements": [{"creator": "SIEMENS MR HEADER", "element": "(0019,xx0C)", "count": 24}],
        "conformance": "Basic Application Confidentiality Profile.\n\nUIDs agree between runs that share the key.",
    }
    return {**summary, **changes}


def make_files(number: int) -> Iterator[dict[str, Any]]:
    """Yield the outputs of a run."""
    for place in range(number):
        yield {"path": f"S/{place}.dcm", "sha256": f"{place:064x}", "bytes": 1000 + place}


FACES = [
    {
        "verdict": "uncertain",
        "figures": {"fit": 0.61},
        "reason": "the head is cut by the field of view",
        "picture": None,
        "private_picture": "faces/1.png",
    },
    {"verdict": "removed", "figures": {"fit": 0.93}, "reason": "", "picture": "face.png", "private_picture": None},
]


def make_audit(**changes: Any) -> dict[str, Any]:
    """Return the result of an audit that passed."""
    audit = {
        "verdict": "passed",
        "files": 1200,
        "subjects": 2,
        "bytes": 6_000_000,
        "errors": 0,
        "warnings": 1,
        "notices": 24,
        "checks": [{"id": "leak.value", "title": "No name is left", "error": 0, "warning": 1, "notice": 24}],
        "findings": [
            {
                "check": "action.text",
                "severity": "notice",
                "place": "(0018,1210)",
                "text": f"kept {SECRET}",
                "count": 24,
            }
        ],
        "examples": [{"check": "action.text", "severity": "notice", "file": "S/1.dcm", "place": "", "text": "kept"}],
        "failed_files": [],
        "quarantined": [],
        "canary": {"rows": [{"planted": "a name in a comment", "times": 3, "found": 3}], "planted": 3, "missed": 0},
        "review": [],
        "seconds": 1.5,
        "cpu_seconds": 1.2,
    }
    return {**audit, **changes}
