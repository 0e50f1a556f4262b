"""A run needs as much memory for large pixel data as for small ones, also where something hides in or behind them.

The files are sparse: they are large, but take little of the disk.
"""

from __future__ import annotations

import json
import shutil
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pydicom
import pytest
from benchmarks.measured import measure
from pydicom.data import get_testdata_file
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from synthetic import jpeg
from synthetic.files import raw_element, raw_item, sequence_end

from batch.folders_of_runs import environment

MOST = 150
CHUNK = 1 << 20
SECRET = b"DOE^JANE 1950-06-07 "
MANY, SOME = 600, 150
FRAME = 1024 * 1024 * 2
NOISE = bytes(range(1, 256)) * 16
Written = tuple[int, dict[int, bytes]]
"""Where the pixel data begin, and what takes the place of the name at which positions."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with an empty folder ``in``; the outputs are not kept."""
    (tmp_path / "in").mkdir()
    yield tmp_path
    shutil.rmtree(tmp_path)


def open_image(place: Path, name: str, syntax: str = "", **attributes: object) -> BinaryIO:
    """Return a file to write with the header of a real image; the pixel data are still to come."""
    dataset = pydicom.dcmread(get_testdata_file(name, download=False), stop_before_pixels=True)
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    if "DataSetTrailingPadding" in dataset:
        del dataset.DataSetTrailingPadding
    dataset.file_meta.TransferSyntaxUID = UID(syntax or dataset.file_meta.TransferSyntaxUID)
    path = place / "in/image.dcm"
    dataset.save_as(path)
    return open(path, "r+b")


