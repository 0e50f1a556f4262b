"""The report in a real browser, when Chromium is installed: it opens quickly, pages, filters and loads nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from DeidentifyLib.report import write_report
from report.summaries import make_summary

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PROBE = """<script>
window.addEventListener("load", function () {
  var loaded = performance.now(), first = document.querySelector(".pages");
  var rows = function () { return first.querySelectorAll("tbody tr").length; };
  var count = function () { return first.querySelector(".count").textContent; };
  var told = { loaded: loaded, rows: rows(), first: count() };
  told.requests = performance.getEntriesByType("resource").length;
  first.querySelectorAll("button")[1].click();
  told.second = count();
  var search = first.querySelector("input");
  search.value = "s001999";
  search.dispatchEvent(new Event("input"));
  told.filtered = rows();
  document.title = JSON.stringify(told);
});
</script></body>"""


@pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed")
def test_ten_thousand_series_open_in_two_seconds_and_stay_usable(tmp_path: Path) -> None:
    write_report(tmp_path, None, make_summary(series=10_000, files=100_000))
    page = tmp_path / "probe.html"
    page.write_text((tmp_path / "report.html").read_text(encoding="utf-8").replace("</body>", PROBE), encoding="utf-8")
    done = subprocess.run(
        [str(BROWSER), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    title = re.search(r"<title>(.*?)</title>", done.stdout)
    assert title is not None, done.stderr[-500:]
    told = json.loads(title[1].replace("&quot;", '"'))
    assert told["loaded"] < 2000
    assert told["requests"] == 0
    assert (told["rows"], told["first"], told["second"]) == (25, "1-25 of 10,000", "26-50 of 10,000")
    assert told["filtered"] == 5
