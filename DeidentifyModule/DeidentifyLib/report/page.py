"""The report as one page: summary first, details paged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .faces import fill_faces, tail
from .markup import Node, Page, append, node
from .tables import rows_of, series_rows

_SERIES = [
    ["Subject", "tag"],
    ["Study", "tag"],
    ["Series", "tag"],
    ["Modality", ""],
    ["Instances", "number"],
    ["Written", "number"],
    ["Status", "label"],
    ["Face", ""],
    ["Text boxes", "number"],
]
_ATTRIBUTES = [["Tag", "tag"], ["Name", ""], ["Action", ""], ["Reason", ""], ["Count", "number"]]
_COUNTS = (
    ("inputs", "inputs"),
    ("written", "written"),
    ("withheld", "withheld"),
    ("rejected", "rejected"),
    ("not_dicom", "not DICOM"),
)
_WORDS = {"not_dicom": "not DICOM"}


def write_page(path: Path, report: Mapping[str, Any], private: Path | None) -> None:
    """Write the page.

    Parameters
    ----------
    path : Path
    report : mapping
        As in ``report.json``.
    private : Path or None
        Folder of the private pictures; None writes the page that may be given away.
    """
    page = Page("report.html")
    page.embed("style", "style.css")
    page.embed("script", "report.js")
    page.fill("verdict", verdict_node(report))
    page.fill("when", _when(report))
    page.fill("counts", *_tiles(report))
    page.fill("actions", *(node("li", line) for line in report.get("actions") or ()))
    consequences = report.get("consequences") or ()
    page.fill("consequences", *(node("p", line, class_="note") for line in consequences))
    page.fill("issues", _issues(report))
    page.embed_data("series-data", _without_empty_columns(_SERIES, _short(series_rows(report))))
    columns = ("tag", "name", "action", "reason", "count")
    page.embed_data(
        "attribute-data", {"columns": _ATTRIBUTES, "rows": rows_of(report.get("attributes") or (), columns)}
    )
    fill_faces(page, report, path.parent, private)
    _fill_private(page, report.get("private_elements") or ())
    _fill_audit(page, report.get("audit"))
    _fill_conformance(page, report.get("conformance"))
    page.fill("provenance-table", _provenance(report))
    page.write(path)


def verdict_of(report: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return class, headline and explanation of a run, in plain words."""
    counts, audit = report.get("counts") or {}, report.get("audit")
    left_out = counts.get("withheld", 0) + counts.get("rejected", 0)
    written = f"{counts.get('written', 0):,} of {counts.get('inputs', 0):,} files were written"
    if audit is None:
        return "open", "De-identified, not audited", f"{written}. No independent check was made of them."
    checked = f"{written}; {audit.get('files', 0):,} were checked against their sources, every byte."
    if audit.get("verdict") == "incomplete":
        number = audit.get("files_not_checked", 0)
        what = f"{number:,} files" if number else "what the audit names below"
        text = f"{written}. No identity was found, but {what} could not be checked."
        return "open", "De-identified; the audit is incomplete", text
    if audit.get("verdict") != "passed":
        moved = len(audit.get("quarantined") or ())
        more = f" {moved:,} files were moved to quarantine." if moved else ""
        return "bad", "The audit failed: do not share this output", checked + more
    if left_out:
        return "open", f"De-identified and audited; {left_out:,} files were left out", checked
    return "good", "De-identified and audited", checked


def verdict_node(report: Mapping[str, Any]) -> Node:
    """Return the banner of a run."""
    level, headline, explanation = verdict_of(report)
    return node("div", node("h1", headline), node("p", explanation), class_=f"verdict {level}")


def table(
    columns: Iterable[str], rows: Iterable[Iterable[Any]], numbers: Iterable[int] = (), tags: Iterable[int] = ()
) -> Node:
    """Return a small table; `numbers` and `tags` are places of columns."""
    numbers, tags = set(numbers), set(tags)
    head = node("tr", *(node("th", name, class_="number" if at in numbers else "") for at, name in enumerate(columns)))
    made = node("table", node("thead", head))
    body = node("tbody")
    for row in rows:
        line = node("tr")
        for place, value in enumerate(row):
            text = f"{value:,}" if place in numbers and isinstance(value, int) else str(value)
            kind = "number" if place in numbers else "tag" if place in tags else ""
            cell = value if isinstance(value, Node) else text
            line.append(node("td", cell, class_=kind))
        body.append(line)
    made.append(body)
    return node("div", made, class_="wide")


def _when(report: Mapping[str, Any]) -> str:
    started, finished = str(report.get("started") or ""), str(report.get("finished") or "")
    both = f"{started} to {finished}" if finished else started
    return both.replace("T", " ").replace("+00:00", " UTC")


