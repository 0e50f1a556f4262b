"""What identifies a subject: the values of the source that its output must not hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pydicom.charset import convert_encodings, decode_bytes

from .elements import Document, Element, TagPath
from .expectation import CLEAN, KEEP, Expectation
from .tables import row_of, vr_in_tables, word_list
from .tags import SPECIFIC_CHARACTER_SET

TEXT_VRS = frozenset("LO SH ST LT UT UC UR AE CS".split())
_SPLIT = re.compile(r"[\s^=,;\\/()\[\]\"]+")
_EDGES = " \0\t\r\n.,;:'\"^-_*()"
_MONTHS = "January February March April May June July August September October November December".split()
_DELIMITERS = {0x0D, 0x0A, 0x09, 0x0C, ord("\\"), ord("^"), ord("=")}


class Identifier(NamedTuple):
    """One value that must not appear.

    Attributes
    ----------
    text : str
        The value or word, case-folded.
    kind : str
        person, id, contact, place, station, date or text.
    whole : bool
        Whether it is a whole value, not one word of several.
    origin : int
        Tag of the attribute in the source, for the explanation.
    codec : str
        Python codec of the source's own character set, for the search in raw bytes.
    """

    text: str
    kind: str
    whole: bool
    origin: int
    codec: str


def declared_codecs(document: Document, path: TagPath = ()) -> list[str]:
    """Return the Python codecs of Specific Character Set (0008,0005) at a path, or of the level that encloses it."""
    for depth in range(len(path), -1, -1):
        text = document.text(SPECIFIC_CHARACTER_SET, path[:depth])
        if text:
            try:
                return list(convert_encodings(text.split("\\")))
            except (LookupError, ValueError):
                break
    return ["iso8859"]


def decode(value: bytes, codecs: list[str]) -> str:
    """Return text of a value in the declared character sets; undecodable bytes are replaced."""
    try:
        return decode_bytes(value, codecs, _DELIMITERS)
    except (LookupError, ValueError, AttributeError):
        return value.decode("latin-1")


def identifiers_of(document: Document, element: Element, expectation: Expectation) -> Iterator[Identifier]:
    """Yield what one element of a source says of its subject, its people or its places, as the options have it.

    Values that an option keeps are left out. Names are cut into words; places into uncommon words.
    """
    path, tag, vr, start, length = element
    if not length or tag >> 16 & 1 or vr == "SQ":
        return
    row = row_of(tag)
    kind = "person" if vr == "PN" and vr_in_tables(tag) not in ("DA", "DT", "TM") else row.kind if row else "other"
    if kind in ("unlisted", "other"):
        return
    action, _ = expectation.action(tag)
    is_of_device_or_place = action == CLEAN and expectation.retains_where(row)
    if action == KEEP or is_of_device_or_place or (action == CLEAN and kind == "text"):
        return
    if length > 4096 and kind != "text":
        return
    value = document.body[start : start + min(length, 65536)]
    yield from _of_value(value, kind, element, declared_codecs(document, path))


def _of_value(value: bytes, kind: str, element: Element, codecs: list[str]) -> Iterator[Identifier]:
    tag = element[1]
    text = decode(value, codecs)
    codec = codecs[-1]
    for part in text.split("\\") if element[2] not in ("ST", "LT", "UT") else [text]:
        part = part.strip(_EDGES)
        if kind == "date":
            if is_date(part[:8]):
                yield Identifier(part[:8], kind, True, tag, "ascii")
        elif kind == "person":
            for word in _words(part):
                if not _is_number(word):
                    yield Identifier(word, kind, False, tag, codec)
        elif kind == "text":
            for line in part.splitlines():
                line = line.strip(_EDGES)
                if len(line) >= 12 and len(_words(line)) >= 2:
                    yield Identifier(line.casefold()[:200], kind, True, tag, codec)
        elif len(part) >= 3 and part.casefold() not in word_list("common_words.txt") and _says_something(part):
            yield Identifier(part.casefold(), kind, True, tag, codec)
            if kind == "place":
                for word in _words(part):
                    if len(word) >= 5:
                        yield Identifier(word, kind, False, tag, codec)
            digits = re.sub(r"\D", "", part)
            if kind in ("contact", "id") and len(digits) >= 7 and digits != part:
                yield Identifier(digits, kind, True, tag, codec)


def _words(text: str) -> list[str]:
    common = word_list("common_words.txt")
    words = (word.strip(_EDGES).casefold() for word in _SPLIT.split(text))
    return [word for word in words if len(word) >= 2 and word not in common and _says_something(word)]


def _is_number(text: str) -> bool:
    """Return whether a word has no letter: a number or a time in the place of a name names nobody."""
    return not any(character.isalpha() for character in text)


def _says_something(text: str) -> bool:
    """Return whether text is more than one repeated character, such as 0000 or xxxx."""
    return len(set(text.casefold()) - set(" .-_^")) > 1


def is_date(text: str) -> bool:
    """Return whether text is a DICOM date that can belong to a person of today's records, not a usual dummy."""
    if not re.fullmatch(r"(19|20)\d{6}", text) or (text.endswith("0101") and text[:4] in ("1900", "1970", "2000")):
        return False
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return True


def date_forms(text: str) -> list[str]:
    """Return the ways in which free text writes a date ``YYYYMMDD``."""
    year, month, day = text[:4], text[4:6], text[6:8]
    name = _MONTHS[int(month) - 1]
    return [
        f"{day}-{name[:3]}-{year}",
        f"{day} {name[:3]} {year}",
        f"{day} {name} {year}",
        f"{int(day)} {name} {year}",
        f"{name} {int(day)}, {year}",
        f"{name[:3]} {int(day)}, {year}",
        f"{int(day)}.{int(month)}.{year}",
        f"{int(month)}/{int(day)}/{year}",
        text,
        f"{year}-{month}-{day}",
        f"{year}/{month}/{day}",
        f"{year}.{month}.{day}",
        f"{day}.{month}.{year}",
        f"{day}/{month}/{year}",
        f"{month}/{day}/{year}",
        f"{day}-{month}-{year}",
        f"{month}-{day}-{year}",
    ]


def plain_forms(text: str) -> set[str]:
    """Return a word with and without accents: ``müller`` also as ``muller`` and ``mueller``."""
    flat = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    flat = "".join(char for char in flat if not unicodedata.combining(char))
    german = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return {text, flat, german}


def byte_forms(identifier: Identifier) -> set[bytes]:
    """Return the bytes to search for an identifier: its forms in the declared and the common encodings."""
    texts = date_forms(identifier.text) if identifier.kind == "date" else plain_forms(identifier.text)
    forms = set()
    for text in texts:
        for cased in {text, text.upper(), text.title(), text.lower()}:
            for codec in (identifier.codec, "utf-8", "latin-1"):
                try:
                    forms.add(cased.encode(codec).lower())
                except (UnicodeError, LookupError):
                    continue
    pieces = (piece for form in forms for piece in re.split(rb"[\x00-\x1f]+[$()]?[\x20-\x40]?", form))
    return {piece for piece in pieces if len(piece) >= 4}
