"""What hides in pixel data is blanked without reading them whole, and exactly as in memory.

Shown to fail with each of these mutations, tried one at a time: `EncapsulatedFrame.in_source` that takes all bytes from
the first fragment, `_next_marker` whose parts do not overlap, `Blanked.parts` that leaves out the last range,
`hidden_behind` that looks at the first part only, a stream engine that does not count, `_parts_of_j2k` that
believes every length of a tile-part.
"""

from __future__ import annotations

import itertools
import random
import struct
from pathlib import Path

import pydicom
import pytest
from DeidentifyLib.batch.process import AUTO, REFERENCE, STREAM, Settings, process
from DeidentifyLib.files.byte_sources import CHUNK, Blanked, MemorySource, Range
from DeidentifyLib.files.input_files import Source
from DeidentifyLib.header.stream.encapsulated_frames import EncapsulatedFrame, ReadAhead, hidden_in_fragments
from DeidentifyLib.header.stream.engine import StreamEngine
from DeidentifyLib.header.stream.errors import NotStreamable
from DeidentifyLib.options import Options
from DeidentifyLib.pixels import hidden_bytes
from DeidentifyLib.pseudonyms.key import Key
from DeidentifyLib.pseudonyms.pseudonymizer import Pseudonyms
from DeidentifyLib.pseudonyms.subject_identity import SubjectIdentity
from DeidentifyLib.records.tasks import Task, TaskItem, TaskResult
from pydicom.data import get_testdata_file
from synthetic import jpeg
from synthetic.files import raw_element, raw_item, sequence_end

KEY = Key(bytes(range(32)))
SECRET = b"DOE^JANE 1950-06-07 "
COMMENTED = jpeg.with_segment(jpeg.TINY, 0xFE, SECRET)


def run(path: Path, engine: str, output: Path) -> TaskResult:
    """De-identify one file."""
    subject = Pseudonyms(KEY).subject(SubjectIdentity("1", "A^B", "", "1.2"))
    task = Task(0, subject, (TaskItem(Source(str(path)), "a.dcm"),))
    return process(task, Settings(Options(), KEY, str(output), engine))


def assert_alike(path: Path, folder: Path) -> bytes:
    """De-identify with both engines, which must give and count the same, and return the output."""
    expected, given = run(path, REFERENCE, folder / "reference"), run(path, STREAM, folder / "stream")
    assert [(one.status, one.reason) for one in given.instances] == [("written", "")]
    assert given.instances[0].sha256 == expected.instances[0].sha256
    assert given.counts == expected.counts
    return (folder / "stream/a.dcm").read_bytes()


def blanked(result: TaskResult) -> int:
    """Return how often bytes were blanked."""
    return sum(count for (_, _, reason), count in result.counts.items() if reason == hidden_bytes.HIDDEN_BYTES)


def compressed(path: Path, *fragments: bytes, even: bool = True) -> Path:
    """Write an image with given fragments, padded to even length."""
    bundled = Path(get_testdata_file("JPEG-lossy.dcm", download=False)).read_bytes()
    start = bundled.index(b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff") + 12
    items = b"".join(raw_item(fragment + b"\0" * (len(fragment) % 2 * even)) for fragment in (b"", *fragments))
    path.write_bytes(bundled[:start] + items + sequence_end())
    return path


def native(path: Path, behind: bytes) -> Path:
    """Write an image with bytes behind its pixels."""
    bundled = Path(get_testdata_file("CT_small.dcm", download=False)).read_bytes()
    start = bundled.index(b"\xe0\x7f\x10\x00OW\0\0")
    pixels = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False)).PixelData
    path.write_bytes(bundled[:start] + raw_element(0x7FE00010, "OW", pixels + behind))
    return path


def test_a_comment_in_one_of_many_frames_is_blanked(tmp_path: Path) -> None:
    path = compressed(tmp_path / "a", jpeg.TINY, COMMENTED, jpeg.TINY + SECRET, jpeg.TINY)
    after = assert_alike(path, tmp_path)
    assert SECRET[:8] not in after
    assert after.count(jpeg.TINY) == 3
    assert blanked(run(path, STREAM, tmp_path / "again")) == 1


