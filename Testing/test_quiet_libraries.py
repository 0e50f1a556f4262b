"""What libraries say about a file never reaches the terminal: their warnings quote values."""

from __future__ import annotations

import io
import logging
import os
import struct
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
import runs
from DeidentifyLib.command_line.quiet import quiet_libraries
from demo_head import make_head_series
from pydicom import config
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid

SECRET = "Zaphod"
ODD = {
    0x00080005: ("CS", "ISO_IR ZAPHOD"),
    0x00080020: ("DA", "ZAPHOD42"),
    0x00080030: ("TM", "ZAPHOD"),
    0x0008002A: ("DT", "ZAPHOD19790101"),
    0x00080060: ("CS", "Zaphod modality that is too long"),
    0x00080090: ("PN", "Zaphod=Zaphod=Zaphod=Zaphod"),
    0x00100010: ("PN", "Zaphod^" + "B" * 70),
    0x00100020: ("LO", "Zaphod" * 20),
    0x00100030: ("DA", "the day Zaphod was born"),
    0x00101010: ("AS", "Zaphod"),
    0x00101030: ("DS", "Zaphod kg"),
    0x0020000D: ("UI", "Zaphod.1.2"),
    0x00200013: ("IS", "Zaphod 7"),
    0x00200052: ("UI", "1.2.Zaphod"),
}
FORMS = ("all", *ODD, "truncated", "character sets", "pixels")


