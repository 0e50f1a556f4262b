"""The actions on the stored value of one element."""

from __future__ import annotations

import re

from pydicom.charset import python_encoding
from pydicom.dataelem import DataElement, RawDataElement

from ..dicom.elements import stored_bytes
from ..dicom.value_forms import TEXT_VRS, agrees_with_dictionary, has_form
from ..profile.actions import Action
from ..pseudonyms.pseudonymizer import Pseudonyms
from ..pseudonyms.subject_identity import SubjectIdentity, canonical_id, canonical_name
from ..site_rules import SiteRules
from ..standard.dictionary import allowed_vrs, maximum_values
from .context import Context
from .dates import is_date_value, shift_value
from .dummies import dummy_document, dummy_value
from .siblings import Siblings
from .text_values import Cleaned, class_uid_names_record, clean_code, clean_value, kept_private_text, kept_terms

ENCAPSULATED_DOCUMENT = 0x00420011
MIME_TYPE = 0x00420012
SPECIFIC_CHARACTER_SET = 0x00080005
PATIENT_NAME = 0x00100010
PATIENT_ID = 0x00100020
TIMEZONE = 0x00080201
CURVE_DATA = 0x50003000
_DATE_VRS = ("DA", "DT", "TM")
_LETTERS = re.compile(rb"[A-Za-z]{6}")
BYTE_VRS = frozenset(("OB", "OW", "UN"))
_PLAIN_NUMBERS = {
    "DS": re.compile(rb"[0-9+\-.eE\\ ]+"),
    "IS": re.compile(rb"[0-9+\-\\ ]+"),
    "US": re.compile(rb".{2}", re.DOTALL),
    "SS": re.compile(rb".{2}", re.DOTALL),
}
_PLAIN_TIME = re.compile(rb"[0-9]{2}(?:[0-9]{2}(?:[0-9]{2}(?:\.[0-9]{1,6})?)?)? ?")

NO_RULES = SiteRules()


