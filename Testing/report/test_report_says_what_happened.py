"""The report of a run: what it says, that nothing in it acts, and that it stays usable when it is large."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from DeidentifyLib.report import prove_and_report, write_report
from DeidentifyLib.report.page import verdict_of
from DeidentifyLib.report.picture import png, thumbnail
from report.summaries import SECRET, make_audit, make_summary


class Reader(HTMLParser):
    """Collects tags, texts and attributes of a page as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []
        self.links: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside = tag
        self.links += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside not in ("script", "style"):
            self.text.append(data)


def read(path: Path) -> Reader:
    """Return a parsed page."""
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_page_loads_nothing_from_anywhere_and_markup_in_data_stays_text(tmp_path: Path) -> None:
    write_report(tmp_path, None, make_summary())
    page = read(tmp_path / "report.html")
    assert page.tags.count("script") == 3, "no text became a script"
    assert all(link.endswith(".csv") or link.startswith("data:") for link in page.links)
    assert SECRET in "".join(page.text)
    assert "http" not in (tmp_path / "report.html").read_text().split("</style>")[1].replace("http-equiv", "")


def test_the_first_screen_says_verdict_counts_and_reasons(tmp_path: Path) -> None:
    write_report(tmp_path, None, make_summary())
    text = " ".join(read(tmp_path / "report.html").text)
    start = text.index("De-identified and audited; 48 files were left out")
    assert (
        start
        < text.index("1,250")
        < text.index("Dates move by one number")
        < text.index("the face could not be located")
    )
    assert text.index("the face could not be located") < text.index("Subjects and series")


@pytest.mark.parametrize(
    ("changes", "level", "headline"),
    [
        ({"counts": {"inputs": 3, "written": 3}}, "good", "De-identified and audited"),
        ({"audit": None}, "open", "not audited"),
        ({"audit": make_audit(verdict="failed", quarantined=["a"])}, "bad", "do not share"),
        ({}, "open", "left out"),
    ],
)
def test_the_verdict_follows_from_audit_and_counts(changes: dict[str, Any], level: str, headline: str) -> None:
    found = verdict_of(make_summary(**changes))
    assert found[0] == level
    assert headline in found[1]


def test_json_and_csv_hold_the_same_as_the_page(tmp_path: Path) -> None:
    path = write_report(tmp_path, None, make_summary(series=15))
    report = json.loads(path.read_text())
    assert path.name == "report.json"
    assert report["schema"] == 1
    assert "files" not in report
    listed = rows(tmp_path / "series.csv")
    assert len(listed) == 15
    assert listed[0]["series"] == report["subjects"][0]["studies"][0]["series"][0]["series"]
    assert rows(tmp_path / "issues.csv")[0]["reason"] == "the face could not be located"
    assert rows(tmp_path / "audit.csv")[0]["file"] == "S/1.dcm"


def test_the_manifest_lists_every_output_and_the_report_holds_its_hash(tmp_path: Path) -> None:
    path = write_report(tmp_path, None, make_summary(files=40))
    manifest = json.loads(path.read_text())["manifest"]
    assert (manifest["files"], manifest["bytes"]) == (40, sum(range(1000, 1040)))
    assert manifest["sha256"] == hashlib.sha256((tmp_path / "manifest.csv").read_bytes()).hexdigest()
    assert len(rows(tmp_path / "manifest.csv")) == 40


def test_a_cell_that_looks_like_a_formula_is_harmless(tmp_path: Path) -> None:
    write_report(tmp_path, None, make_summary())
    assert rows(tmp_path / "attributes.csv")[1]["name"] == "'=SUM(A1)"


def test_faces_from_before_are_only_in_the_private_copy(tmp_path: Path) -> None:
    private = tmp_path / "private"
    (private / "faces").mkdir(parents=True)
    shown, hidden = png(np.full((4, 4), 9, np.uint8)), png(np.arange(16, dtype=np.uint8).reshape(4, 4))
    (private / "faces" / "1.png").write_bytes(hidden)
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "face.png").write_bytes(shown)
    path = write_report(tmp_path / "report", private, make_summary(series=5))
    import base64

    open_page, closed_page = (tmp_path / "report" / "report.html").read_text(), private / "report" / "report.html"
    assert base64.b64encode(shown).decode() in open_page
    assert base64.b64encode(hidden).decode() not in open_page
    assert base64.b64encode(hidden).decode() in closed_page.read_text()
    assert closed_page.stat().st_mode & 0o077 == 0
    assert "private_picture" not in path.read_text()


def test_a_report_of_a_hundred_thousand_files_and_ten_thousand_series_is_small_and_quick(tmp_path: Path) -> None:
    begin = time.process_time()
    write_report(tmp_path, None, make_summary(series=10_000, files=100_000))
    assert time.process_time() - begin < 10
    page = (tmp_path / "report.html").read_text()
    assert len(page) < 3_000_000
    body = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    assert body.count("<tr") < 500, "rows are made page by page in the browser"


def test_png_can_be_read_by_another_program() -> None:
    image = pytest.importorskip("PIL.Image")
    from io import BytesIO

    grey = np.arange(35, dtype=np.uint8).reshape(5, 7)
    colour = np.dstack([grey, grey + 1, grey + 2])
    assert np.array_equal(np.asarray(image.open(BytesIO(png(grey)))), grey)
    assert np.array_equal(np.asarray(image.open(BytesIO(png(colour)))), colour)


def test_a_thumbnail_is_small_and_uses_the_whole_range() -> None:
    small = thumbnail(np.add.outer(np.arange(900), np.arange(500)).astype(np.int16))
    assert max(small.shape) <= 360
    assert (small.min(), small.max()) == (0, 255)


def test_the_end_of_a_run_counts_quarantined_files_as_withheld(tmp_path: Path) -> None:
    from audit.reference import deidentify, encode, make_slice

    options = {"dates": "shift"}
    lines = []
    for number in (1, 2):
        source, output = tmp_path / "in" / str(number), tmp_path / "out" / "S" / f"{number}.dcm"
        for path in (source, output):
            path.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(encode(make_slice(number)))
        broken = encode(deidentify(make_slice(number), options))
        output.write_bytes(broken.replace(b"Spectra 64", b"Hanspeter ") if number == 1 else broken)
        entry = {"input": str(source), "member": None, "output": f"S/{number}.dcm", "status": "written", "reason": ""}
        lines.append(json.dumps(entry) + "\n")
    private = tmp_path / "out.private"
    private.mkdir(mode=0o700)
    (private / "journal.jsonl").write_text("".join(lines))
    (private / "journal.jsonl").chmod(0o600)
    files = [{"path": f"S/{number}.dcm", "sha256": "0" * 64, "bytes": 1} for number in (1, 2)]
    counts = {"inputs": 2, "written": 2, "withheld": 0, "rejected": 0, "not_dicom": 0}
    summary = make_summary(options=options, counts=counts, files=files, issues=[])
    outcome = prove_and_report(summary, [tmp_path / "in"], tmp_path / "out", private)
    assert outcome.audit_code == 4
    assert (outcome.counts["written"], outcome.counts["withheld"]) == (1, 1)
    assert [row["path"] for row in rows(tmp_path / "out" / "report" / "manifest.csv")] == ["S/2.dcm"]
    assert (private / "review" / "review.html").is_file()
