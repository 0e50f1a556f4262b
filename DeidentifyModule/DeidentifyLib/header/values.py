"""The actions on the stored value of one element."""

from __future__ import annotations

import re

from pydicom.dataelem import DataElement, RawDataElement

from ..profile.actions import Action
from ..pseudonyms.pseudonymizer import Pseudonyms
from ..pseudonyms.subject_identity import SubjectIdentity, canonical_id
from ..standard.dictionary import allowed_vrs, maximum_values
from .clean_text import is_technical
from .clean_values import clean_stored_text
from .context import Context
from .dates import is_date_value, shift_value
from .dummies import dummy_document, dummy_value
from .elements import stored_bytes
from .siblings import Siblings
from .subject_identifiers import holds_identifier
from .value_forms import TEXT_VRS, agrees_with_dictionary, has_form

ENCAPSULATED_DOCUMENT = 0x00420011
MIME_TYPE = 0x00420012
PATIENT_ID = 0x00100020
_CODE = re.compile(rb"[A-Za-z0-9._:/+\-^\\ \0]{0,64}")
_FIVE_DIGITS = re.compile(rb"[0-9]{5}")


class ValueActions:
    """Turns stored values into new stored values.

    Parameters
    ----------
    pseudonyms : Pseudonyms
        Replacements under the project key.
    """

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

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
        if action is Action.KEEP:
            if vr == "CS" and _names_subject(value, context) and not _is_technical(value, context):
                return None
            return value if _may_stay(tag, vr, value) else None
        if action is Action.EMPTY:
            return b""
        if action is Action.DUMMY:
            return self._dummy(tag, vr, value, siblings)
        if action is Action.UID:
            return self._uids(value) if vr == "UI" else None
        if action is Action.SHIFT:
            return shift_value(vr, value, context.subject.shift_days)
        if action is Action.NEW_ID:
            return self._new_id(value, siblings, context)
        if action is Action.NEW_NAME:
            return context.subject.new_name.encode("ascii")
        if action is Action.CLEAN:
            return self._clean(tag, vr, value, context)
        if action is Action.CODE:
            return value if _CODE.fullmatch(value) and not _names_subject(value, context) else None
        return None

    def fits_private(self, vr: str, table_vr: str, element: DataElement | RawDataElement) -> bool:
        """Return whether a private value has the VR that the table states for it."""
        try:
            value = stored_bytes(element)
        except ValueError:
            return False
        return any(agrees_with_dictionary(vr, (allowed,), value) and has_form(allowed, value) for allowed in table_vr.split("/"))

    def _clean(self, tag: int, vr: str, value: bytes, context: Context) -> bytes | None:
        """Return a text of which only technical words are left (PS3.15 E.3.5, E.3.7)."""
        if vr not in TEXT_VRS:
            return value if _may_stay(tag, vr, value) else None
        if not value.strip(b" \0"):
            return value
        return clean_stored_text(vr, value, context.encodings, context.cleaner)

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

    def _new_id(self, value: bytes, siblings: Siblings, context: Context) -> bytes:
        """Return the new ID of the subject, or of another person if an item names one."""
        text = siblings.decoded(value)
        if context.subject_id is None or canonical_id(text) in ("", context.subject_id):
            return context.subject.new_id.encode("ascii")
        return self._pseudonyms.subject(SubjectIdentity(patient_id=text)).new_id.encode("ascii")


def _names_subject(value: bytes, context: Context) -> bool:
    return holds_identifier(value.decode("ascii", "replace"), context.cleaner.identifiers)


def _is_technical(value: bytes, context: Context) -> bool:
    """Return whether an enumerated value consists of technical words, which may also be names."""
    return is_technical(value.decode("ascii", "replace").strip(" \0"), context.cleaner.vocabulary)


def _may_stay(tag: int, vr: str, value: bytes) -> bool:
    """Return whether a value that the profile keeps is what its tag and VR say."""
    if tag >> 16 & 1:
        return has_form(vr, value)
    if not agrees_with_dictionary(vr, allowed_vrs(tag), value) or not is_date_value(vr, value):
        return False
    if vr in TEXT_VRS:
        return True
    if vr == "CS" and _FIVE_DIGITS.search(value):
        return False
    return has_form(vr, value, maximum_values(tag))
