"""How many of the planted secrets that a separate checker finds in a tool's output does the audit point to?

``python Testing/benchmarks/audit_recall.py --python PYTHON_WITH_TOOLS`` makes the synthetic patients of
``Testing/synthetic``, lets each tool de-identify them, searches the outputs with ``synthetic.find_leaks`` (which knows
what was planted) and audits them with ``DeidentifyLib.audit`` (which does not). A secret counts as found when the audit
has a finding in the same file at an element or place that holds it, or at a sequence around it.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "DeidentifyModule"), str(ROOT / "Testing")]

from DeidentifyLib.audit.auditor import Auditor, audit_pairs  # noqa: E402
from DeidentifyLib.audit.elements import Document, WalkError, show_path  # noqa: E402
from DeidentifyLib.audit.findings import Finding, Findings, Severity  # noqa: E402
from DeidentifyLib.audit.pairing import ContentMatcher, document_or_none, source_files  # noqa: E402
from synthetic import find_leaks, make_patients  # noqa: E402
from synthetic.leak_checker import _needles  # noqa: E402


def audit(source: Path, output: Path) -> tuple[list[Finding], int, float]:
    """Return all findings without limit, how many outputs were paired, and CPU seconds."""
    begin = time.process_time()
    auditor = Auditor(None)
    auditor.findings = Findings(keep=10**9)
    matcher = ContentMatcher({})
    for path, member in source_files([source]):
        document = document_or_none(path.read_bytes(), tolerant=True)
        if document is not None:
            matcher.add_source(path, member, path.relative_to(source).as_posix(), document)
    outputs = [(path.relative_to(output).as_posix(), path) for path in sorted(output.rglob("*")) if path.is_file()]
    walked = ((name, document_or_none(path.read_bytes())) for name, path in outputs)
    pairs, _ = matcher.match((name, document) for name, document in walked if document is not None)
    audit_pairs(auditor, pairs, output)
    return auditor.findings.items, len(pairs), time.process_time() - begin


def places_of(path: Path, planted: Any) -> set[str]:
    """Return the tag paths and other places of an output that hold a secret."""
    try:
        document = Document(path.read_bytes())
    except WalkError:
        return set()
    needles = _needles(planted)
    found = set()
    for element in document.elements:
        if element[2] != "SQ" and (not planted.only_tag or planted.tag == element[1]):
            value = document.value(element).lower()
            if any(needle in value for needle in needles):
                found.add(show_path(element[0], element[1]))
    for element in document.meta:
        value = document.data[element[3] : element[3] + element[4]].lower()
        if any(needle in value for needle in needles):
            found.add(f"file meta {show_path((), element[1])}")
    if any(needle in document.data[:128].lower() for needle in needles):
        found.add("preamble")
    return found


def as_shown(where: str) -> str:
    """Return the checker's path, which counts items from 0, as the audit shows it."""
    return re.sub(r"\[(\d+)\]", lambda found: f"[{int(found[1]) + 1}]", where).replace(">", " > ")


def is_told(places: set[str], told: Iterable[str]) -> bool:
    """Return whether a finding is at one of the places, or at a sequence around one."""
    return any(place == other or place.startswith(other.rstrip("]") + "[") for place in places for other in told)


def recall(source: Path, output: Path, planted: list[Any]) -> dict[str, Any]:
    """Return counts for one output folder."""
    findings, paired, seconds = audit(source, output)
    told: dict[str, set[str]] = {}
    loud: dict[str, set[str]] = {}
    for finding in findings:
        told.setdefault(finding.file, set()).add(finding.place)
        if finding.severity is not Severity.NOTICE:
            loud.setdefault(finding.file, set()).add(finding.place)
    leaked: dict[Any, bool] = {}
    as_error: dict[Any, bool] = {}
    missed = Counter()
    for leak in find_leaks(output, planted, {}):
        if leak.where.startswith("name of"):
            continue  # the names of the inputs were kept on purpose, to pair input and output
        places = places_of(output / leak.file, leak.planted)
        places |= {as_shown(leak.where)} if leak.where.startswith("(") else set()
        found = is_told(places, told.get(leak.file, ()))
        leaked[leak.planted] = leaked.get(leak.planted, True) and found
        as_error[leak.planted] = as_error.get(leak.planted, True) and is_told(places, loud.get(leak.file, ()))
        if not found:
            missed[leak.planted.place, leak.file.rsplit("/", 1)[-1], str(sorted(places))[:90]] += 1
    severities = Counter(finding.severity.value for finding in findings)
    return {
        "outputs": sum(path.is_file() for path in output.rglob("*")),
        "paired": paired,
        "leaked": len(leaked),
        "found": sum(leaked.values()),
        "as_error_or_warning": sum(as_error.values()),
        "missed": [list(key) for key in missed],
        "findings": dict(severities),
        "cpu_seconds": round(seconds, 2),
    }


def main() -> int:
    """Run all tools and print one JSON line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", required=True, help="interpreter that has the tools")
    parser.add_argument("--tools", nargs="+", default=["dicognito", "dicom-anonymizer", "deid"])
    parser.add_argument("--copy", action="store_true", help="also audit an unchanged copy")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in"
        planted = make_patients(source)
        for tool in arguments.tools:
            output = Path(folder) / tool
            script = Path(__file__).with_name("peer_tools.py")
            subprocess.run(
                [arguments.python, str(script), tool, str(source), str(output)], check=True, capture_output=True
            )
            print(json.dumps({"tool": tool, **recall(source, output, planted)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
