"""The attributes that say what was done (PS3.15 E.1.1 and E.2, PS3.3 C.7.1.1 and C.12.1)."""

from __future__ import annotations

from functools import lru_cache

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from ..dicom.elements import PARSE_ERRORS, raw_element, stored_bytes, text_of
from ..dicom.tags import (
    BURNED_IN_ANNOTATION,
    CODE_VALUE,
    CODING_SCHEME_DESIGNATOR,
    DEIDENTIFICATION_METHOD,
    DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
    LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED,
    PATIENT_IDENTITY_REMOVED,
    RECOGNIZABLE_VISUAL_FEATURES,
)
from ..options import Dates, Options
from ..profile.resolver import weakening_rules
from ..version import STANDARD_EDITION, __version__

METHOD_TAGS = frozenset(
    (
        PATIENT_IDENTITY_REMOVED,
        DEIDENTIFICATION_METHOD,
        DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
        LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED,
        BURNED_IN_ANNOTATION,
        RECOGNIZABLE_VISUAL_FEATURES,
    )
)
"""The attributes that `add_deidentification_method` reads and writes."""

CODES = {
    "113100": "Basic Application Confidentiality Profile",
    "113101": "Clean Pixel Data Option",
    "113102": "Clean Recognizable Visual Features Option",
    "113103": "Clean Graphics Option",
    "113104": "Clean Structured Content Option",
    "113105": "Clean Descriptors Option",
    "113106": "Retain Longitudinal Temporal Information Full Dates Option",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
    "113108": "Retain Patient Characteristics Option",
    "113109": "Retain Device Identity Option",
    "113110": "Retain UIDs Option",
    "113111": "Retain Safe Private Option",
    "113112": "Retain Institution Identity Option",
}
"""CID 7050 of PS3.16."""


@lru_cache(maxsize=16)
def profile_is_whole(options: Options) -> bool:
    """Return whether the Basic Profile runs whole: nothing is kept beyond its options."""
    return not options.keep_id_name and not weakening_rules(options)


def method_codes(options: Options, *, pixels_cleaned: bool = False, defaced: bool = False) -> list[str]:
    """Return the codes of what was done to an instance.

    Keeping Id / Name is outside PS3.15: then the profile itself (113100) is not claimed.
    """
    done = {
        "113100": profile_is_whole(options),
        "113101": pixels_cleaned,
        "113102": defaced,
        "113103": options.clean_graphics,
        "113104": options.clean_structured_content,
        "113105": options.clean_descriptors,
        "113106": options.dates is Dates.KEEP,
        "113107": options.dates is Dates.SHIFT,
        "113108": options.keep_subject_characteristics,
        "113109": options.retain_device_identity,
        "113110": options.retain_uids,
        "113111": options.keep_safe_private,
        "113112": options.retain_institution_identity,
    }
    return [code for code, was_done in done.items() if was_done]


def add_deidentification_method(
    dataset: Dataset, options: Options, *, pixels_cleaned: bool = False, defaced: bool = False
) -> None:
    """Add to a de-identified data set what was done; what earlier de-identifications said stays before it.

    Parameters
    ----------
    dataset : pydicom.dataset.Dataset
        De-identified, in its original encoding.
    options : Options
        As chosen.
    pixels_cleaned, defaced : bool
        Whether the pixel options were really carried out on this instance.
    """
    if profile_is_whole(options):
        _set(dataset, PATIENT_IDENTITY_REMOVED, "CS", "YES")
    codes = method_codes(options, pixels_cleaned=pixels_cleaned, defaced=defaced)
    what = "Basic Profile" if profile_is_whole(options) else "options"
    method = f"Deidentify {__version__}: {STANDARD_EDITION} {what}"
    before = text_of(dataset, DEIDENTIFICATION_METHOD)
    if method not in before.split("\\"):
        _append_text(dataset, method)
    _append_codes(dataset, codes)
    modified = {Dates.SHIFT: "MODIFIED", Dates.KEEP: "UNMODIFIED", Dates.REMOVE: "REMOVED"}[options.dates]
    if modified == "UNMODIFIED":
        modified = text_of(dataset, LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED) or modified
    _set(dataset, LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED, "CS", modified)
    if pixels_cleaned:
        _set(dataset, BURNED_IN_ANNOTATION, "CS", "NO")
    if defaced:
        _set(dataset, RECOGNIZABLE_VISUAL_FEATURES, "CS", "NO")


def _set(dataset: Dataset, tag: int, vr: str, text: str) -> None:
    dataset[tag] = raw_element(dataset, tag, vr, text.encode("ascii"))


def _append_text(dataset: Dataset, method: str) -> None:
    element = dataset.get_item(DEIDENTIFICATION_METHOD)
    before = stored_bytes(element).strip(b" \0") if element is not None else b""
    value = before + b"\\" + method.encode("ascii") if before else method.encode("ascii")
    dataset[DEIDENTIFICATION_METHOD] = raw_element(dataset, DEIDENTIFICATION_METHOD, "LO", value)


def _append_codes(dataset: Dataset, codes: list[str]) -> None:
    items: list[Dataset] = []
    if DEIDENTIFICATION_METHOD_CODE_SEQUENCE in dataset:
        try:
            items = list(dataset[DEIDENTIFICATION_METHOD_CODE_SEQUENCE].value)
        except PARSE_ERRORS:
            items = []
    present = {text_of(item, CODE_VALUE) for item in items if text_of(item, CODING_SCHEME_DESIGNATOR) == "DCM"}
    for code in codes:
        if code not in present:
            items.append(_code_item(code, CODES[code]))
    if items:
        dataset[DEIDENTIFICATION_METHOD_CODE_SEQUENCE] = DataElement(
            DEIDENTIFICATION_METHOD_CODE_SEQUENCE, "SQ", Sequence(items)
        )


def _code_item(code: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue = code
    item.CodingSchemeDesignator = "DCM"
    item.CodeMeaning = meaning
    return item
