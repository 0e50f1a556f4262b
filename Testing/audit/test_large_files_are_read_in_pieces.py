"""A large file is audited as a small one is, without being loaded; sets of millions are packed."""

from __future__ import annotations

import json
import os
import random
import struct
from pathlib import Path

import pytest
from audit.reference import deidentify, encode, make_slice
from audit.test_every_mutation_is_found import ALL, OPTIONS, Mutation
from audit.test_search_of_all_bytes import CODECS, WORDS, slow
from DeidentifyLib.audit import AuditRequest, canary, editing, large_files, run_audit, search
from DeidentifyLib.audit.auditor import Auditor
from DeidentifyLib.audit.elements import Document
from DeidentifyLib.audit.expectation import Expectation
from DeidentifyLib.audit.large_files import FileBytes, equal_parts, only_zeros
from DeidentifyLib.audit.packed_sets import NumberMap, NumberSet, Texts, number_of
from DeidentifyLib.audit.search import ByteSearch


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pieces and windows be so small that every value lies on seams."""
    monkeypatch.setattr(large_files, "PIECE", 61)
    monkeypatch.setattr(search, "PIECE", 61)
    monkeypatch.setattr(large_files, "_WINDOW", 31)


def _findings(source: Document, output: bytes | FileBytes) -> list[tuple]:
    auditor = Auditor(Expectation.from_options(OPTIONS))
    auditor.learn(source)
    auditor.audit("S/T/U/1.dcm", source, output)
    return sorted((one.check, one.severity.value, one.place) for one in auditor.findings.items)


@pytest.mark.parametrize("mutation", ALL, ids=[mutation.title for mutation in ALL])
def test_the_findings_are_those_of_a_file_in_memory(mutation: Mutation, small_pieces: None, tmp_path: Path) -> None:
    source = make_slice(1, mutation.modality)
    output = mutation.apply(encode(deidentify(source, OPTIONS)))
    (tmp_path / "source").write_bytes(encode(source))
    (tmp_path / "output").write_bytes(output)
    in_pieces = _findings(Document(FileBytes(tmp_path / "source")), FileBytes(tmp_path / "output"))
    assert in_pieces == _findings(Document(encode(source)), output)


def test_bytes_of_a_file_are_sliced_as_bytes_are(small_pieces: None, tmp_path: Path) -> None:
    data = os.urandom(1000)
    (tmp_path / "file").write_bytes(data)
    file, chance = FileBytes(tmp_path / "file"), random.Random(1)
    assert len(file) == 1000 and file[5] == data[5] and file[-1] == data[-1] and file[:] == data
    for _ in range(500):
        start, stop = chance.randrange(-50, 1100), chance.randrange(-50, 1100)
        assert file[start:stop] == data[start:stop]
    with pytest.raises(IndexError):
        file[1000]


def test_a_file_that_shrinks_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(1000))
    file = FileBytes(tmp_path / "file")
    os.truncate(tmp_path / "file", 10)
    with pytest.raises(OSError, match="shorter"):
        file[500:600]


def test_the_search_in_pieces_finds_what_a_search_at_every_byte_finds(small_pieces: None, tmp_path: Path) -> None:
    chance, path = random.Random(5), tmp_path / "file"
    wanted = ByteSearch([word.encode() for word in WORDS], WORDS)
    for _ in range(60):
        data = bytearray(chance.choice(b"abcAB12z-\0") for _ in range(300))
        for place in range(0, 280, 30):
            planted = chance.choice(WORDS).upper().encode(chance.choice(CODECS))
            data[place : place + len(planted)] = planted
        path.write_bytes(data)
        assert set(wanted.find(FileBytes(path))) == slow(bytes(data), WORDS)


def test_parts_are_compared_to_their_last_byte(small_pieces: None, tmp_path: Path) -> None:
    data = bytearray(range(200))
    (tmp_path / "file").write_bytes(data)
    file = FileBytes(tmp_path / "file")
    assert equal_parts(file, 20, bytes(data), 20, 180)
    for place in (20, 81, 199):
        other = bytearray(data)
        other[place] ^= 1
        assert not equal_parts(file, 20, bytes(other), 20, 180)
    zeros = bytes(150) + b"\1"
    assert only_zeros(zeros, 3, 150) and not only_zeros(zeros, 3, 151) and only_zeros(zeros, 5, 5)


def _large(folder: Path, megabytes: int) -> Path:
    """Write a sparse multi-frame file and its correct output; return the latter."""
    source = make_slice(1)
    source.NumberOfFrames, source.Rows, source.Columns = megabytes * 2, 512, 512
    size = megabytes << 20
    paths = folder / "in" / "1.dcm", folder / "out" / "S" / "T" / "1.dcm"
    for path, dataset in zip(paths, (source, deidentify(source, OPTIONS)), strict=True):
        dataset.PixelData = b"\0\0"
        head = encode(dataset)
        place = head.index(struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 2))
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            file.write(head[: place + 8] + struct.pack("<I", size))
            file.truncate(file.tell() + size)
    return paths[1]


def test_a_leak_deep_in_a_large_file_is_found_and_the_canary_lives_in_a_shortened_copy(tmp_path: Path) -> None:
    output = _large(tmp_path, 24)
    request = AuditRequest([tmp_path / "in"], tmp_path / "out", options=OPTIONS, conformance=0)
    clean = run_audit(request)
    assert [row for row in clean["findings"] if row["severity"] == "error"] == []
    assert clean["verdict"] == "passed" and clean["canary"]["missed"] == 0
    planted = {row["planted"] for row in clean["canary"]["rows"]}
    assert {"one changed pixel", "a name among the pixel bytes"} <= planted
    with output.open("r+b") as file:
        file.seek(20_000_001)
        file.write(b"Hanspeter MUELLERSTEIN")
    found = {row["check"] for row in run_audit(request)["findings"] if row["severity"] == "error"}
    assert {"leak.value", "pixel.changed"} <= found


def test_the_canary_of_a_large_file_fails_when_leaks_are_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _large(tmp_path, 10)
    monkeypatch.setattr(canary, "SECRET", "Otherword")
    other = canary.Identifier("quorvex", "person", False, 0x00100010, "ascii")
    monkeypatch.setattr(canary, "canary_secret", lambda: other)
    request = AuditRequest([tmp_path / "in"], tmp_path / "out", options=OPTIONS, conformance=0)
    assert run_audit(request)["canary"]["missed"] > 5


@pytest.mark.parametrize("encapsulated", [False, True])
def test_a_shortened_copy_is_whole_but_for_long_values(encapsulated: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "_LONG_VALUE", 64)
    source = make_slice()
    source.PixelData = os.urandom(500)
    data = encode(source)
    if encapsulated:
        head = data[: data.index(struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 500))]
        items = editing.item() + editing.item(os.urandom(100)) + editing.item(os.urandom(100))
        data = head + struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF) + items
        data += struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    whole = Document(data)
    cut = Document(editing.shortened(whole))
    assert [one[:3] for one in cut.elements] == [one[:3] for one in whole.elements]
    assert cut.problems == [] and 0 < cut.elements[-1][4] < 200
    assert json.dumps([cut.text(one[1]) for one in cut.elements[:-1]]) == json.dumps(
        [whole.text(one[1]) for one in whole.elements[:-1]]
    )


def test_packed_sets_maps_and_texts_behave_like_the_usual_ones() -> None:
    chance = random.Random(2)
    numbers, usual, known, texts, names = NumberMap(), {}, NumberSet(), Texts(), []
    for _ in range(5000):
        text = f"1.2.{chance.randrange(2000)}"
        key, value = number_of(text), chance.randrange(2**63)
        assert numbers.setdefault(key, value) == usual.setdefault(key, value)
        assert known.add(key) == (text not in names)
        if text not in names:
            names.append(text)
        assert texts.add(text) == names.index(text)
    assert len(numbers) == len(usual) == len(known) == len(texts)
    assert list(texts) == names and texts[-1] == names[-1] and texts[3:5] == names[3:5]
    numbers[number_of(names[7])] = 12
    assert numbers.get(number_of(names[7])) == 12 and numbers.get(number_of("absent")) is None
    assert number_of("absent") not in known and "absent" not in texts and names[0] in texts