class ValueActions:
    """Turns stored values into new stored values.

    Parameters
    ----------
    pseudonyms : Pseudonyms
        Replacements under the project key.
    site_rules : SiteRules
        For the values that they set.
    """

    def __init__(self, pseudonyms: Pseudonyms, site_rules: SiteRules = NO_RULES) -> None:
        self._pseudonyms = pseudonyms
        self._fixed = {rule.number: rule.value.encode("ascii") for rule in site_rules.rules if rule.action == "set"}

    def apply(
        self, action: Action, tag: int, vr: str, value: bytes, siblings: Siblings, context: Context
    ) -> bytes | None:
        """Return the new value of an element that is no sequence.

        Returns
        -------
        bytes or None
            The same object where the value stays as it is; None where the action removes the element
            or cannot be done with this value.
        """
        return self.treat(action, tag, vr, value, siblings, context)[0]

    def _apply(
        self, action: Action, tag: int, vr: str, value: bytes, siblings: Siblings, context: Context
    ) -> bytes | None:
        if action is Action.KEEP:
            if tag == SPECIFIC_CHARACTER_SET:
                return value if _is_character_set(value) else None
            if vr == "UI" and class_uid_names_record(tag, value, context.cleaner.identifiers):
                return self._uids(value)
            if tag in (PATIENT_NAME, PATIENT_ID) and not self._is_subject(tag, value, siblings, context):
                return None
            if vr in TEXT_VRS and b"\0" in value.rstrip(b"\0 "):
                value = value[: value.index(b"\0")]  # readers stop at a NUL: what lies behind it is hidden
            return value if _may_stay(tag, vr, value) else None
        if action is Action.EMPTY:
            return b""
        if action is Action.SET:
            return self._fixed.get(tag)
        if action is Action.DUMMY:
            return self._dummy(tag, vr, value, siblings)
        if action is Action.UID:
            return self._uids(value) if vr == "UI" else None
        if action is Action.SHIFT:
            return shift_value(_date_vr(tag, vr), value, context.subject.shift_days)
        if action is Action.NEW_ID:
            return self._new_id(value, siblings, context)
        if action is Action.NEW_NAME:
            return context.subject.new_name.encode("ascii")
        return None

    def kept_form(self, action: Action, tag: int, vr: str) -> re.Pattern[bytes] | None:
        """Return what values of even length look like that `apply` leaves as they are; None if it has to see them.

        Only for attributes of the standard with the VR that it foresees. Numbers are most of what differs
        between the slices of a series.
        """
        if tag >> 16 & 1 or vr not in allowed_vrs(tag) or tag & 0xFF00FFFF == CURVE_DATA:
            return None
        if action is Action.KEEP:
            return _PLAIN_NUMBERS.get(vr)
        return _PLAIN_TIME if action is Action.SHIFT and vr == _date_vr(tag, vr) == "TM" else None

    def fits_private(self, vr: str, table_vr: str, element: DataElement | RawDataElement) -> bool:
        """Return whether a private value has the VR that the table states for it."""
        try:
            value = stored_bytes(element)
        except ValueError:
            return False
        return any(
            agrees_with_dictionary(vr, (allowed,), value) and has_form(allowed, value)
            for allowed in table_vr.split("/")
        )

    def treat(
        self, action: Action, tag: int, vr: str, value: bytes, siblings: Siblings, context: Context
    ) -> Cleaned:
        """Return the new value as `apply` does, and which rules took something from a text."""
        if action is Action.CLEAN:
            if vr not in TEXT_VRS and vr != "CS" and vr not in BYTE_VRS:
                return (value if _may_stay(tag, vr, value) else None), ()
            return clean_value(tag, vr, value, context)
        if action is Action.CODE:
            return clean_code(tag, value, siblings, context, self._pseudonyms)
        if action is Action.KEEP and vr == "CS" and tag != SPECIFIC_CHARACTER_SET:
            agrees = agrees_with_dictionary(vr, allowed_vrs(tag), value)
            return kept_terms(tag, value, context) if agrees else (None, ())
        if action is Action.KEEP and tag >> 16 & 1 and vr in TEXT_VRS:
            return kept_private_text(value, context)
        return self._apply(action, tag, vr, value, siblings, context), ()

    def _dummy(self, tag: int, vr: str, value: bytes, siblings: Siblings) -> bytes | None:
        if vr == "UI":
            return self._uids(value)
        if tag == ENCAPSULATED_DOCUMENT:
            return dummy_document(siblings.text_of(MIME_TYPE))
        return dummy_value(tag, vr)

    def _uids(self, value: bytes) -> bytes | None:
        if not has_form("UI", value):
            return None
        parts = value.decode("ascii").split("\\")
        return "\\".join(self._pseudonyms.uid(part) for part in parts).encode("ascii")

    def _is_subject(self, tag: int, value: bytes, siblings: Siblings, context: Context) -> bool:
        """Return whether a kept name or ID is the subject's own; items may name other persons."""
        text = siblings.decoded(value)
        if tag == PATIENT_ID:
            return canonical_id(text) in ("", context.subject_id)
        return canonical_name(text) in ("", context.subject_name)

    def _new_id(self, value: bytes, siblings: Siblings, context: Context) -> bytes:
        """Return the new ID of the subject, or of another person if an item names one."""
        text = siblings.decoded(value)
        if context.subject_id is None or canonical_id(text) in ("", context.subject_id):
            return context.subject.new_id.encode("ascii")
        return self._pseudonyms.subject(SubjectIdentity(patient_id=text)).new_id.encode("ascii")


def _date_vr(tag: int, vr: str) -> str:
    """Return the VR of a date that was written as text: what it is by the dictionary."""
    known = allowed_vrs(tag)
    return known[0] if known and known[0] in _DATE_VRS and vr not in known else vr


def _is_character_set(value: bytes) -> bool:
    terms = value.decode("ascii", "replace").split("\\")
    return all(term.strip(" \0") in python_encoding for term in terms)


def _may_stay(tag: int, vr: str, value: bytes) -> bool:
    """Return whether a value that the profile keeps is what its tag and VR say."""
    if tag >> 16 & 1:
        return has_form(vr, value)
    if not agrees_with_dictionary(vr, allowed_vrs(tag), value):
        return False
    if (vr in _DATE_VRS or tag == TIMEZONE) and not is_date_value(vr, value):
        return False
    if vr in TEXT_VRS:
        return True
    if tag & 0xFF00FFFF == CURVE_DATA and _LETTERS.search(value):
        return False
    return has_form(vr, value, maximum_values(tag))
