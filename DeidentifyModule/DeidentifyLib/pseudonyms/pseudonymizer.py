"""Replacement of IDs, names, UIDs and dates by functions of (key, original)."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from pydicom.uid import UID

from .id_list import SuppliedIds
from .key import Key
from .subject_identity import SubjectIdentity, canonical_id

MINIMUM_SHIFT_DAYS = 366
MAXIMUM_SHIFT_DAYS = 3650
_PADDING = " \0\t\r\n"
_WELL_KNOWN_ROOT = "1.2.840.10008."
_ID_CHARACTERS = 16
_UID_VERSION_8 = 0x8 << 76
_UID_VARIANT = 0x2 << 62


def is_registered(uid: str) -> bool:
    """Return whether PS3.6 registers a UID; others under the root of the standard are taken for instances."""
    return uid.startswith(_WELL_KNOWN_ROOT) and UID(uid).name != uid


@dataclass(frozen=True)
class Subject:
    """The replacements of one subject.

    Attributes
    ----------
    new_id, new_name : str
        Replacement of PatientID and PatientName; 80 bits of a keyed hash.
    shift_days : int
        Whole days added to every date of the subject: into the past, by one to ten years, so that a date
        of which only the year is stated changes as well.
    """

    new_id: str
    new_name: str
    shift_days: int


class Pseudonyms:
    """Keyed, stateless replacements: workers, runs and sites that share the key agree without talking.

    Parameters
    ----------
    key : Key
        The project key.
    supplied : dict, optional
        New IDs and names that the site supplies, by canonical PatientID; who is not in it gets a keyed one.
    """

    def __init__(self, key: Key, supplied: SuppliedIds | None = None) -> None:
        self._key = key
        self._supplied = supplied or {}
        self._uids: dict[str, str] = {}

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the key."""
        return self._key.fingerprint

    def subject(self, identity: SubjectIdentity) -> Subject:
        """Return the replacements of one subject."""
        canonical = identity.canonical.encode("utf-8", "surrogatepass")
        code = self.code("subject", canonical, _ID_CHARACTERS)
        number = int.from_bytes(self._key.derive("date shift", canonical)[:8], "big")
        new_id, new_name = code, code
        if identity.source == "id":
            new_id, new_name = self._supplied.get(canonical_id(identity.patient_id), (code, code))
        return Subject(new_id, new_name, -(MINIMUM_SHIFT_DAYS + number % (MAXIMUM_SHIFT_DAYS - MINIMUM_SHIFT_DAYS + 1)))

    def uid(self, uid: str) -> str:
        """Return the replacement of a UID; UIDs that the standard itself registers stay.

        The result is ``2.25.`` and a 128-bit number in the form of a version 8 UUID
        (PS3.5 B.2, RFC 9562), at most 44 characters.
        """
        original = uid.strip(_PADDING)
        if not original or is_registered(original):
            return original
        new = self._uids.get(original)
        if new is None:
            number = int.from_bytes(self._key.derive("uid", original.encode("utf-8", "surrogatepass"))[:16], "big")
            number = (number & ~(0xF << 76)) | _UID_VERSION_8
            number = (number & ~(0x3 << 62)) | _UID_VARIANT
            new = self._uids[original] = f"2.25.{number}"
        return new

    def take_uids(self) -> dict[str, str]:
        """Return the UIDs replaced since the last call, original to new, and forget them."""
        taken, self._uids = self._uids, {}
        return taken

    def code(self, purpose: str, value: bytes, length: int) -> str:
        """Return `length` characters A-Z, 2-7 (5 bits each) of the keyed hash of a value."""
        digest = self._key.derive(purpose, value)
        return base64.b32encode(digest[: -(-length // 8) * 5]).decode("ascii")[:length]
