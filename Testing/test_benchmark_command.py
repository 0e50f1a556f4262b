"""The benchmark command works from end to end; what it measures is not judged here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pydicom
import pytest
from benchmarks.benchmark_data import Place, new_output
from benchmarks.header_mix import FEWEST
from benchmarks.make_series import EVERY_ELEMENT, write_series
from benchmarks.measured import measure

SPEED = Path(__file__).parent / "benchmarks" / "speed.py"


def _speed(folder: Path, *words: str) -> tuple[int, str, str]:
    page = folder / "page.md"
    done = subprocess.run(
        [sys.executable, str(SPEED), "--scratch", str(folder), "--output", str(page), "--pixel-bytes", "2048",
         "--rounds", "1", "--warm-up", "0", *words],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, page.read_text(encoding="utf-8") if page.exists() else "", done.stderr


def _names(page: str, column: int = 1) -> list[str]:
    """Return a column of all tables."""
    lines = [line.split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return [line[column - 1].removeprefix("| ").strip() for line in lines]


def test_the_main_table_has_a_row_for_each_contender_and_names_no_folder(tmp_path: Path) -> None:
    rows = ["cp -r", "cp -r + sync", "stream, 1 job"]
    code, page, said = _speed(tmp_path, "--files", "6", "--slow-files", "0", "--only", ";".join(rows))
    assert code == 0, said
    assert [name for name in _names(page) if name in rows] == rows
    assert "6 files" in page and "CPU without start: stream, 1 job : cp -r" in page and "Load after" in page
    assert str(tmp_path) not in page and str(Path.home()) not in page
    assert not [path for path in tmp_path.iterdir() if path.is_dir()], "the files of the benchmark are left behind"


def test_a_sweep_has_a_row_for_each_point(tmp_path: Path) -> None:
    code, page, said = _speed(tmp_path, "--sweep", "elements", "--points", "1,90", "--files", "4",
                              "--only", "cp -r;stream, 1 job")  # fmt: skip
    assert code == 0, said
    points = [f"{FEWEST + 1} elements ({FEWEST} + 1)"] * 2 + [f"{FEWEST + 90} elements ({FEWEST} + 90)"] * 2
    assert _names(page)[2:] == points
    assert _names(page, 2)[2:] == ["cp -r", "stream, 1 job"] * 2


def test_the_first_byte_is_seen(tmp_path: Path) -> None:
    code, page, said = _speed(tmp_path, "--first-byte", "--files", "3", "--only", "--jobs 1")
    assert code == 0, said
    (line,) = [line for line in page.splitlines() if line.startswith("| --jobs 1 |")]
    byte, _, whole, _, end, _ = map(float, line.strip("| ").split(" | ")[1:])
    assert 0 < byte <= whole <= end


def test_who_takes_too_long_has_no_row_but_a_footnote(tmp_path: Path) -> None:
    code, page, _ = _speed(tmp_path, "--files", "2", "--slow-files", "0", "--only", "stream, 1 job",
                           "--time-limit", "0.01")  # fmt: skip
    assert code == 1
    assert "stream, 1 job" not in _names(page)
    assert "- stream, 1 job: exit code -9" in page


def test_an_output_that_is_done_with_takes_no_room_and_is_not_deleted(tmp_path: Path) -> None:
    place = Place(tmp_path / "data")
    for _ in range(2):
        new_output(place)
        place.target.mkdir()
        (place.target / "a.dcm").write_bytes(b"1234")
    new_output(place)
    assert not any(place.target.parent.iterdir())
    assert [path.stat().st_size for path in tmp_path.rglob("a.dcm")] == [0, 0]


@pytest.mark.parametrize(("elements", "varying"), [(FEWEST, 0), (FEWEST + 1, 0), (110, 0), (110, 10), (1000, 0)])
def test_headers_have_as_many_elements_as_wanted(elements: int, varying: int, tmp_path: Path) -> None:
    write_series(tmp_path, 2, 2048, elements, varying=varying)
    for path in tmp_path.rglob("*.dcm"):
        assert sum(1 for _ in pydicom.dcmread(path).iterall()) == elements


def test_in_the_bad_case_files_share_only_patient_series_and_what_describes_the_pixels(tmp_path: Path) -> None:
    write_series(tmp_path, 2, 2048, 110, varying=EVERY_ELEMENT)
    first, second = (pydicom.dcmread(path) for path in sorted(tmp_path.rglob("*.dcm")))
    shared = {element.tag for element in first if second.get(element.tag) == element}
    assert (first.SeriesInstanceUID, first.Rows) == (second.SeriesInstanceUID, second.Rows)
    assert len(shared) < 25
    write_series(tmp_path / "apart", 2, 2048, 110, slices=1)
    first, second = (pydicom.dcmread(path) for path in sorted((tmp_path / "apart").rglob("*.dcm")))
    assert first.SeriesInstanceUID != second.SeriesInstanceUID and first.PatientID == second.PatientID


def test_the_time_of_children_and_of_other_processes_is_counted() -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    in_a_child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    assert measure([sys.executable, "-c", in_a_child]).cpu >= 0.3
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        used = measure([sys.executable, "-c", "import time; time.sleep(1)"], others=[other.pid])
    finally:
        other.kill()
        other.wait()
    assert used.cpu >= 0.1
