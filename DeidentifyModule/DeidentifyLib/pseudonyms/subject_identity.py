"""Who a data set is about: one canonical identity for the spellings of several scanners."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SPACE = re.compile(r"[\s\x00]+")


def canonical_id(patient_id: str) -> str:
    """Return a PatientID without padding, case and width differences.

    Padding (spaces, NUL), letter case and Unicode compatibility forms do not make another subject;
    every other character does, leading zeros and separators included.
    """
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", patient_id).replace("\0", " ")).strip().casefold()


def canonical_name(name: str) -> str:
    """Return a PatientName without padding, case, empty components and trailing delimiters."""
    first_group = unicodedata.normalize("NFKC", name).replace("\0", " ").split("=")[0]
    components = [_SPACE.sub(" ", part).strip().casefold() for part in first_group.split("^")]
    while components and not components[-1]:
        components.pop()
    return "^".join(components)


@dataclass(frozen=True)
class SubjectIdentity:
    """What a data set says of its subject.

    Attributes
    ----------
    patient_id, patient_name, birth_date : str
        As in the data set, padding included.
    study_uid : str
        Used only when nothing else names the subject.
    """

    patient_id: str = ""
    patient_name: str = ""
    birth_date: str = ""
    study_uid: str = ""

    @property
    def source(self) -> str:
        """Which attribute identifies the subject: ``id``, ``name`` or ``study``."""
        if canonical_id(self.patient_id):
            return "id"
        return "name" if canonical_name(self.patient_name) else "study"

    @property
    def canonical(self) -> str:
        """Text that is equal for, and only for, data sets of the same subject.

        PatientID decides. Without one, PatientName together with PatientBirthDate does; without
        these, each study is a subject of its own.
        """
        if self.source == "id":
            return "id\n" + canonical_id(self.patient_id)
        if self.source == "name":
            return "name\n" + canonical_name(self.patient_name) + "\n" + self.birth_date.strip(" \0")
        return "study\n" + self.study_uid.strip(" \0")
