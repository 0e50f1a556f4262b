"""Archives among the inputs: every member is read, or named with the reason why not; nothing grows without end.

Shown to fail with each of these mutations, tried one at a time: an archive in an archive yielded as a file; members of
one name yielded under it; the limits left out; the end of a tar not looked at.
"""

from __future__ import annotations

import bz2
import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import runs
from DeidentifyLib.audit import archives as audited
from DeidentifyLib.audit.large_files import LargeBytes
from DeidentifyLib.files import archives, input_files
from DeidentifyLib.files.input_files import Source, Unreadable, iterate_sources
from synthetic.files import write_file
from synthetic.images import ct
from synthetic.patient import Patient
from synthetic.planted import Planter

Content = dict[str, bytes]


def slices(folder: Path, number: int = 3) -> Content:
    """Write slices of a patient to a folder and return their content."""
    patient = Patient.new(Planter(41), "patient")
    paths = [write_file(folder / f"{n}.dcm", ct(patient, n)) for n in range(number)]
    return {path.name: path.read_bytes() for path in paths}


def tarred(path: Path, content: Content, mode: str) -> None:
    with tarfile.open(path, mode) as archive:
        for name, data in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def zipped(path: Path, content: Content) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)


def each_gzipped(path: Path, content: Content) -> None:
    for name, data in content.items():
        path.with_name(f"{name}.gz").write_bytes(gzip.compress(data))


WAYS: dict[str, Callable[[Path, Content], None]] = {
    "a.zip": zipped,
    "A.TAR": lambda path, content: tarred(path, content, "w"),
    "a.tar.gz": lambda path, content: tarred(path, content, "w:gz"),
    "a.tgz": lambda path, content: tarred(path, content, "w:gz"),
    "a.tar.bz2": lambda path, content: tarred(path, content, "w:bz2"),
    "misnamed.gz": lambda path, content: tarred(path, content, "w:gz"),
    "each.gz": each_gzipped,
}


@pytest.mark.parametrize("name", WAYS)
def test_an_archive_gives_what_its_files_give(name: str, tmp_path: Path, key_file: Path) -> None:
    content = slices(tmp_path / "plain")
    (tmp_path / "in").mkdir()
    WAYS[name](
        tmp_path / "in" / name,
        {f"Folder/../{one}": data for one, data in content.items()} if name != "each.gz" else content,
    )
    plain = runs.run(tmp_path / "plain", output=tmp_path / "expected", key=key_file)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code == 0, done.stdout + done.stderr
    assert [path.read_bytes() for path in done.files] == [path.read_bytes() for path in plain.files]
    assert done.report["audit"]["verdict"] == "passed" and done.report["audit"]["files"] == 3
    again = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, extra=("--resume",))
    assert again.code == 0 and again.report["counts"] == done.report["counts"]
    with_source = runs.command("audit", "--output", tmp_path / "out", "--source", tmp_path / "in")
    assert with_source.returncode == 0, with_source.stdout
    for command in ("scan", "preview"):
        assert runs.command(command, tmp_path / "in").returncode == 0
    assert not list(tmp_path.parent.glob("*.dcm"))


