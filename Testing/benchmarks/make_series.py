"""CT-like series for the benchmarks: as many files, header elements and pixel bytes as wanted."""

from __future__ import annotations

import random
import struct
from pathlib import Path

CT_IMAGE = b"1.2.840.10008.5.1.4.1.1.2"
EXPLICIT = b"1.2.840.10008.1.2.1"
_LONG = (b"OB", b"OW", b"SQ", b"UN", b"UT")
_SLICES_OF_A_SERIES = 250


def _element(tag: int, vr: bytes, value: bytes) -> bytes:
    if len(value) % 2:
        value += b"\0" if vr in (b"UI", b"OB") else b" "
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    return head + (struct.pack("<HL", 0, len(value)) if vr in _LONG else struct.pack("<H", len(value))) + value


def _sequence(tag: int, *items: bytes) -> bytes:
    return _element(tag, b"SQ", b"".join(struct.pack("<HHL", 0xFFFE, 0xE000, len(item)) + item for item in items))


def _reference(tag: int, uid: bytes) -> bytes:
    return _sequence(tag, _element(0x00081150, b"UI", CT_IMAGE) + _element(0x00081155, b"UI", uid))


def _header(series: int, number: int, elements: int) -> list[tuple[int, bytes]]:
    root = b"1.2.826.0.1.3680043.8.498.%d" % (7000 + series)
    instance = root + b".%d" % number
    patient = series // 4
    parts = [
        (0x00080005, b"CS", b"ISO_IR 100"),
        (0x00080008, b"CS", b"ORIGINAL\\PRIMARY\\AXIAL"),
        (0x00080012, b"DA", b"20210304"),
        (0x00080013, b"TM", b"101112.%06d" % number),
        (0x00080016, b"UI", CT_IMAGE),
        (0x00080018, b"UI", instance),
        (0x00080020, b"DA", b"20210304"),
        (0x00080021, b"DA", b"20210304"),
        (0x00080022, b"DA", b"20210304"),
        (0x00080023, b"DA", b"20210304"),
        (0x00080030, b"TM", b"100959"),
        (0x00080031, b"TM", b"101001"),
        (0x00080032, b"TM", b"1011%05.2f" % (number % 60)),
        (0x00080033, b"TM", b"1012%05.2f" % (number % 60)),
        (0x00080050, b"SH", b"ACC%07d" % series),
        (0x00080060, b"CS", b"CT"),
        (0x00080070, b"LO", b"Scanner Works"),
        (0x00080080, b"LO", b"General Hospital"),
        (0x00080081, b"ST", b"1 Main Street"),
        (0x00080090, b"PN", b"Referring^Robert"),
        (0x00081010, b"SH", b"CT01"),
        (0x00081030, b"LO", b"CT Abdomen"),
        (0x0008103E, b"LO", b"Abdomen 1.0 B30f"),
        (0x00081040, b"LO", b"Radiology"),
        (0x00081050, b"PN", b"Performing^Paula"),
        (0x00081070, b"PN", b"Operator^Otto"),
        (0x00081090, b"LO", b"Model 64"),
        (0x00100010, b"PN", b"Family%d^Given" % patient),
        (0x00100020, b"LO", b"MRN%06d" % patient),
        (0x00100030, b"DA", b"19500607"),
        (0x00100040, b"CS", b"F"),
        (0x00101010, b"AS", b"070Y"),
        (0x00101030, b"DS", b"71.5"),
        (0x00180015, b"CS", b"ABDOMEN"),
        (0x00180022, b"CS", b"HELIX"),
        (0x00180050, b"DS", b"1"),
        (0x00180060, b"DS", b"120"),
        (0x00180090, b"DS", b"500"),
        (0x00181000, b"LO", b"SN4711"),
        (0x00181020, b"LO", b"VA44A"),
        (0x00181030, b"LO", b"Abdomen"),
        (0x00181100, b"DS", b"380"),
        (0x00181120, b"DS", b"0"),
        (0x00181130, b"DS", b"150"),
        (0x00181140, b"CS", b"CW"),
        (0x00181150, b"IS", b"500"),
        (0x00181151, b"IS", b"%d" % (200 + number % 37)),
        (0x00181152, b"IS", b"%d" % (100 + number % 37)),
        (0x00181160, b"SH", b"WEDGE_2"),
        (0x00181170, b"IS", b"24"),
        (0x00181190, b"DS", b"1.2"),
        (0x00181210, b"SH", b"B30f"),
        (0x00185100, b"CS", b"HFS"),
        (0x0020000D, b"UI", root + b".1"),
        (0x0020000E, b"UI", root + b".2"),
        (0x00200010, b"SH", b"ST%d" % series),
        (0x00200011, b"IS", b"2"),
        (0x00200012, b"IS", b"%d" % number),
        (0x00200013, b"IS", b"%d" % number),
        (0x00200032, b"DS", b"-190\\-190\\%.2f" % number),
        (0x00200037, b"DS", b"1\\0\\0\\0\\1\\0"),
        (0x00200052, b"UI", root + b".3"),
        (0x00201040, b"LO", b""),
        (0x00201041, b"DS", b"%.2f" % number),
        (0x00204000, b"LT", b"Comment of Doctor House"),
        (0x00280002, b"US", b"\1\0"),
        (0x00280004, b"CS", b"MONOCHROME2"),
        (0x00280030, b"DS", b"0.74\\0.74"),
        (0x00280100, b"US", b"\x10\0"),
        (0x00280101, b"US", b"\x0c\0"),
        (0x00280102, b"US", b"\x0b\0"),
        (0x00280103, b"US", b"\0\0"),
        (0x00280106, b"US", b"\0\0"),
        (0x00280107, b"US", struct.pack("<H", 3000 + number % 1000)),
        (0x00281050, b"DS", b"40\\-600"),
        (0x00281051, b"DS", b"400\\1600"),
        (0x00281052, b"DS", b"-1024"),
        (0x00281053, b"DS", b"1"),
        (0x00281055, b"LO", b"WINDOW1\\WINDOW2"),
        (0x00321032, b"PN", b"Requesting^Rita"),
        (0x00321060, b"LO", b"CT Abdomen"),
        (0x00400244, b"DA", b"20210304"),
        (0x00400245, b"TM", b"100959"),
        (0x00400253, b"SH", b"PPS1"),
        (0x00400254, b"LO", b"CT Abdomen"),
    ]
    result = [(tag, _element(tag, vr, value)) for tag, vr, value in parts]
    result += [
        (0x00081110, _reference(0x00081110, root + b".4")),
        (0x00081140, _reference(0x00081140, root + b".5")),
        (
            0x00400275,
            _sequence(0x00400275, _element(0x00400007, b"LO", b"CT Abdomen") + _element(0x00400009, b"SH", b"SPS1")),
        ),
        (0x00290010, _element(0x00290010, b"LO", b"MAKER HEADER")),
        (0x00291008, _element(0x00291008, b"OB", bytes(1024))),
        (0x00291010, _element(0x00291010, b"LO", b"Family^Given %d" % number)),
    ]
    result += [(0x00190010, _element(0x00190010, b"LO", b"MAKER BULK"))]
    for extra in range(max(0, elements - len(result) - 4)):
        tag = 0x00191001 + extra
        result.append((tag, _element(tag, b"DS", b"%d.%d" % (extra, number if extra % 10 == 0 else 0))))
    return result


