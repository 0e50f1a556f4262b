"""Texts and codes of one element: what is kept, and which rule took the rest."""

from __future__ import annotations

import re

from pydicom.charset import decode_bytes

from ..dicom.elements import NO_DELIMITERS
from ..dicom.value_forms import TEXT_VRS, has_form
from ..free_text.cleaning import TextStyle
from ..free_text.code_forms import CODING_SCHEME_VERSION, has_form_of_code, is_code_of, is_code_version
from ..free_text.identifiers import Identifiers
from ..free_text.known_identity import holds_known
from ..free_text.rules import TextRule
from ..free_text.stored_text import clean_stored_text
from ..free_text.terms import is_term, open_enumerations
from ..pseudonyms.pseudonymizer import Pseudonyms
from ..standard.coding_schemes import is_public_scheme
from ..standard.unlisted import class_of, is_equipment
from .context import Context
from .siblings import Siblings

CODING_SCHEME = 0x00080102
SOP_CLASS_UID = 0x00080016
_CODE_MEANINGS = frozenset((0x00080104, 0x00080107))
_CODE_VALUES = (0x00080100, 0x00080119, 0x00080120)
_NAMES = frozenset(
    (
        0x00620005,  # SegmentLabel
        0x006A0005,  # AnnotationGroupLabel
        0x30060002,  # StructureSetLabel
        0x30060004,  # StructureSetName
        0x30060026,  # ROIName
        0x30060085,  # ROIObservationLabel
        0x300A00C2,  # BeamName
        0x300A00FA,  # CompensatorID
        0x00660101,  # TrackSetLabel
        0x00686210,  # ImplantSize
    )
)
_SETTINGS = frozenset(
    (
        0x00281054,  # RescaleType
        0x00281055,  # WindowCenterWidthExplanation
        0x00283003,  # LUTExplanation
        0x00283004,  # ModalityLUTType
        0x00180085,  # ImagedNucleus
    )
)
"""Settings beside those that ``unlisted.csv`` classes as equipment."""
_AE_TITLES = frozenset(("AE",))
_BYTES = frozenset(("OB", "OW", "UN"))
_CODE = re.compile(rb"[\x20-\x7e\0]{0,64}")
_FIVE_DIGITS = re.compile(rb"[0-9]{5}")
_WELL_KNOWN = b"1.2.840.10008."
_SHORTEST_RECORD = 4
_NOTHING: tuple[TextRule, ...] = ()

Cleaned = tuple[bytes | None, tuple[TextRule, ...]]
"""What is kept (the same object where the value stays; None where nothing does), and why something went."""


def style_of(tag: int, vr: str) -> TextStyle:
    """Return by which rule the text of an attribute is decided."""
    if tag in _CODE_MEANINGS:
        return TextStyle.CODE_MEANING
    if vr == "CS":
        return TextStyle.TERM
    if vr in _AE_TITLES or tag in _SETTINGS or is_equipment(tag):
        return TextStyle.EQUIPMENT
    return TextStyle.NAME if tag in _NAMES else TextStyle.DESCRIPTOR


def clean_value(tag: int, vr: str, value: bytes, context: Context) -> Cleaned:
    """Return what is kept of a text (PS3.15 E.3.5, E.3.7); `vr` is one of text or CS."""
    if vr in _BYTES:
        return None, _NOTHING  # such as Maker Note: nobody can tell which words are in it
    if not value.strip(b" \0"):
        return value, _NOTHING
    cleaner, style = context.cleaner, style_of(tag, vr)
    return clean_stored_text(vr, value, context.encodings, lambda values: cleaner.decide_all(values, style))


def kept_terms(tag: int, value: bytes, context: Context) -> Cleaned:
    """Return coded strings without those that may name somebody; the others keep their places, as in Image Type.

    In open enumerations only known terms stay. Elsewhere, where the standard has the terms, a value stays that has the
    form of CS, no long number, and names nobody. None if no value stays.
    """
    terms = value.split(b"\\")
    kept = [term if _is_term(tag, term, context) else b"OTHER" for term in terms]
    if kept == terms:
        return value, _NOTHING
    rules = (TextRule.UNKNOWN,)
    return (None if all(term == b"OTHER" for term in kept) else b"\\".join(kept)), rules


