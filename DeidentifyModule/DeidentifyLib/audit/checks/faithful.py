"""Nothing is in an output that its source does not explain: no added element, no changed value, no foreign text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..elements import TagPath, show_path
from ..expectation import CLEAN, KEEP
from ..identifiers import TEXT_VRS, declared_codecs, decode
from ..tables import method_codes, word_list
from .base import ERROR, Check, Entry, Found, View, stripped

_DATE_VRS = frozenset(("DA", "DT", "TM"))
_TEXT_NUMBER_VRS = frozenset(("DS", "IS", "AS"))
_NUMBER_VRS = frozenset("US SS UL SL FL FD AT SV UV".split())
_METHOD, _METHOD_CODES, _EQUIPMENT = 0x00120063, 0x00120064, 0x0018A001
_OWN = frozenset((0x00120062, _METHOD, _METHOD_CODES, 0x00280301, 0x00280302, 0x00280303, 0x00080005))
"""What a de-identified object says of itself (PS3.15 E.1.1, PS3.3 C.7.1.1, C.12.1); another check reads it."""
_CODE_OF_METHOD = frozenset((0x00080100, 0x00080102, 0x00080104))
_IDENTITY = frozenset((0x00100010, 0x00100020))
_AFTER_DEFACING = frozenset((0x00082111, 0x00080008, 0x00282110))
"""Derivation Description, Image Type, Lossy Image Compression: a changed image says so (PS3.3 C.7.6.1)."""
_DOCUMENT = 0x00420011
_HASHED = frozenset(
    (
        0x00080100,  # CodeValue
        0x00080119,  # LongCodeValue
        0x00080120,  # URNCodeValue
        0x00480106,  # OpticalPathIdentifier
        0x006A000E,  # ReferencedOpticalPathIdentifier
        0x00700310,  # FiducialIdentifier
    )
)
_HASHED_CODE = re.compile(rb"[A-Z2-7]{13}")
"""A local code, and an identifier within an object that may be a name, is replaced by a keyed hash, in base 32."""
_DOCUMENT_BYTES = 4096
_CODE_DUMMIES = frozenset(("other",))
"""A term of Image Type (PS3.3 C.8) that stands for one that may identify."""
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


class Faithful(Check):
    """Compares by value: what stays is the source's, what replaces it says nothing."""

    id = "added"
    title = "No element was added, and no value changed to something that the source does not say"

    def file(self, view: View) -> Iterator[Found]:
        """Judge the elements that the source does not have at the same place."""
        if not view.expectation.strict or view.source.problems:
            return  # of a broken source not everything is known
        for path, tag in view.output.index.keys() - view.source.index.keys():
            element = view.output.index[path, tag]
            if element[2] == "SQ" or not element[4] or self._is_own(path, tag, view):
                continue
            value = stripped(view.output.value(element))
            if not value or says_nothing(value, element[2]) or _moved(view, path, tag, value):
                continue
            yield Found("added.element", ERROR, show_path(path, tag), "an element was added that the source lacks")

    def _is_own(self, path: TagPath, tag: int, view: View) -> bool:
        """Return whether a de-identifier adds this element by itself."""
        low = tag & 0xFFFF
        if low == 0 or tag in view.expectation.site_tags or (tag >> 16 & 1 and 0x10 <= low <= 0xFF):
            return True
        if not path:
            defaced = view.expectation.deface and tag in _AFTER_DEFACING
            return tag in _OWN or tag in _IDENTITY or defaced
        if path[0][0] == _METHOD_CODES:
            return _names_a_method(path, tag, view)
        return any(parent in view.expectation.site_tags for parent, _ in path)

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Compare one value with the source's at the same place."""
        if entry.source is None or not entry.output or not view.expectation.strict or self._is_free(entry, view):
            return
        old, new = stripped(entry.source), stripped(entry.output)
        if old == new or not new or says_nothing(new, entry.vr):
            return
        if entry.tag in _HASHED and _HASHED_CODE.fullmatch(new):
            return
        if entry.tag >> 16 & 1:
            if entry.vr in TEXT_VRS | {"PN"}:
                yield from self._text(entry, view, "a kept private text changed")
            return
        action, row = view.expectation.action(entry.tag)
        if entry.tag == _DOCUMENT and row is not None and row.basic != "-":
            yield from self._document(new)
        elif action in ("-", KEEP, CLEAN):
            yield from self._stays(entry, view, old, new)
        elif entry.vr in TEXT_VRS | {"PN"} and action not in ("X", "U"):
            yield from self._text(entry, view, "a value stands where the table wants a dummy or none")

    def _is_free(self, entry: Entry, view: View) -> bool:
        if entry.tag in view.expectation.site_tags or entry.tag & 0xFFFF == 0:
            return True
        if not entry.path and (entry.tag in _OWN or entry.tag in _IDENTITY):
            return True
        if not entry.path and view.pixel_record is not None and entry.tag in _AFTER_DEFACING:
            return True
        return bool(entry.path) and entry.path[0][0] == _METHOD_CODES

    def _stays(self, entry: Entry, view: View, old: bytes, new: bytes) -> Iterator[Found]:
        if entry.vr in TEXT_VRS | {"PN"}:
            yield from self._text(entry, view, "a text says what the source's does not")
        elif entry.vr != entry.source_vr or view.source.endian != view.output.endian:
            return
        elif entry.vr in _TEXT_NUMBER_VRS and not _same_numbers(old, new):
            yield Found("changed.number", ERROR, "", "a number changed though nothing asks for it")
        elif entry.vr in _NUMBER_VRS and any(new):
            yield Found("changed.number", ERROR, "", "a number changed though nothing asks for it")

    def _text(self, entry: Entry, view: View, text: str) -> Iterator[Found]:
        """Look for words that are neither the source's at this place, nor a dummy, nor the new identity."""
        old = _words(decode(entry.source or b"", declared_codecs(view.source, entry.path)))
        new = _words(decode(entry.output or b"", declared_codecs(view.output, entry.path)))
        own = _words(f"{view.output.text(0x00100010)} {view.output.text(0x00100020)}")
        foreign = _without_dummies(new - old - own)
        if entry.vr == "CS":
            foreign -= _CODE_DUMMIES
        joined = "".join(sorted(_WORD.findall(decode(entry.source or b"", ["iso8859"]).casefold())))
        if any(word not in joined for word in foreign):
            yield Found("changed.text", ERROR, "", text)

    def _document(self, new: bytes) -> Iterator[Found]:
        words = {word.lower() for word in re.findall(r"[A-Za-z]{3,}", new.decode("latin-1"))}
        if len(new) > _DOCUMENT_BYTES or words - word_list("empty_documents.txt"):
            yield Found("changed.document", ERROR, "", "the document is not one of the empty ones that replace any")