def write_series(folder: Path, count: int, pixel_bytes: int = 512 * 1024, elements: int = 110) -> int:
    """Write `count` files in series of 250, four series a patient; return their bytes.

    Parameters
    ----------
    folder : Path
        Where to; one folder a series.
    pixel_bytes : int
        Bytes of pixels in each file, about: square images of 16 bits, so that nothing stands behind the pixels.
    elements : int
        Elements of each header, at least 100.
    """
    rows = min(65534, int((pixel_bytes // 2) ** 0.5))
    pixel_bytes = 2 * rows * rows
    pixels = random.Random(1).randbytes(min(pixel_bytes, 1 << 22))
    total = 0
    for index in range(count):
        series, number = divmod(index, _SLICES_OF_A_SERIES)
        place = folder / f"series{series:05d}"
        place.mkdir(parents=True, exist_ok=True)
        parts = _header(series, number + 1, elements)
        size = struct.pack("<H", rows)
        parts += [(0x00280010, _element(0x00280010, b"US", size)), (0x00280011, _element(0x00280011, b"US", size))]
        meta = (
            _element(0x00020001, b"OB", b"\0\1")
            + _element(0x00020002, b"UI", CT_IMAGE)
            + _element(0x00020003, b"UI", b"1.2.826.0.1.3680043.8.498.%d.%d" % (7000 + series, number + 1))
            + _element(0x00020010, b"UI", EXPLICIT)
            + _element(0x00020012, b"UI", b"1.2.3.4")
        )
        with open(place / f"image{number:05d}.dcm", "wb") as file:
            file.write(bytes(128) + b"DICM" + _element(0x00020000, b"UL", struct.pack("<L", len(meta))) + meta)
            file.write(b"".join(raw for _, raw in sorted(parts)))
            file.write(struct.pack("<HH2sHL", 0x7FE0, 0x0010, b"OW", 0, pixel_bytes))
            for start in range(0, pixel_bytes, len(pixels)):
                file.write(pixels[: min(len(pixels), pixel_bytes - start)])
            total += file.tell()
    return total