def _is_term(tag: int, term: bytes, context: Context) -> bool:
    text = term.decode("ascii", "replace").strip(" \0")
    if not text or is_term(text):
        return True
    if tag in open_enumerations() or tag >> 16 & 1 or not has_form("CS", term) or _FIVE_DIGITS.search(term):
        return False
    return not holds_known(text, context.cleaner.identifiers)


def kept_private_text(value: bytes, context: Context) -> Cleaned:
    """Return the text of a private attribute that is known to be safe: whole, or None where it may name somebody.

    Both styles count: it may be the setting of a device or a description.
    """
    cleaner = context.cleaner
    text = decode_bytes(value, list(context.encodings), set(NO_DELIMITERS))
    rules: tuple[TextRule, ...] = _NOTHING
    for style in (TextStyle.EQUIPMENT, TextStyle.DESCRIPTOR):
        values = [part.strip(" \0") for part in text.split("\\")]
        kept, rules = cleaner.decide_all(values, style)
        if kept == values:
            return value, _NOTHING
    return None, rules


def clean_code(tag: int, value: bytes, siblings: Siblings, context: Context, pseudonyms: Pseudonyms) -> Cleaned:
    """Return a code that has the form of its scheme; another is replaced by a keyed code of its own."""
    if not value.strip(b" \0"):
        return value, _NOTHING
    if not _CODE.fullmatch(value):
        return None, (TextRule.CODE,)
    text = value.decode("ascii").strip(" \0")
    if tag == CODING_SCHEME:
        return (value, _NOTHING) if is_public_scheme(text) else (b"99DEID", (TextRule.CODE,))
    known = holds_known(text, context.cleaner.identifiers)
    if tag == CODING_SCHEME_VERSION:
        return (value, _NOTHING) if is_code_version(text) and not known else (None, (TextRule.CODE,))
    if tag in _CODE_VALUES:
        scheme = siblings.text_of(CODING_SCHEME)
        if is_public_scheme(scheme) and is_code_of(text, scheme) and not _is_record(text, context.cleaner.identifiers):
            return value, _NOTHING
        return _keyed("code value", value, pseudonyms), (TextRule.CODE,)
    if all(has_form_of_code(tag, part.strip()) for part in text.split("\\")) and not known:
        return value, _NOTHING
    if class_of(tag, "SH") == "code" and tag >> 16 in (0x0048, 0x006A, 0x0070):
        return _keyed("identifier", value, pseudonyms), (TextRule.CODE,)
    return None, (TextRule.CODE,)


def _keyed(purpose: str, value: bytes, pseudonyms: Pseudonyms) -> bytes:
    return b"X" + pseudonyms.code(purpose, value.strip(b" \0"), 12).encode("ascii")


def _is_record(text: str, identifiers: Identifiers) -> bool:
    """Return whether a code of a public scheme is an ID of the data set all the same."""
    return holds_known(text, identifiers) and any(c.isdigit() for c in text)


def class_uid_names_record(tag: int, value: bytes, identifiers: Identifiers) -> bool:
    """Return whether the UID of a private class, scheme or group has a number in it that is a record number."""
    if value.startswith(_WELL_KNOWN) or not has_form("UI", value):
        return False
    if tag != SOP_CLASS_UID and class_of(tag, "UI") != "uid_wellknown":
        return False
    parts = {part.lstrip("0") for part in re.split(r"[.\\]", value.decode("ascii").strip(" \0"))}
    numbers = identifiers.ids | identifiers.id_strings | identifiers.id_digits
    return any(len(part) >= _SHORTEST_RECORD and part in numbers for part in parts)


def is_text(vr: str) -> bool:
    """Return whether a VR holds text that may name somebody."""
    return vr in TEXT_VRS