def _tiles(report: Mapping[str, Any]) -> list[Node]:
    counts = report.get("counts") or {}
    subjects = report.get("subjects") or ()
    series = sum(len(study.get("series", ())) for subject in subjects for study in subject.get("studies", ()))
    numbers = [(counts.get(key, 0), label) for key, label in _COUNTS] + [
        (len(subjects), "subjects"),
        (series, "series"),
    ]
    return [node("div", node("b", f"{value:,}"), node("span", label), class_="tile") for value, label in numbers]


def _issues(report: Mapping[str, Any]) -> Node:
    issues = report.get("issues") or ()
    if not issues:
        return node("p", "Nothing: every input was written.")
    grouped: dict[tuple[str, str], int] = {}
    for issue in issues:
        key = (issue.get("status", ""), issue.get("reason", ""))
        grouped[key] = grouped.get(key, 0) + int(issue.get("count", 1))
    rows = sorted(
        ((_WORDS.get(status, status), reason, count) for (status, reason), count in grouped.items()),
        key=lambda row: -row[2],
    )
    made = table(("Status", "Reason", "Files"), rows[:200], numbers=(2,))
    append(
        made,
        node("p", f"All {len(issues):,} items are in ", node("a", "issues.csv", href="issues.csv"), ".", class_="hint"),
    )
    return made


def _short(rows: list[list[Any]]) -> list[list[Any]]:
    return [[row[0], tail(row[1]), tail(row[2]), *row[3:]] for row in rows]


def _without_empty_columns(columns: list[list[str]], rows: list[list[Any]]) -> dict[str, Any]:
    used = [at for at in range(len(columns)) if at < 7 or any(row[at] for row in rows)]
    return {"columns": [columns[at] for at in used], "rows": [[row[at] for at in used] for row in rows]}


def _fill_private(page: Page, elements: Iterable[Any]) -> None:
    elements = list(elements)
    if not elements:
        page.remove("private")
    elif isinstance(elements[0], Mapping):
        columns = [str(name) for name in elements[0]]
        page.fill(
            "private-elements", table(columns, [[row.get(name, "") for name in columns] for row in elements[:500]])
        )
    else:
        page.fill("private-elements", node("ul", *(node("li", str(line)) for line in elements[:500])))


def _fill_audit(page: Page, audit: Mapping[str, Any] | None) -> None:
    if audit is None:
        page.fill("audit-summary", node("p", "No audit was made."))
        return
    seconds = audit.get("seconds") or 0
    page.fill(
        "audit-summary",
        node(
            "p",
            f"{audit.get('files', 0):,} files of {audit.get('subjects', 0):,} subjects, "
            f"{audit.get('bytes', 0) / 1e6:,.1f} MB, {seconds:,.1f} s: "
            f"{audit.get('errors', 0):,} errors, {audit.get('warnings', 0):,} warnings, "
            f"{audit.get('notices', 0):,} notices.",
        ),
    )
    rows = []
    for check in audit.get("checks") or ():
        level, word = (
            ("bad", "failed") if check["error"] else ("open", "look") if check["warning"] else ("good", "passed")
        )
        rows.append(
            (
                node("span", word, class_=f"label {level}"),
                check["title"],
                check["error"],
                check["warning"],
                check["notice"],
            )
        )
    page.fill("audit-checks", table(("", "Check", "Errors", "Warnings", "Notices"), rows, numbers=(2, 3, 4)))
    findings = audit.get("findings") or ()
    if findings:
        page.fill("audit-findings", node("h3", "Findings"))
        lines = [(row["severity"], row["text"], row["place"], row["check"], row["count"]) for row in findings[:300]]
        page.fill("audit-findings", table(("Severity", "Finding", "Place", "Check", "Files"), lines, numbers=(4,)))
    canary = audit.get("canary")
    if canary:
        page.fill("audit-canary", node("h3", "Does the audit find leaks?"))
        found = canary["planted"] - canary["missed"]
        text = f"{canary['planted']} leaks were planted in copies of this output; the audit found {found}."
        page.fill("audit-canary", node("p", text))
        planted = [(row["planted"], row["times"], row["found"]) for row in canary["rows"]]
        page.fill("audit-canary", table(("Planted", "Times", "Found"), planted, numbers=(1, 2)))


def _fill_conformance(page: Page, text: str | None) -> None:
    if not text:
        page.remove("conformance")
        return
    for paragraph in str(text).split("\n\n"):
        page.fill("conformance-text", node("p", paragraph.strip()))


def _provenance(report: Mapping[str, Any]) -> Node:
    manifest = report.get("manifest") or {}
    options = report.get("options") or {}
    rows = [
        ("Deidentify", report.get("version", "")),
        ("Standard", report.get("edition", "")),
        ("Key fingerprint", report.get("key_fingerprint") or "none"),
        ("Options", ", ".join(f"{name}={value}" for name, value in options.items() if value not in (False, None, ""))),
        ("Outputs", f"{manifest.get('files', 0):,} files, {manifest.get('bytes', 0) / 1e6:,.1f} MB"),
        ("SHA-256 of manifest.csv", manifest.get("sha256", "")),
    ]
    return table(("", ""), rows)
