"""Large members of zip archives are inflated as they are read.

Shown to fail with each of these mutations, tried one at a time: `MemberSource.read` that does not begin again, or
that drops what is asked for; `has_changed` that does not read to the end; a `Source` that reads every member at once.
"""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest
from DeidentifyLib.batch.process import AUTO, REFERENCE, STREAM, Settings, process
from DeidentifyLib.files import archive_members
from DeidentifyLib.files import input_files as batch_sources
from DeidentifyLib.files.input_files import Source
from DeidentifyLib.options import Options
from DeidentifyLib.pseudonyms.key import Key
from DeidentifyLib.pseudonyms.pseudonymizer import Pseudonyms
from DeidentifyLib.pseudonyms.subject_identity import SubjectIdentity
from DeidentifyLib.records.tasks import InstanceResult, Task, TaskItem
from pydicom.data import get_testdata_file

KEY = Key(bytes(range(32)))
NAMES = ("CT_small.dcm", "JPEG2000.dcm", "color3d_jpeg_baseline.dcm", "ExplVR_BigEnd.dcm", "image_dfl.dcm")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive of images, all of which count as large."""
    monkeypatch.setattr(batch_sources, "_LARGEST_IN_MEMORY", 0)
    monkeypatch.setattr(archive_members, "_KEPT", 40_000)
    monkeypatch.setattr(archive_members, "CHUNK", 30_000)
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w") as made:
        for number, name in enumerate(NAMES):
            method = zipfile.ZIP_STORED if number == 0 else zipfile.ZIP_DEFLATED
            made.write(get_testdata_file(name, download=False), name, method)
    return path


def de_identify(source: Source, output: Path, engine: str) -> InstanceResult:
    """De-identify one file."""
    subject = Pseudonyms(KEY).subject(SubjectIdentity("1", "A^B", "", "1.2"))
    result = process(Task(0, subject, (TaskItem(source, "a.dcm"),)), Settings(Options(), KEY, str(output), engine))
    return result.instances[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_member_may_be_read_anywhere(name: str, archive: Path) -> None:
    expected = Path(get_testdata_file(name, download=False)).read_bytes()
    rng = random.Random(8)
    with Source(str(archive), name).open_bytes() as source:
        assert isinstance(source, archive_members.MemberSource)
        assert source.size == len(expected)
        for _ in range(40):
            start, length = rng.randrange(len(expected) + 20), rng.choice([0, 8, 700, 20_000])
            assert source.read(start, length) == expected[start : start + length]
        assert not source.has_changed()


@pytest.mark.parametrize("engine", [AUTO, REFERENCE])
@pytest.mark.parametrize("name", NAMES)
def test_a_member_gives_what_the_file_gives(
    name: str, engine: str, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("DeidentifyLib.batch.process.MINIMUM_DEFERRED_BYTES", 64)
    expected = de_identify(Source(get_testdata_file(name, download=False)), tmp_path / "file", REFERENCE)
    given = de_identify(Source(str(archive), name), tmp_path / "member", engine)
    assert (given.status, given.sha256) == ("written", expected.sha256)


@pytest.fixture
def damaged(archive: Path) -> Path:
    """Return an archive whose first member has a wrong checksum."""
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        info = opened.getinfo(NAMES[0])
    content[info.header_offset + 30 + len(NAMES[0]) + info.file_size - 200] ^= 0xFF
    archive.write_bytes(content)
    return archive


@pytest.mark.parametrize("engine", [STREAM, AUTO, REFERENCE])
def test_a_member_with_a_wrong_checksum_is_rejected(engine: str, damaged: Path, tmp_path: Path) -> None:
    result = de_identify(Source(str(damaged), NAMES[0]), tmp_path / "out", engine)
    assert result.status == "rejected"
    assert "cannot be read" in result.reason
    assert not list((tmp_path / "out").rglob("*.*"))


def test_an_archive_that_changes_is_noticed(archive: Path) -> None:
    with Source(str(archive), NAMES[1]).open_bytes() as source:
        source.read(0, 100)
        with open(archive, "ab") as file:
            file.write(b"more")
        assert source.has_changed()


def test_a_wrong_checksum_is_noticed_although_the_end_was_not_asked_for(damaged: Path) -> None:
    with Source(str(damaged), NAMES[0]).open_bytes() as source:
        source.read(0, 100)
        with pytest.raises(OSError, match="damaged"):
            source.has_changed()
