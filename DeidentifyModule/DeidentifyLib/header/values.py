"""The actions on the stored value of one element."""

from __future__ import annotations

import re

from pydicom.charset import python_encoding
from pydicom.dataelem import DataElement, RawDataElement

from ..dicom import tags
from ..dicom.elements import stored_bytes
from ..dicom.value_forms import STREAM_BYTES, TEXT_VRS, agrees_with_dictionary, has_form, is_readable
from ..free_text.equipment import of_equipment
from ..free_text.known_identity import holds_known
from ..profile.actions import Action
from ..pseudonyms.pseudonymizer import Pseudonyms
from ..pseudonyms.subject_identity import SubjectIdentity, canonical_id, canonical_name
from ..site_rules import SiteRules
from ..standard.confidentiality_profile import row_of
from ..standard.dictionary import allowed_vrs, maximum_values
from ..standard.unlisted import class_of
from .context import Context
from .dates import is_date_value, shift_value
from .dummies import dummy_document, dummy_value
from .siblings import Siblings
from .text_values import Cleaned, class_uid_names_record, clean_code, clean_value, kept_private_text, kept_terms

CURVE_DATA = 0x50003000
_DATE_VRS = ("DA", "DT", "TM")
_JUDGED = frozenset((Action.KEEP, Action.CLEAN, Action.CODE))
"""Actions that may leave a value as it is."""
_LETTERS = re.compile(rb"[A-Za-z]{6}")
BYTE_VRS = frozenset(("OB", "OW", "UN"))
_TEXT_NUMBERS = frozenset(("DS", "IS"))
_PIXELS = 0x7FE0
_SHORTEST_ID = 5
"""Digits of a whole number that may be an ID; shorter ones are in every series."""
_LENGTH_OF_DAY = 8
_LEAST_DOTS = 1
"""Dots of the shortest UID that is not only an ID in the place of one."""
_INTEGER_LIKE_ID = re.compile(rb"(?:^|\\)[ +]*[0-9]{5,}(?:\.0*)?[ \0]*(?:$|\\)")
_NO_ID = rb"(?![ +]*[0-9]{5})"
"""A number that has fewer than five digits before its point; written without a search, as most values meet it."""
_PRINTABLE_BYTES = re.compile(rb"[\x20-\x7e\x80-\xff]{4,}")
_WIDE = re.compile(rb"(?:[\x20-\x7e]\x00){4,}")
_PLAIN_NUMBERS = {
    "DS": re.compile(_NO_ID + rb"[0-9+\-.eE ]+(?:\\" + _NO_ID + rb"[0-9+\-.eE ]+)*"),
    "IS": re.compile(_NO_ID + rb"[0-9+\- ]+(?:\\" + _NO_ID + rb"[0-9+\- ]+)*"),
    "US": re.compile(rb".{2}", re.DOTALL),
    "SS": re.compile(rb".{2}", re.DOTALL),
}
_PLAIN_TIME = re.compile(rb"(?:[01][0-9]|2[0-4])(?:[0-6][0-9](?:[0-6][0-9](?:\.[0-9]{1,6})?)?)? ?")

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
        self._own = frozenset(rule.number for rule in site_rules.rules)
        self._fixed = {rule.number: rule.value.encode("ascii") for rule in site_rules.rules if rule.action == "set"}

    def apply(
        self, action: Action, tag: int, vr: str, value: bytes, siblings: Siblings, context: Context
    ) -> bytes | None:
        """Return the new value of a non-sequence element.

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
            if tag == tags.SPECIFIC_CHARACTER_SET:
                return value if _is_character_set(value) else None
            if tag >> 16 & 1 and vr in BYTE_VRS and _bytes_name_subject(value, context):
                return None
            if vr == "UI" and class_uid_names_record(tag, value, context.cleaner.identifiers):
                return self._uids(value)
            if tag in (tags.PATIENT_NAME, tags.PATIENT_ID) and not self._is_subject(tag, value, siblings, context):
                return None
            if tag == tags.ENCAPSULATED_DOCUMENT_LENGTH and vr == "UL" and tags.ENCAPSULATED_DOCUMENT not in self._own:
                document = dummy_document(siblings.text_of(tags.MIME_TYPE_OF_ENCAPSULATED_DOCUMENT))
                return len(document).to_bytes(4, siblings.byte_order)
            if vr in TEXT_VRS and class_of(tag, vr) == "device" and _names_subject_of_device(value, siblings, context):
                return None
            if vr in TEXT_VRS and b"\0" in value.rstrip(b"\0 "):
                value = value[: value.index(b"\0")]  # readers stop at a NUL: what lies behind it is hidden
            return value if _may_stay(tag, vr, value, context) else None
        if action is Action.EMPTY:
            return b""
        if action is Action.SET:
            return self._fixed.get(tag)
        if action is Action.DUMMY:
            return self._dummy(tag, vr, value, siblings)
        if action is Action.UID:
            return self._uids(value)
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
        if vr == "PN" and action in _JUDGED and not agrees_with_dictionary(vr, allowed_vrs(tag), value):
            return None, ()
        if action is Action.CLEAN:
            if vr not in TEXT_VRS and vr != "CS" and vr not in BYTE_VRS:
                return (value if _may_stay(tag, vr, value, context) else None), ()
            return clean_value(tag, vr, value, context)
        if action is Action.CODE:
            if vr not in TEXT_VRS and vr != "CS":
                return None, ()
            return clean_code(tag, value, siblings, context, self._pseudonyms)
        if action is Action.KEEP and vr == "CS" and tag != tags.SPECIFIC_CHARACTER_SET:
            agrees = agrees_with_dictionary(vr, allowed_vrs(tag), value)
            if row_of(tag) is not None:  # an option keeps it, whatever its words are
                keeps = agrees and not _names_subject_of_device(value, siblings, context)
                return (value if keeps else None), ()
            return kept_terms(value, context) if agrees else (None, ())
        if action is Action.KEEP and tag >> 16 & 1 and vr in TEXT_VRS:
            return kept_private_text(value, context)
        return self._apply(action, tag, vr, value, siblings, context), ()

    def _dummy(self, tag: int, vr: str, value: bytes, siblings: Siblings) -> bytes | None:
        if vr == "UI":
            return self._uids(value)
        if tag == tags.ENCAPSULATED_DOCUMENT:
            return dummy_document(siblings.text_of(tags.MIME_TYPE_OF_ENCAPSULATED_DOCUMENT))
        return dummy_value(tag, vr)

    def _uids(self, value: bytes) -> bytes:
        """Return the replacements of UIDs; what is no valid UID is replaced like one, so that references still hold."""
        parts = value.decode("latin-1").split("\\")
        return "\\".join(self._pseudonyms.uid(part) for part in parts).encode("ascii")

    def _is_subject(self, tag: int, value: bytes, siblings: Siblings, context: Context) -> bool:
        """Return whether a kept name or ID is the subject's own; items may name other persons."""
        text = siblings.decoded(value)
        if tag == tags.PATIENT_ID:
            return canonical_id(text) in ("", context.subject_id)
        return canonical_name(text) in ("", context.subject_name)

    def _new_id(self, value: bytes, siblings: Siblings, context: Context) -> bytes:
        """Return the new ID of the subject, or of another person if an item names one."""
        text = siblings.decoded(value)
        if context.subject_id is None or canonical_id(text) in ("", context.subject_id):
            return context.subject.new_id.encode("ascii")
        return self._pseudonyms.subject(SubjectIdentity(patient_id=text)).new_id.encode("ascii")