def test_a_comment_that_is_spread_over_fragments_is_blanked(tmp_path: Path) -> None:
    cuts = [0, 2, 4, 12, 20, len(COMMENTED)]
    pieces = [COMMENTED[start:stop] for start, stop in itertools.pairwise(cuts)]
    after = assert_alike(compressed(tmp_path / "a", jpeg.TINY, *pieces), tmp_path)
    assert not any(SECRET[start : start + 6] in after for start in range(len(SECRET) - 6))


def test_a_comment_in_jpeg_2000_is_blanked(tmp_path: Path) -> None:
    image = Path(get_testdata_file("JPEG2000.dcm", download=False))
    before = image.read_bytes()
    start = before.index(b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff") + 12
    stream = pydicom.encaps.get_frame(pydicom.dcmread(image).PixelData, 0, number_of_frames=1)
    stream = jpeg.with_j2k_comment(stream, SECRET)
    stream += b"\0" * (len(stream) % 2)
    (tmp_path / "a").write_bytes(before[:start] + raw_item(b"") + raw_item(stream) + sequence_end())
    after = assert_alike(tmp_path / "a", tmp_path)
    assert stream[:40] in after
    assert SECRET[:8] not in after


def test_a_frame_that_is_no_codestream_stays(tmp_path: Path) -> None:
    path = compressed(tmp_path / "a", b"\0\1" + SECRET, SECRET, SECRET)
    after = assert_alike(path, tmp_path)
    assert after.count(SECRET) == 3
    assert blanked(run(path, STREAM, tmp_path / "again")) == 0


@pytest.mark.parametrize("behind", [SECRET, bytes(3 * CHUNK) + SECRET, SECRET + bytes(3 * CHUNK), b"\0\0"])
def test_bytes_behind_native_pixels_are_blanked(behind: bytes, tmp_path: Path) -> None:
    path = native(tmp_path / "a", behind)
    after = assert_alike(path, tmp_path)
    assert after.endswith(bytes(len(behind)))
    assert not after.endswith(bytes(len(behind) + 1000))
    assert blanked(run(path, STREAM, tmp_path / "again")) == (SECRET in behind)


def test_bytes_behind_the_pixels_of_a_file_that_is_read_at_once_are_blanked(tmp_path: Path) -> None:
    small = Path(get_testdata_file("MR_small.dcm", download=False))
    before = small.read_bytes()
    start = before.index(b"\xe0\x7f\x10\x00OW\0\0")
    pixels = pydicom.dcmread(small).PixelData
    (tmp_path / "a").write_bytes(before[:start] + raw_element(0x7FE00010, "OW", pixels + SECRET))
    assert (tmp_path / "a").stat().st_size < 1 << 15
    assert assert_alike(tmp_path / "a", tmp_path).endswith(pixels + bytes(len(SECRET)))


def test_native_pixels_of_odd_length_are_padded_whoever_writes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("DeidentifyLib.batch.process.MINIMUM_DEFERRED_BYTES", 64)
    path = native(tmp_path / "a", b"\0")
    expected, given = run(path, REFERENCE, tmp_path / "r"), run(path, AUTO, tmp_path / "s")
    assert given.handed_over == {"pixel data of odd length": 1}
    assert given.instances[0].sha256 == expected.instances[0].sha256


def test_compressed_pixels_of_odd_length_stay_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("DeidentifyLib.batch.process.MINIMUM_DEFERRED_BYTES", 64)
    assert len(jpeg.TINY) % 2
    after = assert_alike(compressed(tmp_path / "a", jpeg.TINY, even=False), tmp_path)
    assert after.endswith(raw_item(jpeg.TINY) + sequence_end())
    monkeypatch.setattr(StreamEngine, "deidentify", refuse)
    assert run(tmp_path / "a", AUTO, tmp_path / "apart").handed_over == {"a test": 1}
    assert (tmp_path / "apart/a.dcm").read_bytes() == after


def refuse(*arguments: object) -> None:
    """Hand every file over."""
    raise NotStreamable("a test")


def _junk(rng: random.Random) -> bytes:
    """Return a codestream, or nearly one, full of markers with right and wrong lengths."""
    markers = rng.choice([b"\xd8\xd9\xfe\xe0\xe1\xee\xc0\xda\xd0\x01\x00\xff", b"\x4f\x90\x93\xd9\x64\x52\x5c"])
    stream = b"\xff\xd8" if markers[0] == 0xD8 else b"\xff\x4f\xff\x51"
    for _ in range(rng.randrange(25)):
        body = bytes(rng.choice([0, 32, 255, 65, rng.randrange(256)]) for _ in range(rng.choice([0, 3, 9, 150])))
        if rng.random() < 0.3:
            body = rng.choice([b"JFIF\0", b"Adobe", b"Kakadu-v5.2", SECRET]) + body
        length = struct.pack(">H", max(len(body) + 2 + rng.choice([0, 0, 0, 1, -1, 50]), 0))
        stream += bytes((255, rng.choice(markers[1:]))) + length * (rng.random() < 0.8) + body
    return stream


def test_any_pixel_data_are_blanked_in_parts_as_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(6)
    changed = 0
    for _ in range(1500):
        fragments = [b""]
        for stream in (_junk(rng) for _ in range(rng.randrange(4))):
            cuts = sorted(rng.randrange(len(stream) + 1) for _ in range(rng.choice([0, 0, 1, 3])))
            fragments += [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
        value = b"".join(map(raw_item, fragments))
        monkeypatch.undo()
        expected = hidden_bytes.blank_hidden_bytes(value)
        for name, size in (("_FIRST_PART", 3), ("_LARGEST_PART", rng.choice([3, 7, 40]))):
            monkeypatch.setattr(hidden_bytes, name, size)
        for name, size in (("CHUNK", 0), ("_FIRST_READ", rng.choice([1, 16, 1 << 14]))):
            monkeypatch.setattr(f"DeidentifyLib.header.stream.encapsulated_frames.{name}", size)
        hidden = hidden_in_fragments(MemorySource(b"head" + value + sequence_end()), Range(4, len(value) + 12))
        assert Blanked(0, len(value) + 4, hidden).in_memory(b"head" + value) == b"head" + expected
        changed += expected != value
    assert changed > 400


def test_blanked_ranges_say_the_same_in_parts_as_in_memory() -> None:
    data = bytes(range(256)) * 20_000
    hidden = Blanked(0, len(data), hidden_in_fragments(MemorySource(b""), Range(0, 0)))
    hidden.hidden.extend((0, 10, 32, 100, 2_500_000, 0, 2_500_000, 2_500_001, 32))
    for last in ((), (len(data) - 5, len(data), 0)):
        hidden.hidden.extend(last)
        parts = [one if isinstance(one, bytes) else data[one.start : one.stop] for one in hidden.parts()]
        assert b"".join(parts) == hidden.in_memory(data)
        assert max(len(one) for one in hidden.parts() if isinstance(one, bytes)) <= CHUNK


def test_items_that_are_no_fragments_are_refused() -> None:
    for value in (b"\0" * 12, raw_item(b"ab")[:-1], raw_item(b"ab") + b"\0\0", raw_item(b"") + sequence_end() + b"\0"):
        with pytest.raises(ValueError, match="fragments"):
            hidden_in_fragments(MemorySource(value), Range(0, len(value)))


class Impatient(EncapsulatedFrame):
    """A frame that is not looked at for ever."""

    looks = 0

    def __getitem__(self, part: slice) -> bytes:
        """Return some of its bytes."""
        self.looks += 1
        assert self.looks < 1000, "an endless walk"
        return super().__getitem__(part)


def test_a_tile_part_whose_length_points_into_itself_makes_no_endless_loop() -> None:
    siz = b"\xff\x4f\xff\x51" + struct.pack(">H", 4) + b"\0\0"
    tile = b"\xff\x90" + struct.pack(">HHLBB", 10, 0xFF93, 4, 0, 1) + b"\xff\x93" + b"data\xff\xd9"
    value = siz + tile + SECRET
    frame = Impatient(ReadAhead(MemorySource(value), Range(0, len(value))))
    frame.add(0, len(value))
    assert list(hidden_bytes.hidden_parts(frame)) == [(len(value) - len(SECRET), len(value), 0)]
