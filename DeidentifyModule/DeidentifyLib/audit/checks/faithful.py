"""Nothing is in an output that its source does not explain: no added element, no changed value, no foreign text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import tags
from ..elements import TagPath, show_path
from ..expectation import CLEAN, KEEP
from ..identifiers import TEXT_VRS, declared_codecs, decode
from ..tables import method_codes, word_list
from .base import ERROR, Check, Entry, Found, View, stripped
from .times import is_date_attribute

_DATE_VRS = frozenset(("DA", "DT", "TM"))
_TEXT_NUMBER_VRS = frozenset(("DS", "IS", "AS"))
_NUMBER_VRS = frozenset("US SS UL SL FL FD AT SV UV".split())
_METHOD, _METHOD_CODES, _EQUIPMENT = (
    tags.DEIDENTIFICATION_METHOD,
    tags.DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
    tags.CONTRIBUTING_EQUIPMENT_SEQUENCE,
)
_OWN = frozenset(
    (
        tags.PATIENT_IDENTITY_REMOVED,
        _METHOD,
        _METHOD_CODES,
        tags.BURNED_IN_ANNOTATION,
        tags.RECOGNIZABLE_VISUAL_FEATURES,
        tags.LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED,
        tags.SPECIFIC_CHARACTER_SET,
    )
)
"""What a de-identified object says of itself (PS3.15 E.1.1, PS3.3 C.7.1.1, C.12.1); another check reads it."""
_CODE_OF_METHOD = frozenset((tags.CODE_VALUE, tags.CODING_SCHEME_DESIGNATOR, tags.CODE_MEANING))
_IDENTITY = frozenset((tags.PATIENT_NAME, tags.PATIENT_ID))
_AFTER_DEFACING = frozenset((tags.LOSSY_IMAGE_COMPRESSION,))
"""Lossy Image Compression: a changed image says so (PS3.3 C.7.6.1)."""
_FRAME_TYPE = 0x00089007
_TYPES = (b"DERIVED", b"MIXED")
"""Image Type and Frame Type of changed pixels (PS3.3 C.7.6.1.1.2, C.8.16.1)."""
_DEFACED = b"Face removed: voxels of the face set to air"
_EXTREMES = frozenset((0x00280106, 0x00280107, 0x00280108, 0x00280109))
"""Smallest and largest pixel value: they follow the pixels (PS3.3 C.7.6.3)."""
_CODE_VALUES = frozenset((tags.CODE_VALUE, tags.LONG_CODE_VALUE, tags.URN_CODE_VALUE))
_HASHED_CODE = re.compile(rb"[A-Z2-7]{13}")
"""A local code is replaced by a keyed hash, in base 32."""
_HASHED_ID = re.compile(rb"[A-Z2-7]{16}")
"""The new ID of another person whom an item names."""
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

        yield from _length_of_document(view)

    def _is_own(self, path: TagPath, tag: int, view: View) -> bool:
        """Return whether a de-identifier adds this element by itself."""
        low = tag & 0xFFFF
        if low == 0 or tag in view.expectation.site_tags or (tag >> 16 & 1 and 0x10 <= low <= 0xFF):
            return True
        if not path:
            return tag in _OWN or tag in _IDENTITY or self._after_defacing(path, tag, view)
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
        if entry.tag in _CODE_VALUES and _HASHED_CODE.fullmatch(new):
            return
        if entry.tag == tags.PATIENT_ID and entry.path and _HASHED_ID.fullmatch(new):
            return
        if is_date_attribute(entry.tag) and entry.vr in _DATE_VRS | TEXT_VRS | {"PN"}:
            return  # the check of dates compares it, in whatever VR it was written
        if entry.tag >> 16 & 1:
            if entry.vr in TEXT_VRS | {"PN"}:
                yield from self._text(entry, view, "a kept private text changed")
            return
        action, row = view.expectation.action(entry.tag)
        if entry.tag == tags.ENCAPSULATED_DOCUMENT and row is not None and row.basic != "-":
            yield from self._document(new)
        elif action in ("-", KEEP, CLEAN):
            yield from self._stays(entry, view, old, new)
        elif entry.vr in TEXT_VRS | {"PN"} and action not in ("X", "U"):
            yield from self._text(entry, view, "a value stands where the table wants a dummy or none")

    def _is_free(self, entry: Entry, view: View) -> bool:
        if entry.tag in view.expectation.site_tags or entry.tag & 0xFFFF == 0:
            return True
        if entry.tag == tags.ENCAPSULATED_DOCUMENT_LENGTH and not entry.path:
            return True
        if not entry.path and (entry.tag in _OWN or entry.tag in _IDENTITY):
            return True
        if view.pixel_record is not None and self._after_defacing(entry.path, entry.tag, view):
            return True
        return bool(entry.path) and entry.path[0][0] == _METHOD_CODES

    def _after_defacing(self, path: TagPath, tag: int, view: View) -> bool:
        """Return whether an attribute says that the face was removed, and no more than that."""
        if not view.expectation.deface:
            return False
        old, new = view.source.index.get((path, tag)), view.output.index[path, tag]
        value = stripped(view.output.value(new))
        if tag == _FRAME_TYPE or (not path and tag == tags.IMAGE_TYPE):
            before = stripped(view.source.value(old)) if old is not None else b""
            return value.split(b"\\")[1:] == before.split(b"\\")[1:] and value.split(b"\\")[0].strip() in _TYPES
        if tag == tags.DERIVATION_DESCRIPTION:
            return not path and value == _DEFACED
        return not path and (tag in _EXTREMES or tag in _AFTER_DEFACING)

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
        own = _words(f"{view.output.text(tags.PATIENT_NAME)} {view.output.text(tags.PATIENT_ID)}")
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


def _length_of_document(view: View) -> Iterator[Found]:
    """Compare Encapsulated Document Length with the document, which is not the source's (PS3.3 C.24.2)."""
    length = view.output.index.get(((), tags.ENCAPSULATED_DOCUMENT_LENGTH))
    document = view.output.index.get(((), tags.ENCAPSULATED_DOCUMENT))
    if length is None or document is None:
        return
    said = int.from_bytes(view.output.value(length), "big" if view.output.endian == ">" else "little")
    if said not in (document[4], document[4] - 1):
        text = "the length of the document is not that of the document in the file"
        yield Found("changed.number", ERROR, show_path((), tags.ENCAPSULATED_DOCUMENT_LENGTH), text)


def says_nothing(value: bytes, vr: str) -> bool:
    """Return whether a value is a dummy that says nothing: words of dummies, zeros, an epoch, an age of zero."""
    if not any(value):
        return True
    if vr in _DATE_VRS | _TEXT_NUMBER_VRS | TEXT_VRS | {"PN"}:
        text = value.decode("latin-1").strip(" \0")
        if re.fullmatch(r"(0001|1900|1970|2000)0101(0+)?|0*\.?0*|000[DWMY]|0+(\.0+)?", text):
            return True
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
    code, scheme = view.output.text(tags.CODE_VALUE, path), view.output.text(tags.CODING_SCHEME_DESIGNATOR, path)
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
