"""What a data set itself says of its subject and of the persons and places around: it goes from every kept text."""

from __future__ import annotations

from functools import lru_cache

from pydicom.charset import decode_bytes

from ..dicom.elements import NO_DELIMITERS
from .cleaning import TextCleaner
from .deep_identifiers import IdentifyingText
from .identifiers import Identifiers
from .identifying_attributes import kind_of

StoredValue = tuple[int, str, bytes]
"""Tag, VR and stored value of an element at the top level of a data set."""

_CREATIONS = 64


def is_identifying(tag: int, vr: str) -> bool:
    """Return whether an element at the top level tells who the subject is, or who and where others are."""
    return bool(kind_of(tag, vr))


@lru_cache(maxsize=_CREATIONS)
def cleaner_for(
    values: tuple[StoredValue, ...], encodings: tuple[str, ...], of_items: tuple[IdentifyingText, ...] = ()
) -> TextCleaner:
    """Return the cleaner for data sets that hold given identifying values.

    Parameters
    ----------
    values : tuple of StoredValue
        The elements at the top level for which `is_identifying` is true, in tag order.
    encodings : tuple of str
        Python names of the character sets of the data set.
    of_items : tuple of IdentifyingText
        The identifying values of the items of its sequences, in their order.
    """
    found: dict[str, list[str]] = {kind: [] for kind in ("name", "id", "date", "station", "place")}
    for tag, vr, value in values:
        texts = decode_bytes(value, list(encodings), set(NO_DELIMITERS)).split("\\")
        found[kind_of(tag, vr)] += [text.strip(" \0") for text in texts]
    for tag, vr, text in of_items:
        found[kind_of(tag, vr)].append(text)
    stations = [text for text in found["station"] if any(c.isdigit() for c in text)]
    return TextCleaner(Identifiers.from_values(found["name"], found["id"], found["date"], found["place"], stations))
