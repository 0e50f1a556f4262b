"""What a data set itself says of its subject and of the persons and places around: it goes from every kept text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from pydicom.charset import decode_bytes

from ..dicom import tags
from .cleaning import TextCleaner
from .folding import fold
from .identifiers import Identifiers
from .vocabulary import Vocabulary

StoredValue = tuple[int, str, bytes]
"""Tag, VR and stored value of an element at the top level of a data set."""

_IDS = frozenset(
    (
        tags.ACCESSION_NUMBER,
        tags.PATIENT_ID,
        tags.OTHER_PATIENT_IDS,
        tags.MEDICAL_RECORD_LOCATOR,
        tags.INSURANCE_PLAN_IDENTIFICATION,
        tags.DEVICE_SERIAL_NUMBER,
        tags.STUDY_ID,
        tags.ADMISSION_ID,
        tags.SERVICE_EPISODE_ID,
        tags.SCHEDULED_PROCEDURE_STEP_ID,
        tags.PERFORMED_PROCEDURE_STEP_ID,
        tags.REQUESTED_PROCEDURE_ID,
        tags.PLACER_ORDER_NUMBER_IMAGING_SERVICE_REQUEST,
        tags.FILLER_ORDER_NUMBER_IMAGING_SERVICE_REQUEST,
        tags.CLINICAL_TRIAL_PROTOCOL_ID,
        tags.CLINICAL_TRIAL_SITE_ID,
        tags.CLINICAL_TRIAL_SUBJECT_ID,
        tags.CLINICAL_TRIAL_SUBJECT_READING_ID,
    )
)
_NAMES = frozenset((tags.NAME_TO_USE,))
"""Names that are no PN: Person Names to Use."""
_DATES = frozenset((tags.STUDY_DATE, tags.PATIENT_BIRTH_DATE))
_OTHERS = frozenset(
    (
        tags.INSTITUTION_NAME,
        tags.CLINICAL_TRIAL_SPONSOR_NAME,
        tags.CLINICAL_TRIAL_PROTOCOL_NAME,
        tags.CLINICAL_TRIAL_SITE_NAME,
        tags.INSTITUTION_ADDRESS,
        tags.REFERRING_PHYSICIAN_ADDRESS,
        tags.REFERRING_PHYSICIAN_TELEPHONE_NUMBERS,
        tags.STATION_NAME,
        tags.INSTITUTIONAL_DEPARTMENT_NAME,
        tags.ISSUER_OF_PATIENT_ID,
        tags.PATIENT_ADDRESS,
        tags.COUNTRY_OF_RESIDENCE,
        tags.REGION_OF_RESIDENCE,
        tags.PATIENT_TELEPHONE_NUMBERS,
        tags.PATIENT_TELECOM_INFORMATION,
        tags.OCCUPATION,
        tags.PATIENT_RELIGIOUS_PREFERENCE,
        tags.CURRENT_PATIENT_LOCATION,
        tags.PATIENT_INSTITUTION_RESIDENCE,
    )
)


def is_identifying(tag: int, vr: str) -> bool:
    """Return whether an element at the top level tells who the subject is, or who and where others are."""
    return vr == "PN" or tag in _NAMES or tag in _IDS or tag in _DATES or tag in _OTHERS


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    return Vocabulary.load()


@lru_cache(maxsize=64)
def cleaner_for(values: tuple[StoredValue, ...], encodings: tuple[str, ...]) -> TextCleaner:
    """Return the cleaner for data sets that hold given identifying values.

    Parameters
    ----------
    values : tuple of StoredValue
        The elements for which `is_identifying` is true, in tag order.
    encodings : tuple of str
        Python names of the character sets of the data set.
    """
    names, ids, dates, others = [], [], [], []
    for tag, vr, value in values:
        for text in decode_bytes(value, list(encodings), {"\\", "^", "="}).split("\\"):
            text = text.strip(" \0")
            if vr == "PN" or tag in _NAMES:
                names.append(text)
            elif tag in _IDS:
                ids.append(text)
            elif tag in _DATES:
                dates.append(text)
            else:
                others.append(text)
    return TextCleaner(Identifiers.from_values(names, ids, dates, others), _vocabulary())


def holds_identifier(text: str, identifiers: Identifiers) -> bool:
    """Return whether a coded value contains an identifying word or number."""
    folded = fold(text)
    words: Iterable[str] = "".join(character if character.isalnum() else " " for character in folded).split()
    joined = "".join(words)
    return (
        joined in identifiers.words
        or any(word in identifiers.words for word in words)
        or any(string in joined for string in identifiers.strings)
    )
