"""Values for generated elements: well formed, odd, padded, identifying, in several character sets, malformed."""

from __future__ import annotations

import struct

LONG = 20_000
"""Bytes of a long value: more than the stream engine keeps of bulk data."""

BY_VR: dict[str, tuple[bytes, ...]] = {
    "AE": (b"STATION1", b"DOES AE ", b""),
    "AS": (b"042Y", b"42", b"042Y\\043Y "),
    "AT": (b"\x10\0\x10\0", b"\x18\0\x50\0\x18\0\x60\0", b"abc"),
    "CS": (b"AXIAL ", b"ORIGINAL\\PRIMARY\\AXIAL", b"DOE ", b"lower case", b"", b"YES\0", b"12345678"),
    "DA": (b"20200229", b"20200301", b"2020.03.01", b"20200229\\20200301 ", b"", b"19000101", b"20201341", b"Doe "),
    "DS": (b"1.5 ", b"1\\-2.5e3\\0 ", b"Jane Doe", b""),
    "DT": (b"20200229120000", b"20200229120000.5+0100 ", b"2020", b"202002\\2021 ", b"", b"Doe "),
    "FD": (struct.pack("<d", 1.5), struct.pack("<2d", 1.5, -2), b"1234567"),
    "FL": (struct.pack("<f", 1.5), b"JANE", b"12"),
    "IS": (b"1 ", b"12", b"1\\2 ", b"Doe ", b""),
    "LO": (
        b"Head",
        b"Head Jane Doe ",
        b"DOE",
        b"Kopf M\xfcller",
        "Kopf Müller".encode(),
        b"A\\Jane\\B",
        b"Head\0Doe",
        b"",
        b"P-4711",
        b"\x1b$B;3ED\x1b(B",
        b"12345678",
    ),
    "LT": (b"contrast given to Jane Doe", b"A\\B \r\n ", b"", b"Head\0\0\0Doe "),
    "OB": (b"\0\1", b"Jane Doe", b"\1\2\3", bytes(range(256)) * (LONG // 256 + 1), b""),
    "OD": (bytes(8), b"JaneDoe!"),
    "OF": (bytes(8), bytes(LONG)),
    "OL": (bytes(4),),
    "OV": (bytes(8),),
    "OW": (b"\0\1\0\2", b"\7\0" * LONG, b"Jane Doe"),
    "PN": (
        b"DOE^JANE",
        b"Doe^Jane^^^ ",
        b"ROE^RICHARD ",
        b"",
        b"M\xdcLLER^ANNA ",
        "MÜLLER^ANNA".encode(),
        b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3 ",
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B",
        b"DOE^JANE\\ROE^RICHARD",
        b"DOE^JANE\0",
    ),
    "SH": (b"CT01", b"Doe 1 ", b"+0100 ", b"", b"M\xfcller", b"P-4711"),
    "SL": (b"\1\0\0\0", b"Doe "),
    "SS": (b"\1\0", b"\xff\xff\1\0"),
    "ST": (b"Main Street 1", b"Doe", b""),
    "SV": (bytes(8),),
    "TM": (b"120000", b"120000.123456 ", b"12:00:00", b"", b"120000\\130000 ", b"noon"),
    "UC": (b"Head", b"Jane Doe " * 10, b""),
    "UI": (
        b"1.2.3.4\0",
        b"1.2.3.5\\1.2.3.6\0",
        b"1.2.840.10008.5.1.4.1.1.2\0",
        b"",
        b"1.2.3.4",
        b"Jane Doe",
        b"1.2.3.4 ",
    ),
    "UL": (b"\1\0\0\0", b"\1\0\0\0\2\0\0\0", b"DOE "),
    "UN": (
        b"\0\1",
        b"Jane Doe",
        b"",
        b"\xfe\xff\0\xe0\x10\0\0\0\x10\0\x10\0\x08\0\0\0DOE^JANE",
        b"\xfe\xff\0\xe0\xff\xff\xff\xff",
        b"x" * LONG,
    ),
    "UR": (b"http://doe.example", b""),
    "US": (b"\1\0", b"\2\0\1\0", b"D"),
    "UT": (b"Head scan of Jane Doe ", b"x" * LONG, b"A\0DOE", b""),
    "UV": (bytes(8),),
}

CHARACTER_SETS = (
    b"ISO_IR 100",
    b"ISO_IR 192",
    b"\\ISO 2022 IR 87 ",
    b"ISO_IR 13 ",
    b"GB18030 ",
    b"",
    b"ISO_IR 100\0\0",
    b"iso_ir 100",
    b"ISO_IR 999",
)

BY_TAG: dict[int, tuple[bytes, ...]] = {
    0x00080005: CHARACTER_SETS,
    0x00080016: (
        b"1.2.840.10008.5.1.4.1.1.2\0",
        b"1.2.840.10008.5.1.4.1.1.128\0",
        b"1.2.840.10008.5.1.4.1.1.7\0",
        b"1.2.840.10008.5.1.4.1.1.88.11\0",
        b"1.2.840.10008.5.1.4.1.1.104.1\0",
        b"1.2.3.4\0",
    ),
    0x00080100: (b"T-D1100 ", b"121326", b"DOE1", b"P0-0099A", b""),
    0x00080102: (b"DCM ", b"99LOCAL ", b"SRT ", b"DOE ", b""),
    0x00080104: (b"Head", b"Jane Doe", b"Abdomen with contrast "),
    0x00080201: (b"+0100 ", b"-0500 ", b"Doe ", b""),
    0x00100020: (b"P-4711", b"p-4711", b" P-4711 ", b"P-4712", b"", b"P-4711\0 "),
    0x00120062: (b"YES ", b"NO", b""),
    0x00120063: (b"Other tool", b"Other tool\\by Doe ", b""),
    0x00280002: (b"\1\0", b"\3\0"),
    0x00280008: (b"1 ", b"2 ", b"Doe "),
    0x00280010: (b"\4\0", b"\2\0", b""),
    0x00280011: (b"\4\0", b"\2\0"),
    0x00280100: (b"\x10\0", b"\x08\0"),
    0x00280103: (b"\0\0", b"\1\0"),
    0x00280303: (b"UNMODIFIED", b"MODIFIED", b"REMOVED ", b""),
    0x00420012: (b"application/pdf ", b"text/xml"),
    0x60000040: (b"G ", b"R ", b""),
}

CREATORS = (
    b"GEMS_ACQU_01",
    b"GEMS_PARM_01",
    b"Philips PET Private Group ",
    b"Philips Imaging DD 001",
    b"ELSCINT1",
    b"GEIIS PACS",
    b"ACME",
    b"ELSCINT1\0\0",
    b" ELSCINT1 ",
    b"elscint1",
    b"",
)
PRIVATE_GROUPS = (0x0009, 0x0019, 0x0043, 0x00E1, 0x0903, 0x2001, 0x7053, 0x7FE1)
PRIVATE_LOW_BYTES = (0x00, 0x01, 0x02, 0x03, 0x09, 0x10, 0x12, 0x21, 0x23, 0x24, 0x27, 0x50, 0x9E)