def says_nothing(value: bytes, vr: str) -> bool:
    """Return whether a value is a dummy that says nothing: words of dummies, zeros, an epoch, an age of zero."""
    if not any(value):
        return True
    if vr in _DATE_VRS or vr in _TEXT_NUMBER_VRS:
        text = value.decode("latin-1").strip(" \0")
        return bool(re.fullmatch(r"(0001|1900|1970|2000)0101(0+)?|0*\.?0*|000[DWMY]|0+(\.0+)?", text))
    if vr in TEXT_VRS | {"PN"}:
        return not _without_dummies(_words(value.decode("latin-1")))
    return False


def _without_dummies(words: set[str]) -> set[str]:
    """Return words without those of dummies; a small number beside one (``ROI 1``) only tells dummies apart."""
    rest = words - word_list("dummy_words.txt")
    if len(rest) < len(words):
        rest = {word for word in rest if not (word.isdigit() and len(word) <= 4)}
    return rest


def _names_a_method(path: TagPath, tag: int, view: View) -> bool:
    """Return whether an element belongs to a code of CID 7050 in the method codes of the output."""
    if len(path) != 1 or tag not in _CODE_OF_METHOD:
        return False
    known = method_codes()
    code, scheme = view.output.text(0x00080100, path), view.output.text(0x00080102, path)
    return scheme == "DCM" and code in known


def _moved(view: View, path: TagPath, tag: int, value: bytes) -> bool:
    """Return whether the source has this value in another item of the same sequences: items before it are gone."""
    return bool(path) and value in view.source_values(tuple(parent for parent, _ in path), tag)


def _same_numbers(old: bytes, new: bytes) -> bool:
    """Return whether each number stays; one that is none may be emptied or become a dummy."""
    before, after = old.decode("latin-1").split("\\"), new.decode("latin-1").split("\\")
    if len(before) != len(after):
        return False
    return all(_same_number(one.strip(" \0"), two.strip(" \0")) for one, two in zip(before, after, strict=True))


def _same_number(old: str, new: str) -> bool:
    if old == new or not new:
        return True
    if not _NUMBER.fullmatch(old):
        return bool(re.fullmatch(r"0*\.?0*", new)) or new in old
    return bool(_NUMBER.fullmatch(new)) and float(old) == float(new)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
