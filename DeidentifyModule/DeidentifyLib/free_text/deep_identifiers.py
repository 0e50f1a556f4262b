"""The identifying values of a data set, gathered before anything is removed from it (PS3.15 E.3.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from ..dicom.elements import PARSE_ERRORS, decoded, stored_bytes
from ..dicom.tags import PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, SHARED_FUNCTIONAL_GROUPS_SEQUENCE
from ..standard.confidentiality_profile import ProfileRow, row_of
from ..standard.dictionary import vr_of
from .identifiers import Identifiers

_PER_FRAME = (SHARED_FUNCTIONAL_GROUPS_SEQUENCE, PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)
_MAXIMUM_DEPTH = 16
_NAMES_WITH_OTHER_VR = (0x00100012,)
_TEXT = frozenset(("LO", "LT", "SH", "ST", "UC", "UR", "UT"))
_IDENTIFIER = re.compile(r"(?:IDs?|Identifiers?|Numbers?|Locator)(?:Trial|Retired)?$")


@dataclass
class _Found:
    names: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    dates: set[str] = field(default_factory=set)
    others: list[str] = field(default_factory=list)
    stations: list[str] = field(default_factory=list)


def identifiers_of(dataset: Dataset) -> Identifiers:
    """Return what the attributes of a data set say about who its subject is.

    Names are all person names at any depth, whoever they name. IDs and places are the text attributes that
    Table E.1-1 lists and does not clean as descriptors. Of attributes that identify a device only what has
    digits counts: a station that is called like its model shall not take the model from every text. The
    functional groups of single frames are not searched.

    Parameters
    ----------
    dataset : pydicom.dataset.Dataset
        As read from a file; its values are not decoded in place.
    """
    found = _Found()
    _gather(dataset, found, 0)
    return Identifiers.from_values(found.names, found.ids, sorted(found.dates), found.others, found.stations)


def _gather(dataset: Dataset, found: _Found, depth: int) -> None:
    for tag in dataset.keys():
        number = int(tag)
        if number >> 16 & 1 or number in _PER_FRAME:
            continue
        element = dataset.get_item(tag)
        vr = element.VR if element.VR not in (None, "UN") else vr_of(number)
        try:
            if vr == "SQ":
                items = dataset[tag].value if depth < _MAXIMUM_DEPTH else None
                for item in items if isinstance(items, Sequence) else ():
                    _gather(item, found, depth + 1)
            elif vr in ("PN", "DA", "DT") or vr in _TEXT:
                _take(number, vr, decoded(stored_bytes(element), dataset), found)
        except PARSE_ERRORS:
            continue


def _take(tag: int, vr: str, text: str, found: _Found) -> None:
    values = [part.strip(" \0") for part in text.split("\\")]
    values = [value for value in values if value]
    if vr == "PN" or tag in _NAMES_WITH_OTHER_VR:
        found.names += values
    elif vr in ("DA", "DT"):
        found.dates.update(value[:8] for value in values if value[:8].isdigit() and len(value) >= 8)
    else:
        row = row_of(tag)
        if row is not None and _identifies(row):
            _take_text(row, values, found)


def _identifies(row: ProfileRow) -> bool:
    return row.basic not in ("K", "U") and not {"descriptors", "modified_dates"} & set(row.options)


def _take_text(row: ProfileRow, values: list[str], found: _Found) -> None:
    if "device" in row.options:
        with_digits = [value for value in values if any(c.isdigit() for c in value)]
        (found.ids if _IDENTIFIER.search(row.keyword) else found.stations).extend(with_digits)
    elif _IDENTIFIER.search(row.keyword):
        found.ids += values
    else:
        found.others += values