@pytest.mark.parametrize("name", WAYS)
def test_engine_and_audit_name_and_read_the_same_members(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = {f"{n:02}": os.urandom(40_000) for n in range(5)}
    WAYS[name](tmp_path / name, content)
    monkeypatch.setattr(input_files, "_LARGEST_IN_MEMORY", 0)
    monkeypatch.setattr(audited, "LARGE", 0)
    monkeypatch.setattr(audited, "_HEAD", 5000)
    found: dict[str, bytes] = {}
    for source in iterate_sources([tmp_path]):
        assert isinstance(source, Source) and source.member is not None
        with source.open() as file:
            found[source.member] = file.read()
        path = Path(source.path)
        assert source.member in (audited.members_of(path) or ())
        large = audited.read_member(path, source.member)
        assert isinstance(large, LargeBytes)
        expected = content[source.member]
        for start, stop in ((0, 100), (30_000, 40_000), (100, 20_000), (10, 40_000), (39_000, 39_010), (2, 8)):
            assert large[start:stop] == expected[start:stop]
        assert large.opened().read() == expected
    assert found == content


def left_out(folder: Path) -> dict[str, str]:
    """Return the reasons of what is not read, by the name of file or member."""
    found = [one for one in iterate_sources([folder]) if isinstance(one, Unreadable)]
    return {one.source.member or Path(one.source.path).name: one.reason for one in found}


def test_what_is_not_read_in_an_archive_is_named(tmp_path: Path) -> None:
    inner = {"a.zip": b"PK", "b.tar.gz": b"", "c.dcm.gz": b"", "d.7z": b"", "e.dcm": b"x"}
    zipped(tmp_path / "one.zip", inner)
    tarred(tmp_path / "two.tar", inner, "w")
    with tarfile.open(tmp_path / "three.tgz", "w:gz") as archive:
        for name, kind in (("pipe", tarfile.FIFOTYPE), ("device", tarfile.CHRTYPE), ("link", tarfile.SYMTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    (tmp_path / "four.rar").write_bytes(b"Rar!")
    zipped(tmp_path / "five.zip", {})
    (tmp_path / "six.tar.gz.gz").write_bytes(gzip.compress(b""))
    expected = dict.fromkeys(("a.zip", "b.tar.gz", "c.dcm.gz", "d.7z", "six.tar.gz"), archives.NESTED)
    expected |= dict.fromkeys(("pipe", "device", "link"), archives.NO_FILE)
    assert left_out(tmp_path) == {**expected, "four.rar": archives.NOT_READ, "five.zip": input_files.EMPTY}


def test_what_is_left_out_is_in_journal_and_report_and_the_audit_passes(tmp_path: Path, key_file: Path) -> None:
    content = slices(tmp_path / "plain")
    (tmp_path / "in").mkdir()
    zipped(tmp_path / "in" / "one.zip", {**content, "inner.zip": b"PK"})
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code == 0 and len(done.files) == 3
    (line,) = (entry for entry in done.journal if entry["status"] == "skipped")
    assert (line["member"], line["reason"]) == ("inner.zip", archives.NESTED)
    assert {"status": "skipped", "reason": archives.NESTED, "count": 1} in done.report["issues"]
    scanned = runs.command("scan", tmp_path / "in")
    assert archives.NESTED in scanned.stdout


def test_members_of_one_name_are_all_read(tmp_path: Path, key_file: Path) -> None:
    content = list(slices(tmp_path / "plain").values())
    (tmp_path / "in").mkdir()
    with tarfile.open(tmp_path / "in" / "a.tar", "w") as archive:
        for data in content[:2]:
            info = tarfile.TarInfo("IM1")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    with zipfile.ZipFile(tmp_path / "in" / "b.zip", "w") as zip_file, pytest.warns(UserWarning, match="Duplicate"):
        zip_file.writestr("IM1", content[2])
        zip_file.writestr("IM1", b"no DICOM")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code == 0 and len(done.files) == 3
    assert {entry["member"] for entry in done.journal} == {"IM1", "IM1//2"}
    assert done.report["audit"]["verdict"] == "passed" and done.report["audit"]["files"] == 3


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.dcm.gz"])
def test_an_archive_that_is_cut_off_is_named_and_what_can_be_read_of_it_is(
    name: str, tmp_path: Path, key_file: Path
) -> None:
    content = slices(tmp_path / "plain", 6)
    (tmp_path / "in").mkdir()
    if name == "a.dcm.gz":
        (tmp_path / "in" / name).write_bytes(gzip.compress(content["0.dcm"]))
    else:
        WAYS["A.TAR" if name == "a.tar" else name](tmp_path / "in" / name, content)
    path = tmp_path / "in" / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    done = runs.run(tmp_path / "in", tmp_path / "plain" / "5.dcm", output=tmp_path / "out", key=key_file)
    assert done.code == 3, done.stdout + done.stderr
    rejected = [entry for entry in done.journal if entry["status"] == "rejected"]
    assert rejected and all(entry["reason"] for entry in rejected)
    assert {entry["member"] for entry in rejected} >= ({"a.dcm"} if name == "a.dcm.gz" else {None})
    if name in ("a.tar", "a.tar.gz"):
        assert 1 < len(done.files) < 6
    assert done.report["audit"]["verdict"] == "passed"


def test_a_tar_with_a_damaged_header_in_the_middle_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    tarred(tmp_path / "a.tar", {str(n): bytes(500) for n in range(4)}, "w")
    data = bytearray((tmp_path / "a.tar").read_bytes())
    data[2048 + 148 : 2048 + 156] = b"damaged!"
    (tmp_path / "a.tar").write_bytes(data)
    assert left_out(tmp_path) == {"a.tar": archives.CUT_OFF}


def test_a_compressed_tar_with_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    tarred(tmp_path / "a.tgz", {"a": bytes(500)}, "w:gz")
    data = bytearray((tmp_path / "a.tgz").read_bytes())
    data[-6] ^= 0xFF
    (tmp_path / "a.tgz").write_bytes(data)
    assert left_out(tmp_path) == {"a.tgz": archives.DAMAGED}


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar.bz2", "a.gz", "sparse.tar", "header.tar.gz"])
def test_a_bomb_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "FREE_SIZE", 1 << 20)
    monkeypatch.setattr(audited, "_MOST", 1 << 20)
    monkeypatch.setattr(archives, "_LONGEST_READ", 1 << 21)
    zeros = bytes(30 << 20)
    path = tmp_path / name
    if name == "a.gz":
        path.write_bytes(gzip.compress(zeros))
    elif name == "sparse.tar":
        _sparse(path)
    elif name == "header.tar.gz":
        info = tarfile.TarInfo("x")
        info.type, info.size = tarfile.XHDTYPE, len(zeros)
        path.write_bytes(gzip.compress(info.tobuf() + zeros, 9))
    else:
        WAYS[name](path, {"a.dcm": zeros})
    found = left_out(tmp_path)
    if name == "a.gz":
        (source,) = iterate_sources([tmp_path])
        assert isinstance(source, Source)
        with pytest.raises(OSError, match="grows"):
            source.open()
        with pytest.raises(OSError, match="damaged"):
            audited.read_member(path, "a")
        return
    assert list(found.values()) in ([archives.BOMB], [archives.SPARSE]), found
    assert not audited.members_of(path), "refused as a whole there too"


def _sparse(path: Path) -> None:
    """Write a tar with a file of a TiB that has one byte."""
    info = tarfile.TarInfo("hole")
    info.size = 512
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[156:157] = tarfile.GNUTYPE_SPARSE
    for at, number in ((386, 1 << 39), (398, 1), (483, 1 << 40)):
        header[at : at + 12] = (b"\x80" + number.to_bytes(11, "big")) if number >= 1 << 33 else b"%011o\0" % number
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    path.write_bytes(bytes(header) + bytes(512) + bytes(1024))


def test_files_that_are_named_like_archives_and_are_none_are_read(tmp_path: Path) -> None:
    for name in ("a.tar", "b.gz"):
        (tmp_path / name).write_bytes(bytes(128) + b"DICM" + bytes(600))
    assert [source.member for source in iterate_sources([tmp_path]) if isinstance(source, Source)] == [None, None]
    assert audited.members_of(tmp_path / "a.tar") is audited.members_of(tmp_path / "b.gz") is None


def test_bzip_archives_may_be_named_briefly(tmp_path: Path) -> None:
    tarred(tmp_path / "a.tbz2", {"a": b"1"}, "w:bz2")
    (tmp_path / "b.bz2").write_bytes(bz2.compress(b"1"))
    assert left_out(tmp_path) == {"b.bz2": archives.NOT_READ}
