"""CT-like series for the benchmarks: as many files, header elements and pixel bytes as wanted."""

from __future__ import annotations

import random
import struct
from functools import lru_cache
from pathlib import Path

from .header_mix import FEWEST, IDENTIFYING, MULTI_FRAME, Attribute, ct_attributes, more_attributes
from .vary_attributes import varied

SLICES_OF_A_SERIES = 250
EVERY_ELEMENT = 1_000_000
_EXPLICIT = b"1.2.840.10008.1.2.1"
_LONG = (b"OB", b"OW", b"SQ", b"UN", b"UT")
_FRAME_ROWS = 512
_LARGEST_FRAME = 1 << 23
_FILES_OF_A_FOLDER = 250


def write_series(
    folder: Path,
    count: int,
    pixel_bytes: int = 512 * 1024,
    elements: int = 110,
    *,
    slices: int = SLICES_OF_A_SERIES,
    varying: int = 0,
) -> int:
    """Write `count` files, four series a patient; return their bytes.

    Parameters
    ----------
    folder : Path
        Where to; 250 files a folder.
    pixel_bytes : int
        Bytes of pixels in each file, about: one square image of 16 bits, frames of 512 x 512 above 8 MiB.
    elements : int
        Elements of each header at any depth, Pixel Data among them; at least `FEWEST`.
    slices : int
        Files of a series; with 1 no two files have anything in common but the patient.
    varying : int
        How many more elements have another value in every file; `EVERY_ELEMENT` for all but those that keep
        patient, study and series together and describe the pixels. Without it about a dozen do, as from a scanner.

    Raises
    ------
    ValueError
        If fewer elements are asked for than identify a file.
    """
    if elements < FEWEST:
        raise ValueError(f"a header has at least {FEWEST} elements")
    rows, frames = _geometry(pixel_bytes)
    pixel_bytes = 2 * rows * rows * frames
    pixels = random.Random(1).randbytes(min(pixel_bytes, 1 << 22))
    total = 0
    for index in range(count):
        series, number = divmod(index, slices)
        place = folder / f"series{index // _FILES_OF_A_FOLDER:05d}"
        place.mkdir(parents=True, exist_ok=True)
        attributes = _header(series, number + 1, elements, rows, frames)
        if varying:
            attributes = varied(attributes, varying, index + 1)
        with open(place / f"image{index % _FILES_OF_A_FOLDER:05d}.dcm", "wb") as file:
            file.write(_start_of_file(attributes))
            file.write(struct.pack("<HH2sHL", 0x7FE0, 0x0010, b"OW", 0, pixel_bytes))
            for start in range(0, pixel_bytes, len(pixels)):
                file.write(pixels[: min(len(pixels), pixel_bytes - start)])
            total += file.tell()
    return total


def _geometry(pixel_bytes: int) -> tuple[int, int]:
    """Return rows and frames."""
    if pixel_bytes <= _LARGEST_FRAME:
        return max(1, int((pixel_bytes // 2) ** 0.5)), 1
    return _FRAME_ROWS, max(1, round(pixel_bytes / (2 * _FRAME_ROWS * _FRAME_ROWS)))


def _header(series: int, number: int, elements: int, rows: int, frames: int) -> list[Attribute]:
    """Return the attributes of one file in the order of their tags, Pixel Data left out."""
    known = ct_attributes(series, number)
    shape = [(0x00280010, b"US", struct.pack("<H", rows)), (0x00280011, b"US", struct.pack("<H", rows))]
    if frames > 1:
        shape.append((0x00280008, b"IS", b"%d" % frames))
        known = [Attribute(*one[:2], MULTI_FRAME) if one.tag == 0x00080016 else one for one in known]
    chosen = [one for one in known if one.tag in IDENTIFYING] + [Attribute(*one) for one in shape]
    left = elements - len(chosen) - 1
    for one in _others(known):
        if _size(one) <= left:
            chosen.append(one)
            left -= _size(one)
    for one in more_attributes(number) if left > 0 else ():
        if _size(one) <= left:
            chosen.append(one)
            left -= _size(one)
        if not left:
            break
    return sorted(chosen, key=lambda one: one.tag)


def _others(known: list[Attribute]) -> list[Attribute]:
    """Return what is not identifying, mixed, so that a short header has something of everything; private ones last."""
    public = [one for one in known if one.tag not in IDENTIFYING and not one.tag >> 16 & 1]
    random.Random(2).shuffle(public)
    return public + [one for one in known if one.tag >> 16 & 1]


def _size(one: Attribute) -> int:
    return 1 if isinstance(one.value, bytes) else 1 + sum(_size(inner) for item in one.value for inner in item)


def _start_of_file(attributes: list[Attribute]) -> bytes:
    values = {one.tag: one.value for one in attributes}
    meta = (
        _element(0x00020001, b"OB", b"\0\1")
        + _element(0x00020002, b"UI", values[0x00080016])
        + _element(0x00020003, b"UI", values[0x00080018])
        + _element(0x00020010, b"UI", _EXPLICIT)
        + _element(0x00020012, b"UI", b"1.2.3.4")
    )
    length = _element(0x00020000, b"UL", struct.pack("<L", len(meta)))
    return bytes(128) + b"DICM" + length + meta + b"".join(map(_encoded, attributes))


def _encoded(one: Attribute) -> bytes:
    if isinstance(one.value, bytes):
        return _element(one.tag, one.vr, one.value)
    items = (b"".join(map(_encoded, item)) for item in one.value)
    return _element(one.tag, b"SQ", b"".join(struct.pack("<HHL", 0xFFFE, 0xE000, len(item)) + item for item in items))


@lru_cache(8192)
def _element(tag: int, vr: bytes, value: bytes) -> bytes:
    if len(value) % 2:
        value += b"\0" if vr in (b"UI", b"OB", b"UN") else b" "
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    return head + (struct.pack("<HL", 0, len(value)) if vr in _LONG else struct.pack("<H", len(value))) + value
