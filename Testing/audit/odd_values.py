"""Values of each VR in many forms: well formed, padded, several, empty, malformed. Form 0 is an ordinary value."""

from __future__ import annotations

import struct

Forms = tuple[bytes, ...]

_TEXT: Forms = (
    b"@x @ ",
    b"@ ",
    b"@x\\@\\y@",
    b" @  \0\0",
    b"",
    b"@\nx@",
    b"M\xfcllgard @",
    "Ærøs @ Ψ".encode(),
    b"\\@\\",
    b"77@ ",
    b"@^x@",
    b"\0\0",
)
FORMS: dict[str, Forms] = {
    **dict.fromkeys(("LO", "LT", "SH", "ST", "UC", "UT"), _TEXT),
    "AE": (b"Z@", b"CT99", b"M08MRI01", b"", b"  @  ", b"MR_SCANNER", b"A@\\B@", b"@ \0"),
    "AS": (b"047Y", b"47Y ", b"47", b"", b"047Y\\048Y ", b"forty-seven ", b"007D", b"300M"),
    "AT": (b"\x10\0\x10\0", b"", b"\x18\0\x50\0\x18\0\x60\0", b"\x10\0"),
    "CS": (b"QUOX_7 ", b"@ ", b"lower @ ", b"", b"A\\B ", b"QUEX_8 \0", b"1234567890123456789 ", b"AXIAL\\@ "),
    "DA": (
        b"20210311",
        b"2021.03.11",
        b"20210311\\20210312 ",
        b"20210311 \0",
        b"",
        b"2021-03-11",
        b"20211341",
        b"202103",
        b"11 March 2021 ",
        b"20210311\n",
        b"20210311101112",
        b"2021",
        b"19000101",
        b"20210311-20210312 ",
        b"00000000",
        b"2021/03/11",
        b"210311",
        b"20210311.",
    ),
    "DT": (
        b"20210311101112",
        b"20210311101112.1234567 ",
        b"20210311101112.",
        b"20210311101112Z ",
        b"20210311101112+01 ",
        b"20210311101112.123456+0100",
        b"20210311101112\n",
        b"20210311 101112 ",
        b"2021-03-11T10:11:12 ",
        b"",
        b"20210311",
        b"202103",
        b"2021",
        b"20210311101112.1-0500\\20210312 ",
        b"20210311101112+01:00",
        b"2021031110",
        b"20210311246060",
        b"11.3.2021 ",
        b"20210311101112.123456789",
        b"00000000000000",
        b"20210311101112 +0100 ",
        b"2021.03.11 10:11:12 ",
        b"20210311101112.12z",
    ),
    "TM": (
        b"101112",
        b"101112.1234567",
        b"101112.",
        b"10:11:12",
        b"101112Z ",
        b"101112+01 ",
        b"101112\n ",
        b"",
        b"10",
        b"1011",
        b"101112.12\\111213 ",
        b"noon",
        b"246060",
        b"10:11:12.123 ",
        b"101112 \0",
        b"9:05",
        b"101112.123456789",
        b"T101112 ",
    ),
    "DS": (b"1.5 ", b"1\\-2.5e3\\0 ", b"", b"1,5 ", b"880431", b"NaN ", b"Zorvik", b" 12 ", b"20210311", b"1.5\0"),
    "IS": (b"1 ", b"1\\2 ", b"", b"1.0 ", b"880431", b"Zorvik", b" 12 ", b"20210311", b"+5", b"5\0"),
    "FD": (struct.pack("<d", 1.5), b"", struct.pack("<2d", 1.5, -2), b"1234567", b"Zorvik@@"),
    "FL": (struct.pack("<f", 1.5), b"", b"JANE", b"12"),
    "OB": (b"\0\1", b"Zorvik @", b"", b"\1\2\3"),
    "OD": (bytes(8), b"Zorvik@@", b""),
    "OF": (bytes(8), b"Zorvik@@", b""),
    "OL": (bytes(4), b"Zorvik@@", b""),
    "OV": (bytes(8), b"Zorvik@@", b""),
    "OW": (b"\0\1\0\2", b"Zorvik @", b""),
    "PN": (
        b"ZORVIK^@",
        b"Zorvik^@^^^ ",
        b"@ ",
        b"",
        b"M\xfcLLGARD^@ ",
        b"ZORVIK^@\\QUENDELL^@",
        b"Zorvik^@=\x1b$B;3ED\x1b(B",
        b"^^^^",
        b"ZORVIK^@\0",
        b"zorvik, @\n",
    ),
    "SL": (b"\1\0\0\0", b"", b"Zorv", b"\1\0"),
    "SS": (b"\1\0", b"", b"\xff\xff\1\0"),
    "SV": (bytes(8), b"", b"\1\0\0\0"),
    "UI": (
        b"1.2.826.0.1.3680043.8.498.88.#",
        b"1.2.826.0.1.3680043.8.498.88.#.1\\1.2.826.0.1.3680043.8.498.88.#.2",
        b"1.2.840.10008.5.1.4.1.1.2\0",
        b"1.2.840.10008.99.77.#",
        b"",
        b"1.2.826.0.01.3680043.88.#",
        b"1.2.826.@.77",
        b"1.2.826.0.1.3680043.8.498.88.77777777777777777777777777777777.888888.#",
        b" 1.2.826.0.1.3680043.88.# ",
        b"1.2.826.0.1.3680043.89.#  ",
        b"Zorvik @",
        b"1..2.826.#",
        b"880431",
        b"1.2.826.0.1.3680043.90.#\n",
        b"1.2.826.20210311.880431.#",
        b"1.2.840.10008.5.1.4.1.1.2.#",
        b"1.2.840.10008",
        b"1.2.3",
        b"\0\0",
        b"5F8A.@",
        b"1.2.826.0.1.3680043.91.#.",
        b"1.2.826.0.1.3680043.92.#\\",
    ),
    "UL": (b"\1\0\0\0", b"", b"\1\0\0\0\2\0\0\0", b"ZORV"),
    "UN": (b"\0\1", b"Zorvik @", b""),
    "UR": (b"http://zorvik.@.example", b"", b"urn:@ ", b"@ "),
    "US": (b"\1\0", b"", b"\2\0\1\0", b"D"),
    "UV": (bytes(8), b"", b"\1\0"),
}
NUMBER_OF_FORMS = max(map(len, FORMS.values()))
OF_BIRTH = frozenset((0x00100030, 0x00100033, 0x00100034))
OTHER_VRS = ("UN", "LO", "OB", "PN", "UI", "DA", "CS", "UT", "DS", "US")
_LETTERS = b"bdfgkmprtvxz"
_VOWELS = b"aeiou"


def value_of(vr: str, number: int, tag: int, depth: int) -> bytes:
    """Return the value of a form; ``@`` is a word that only this tag at this depth has, ``#`` a number."""
    forms = FORMS[vr]
    if vr in ("DA", "DT") and tag in OF_BIRTH:
        forms = tuple(form.replace(b"2021", b"1957") for form in forms)
    word = word_of((tag * 2 + depth) * 64 + number)
    return forms[number % len(forms)].replace(b"@", word).replace(b"#", str(tag * 2 + depth).encode())


def word_of(number: int) -> bytes:
    """Return a word that no language has, another one for each number."""
    word = b"q"
    number += 1
    while number:
        number, consonant = divmod(number, len(_LETTERS))
        number, vowel = divmod(number, len(_VOWELS))
        word += _VOWELS[vowel : vowel + 1] + _LETTERS[consonant : consonant + 1]
    return word
