"""Which attributes tell who or where somebody is, so that their values go from every kept text of the data set."""

from __future__ import annotations

import re
from functools import cache

from ..standard.confidentiality_profile import ProfileRow, row_of

_NAME_WITH_OTHER_VR = 0x00100012
_DATES = frozenset((0x00080020, 0x00100030))
_DEVICE_SERIAL_NUMBER = 0x00181000
_TEXT = frozenset(("LO", "LT", "SH", "ST", "UC", "UR", "UT"))
_IDENTIFIER = re.compile(
    r"(?:IDs?|Identifiers?|Numbers?|Locator|IdentificationImagingServiceRequest)(?:Trial|Retired)?$"
)
_IDENTIFIERS_BY_TAG = frozenset(
    (
        0x00101050,  # InsurancePlanIdentification
        0x00402016,  # PlacerOrderNumberImagingServiceRequest
        0x00402017,  # FillerOrderNumberImagingServiceRequest
        0x00120020,  # ClinicalTrialProtocolID
        0x00120030,  # ClinicalTrialSiteID
        0x00120040,  # ClinicalTrialSubjectID
        0x00120042,  # ClinicalTrialSubjectReadingID
    )
)
_PLACES_BY_TAG = frozenset(
    (
        0x00120010,  # ClinicalTrialSponsorName
        0x00120021,  # ClinicalTrialProtocolName
        0x00120031,  # ClinicalTrialSiteName
        0x00102150,  # CountryOfResidence
        0x00102152,  # RegionOfResidence
    )
)


@cache
def kind_of(tag: int, vr: str) -> str:
    """Return what an attribute tells: ``name``, ``id``, ``date``, ``station``, ``place``; empty if nothing.

    Names are all person names, whoever they name. IDs and places are the text attributes that Table E.1-1 lists and
    does not clean as descriptors.

    Parameters
    ----------
    tag : int
        Tag of a standard attribute.
    vr : str
        Its VR.
    """
    if vr == "PN" or tag == _NAME_WITH_OTHER_VR:
        return "name"
    if tag in _DATES:
        return "date"
    if tag in _IDENTIFIERS_BY_TAG or tag == _DEVICE_SERIAL_NUMBER:
        return "id"
    if tag in _PLACES_BY_TAG:
        return "place"
    if vr not in _TEXT or tag >> 16 & 1:
        return ""
    row = row_of(tag)
    if row is None or not _identifies(row):
        return ""
    if "device" in row.options:
        return "station"
    return "id" if _IDENTIFIER.search(row.keyword) else "place"


def _identifies(row: ProfileRow) -> bool:
    options = row.options
    return row.basic not in ("K", "U") and not {"descriptors", "modified_dates", "full_dates"} & set(options)