def odd_file(path: Path, form: object, source: Path) -> None:
    """Write a file whose values warn whoever reads them."""
    before = config.settings.writing_validation_mode, config.settings.reading_validation_mode
    config.settings.writing_validation_mode = config.settings.reading_validation_mode = config.IGNORE
    try:
        dataset = pydicom.dcmread(source)
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        chosen = ODD if form == "all" else {form: ODD[form]} if form in ODD else {0x00100010: ODD[0x00100010]}
        for tag, (_, text) in chosen.items():
            dataset.add_new(tag, "LO", text)  # any text will do; the right VR comes below
        if form == "character sets":
            dataset.SpecificCharacterSet = ["ISO_IR 192", "ISO 2022 IR ZAPHOD"]
        if form == "pixels" and "Rows" in dataset:
            dataset.PixelData = dataset.PixelData + b"Zaphod in the rest of the pixels"
        dataset.save_as(path)
    finally:
        config.settings.writing_validation_mode, config.settings.reading_validation_mode = before
    data = path.read_bytes()
    for tag, (vr, _) in chosen.items():
        at = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
        data = data.replace(at + b"LO", at + vr.encode())
    path.write_bytes(data)
    if form == "truncated":
        path.write_bytes(path.read_bytes()[:-100])


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with odd files of several kinds, and one of a de-identified copy of them without an audit."""
    place = tmp_path_factory.mktemp("quiet")
    for name in ("CT_small.dcm", "MR_small.dcm", "JPEG2000.dcm", "test-SR.dcm", "rtplan.dcm"):
        (place / "in" / name).mkdir(parents=True)
        for number, form in enumerate(FORMS):
            odd_file(place / "in" / name / f"{number}.dcm", form, Path(get_testdata_file(name, download=False)))
    make_head_series(place / "head", 4.0)
    for path in (place / "head").iterdir():
        odd_file(path, "all" if path.name == "003.dcm" else 0x00080005, path)
    (place / "damaged Zaphod.nii.gz").write_bytes(b"Zaphod is no image")
    options = ("--clean-descriptors", "--clean-structured-content", "--clean-graphics", "--retain-device-identity")
    done = runs.command("run", place / "in", "--output", place / "out", "--no-audit", "--jobs", 2, *options)
    assert done.returncode in (0, 3)
    silent(done)
    return place


def silent(done: subprocess.CompletedProcess[str], with_output: bool = True) -> None:
    """Check that a command told nothing of the files."""
    told = done.stderr + (done.stdout if with_output else "")
    assert SECRET.lower() not in told.lower(), told
    assert "Warning" not in told
    assert "site-packages" not in told


def test_a_run_with_audit_is_quiet_in_one_process_and_in_several(odd: Path, tmp_path: Path) -> None:
    for jobs in (1, 2):
        done = runs.command("run", odd / "in", "--output", tmp_path / f"out{jobs}", "--jobs", jobs)
        assert done.returncode in (0, 3, 4)
        silent(done)


def test_a_run_with_faces_is_quiet(odd: Path, tmp_path: Path) -> None:
    for jobs in (1, 2):
        silent(runs.command("run", odd / "head", "--deface", "--output", tmp_path / f"out{jobs}", "--jobs", jobs))


def test_scan_preview_and_describe_are_quiet_on_standard_error(odd: Path) -> None:
    for words in (("scan", odd / "in"), ("preview", odd / "in"), ("preview", odd / "head", "--format", "json")):
        silent(runs.command(*words), with_output=False)
    silent(runs.command("describe"))


def test_audit_and_review_are_quiet(odd: Path) -> None:
    for words in (
        ("audit", "--output", odd / "out", "--no-quarantine", "--conformance", "all", "--jobs", 2),
        ("audit", "--output", odd / "in", "--source", odd / "in", "--no-quarantine"),
        ("audit", "--output", odd / "head", "--source", odd / "head", "--no-quarantine"),
        ("review", "--output", odd / "out"),
    ):
        silent(runs.command(*words), with_output=False)


def test_a_manifest_that_is_none_is_not_quoted(odd: Path, tmp_path: Path) -> None:
    for text in ("Zaphod", "path,sha256\nZaphod,1,2,3\n", "\udcff"):
        (tmp_path / "Zaphod.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
        for manifest in (tmp_path / "Zaphod.csv", tmp_path / "missing Zaphod.csv"):
            done = runs.command("audit", "--output", odd / "head", "--manifest", manifest)
            assert SECRET not in done.stderr


def test_a_dicomdir_is_made_quietly(odd: Path, tmp_path: Path) -> None:
    for folder in ("in", "head", "out"):
        silent(runs.command("dicomdir", "--output", odd / folder, "--to", tmp_path / folder))


def test_faces_are_found_quietly(odd: Path, tmp_path: Path) -> None:
    for image in (odd / "head", odd / "in" / "CT_small.dcm", odd / "damaged Zaphod.nii.gz"):
        silent(runs.command("face", image, "--mask-out", tmp_path / "mask.nrrd"))
    words = [sys.executable, "-m", "DeidentifyLib.face", str(odd / "damaged Zaphod.nii.gz")]
    environment = {**os.environ, "PYTHONPATH": str(runs.LIBRARY)}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    silent(done)


def test_what_a_command_itself_says_is_still_said(tmp_path: Path) -> None:
    done = runs.command("scan", tmp_path / "missing")
    assert done.stderr == "deidentify: input 1 does not exist\n"


def test_nothing_gets_past_and_everything_is_put_back(capfd: pytest.CaptureFixture[str]) -> None:
    shown, hook, error = warnings.showwarning, sys.unraisablehook, sys.stderr
    with quiet_libraries():
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(SECRET, stacklevel=1)
        logging.getLogger("a library").critical(SECRET)
        thread = threading.Thread(target=np.frombuffer, args=(SECRET,))
        thread.start()
        thread.join()
        os.write(2, SECRET.encode())
        subprocess.run([sys.executable, "-c", f"import sys; sys.stderr.write({SECRET!r})"], check=True)
        print("own words", file=sys.stderr)
    os.write(2, b"afterwards")
    told = capfd.readouterr().err
    assert SECRET not in told
    assert "afterwards" in told
    assert (warnings.showwarning, sys.unraisablehook, sys.stderr) == (shown, hook, error)
    assert logging.root.manager.disable == logging.NOTSET


def test_a_standard_error_of_its_own_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = io.StringIO()
    monkeypatch.setattr(sys, "stderr", mine)
    with quiet_libraries():
        print("own words", file=sys.stderr)
    assert mine.getvalue() == "own words\n"
