"""The attributes of the benchmarks' CT-like slices: what nearly every scanner writes, and what fills long headers."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import count, islice
from typing import NamedTuple

CT_IMAGE = b"1.2.840.10008.5.1.4.1.1.2"
MULTI_FRAME = b"1.2.840.10008.5.1.4.1.1.7.3"


class Attribute(NamedTuple):
    """One element; the value of a sequence is its items."""

    tag: int
    vr: bytes
    value: bytes | list[list[Attribute]]


IDENTIFYING = frozenset(
    (
        0x00080016, 0x00080018, 0x00100010, 0x00100020, 0x0020000D, 0x0020000E,
        0x00280002, 0x00280004, 0x00280100, 0x00280101, 0x00280102, 0x00280103,
    )
)  # fmt: skip
"""What no file can do without: to be told apart, and to have its pixels read; Rows, Columns, Pixel Data on top."""
FEWEST = len(IDENTIFYING) + 3


def ct_attributes(series: int, number: int) -> list[Attribute]:
    """Return some 90 attributes as a scanner writes them; about a dozen differ from slice to slice."""
    root = b"1.2.826.0.1.3680043.8.498.%d" % (7000 + series)
    instance = root + b".%d" % number
    patient = series // 4
    plain: list[tuple[int, bytes, bytes]] = [
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
    sequences = [
        (0x00081110, _reference(root + b".4")),
        (0x00081140, _reference(root + b".5")),
        (0x00400275, [Attribute(0x00400007, b"LO", b"CT Abdomen"), Attribute(0x00400009, b"SH", b"SPS1")]),
    ]
    private = [
        (0x00290010, b"LO", b"MAKER HEADER"),
        (0x00291008, b"OB", bytes(1024)),
        (0x00291010, b"LO", b"Family^Given %d" % number),
    ]
    found = [Attribute(*one) for one in plain]
    found += [Attribute(tag, b"SQ", [item]) for tag, item in sequences]
    return found + [Attribute(*one) for one in private]


def _reference(uid: bytes) -> list[Attribute]:
    return [Attribute(0x00081150, b"UI", CT_IMAGE), Attribute(0x00081155, b"UI", uid)]


_PUBLIC: tuple[tuple[int, bytes, bytes], ...] = (
    (0x00080014, b"UI", b"1.2.826.0.1.3680043.8.498.5"),
    (0x00081048, b"PN", b"Physician^Petra"),
    (0x00081060, b"PN", b"Reader^Rosa"),
    (0x00081080, b"LO", b"Back pain"),
    (0x00082111, b"ST", b"Derived by a filter"),
    (0x00100021, b"LO", b"General Hospital"),
    (0x00101020, b"DS", b"1.68"),
    (0x00101040, b"LO", b"2 Side Street"),
    (0x00102160, b"SH", b"unknown"),
    (0x00102180, b"SH", b"Teacher"),
    (0x001021B0, b"LT", b"Fell from a ladder"),
    (0x00102203, b"CS", b"NO"),
    (0x00104000, b"LT", b"Phone 555 1234"),
    (0x00180010, b"LO", b"Contrast 300"),
    (0x00181041, b"DS", b"80"),
    (0x00181046, b"DS", b"3.5"),
    (0x00181049, b"DS", b"300"),
    (0x00181110, b"DS", b"1040"),
    (0x00181111, b"DS", b"570"),
    (0x00181153, b"IS", b"75000"),
    (0x00181200, b"DA", b"20210301"),
    (0x00181201, b"TM", b"060000"),
    (0x00181271, b"FD", struct.pack("<d", 1.25)),
    (0x00189305, b"FD", struct.pack("<d", 0.5)),
    (0x00189306, b"FD", struct.pack("<d", 0.6)),
    (0x00189307, b"FD", struct.pack("<d", 38.4)),
    (0x00189309, b"FD", struct.pack("<d", 23.0)),
    (0x00189311, b"FD", struct.pack("<d", 0.6)),
    (0x00189313, b"FD", struct.pack("<ddd", 0.0, -190.0, 12.5)),
    (0x00189345, b"FD", struct.pack("<d", 9.5)),
    (0x00201002, b"IS", b"250"),
    (0x00280301, b"CS", b"NO"),
    (0x00281054, b"LO", b"HU"),
    (0x00282110, b"CS", b"00"),
    (0x00324000, b"LT", b"Study for Doctor House"),
    (0x00380010, b"LO", b"ADM0815"),
    (0x00400002, b"DA", b"20210304"),
    (0x00400003, b"TM", b"100000"),
    (0x00400006, b"PN", b"Scheduled^Sam"),
    (0x00400250, b"DA", b"20210304"),
    (0x00400251, b"TM", b"102000"),
    (0x00401001, b"SH", b"RP1"),
    (0x00401003, b"SH", b"HIGH"),
    (0x00402016, b"LO", b"PLACER1"),
)
_CODED = (0x00081032, 0x00082218, 0x00089092, 0x00089215, 0x00180012, 0x00189346, 0x00321064, 0x00400260, 0x00400555)
_PRIVATE_VALUES: tuple[tuple[bytes, bytes], ...] = (
    (b"DS", b"12.5"), (b"LO", b"Mode A"), (b"UL", struct.pack("<L", 77)), (b"FD", struct.pack("<d", 3.25)),
    (b"SH", b"Kernel 3"), (b"IS", b"42"), (b"UN", bytes(range(64))), (b"DA", b"20210304"), (b"CS", b"STANDARD"),
)  # fmt: skip
_OF_A_BLOCK = 200


def more_attributes(number: int) -> Iterator[Attribute]:
    """Yield what fills a header: first 20 private ones, then public ones, sequences and private ones in turn."""
    yield Attribute(0x00190010, b"LO", b"MAKER BULK")
    for extra in range(20):
        yield Attribute(0x00191001 + extra, b"DS", b"%d.%d" % (extra, number if extra % 10 == 0 else 0))
    public, coded, private = iter(_PUBLIC), iter(_CODED), _private(number)
    while True:
        yield from (Attribute(*one) for one in islice(public, 2))
        yield from (_code(tag) for tag in islice(coded, 1))
        yield from islice(private, 4)


def _code(tag: int) -> Attribute:
    return Attribute(tag, b"SQ", [[
        Attribute(0x00080100, b"SH", b"T-D4000"),
        Attribute(0x00080102, b"SH", b"SRT"),
        Attribute(0x00080104, b"LO", b"Abdomen"),
    ]])  # fmt: skip


def _private(number: int) -> Iterator[Attribute]:
    """Yield private attributes without end; one of ten differs from slice to slice, one of 25 is a sequence."""
    for block in count(0x10):
        yield Attribute(0x00210000 + block, b"LO", b"MAKER IMAGE %d" % block)
        for place in range(_OF_A_BLOCK):
            tag, (vr, value) = 0x00210000 + (block << 8) + place, _PRIVATE_VALUES[place % len(_PRIVATE_VALUES)]
            if place % 25 == 24:
                yield Attribute(tag, b"SQ", [[Attribute(0x00080100, b"SH", b"%d" % item)] for item in range(2)])
            elif place % 10 == 0:
                yield Attribute(tag, b"DS", b"%d.%d" % (place, number))
            else:
                yield Attribute(tag, vr, value)
