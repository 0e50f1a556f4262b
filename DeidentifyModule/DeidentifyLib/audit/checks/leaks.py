"""Identifiers of the source's own subject must be nowhere in its output."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from ..elements import Document, Element, TagPath, show_path
from ..expectation import CLEAN, KEEP
from ..findings import Severity
from ..identifiers import TEXT_VRS, Identifier, declared_codecs, decode
from ..large_files import Bytes
from ..packed_sets import number_of
from ..tables import row_of, word_list
from ..tags import PATIENT_ID, PATIENT_NAME, PIXEL_DATA
from .base import ERROR, NOTICE, WARNING, Check, Entry, Found, View, stripped
from .times import is_date_attribute

_NUMBER_VRS = frozenset("DS IS US SS UL SL FL FD AT SV UV".split())
_TIME_VRS = frozenset("DA TM DT AS".split())
_BULK_VRS = frozenset("OB OW OF OD OL OV UN".split())
_META_INSTANCE = "file meta (0002,0003)"
_ENDINGS = frozenset((b"s", b"es", b"ed", b"er", b"ing", b"al", b"ic"))
_KINDS = {
    "person": "a name",
    "id": "an identifier",
    "contact": "a telephone number or address",
    "place": "a place or institution",
    "station": "a station name",
    "date": "a date",
    "text": "a description",
    "uid": "a UID",
}


_MEASURE = re.compile(
    rb"(?:[^0-9a-z])?([0-9]{1,4})[ _]?(?:mm|cm|ms|sec|s|kvp|kv|mas|ma|mg|ml|deg|hz|mhz|t|gy|cgy|mbq|hu|um)(?![0-9a-z])"
)
_WORD = re.compile(rb"[0-9a-z\x80-\xff]+")
_SERIAL = re.compile(r"\d{5}|[^\W\d]\d{4}|\d{4}[^\W\d]")
"""Five digits, or four beside a letter."""


class LeakedValues(Check):
    """Search every byte of the file, and the inflated data set, for all identifiers of the subject."""

    id = "leak.value"
    title = "No name, number, place, date or other identifier of the source is in any byte of its output"

    def file(self, view: View) -> Iterator[Found]:
        """Search raw bytes, then weigh each hit by where it stands."""
        document = view.output
        buffers = [document.data] if document.body is document.data else [document.data, document.body]
        for buffer in buffers:
            places = None
            told = set()
            for offset, form, wide in view.subject.search.find(buffer):
                if places is None:
                    places = Places(document, buffer)
                element, region = places.at(offset)
                table = view.subject.wide if wide else view.subject.by_form
                for identifier in sorted(table.get(form, ())):
                    if identifier.kind == "uid":
                        severity = _weigh_uid(buffer, offset, element, view)
                    else:
                        length = len(form) * (2 if wide else 1)
                        severity = weigh(identifier, buffer, offset, length, element, region, view)
                    told_key = (region, identifier.kind, severity)
                    if severity is not None and told_key not in told:
                        told.add(told_key)
                        yield Found(self.id, severity, region, _explain(identifier))


class LeakedWords(Check):
    """Words too short for a search in raw bytes (LEE) count as whole words of text values."""

    id = "leak.word"
    title = "No short name or number of the source is a word of any text value"

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Look for the short identifiers among the words of one value."""
        if not view.subject.words or not entry.output or entry.vr not in TEXT_VRS | {"PN"} or len(entry.output) > 65536:
            return
        text = decode(entry.output, declared_codecs(view.output, entry.path)).casefold()
        same = entry.source is not None and stripped(entry.source) == stripped(entry.output)
        for word in set(re.findall(r"\w+", text)) & view.subject.words.keys():
            identifier = view.subject.words[word]
            whole = text.strip(" \0") == word
            if same and view.expectation.action(entry.tag)[0] == KEEP:
                continue
            technical = entry.vr == "CS" or f"{entry.tag:08x}" in word_list("technical.txt")
            technical = technical or _is_of_equipment(identifier, entry.tag, entry.source or b"", entry.output)
            cleaned = identifier.origin == entry.tag and view.expectation.action(entry.tag)[0] == CLEAN
            measured = word.isdigit() and is_measure(text[max(0, text.find(word) - 1) :].encode(), len(word))
            if technical or cleaned or measured or identifier.kind == "station" or (len(word) < 3 and not whole):
                severity = NOTICE
            else:
                severity = ERROR if same or whole else WARNING
            yield Found(self.id, severity, "", _explain(identifier))


