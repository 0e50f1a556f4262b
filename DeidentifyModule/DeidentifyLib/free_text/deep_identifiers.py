"""The identifying values of the items of a data set, gathered before anything is removed from it (PS3.15 E.3.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.sequence import Sequence

from ..dicom.elements import PARSE_ERRORS, decoded, effective_vr, stored_bytes, stored_element
from ..standard.dictionary import vr_of
from .identifying_attributes import kind_of

IdentifyingText = tuple[int, str, str]
"""Tag, VR and one value of an element that tells who or where somebody is."""

NOT_SEARCHED = frozenset(
    (
        0x00081140,  # ReferencedImageSequence
        0x00082112,  # SourceImageSequence
        0x00089124,  # DerivationImageSequence
        0x00081115,  # ReferencedSeriesSequence
        0x00409096,  # RealWorldValueMappingSequence
        0x30060039,  # ROIContourSequence
        0x52009229,  # SharedFunctionalGroupsSequence
        0x52009230,  # PerFrameFunctionalGroupsSequence
        0x54000100,  # WaveformSequence
    )
)
"""Sequences of references, geometry and samples: they name nobody, and differ from slice to slice."""
_MAXIMUM_DEPTH = 16
_UNREADABLE = (*PARSE_ERRORS, OSError)
"""What pydicom raises on a sequence that is damaged; the engine then refuses it where it enters it."""


def texts_of_items(dataset: Dataset) -> tuple[IdentifyingText, ...]:
    """Return the identifying values of the items of all sequences of a data set, in the order of the tags.

    Parameters
    ----------
    dataset : pydicom.dataset.Dataset
        As read from a file; it is not changed.
    """
    return tuple(
        found
        for element in _elements(dataset)
        if is_searched(int(element.tag), element.VR)
        for found in _texts_of_sequence(dataset, element)
    )


def texts_of_encoded(raw: bytes, implicit: bool, encodings: Iterable[str]) -> tuple[IdentifyingText, ...]:
    """Return the identifying values of the items of one encoded sequence, in little endian."""
    try:
        dataset = read_dataset(BytesIO(raw), implicit, True, parent_encoding=list(encodings))
    except _UNREADABLE:
        return ()
    return texts_of_items(dataset)


def is_searched(tag: int, vr: str | None) -> bool:
    """Return whether an element is a sequence whose items are searched."""
    return not tag >> 16 & 1 and tag not in NOT_SEARCHED and effective_vr(vr, vr_of(tag)) == "SQ"


def _elements(dataset: Dataset) -> Iterator[DataElement | RawDataElement]:
    """Yield the elements as they are stored, in the order of the tags."""
    for tag in sorted(dataset.keys()):
        element = stored_element(dataset, int(tag))
        if element is not None:
            yield element


def _texts_of_sequence(
    dataset: Dataset, element: DataElement | RawDataElement, depth: int = 0
) -> Iterator[IdentifyingText]:
    if depth >= _MAXIMUM_DEPTH:
        return
    for item in _items(dataset, element):
        for inner in _elements(item):
            number = int(inner.tag)
            if is_searched(number, inner.VR):
                yield from _texts_of_sequence(item, inner, depth + 1)
                continue
            vr = effective_vr(inner.VR, vr_of(number))
            if number >> 16 & 1 or not kind_of(number, vr):
                continue
            try:
                text = decoded(stored_bytes(inner), item)
            except _UNREADABLE:
                continue
            yield from ((number, vr, value.strip(" \0")) for value in text.split("\\") if value.strip(" \0"))


def _items(dataset: Dataset, element: DataElement | RawDataElement) -> Iterable[Dataset]:
    """Return the items of a sequence; read apart, so that the data set stays as it is stored."""
    if not isinstance(element, RawDataElement):
        return element.value if isinstance(element.value, Sequence) else ()
    apart = Dataset({element.tag: element})
    implicit, little_endian = dataset.original_encoding
    apart.set_original_encoding(bool(implicit), bool(little_endian), dataset.original_character_set)
    apart._parent_encoding = dataset._character_set
    try:
        value = apart[element.tag].value
    except _UNREADABLE:
        return ()
    return value if isinstance(value, Sequence) else ()
