"""A request that is not of its form gets one clear line, and no message quotes a path or value."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import runs
from DeidentifyLib.command_line import main as command_line
from pydicom.data import get_testdata_file

LIBRARY = Path(__file__).resolve().parents[1] / "DeidentifyModule"
SECRET = "DOE_JANE_19600101"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"jobs": "many"}, "jobs"),
        ({"options": [1]}, "options"),
        ({"options": {"dates": "sometimes"}}, "dates"),
        ({"series": "1.2.3"}, "series"),
        ({"masks": ["a"]}, "masks"),
        ({"private": 7}, "private"),
        ({"inputs": "folder"}, "inputs"),
    ],
)
def test_a_request_with_a_value_of_the_wrong_kind_is_refused_in_one_line(
    change: dict, word: str, tmp_path: Path
) -> None:
    request = {"inputs": [get_testdata_file("CT_small.dcm", download=False)], "output": str(tmp_path / "out"), **change}
    done = _ask(json.dumps(request))
    assert done.returncode == 2
    assert word in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_face_mask_that_is_no_image_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    mask = tmp_path / f"{SECRET}.nrrd"
    mask.write_text("not an image")
    ct = get_testdata_file("CT_small.dcm", download=False)
    words = ["--deface", "--face-mask", f"1.2.3={mask}", "--progress", "none"]
    done = runs.command("run", ct, "--output", tmp_path / "out", *words)
    assert done.returncode == 2
    assert "face mask 1 cannot be read" in done.stderr
    assert SECRET not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [mask.name]


def test_an_unforeseen_error_shows_where_it_arose_and_not_what_it_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise RuntimeError(f"cannot open /data/{SECRET}")
    except RuntimeError as error:
        command_line.show_where(type(error), error, error.__traceback__)
    said = capsys.readouterr().err
    assert SECRET not in said
    assert "test_bad_requests.py" in said
    assert "RuntimeError" in said


def _ask(text: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "DeidentifyLib", "run", "--request", "-", "--progress", "none"]
    return subprocess.run(words, input=text + "\n", capture_output=True, text=True, check=False, cwd=LIBRARY)