class LeakInNames(Check):
    """File and folder names are output too."""

    id = "leak.path"
    title = "No identifier or UID of the source is in a file or folder name"

    def file(self, view: View) -> Iterator[Found]:
        """Search the relative path."""
        name = view.name.casefold()
        raw = name.encode("utf-8")
        for uid in re.findall(r"[0-9]+(?:\.[0-9]+){3,}", name):
            for form in (uid, uid.removesuffix(".dcm")):
                if number_of(form) in view.subject.uids:
                    yield Found(self.id, ERROR, "file name", "a UID of the source")
                    return
        kept = f"{view.source.text(PATIENT_NAME)} {view.source.text(PATIENT_ID)}".casefold()
        kept = kept if view.expectation.keep_id_name else ""
        for offset, form, _ in view.subject.search.find(raw):
            for identifier in view.subject.by_form.get(form, ()):
                if identifier.text in kept:
                    continue
                if identifier.kind != "uid" and (len(form) >= 8 or _bounded(raw, offset, len(form))):
                    yield Found(self.id, ERROR, "file name", _explain(identifier))
        for word in set(re.findall(r"[^\W_]+", name)) & view.subject.words.keys():
            nameable = view.subject.words[word].kind in ("person", "id") and not word.isdigit() and len(word) > 2
            if nameable and word not in kept:
                yield Found(self.id, ERROR, "file name", _explain(view.subject.words[word]))


class Places:
    """Says which element holds an offset of the file."""

    def __init__(self, document: Document, buffer: Bytes) -> None:
        self.document = document
        self.elements = document.elements if buffer is document.body else []
        self.in_meta = buffer is document.data
        self.starts = [element[3] for element in self.elements]

    def at(self, offset: int) -> tuple[Element | None, str]:
        """Return the element and the name of the place; no element in the preamble, headers and rests."""
        document = self.document
        if self.in_meta and document.has_preamble and offset < 128:
            return None, "preamble"
        if self.in_meta and (document.body is not document.data or offset < document.body_start):
            for element in document.meta:
                if element[3] <= offset < element[3] + element[4]:
                    return None, f"file meta {show_path((), element[1])}"
            if document.body is document.data:
                return None, "file meta"
            return None, "deflated bytes"
        number = bisect_right(self.starts, offset) - 1
        while number >= 0:
            element = self.elements[number]
            if offset < element[3] + element[4] and element[2] != "SQ":
                return element, show_path(element[0], element[1])
            if element[2] == "SQ":
                break
            number -= 1
        return None, "between the elements"


def weigh(
    identifier: Identifier,
    buffer: Bytes,
    offset: int,
    length: int,
    element: Element | None,
    region: str,
    view: View,
) -> Severity | None:
    """Return how bad a hit is, None when it is chance.

    Short words count only where text stands; numbers do not count inside longer numbers; words of a place that
    machine vocabulary shares are a notice. docs/audit.md gives the rules with their reasons.
    """
    bounded = _bounded(buffer, offset, length)
    if element is None:
        if region == _META_INSTANCE and view.output.meta_text(0x00020003) == view.output.text(0x00080018):
            return None  # the data set has the same UID, and there it is weighed
        return ERROR if bounded or length >= 8 else None
    path, tag, vr, start, size = element
    value = buffer[start : start + size]
    if tag == PIXEL_DATA or (vr in _BULK_VRS and size > 1024):
        return ERROR if _stands_in_bulk(identifier.text, buffer, offset, length, bounded) else None
    if not tag >> 16 & 1 and view.expectation.action(tag)[0] == KEEP and _same(view, path, tag, value):
        return None
    if vr == "UI":
        return ERROR if identifier.kind == "id" and length >= 8 and bounded else None
    if vr in _TIME_VRS or (identifier.kind == "date" and is_date_attribute(tag)):
        return None
    if vr in _NUMBER_VRS:
        is_number = identifier.kind in ("id", "contact") and bounded and vr in ("DS", "IS")
        return ERROR if is_number and (length >= 7 or (length >= 5 and _is_whole(identifier.text, value))) else None
    if not bounded and (length < 6 or (identifier.text.isdigit() and length < 8)):
        return None
    same = _same(view, path, tag, value)
    technical = vr == "CS" or f"{tag:08x}" in word_list("technical.txt")
    if same and technical:
        return NOTICE
    partner = view.source.index.get((path, tag))
    before = view.source.value(partner) if partner is not None else b""
    if _is_of_equipment(identifier, tag, before, buffer[start : start + size]):
        return NOTICE
    if same and not _tells_subject(identifier.origin) and identifier.kind == "id" and not _has_digit(identifier.text):
        return WARNING  # an order or a procedure that is called by ordinary words
    if identifier.kind == "person" and _is_inflected(identifier.text, buffer, offset, length):
        return WARNING  # such as six overlays, with a patient who is called Overlay
    if _is_cleaned_station(identifier, tag, view):
        return NOTICE
    if identifier.kind == "id" and is_measure(bytes(buffer[max(start, offset - 1) : offset + length + 8]), length):
        return NOTICE
    if identifier.origin == tag and identifier.kind == "place" and view.expectation.action(tag)[0] == CLEAN:
        return WARNING
    if identifier.kind in ("text", "place") and not (identifier.whole and len(identifier.text) >= 6):
        return WARNING
    if identifier.kind == "text":
        row = row_of(tag)
        return WARNING if row is None or row.basic == "-" else ERROR
    return ERROR


