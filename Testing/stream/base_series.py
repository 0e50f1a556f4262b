"""A CT series as scanners write it: nearly every element the same in all files, a few of each slice's own."""

from __future__ import annotations

import struct
from collections.abc import Callable

from .generated_files import EXPLICIT, PIXEL_DATA, Element, File, sequence, text

_TEXTS: tuple[tuple[int, str, str], ...] = (
    (0x00080005, "CS", "ISO_IR 100"),
    (0x00080008, "CS", "ORIGINAL\\PRIMARY\\AXIAL"),
    (0x00080012, "DA", "20200229"),
    (0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
    (0x00080020, "DA", "20200229"),
    (0x00080021, "DA", "20200229"),
    (0x00080023, "DA", "20200229"),
    (0x00080030, "TM", "235959"),
    (0x00080032, "TM", "120000.5"),
    (0x00080050, "SH", "A123456"),
    (0x00080060, "CS", "CT"),
    (0x00080070, "LO", "ACME"),
    (0x00080080, "LO", "St. Elsewhere"),
    (0x00080090, "PN", "HOUSE^GREGORY"),
    (0x00080201, "SH", "+0100"),
    (0x00081010, "SH", "CT01"),
    (0x00081030, "LO", "Head Jane Doe"),
    (0x0008103E, "LO", "AXIAL 1.0"),
    (0x00081090, "LO", "Scanner 3000"),
    (0x00100010, "PN", "DOE^JANE"),
    (0x00100020, "LO", "P-4711"),
    (0x00100030, "DA", "19700401"),
    (0x00100040, "CS", "F"),
    (0x00101010, "AS", "049Y"),
    (0x00101030, "DS", "61.5"),
    (0x001021B0, "LT", "Jane Doe fell on her head"),
    (0x00180015, "CS", "HEAD"),
    (0x00180050, "DS", "1.0"),
    (0x00180060, "DS", "120"),
    (0x00181000, "LO", "SN-998877"),
    (0x00181030, "LO", "Head routine"),
    (0x00181200, "DA", "20200101"),
    (0x00181201, "TM", "070000"),
    (0x00185100, "CS", "HFS"),
    (0x0020000D, "UI", "1.2.3.4.1"),
    (0x0020000E, "UI", "1.2.3.4.2"),
    (0x00200010, "SH", "S77"),
    (0x00200011, "IS", "3"),
    (0x00200037, "DS", "1\\0\\0\\0\\1\\0"),
    (0x00200052, "UI", "1.2.3.4.3"),
    (0x00280004, "CS", "MONOCHROME2"),
    (0x00280030, "DS", "0.5\\0.5"),
    (0x00281050, "DS", "40"),
    (0x00281051, "DS", "400"),
    (0x00281052, "DS", "-1024"),
    (0x00281053, "DS", "1"),
    (0x00321060, "LO", "CT head"),
    (0x00400244, "DA", "20200229"),
    (0x00400245, "TM", "115900"),
    (0x00400254, "LO", "Head"),
)
_NUMBERS = (
    (0x00280002, 1),
    (0x00280010, 4),
    (0x00280011, 4),
    (0x00280100, 16),
    (0x00280101, 12),
    (0x00280102, 11),
    (0x00280103, 0),
)


def code(tag: int, value: str, scheme: str, meaning: str, undefined: bool = False) -> Element:
    """Return a code sequence."""
    item = (text(0x00080100, "SH", value), text(0x00080102, "SH", scheme), text(0x00080104, "LO", meaning))
    return sequence(tag, item, undefined=undefined)


def reference(tag: int, *uids: str, undefined: bool = False) -> Element:
    """Return a sequence of references to instances."""
    items = [(text(0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.2"), text(0x00081155, "UI", uid)) for uid in uids]
    return sequence(tag, *items, undefined=undefined)


def slice_of(number: int, more: tuple[Element, ...] = (), syntax: str = EXPLICIT) -> File:
    """Return one file of the series; `more` goes in the places of its tags."""
    elements = [text(*one) for one in _TEXTS]
    elements += [Element(tag, "US", struct.pack("<H", value)) for tag, value in _NUMBERS]
    elements += [
        text(0x00080013, "TM", f"12000{number % 10}"),
        text(0x00080018, "UI", f"1.2.3.4.5.{number}"),
        text(0x00080033, "TM", f"12010{number % 10}"),
        text(0x00200013, "IS", str(number)),
        text(0x00200032, "DS", f"-100\\-100\\{number}.5"),
        code(0x00081032, "T-D1100", "SRT", "Head"),
        reference(0x00081140, "1.2.3.4.9", f"1.2.3.4.5.{number - 1}", undefined=True),
        code(0x00082218, "T-D1100", "SRT", "Head", undefined=True),
        Element(PIXEL_DATA, "OW", bytes(range(number, number + 32))),
    ]
    file = File(tuple(sorted(elements, key=lambda one: one.tag)), syntax)
    for element in more:
        file = file.with_element(element)
    return file


def series(count: int, more: tuple[Element, ...] = (), syntax: str = EXPLICIT) -> list[File]:
    """Return the files of the series."""
    return [slice_of(number, more, syntax) for number in range(1, count + 1)]


def in_some(change: Callable[[File], File], files: list[File] | None = None) -> list[File]:
    """Return a series of which the files 4, 6 and 7 of 8 are changed: after equal ones, alone, and twice in a row."""
    return [change(file) if number in (3, 5, 6) else file for number, file in enumerate(files or series(8))]


def put(*elements: Element) -> Callable[[File], File]:
    """Return a change that puts elements in their places."""

    def change(file: File) -> File:
        for element in elements:
            file = file.with_element(element)
        return file

    return change