def write_native(place: Path, frames: int = SOME) -> Written:
    """Write native frames of 2 MiB with a name behind the last."""
    with open_image(place, "CT_small.dcm", Rows=1024, Columns=1024, NumberOfFrames=frames) as file:
        file.seek(0, 2)
        file.write(raw_element(0x7FE00010, "OW", b"", frames * FRAME + len(SECRET)))
        start = file.tell()
        for frame in (0, 1, frames // 2, frames - 1):
            file.seek(start + frame * FRAME)
            file.write(NOISE)
        end = start + frames * FRAME
        file.seek(end - len(NOISE))
        file.write(NOISE + SECRET)
    return start, {end: bytes(len(SECRET))}


def write_compressed(place: Path) -> Written:
    """Write 1500 frames of 50 kB and one of 100 MB, with a comment in it and in one of the others."""
    hidden: dict[int, bytes] = {}
    image = jpeg.TINY[:-2]
    with open_image(place, "JPEG-lossy.dcm", NumberOfFrames=1501) as file:
        file.seek(0, 2)
        file.write(raw_element(0x7FE00010, "OB", b"", 0xFFFFFFFF))
        start = file.tell()
        file.write(raw_item(b""))
        for number in range(1501):
            size = 100_000_000 if number == 1000 else 50_000
            comment = jpeg.with_segment(b"\xff\xd8", 0xFE, SECRET)[2:] if number in (7, 1000) else b""
            last = comment + b"\xff\xd9"
            file.write(struct.pack("<HHL", 0xFFFE, 0xE000, size) + image)
            file.seek(size - len(image) - len(last), 1)
            if comment:
                hidden[file.tell() + 4] = b" " * len(SECRET)
            file.write(last)
        file.write(sequence_end())
    return start, hidden


def de_identify(place: Path, key_file: Path, *words: str) -> Path:
    """Run the command line, which must not take more memory than it may, and return the output file."""
    command = [sys.executable, "-m", "DeidentifyLib", "run", str(place / "in"), "--output", str(place / "out")]
    command += ["--key-file", str(key_file), "--no-audit", "--no-checksums", "--progress", "none", *words]
    used = measure(command, environment())
    assert used.code == 0
    assert max(used.parent_peak, used.worker_peak) < MOST
    (output,) = (place / "out").rglob("*.dcm")
    return output


def assert_only_blanked(place: Path, output: Path, start: int, hidden: dict[int, bytes]) -> None:
    """Compare all that follows the header with the input."""
    length = (place / "in/image.dcm").stat().st_size - start
    with open(place / "in/image.dcm", "rb") as before, open(output, "rb") as after:
        before.seek(start)
        after.seek(-length, 2)
        for position in range(start, start + length, CHUNK):
            expected = bytearray(before.read(CHUNK))
            for at, new in hidden.items():
                offset = at - position
                if -len(new) < offset < len(expected):
                    assert 0 <= offset <= len(expected) - len(new), "choose another size of chunks"
                    assert expected[offset : offset + len(new)] == SECRET
                    expected[offset : offset + len(new)] = new
            assert after.read(CHUNK) == expected


def spoil_header(place: Path, start: int) -> None:
    """Write something into the header that only the reference engine treats."""
    with open(place / "in/image.dcm", "r+b") as file:
        head = file.read(start)
        file.seek(head.index(struct.pack("<HH2s", 0x0008, 0x1030, b"LO")) + 4)
        file.write(b"ZZ")


def reasons(place: Path) -> list[str]:
    """Return why files went to the reference engine."""
    report = json.loads((place / "out/report/report.json").read_text())
    return [row["reason"] for row in report["reference_engine"]]


def test_bytes_behind_a_gigabyte_of_frames_are_blanked(key_file: Path, place: Path) -> None:
    start, hidden = write_native(place, MANY)
    assert_only_blanked(place, de_identify(place, key_file, "--engine", "stream"), start, hidden)


def test_comments_in_a_frame_of_many_and_in_a_large_one_are_blanked(key_file: Path, place: Path) -> None:
    start, hidden = write_compressed(place)
    assert len(hidden) == 2
    assert_only_blanked(place, de_identify(place, key_file, "--engine", "stream"), start, hidden)


def test_a_site_rule_makes_no_file_be_loaded(key_file: Path, place: Path) -> None:
    start, hidden = write_native(place)
    rules = place / "rules.json"
    rules.write_text(json.dumps({"rules": [{"tag": "00081030", "action": "keep", "why": "ours"}]}))
    output = de_identify(place, key_file, "--site-rules", str(rules))
    assert pydicom.dcmread(output, specific_tags=["StudyDescription"]).StudyDescription
    assert_only_blanked(place, output, start, hidden)


@pytest.mark.parametrize("write", [write_native, write_compressed])
def test_a_header_that_needs_the_reference_engine_makes_no_file_be_loaded(
    write: Callable[[Path], Written], key_file: Path, place: Path
) -> None:
    start, hidden = write(place)
    spoil_header(place, start)
    output = de_identify(place, key_file)
    assert reasons(place) == ["an element without a VR of the standard"]
    assert_only_blanked(place, output, start, hidden)


@pytest.mark.parametrize("implicit", [False, True])
def test_a_large_private_value_is_removed_without_being_loaded(implicit: bool, key_file: Path, place: Path) -> None:
    image = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    syntax = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    with open_image(place, "CT_small.dcm", syntax) as file:
        file.seek(0, 2)
        file.write(raw_element(0x7FDF0010, None if implicit else "LO", b"ACME RAW"))
        file.write(raw_element(0x7FDF1001, None if implicit else "UN", b"", 400_000_000) + SECRET)
        file.seek(400_000_000 - len(SECRET), 1)
        file.write(raw_element(0x7FE00010, None if implicit else "OW", image.PixelData))
    output = de_identify(place, key_file, "--engine", "stream")
    assert output.read_bytes().endswith(image.PixelData)
    assert output.stat().st_size < 100_000


@pytest.mark.parametrize("engine", ["stream", "auto"])
def test_a_member_of_an_archive_is_not_loaded(engine: str, key_file: Path, place: Path) -> None:
    start, hidden = write_native(place)
    if engine == "auto":
        spoil_header(place, start)
    (place / "in/image.dcm").rename(place / "image.dcm")
    with zipfile.ZipFile(place / "in/images.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(place / "image.dcm", "image.dcm")
    output = de_identify(place, key_file, "--engine", engine)
    (place / "image.dcm").rename(place / "in/image.dcm")
    assert_only_blanked(place, output, start, hidden)