def _is_whole(text: str, value: bytes) -> bool:
    """Return whether an identifier is one of several numbers as a whole."""
    parts = value.decode("latin-1").split("\\")
    return any(part.strip(" \0+").partition(".")[0].lstrip("0") == text.lstrip("0") for part in parts)


def _tells_subject(tag: int) -> bool:
    """Return whether an attribute is one of the Patient, Patient Study or Clinical Trial modules."""
    return tag >> 16 in (0x0010, 0x0012, 0x0038)


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _is_inflected(word: str, buffer: Bytes, offset: int, length: int) -> bool:
    """Return whether a hit is the begin of a longer word of the language: a plural or another ending, in lower case."""
    before = buffer[max(0, offset - 1) : offset]
    rest = re.match(rb"[a-z]+", buffer[offset + length : offset + length + 8])
    return word.isalpha() and not before.isalnum() and rest is not None and rest[0] in _ENDINGS


def _same(view: View, path: TagPath, tag: int, value: bytes) -> bool:
    """Return whether a value is the source's own at the same place."""
    partner = view.source.index.get((path, tag))
    return partner is not None and stripped(view.source.value(partner)) == stripped(value)


def is_measure(text: bytes, length: int) -> bool:
    """Return whether digits that begin a text, or stand behind its first byte, are a number with its unit.

    A study that is called 300 takes no 300 mm from a description.
    """
    found = _MEASURE.match(text.lower())
    return found is not None and len(found[1]) == length


def _is_cleaned_station(identifier: Identifier, tag: int, view: View) -> bool:
    """Return whether a hit is the name of a station in an attribute that the options clean and do not remove.

    An application entity such as MRC1 stays with Retain Device Identity (C in Table E.1-1) where nothing in it is a
    person's name or an ID; those are looked for on their own.
    """
    row, action = row_of(tag), view.expectation.action
    if identifier.kind != "station" or row is None or row.kind != "station":
        return False
    return action(tag)[0] == CLEAN and action(identifier.origin)[0] in (CLEAN, KEEP)


def _is_of_equipment(identifier: Identifier, tag: int, before: bytes, after: bytes) -> bool:
    """Return whether a hit is the maker or model of a device that a station or an institution is called like.

    A word that has the digits of a serial number is none, nor is one that the source does not have at this place.
    """
    creator = tag >> 16 & 1 and 0x10 <= tag & 0xFFFF <= 0xFF
    if not creator and f"{tag:08x}" not in word_list("equipment.txt"):
        return False
    plain = identifier.kind == "id" and not any(character.isdigit() for character in identifier.text)
    if not (plain or identifier.kind in ("place", "station")) or _SERIAL.search(identifier.text):
        return False
    return set(_WORD.findall(after.lower())) <= set(_WORD.findall(before.lower()))


def _weigh_uid(buffer: Bytes, offset: int, element: Element | None, view: View) -> Severity | None:
    if element is not None and element[2] == "UI":
        return None  # the check of UIDs looks at these
    begin = offset
    while begin > 0 and buffer[begin - 1] in b"0123456789.":
        begin -= 1
    found = re.match(rb"[0-9.]{8,64}", buffer[begin : begin + 65])
    uid = found[0].decode("ascii").strip(".") if found else ""
    return ERROR if number_of(uid) in view.subject.uids else None


def _bounded(buffer: Bytes, offset: int, length: int) -> bool:
    """Return whether no letter or digit touches the hit."""
    before, after = buffer[max(0, offset - 1) : offset], buffer[offset + length : offset + length + 1]
    return not (before.isalnum() or after.isalnum())


def _stands_in_bulk(word: str, buffer: Bytes, offset: int, length: int, bounded: bool) -> bool:
    """Return whether a hit inside pixels or other bulk data is text and not chance.

    In random bytes a word of 8 characters in any case turns up once in 10^12 files of 512 kB, one of 4 in every
    hundred. Grey values that rise slowly spell 12345 or 11223344: such a word never counts.
    """
    if all(abs(after - before) <= 1 for before, after in pairwise(word.encode("utf-8"))):
        return False
    if length >= 2 * len(word) and not word.isdigit():  # UTF-16: 16-bit pixels of small value look like it
        return len(word) >= 6
    if length >= 8 and not (length >= 2 * len(word) and len(word) < 8):
        return True
    around = buffer[max(0, offset - 8) : offset + length + 8]
    printable = sum(32 <= byte < 127 for byte in around)
    return bounded and length >= 5 and (printable >= len(around) - 1 or printable == length)


def _explain(identifier: Identifier) -> str:
    where = f" from {show_path((), identifier.origin)} of the source"
    return f"{_KINDS[identifier.kind]}{where}" + ("" if identifier.whole or identifier.kind == "uid" else ", one word")
