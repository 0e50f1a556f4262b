"""What a data set itself says of its subject and of the persons and places around: it goes from every kept text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from pydicom.charset import decode_bytes

from .cleaning import TextCleaner
from .folding import fold
from .identifiers import Identifiers
from .vocabulary import Vocabulary

StoredValue = tuple[int, str, bytes]
"""Tag, VR and stored value of an element at the top level of a data set."""

_IDS = frozenset(
    (
        0x00080050,  # AccessionNumber
        0x00100020,  # PatientID
        0x00101000,  # OtherPatientIDs
        0x00101090,  # MedicalRecordLocator
        0x00101050,  # InsurancePlanIdentification
        0x00181000,  # DeviceSerialNumber
        0x00200010,  # StudyID
        0x00380010,  # AdmissionID
        0x00380060,  # ServiceEpisodeID
        0x00400009,  # ScheduledProcedureStepID
        0x00400253,  # PerformedProcedureStepID
        0x00401001,  # RequestedProcedureID
        0x00402016,  # PlacerOrderNumberImagingServiceRequest
        0x00402017,  # FillerOrderNumberImagingServiceRequest
        0x00120020,  # ClinicalTrialProtocolID
        0x00120030,  # ClinicalTrialSiteID
        0x00120040,  # ClinicalTrialSubjectID
        0x00120042,  # ClinicalTrialSubjectReadingID
    )
)
_DATES = frozenset((0x00080020, 0x00100030))
_OTHERS = frozenset(
    (
        0x00080080,  # InstitutionName
        0x00120010,  # ClinicalTrialSponsorName
        0x00120021,  # ClinicalTrialProtocolName
        0x00120031,  # ClinicalTrialSiteName
        0x00080081,  # InstitutionAddress
        0x00080092,  # ReferringPhysicianAddress
        0x00080094,  # ReferringPhysicianTelephoneNumbers
        0x00081010,  # StationName
        0x00081040,  # InstitutionalDepartmentName
        0x00100021,  # IssuerOfPatientID
        0x00101040,  # PatientAddress
        0x00102150,  # CountryOfResidence
        0x00102152,  # RegionOfResidence
        0x00102154,  # PatientTelephoneNumbers
        0x00102155,  # PatientTelecomInformation
        0x00102180,  # Occupation
        0x001021F0,  # PatientReligiousPreference
        0x00380300,  # CurrentPatientLocation
        0x00380400,  # PatientInstitutionResidence
    )
)


def is_identifying(tag: int, vr: str) -> bool:
    """Return whether an element at the top level tells who the subject is, or who and where others are."""
    return vr == "PN" or tag in _IDS or tag in _DATES or tag in _OTHERS


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
            if vr == "PN":
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
    return joined in identifiers.words or any(word in identifiers.words for word in words) or any(
        string in joined for string in identifiers.strings
    )