def _date_vr(tag: int, vr: str) -> str:
    """Return the VR of a date that was written as text: what it is by the dictionary; numbers are no dates."""
    known = allowed_vrs(tag)
    if not known or known[0] not in _DATE_VRS or vr in known:
        return vr
    return known[0] if vr in TEXT_VRS or vr in _DATE_VRS else vr


def _is_character_set(value: bytes) -> bool:
    terms = value.decode("ascii", "replace").split("\\")
    return all(term.strip(" \0") in python_encoding for term in terms)


def _names_subject_of_device(value: bytes, siblings: Siblings, context: Context) -> bool:
    return holds_known(siblings.decoded(value), of_equipment(context.cleaner.identifiers))


def _bytes_name_subject(value: bytes, context: Context) -> bool:
    """Return whether private bytes that are called safe name the subject all the same, in one or two bytes a letter."""
    words = [*_PRINTABLE_BYTES.findall(value), *(word.replace(b"\0", b"") for word in _WIDE.findall(value))]
    return any(holds_known(word.decode("latin-1"), context.cleaner.identifiers) for word in words)


def _may_stay(tag: int, vr: str, value: bytes, context: Context) -> bool:
    """Return whether a value that the profile keeps is what its tag and VR say."""
    if vr in _TEXT_NUMBERS and _INTEGER_LIKE_ID.search(value) and _is_known_number(value, context):
        return False
    if tag >> 16 & 1:
        return has_form(vr, value)
    if not agrees_with_dictionary(vr, allowed_vrs(tag), value):
        return False
    vr = _vr_of_content(tag, vr)
    if vr in _DATE_VRS:
        return is_date_value(vr, value)
    if tag == tags.TIMEZONE_OFFSET_FROM_UTC and not is_date_value(vr, value):
        return False
    if vr in TEXT_VRS:
        return True
    if vr == "UI" and not all(part.count(b".") >= _LEAST_DOTS for part in value.split(b"\\") if part.strip(b" \0")):
        return False
    if tag & 0xFF00FFFF == CURVE_DATA and _LETTERS.search(value):
        return False
    if vr in STREAM_BYTES and tag >> 16 != _PIXELS and is_readable(value) and row_of(tag) is None:
        return False
    return has_form(vr, value, maximum_values(tag))


def _vr_of_content(tag: int, vr: str) -> str:
    """Return the VR by which a value is judged: of a date or UID that has another VR, that of the dictionary."""
    known = allowed_vrs(tag)
    if not known or vr in known:
        return vr
    return known[0] if known[0] in _DATE_VRS or (known[0] == "UI" and vr in TEXT_VRS) else vr


def _is_known_number(value: bytes, context: Context) -> bool:
    """Return whether one of several numbers is as a whole an ID or a date of the subject."""
    identifiers = context.cleaner.identifiers
    for part in value.decode("latin-1").split("\\"):
        digits = part.strip(" \0+").lstrip("0").partition(".")[0]
        if len(digits) >= _SHORTEST_ID and (digits in identifiers.ids or part.strip(" \0") in identifiers.ids):
            return True
        if len(digits) == _LENGTH_OF_DAY and (int(digits[6:]), int(digits[4:6]), int(digits[:4])) in identifiers.dates:
            return True
    return False
