"""The siblings of an element in encoded bytes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Literal

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_data_element

from ...dicom.elements import NO_DELIMITERS, PARSE_ERRORS
from .errors import NotStreamable
from .records import Record
from .repeated_elements import RepeatedElements, find


class ByteSiblings:
    """See `header.siblings.Siblings`.

    Parameters
    ----------
    parts : sequence of Record or RepeatedElements
        The elements of the data set or item.
    encodings : tuple of str
        Python names of its character sets.

    Attributes
    ----------
    consulted : int
        How often an action looked at another attribute: then its result holds only for this data set.
    """

    def __init__(self, parts: Sequence[Record | RepeatedElements], encodings: tuple[str, ...]) -> None:
        self._parts = parts
        self.encodings = encodings
        self.consulted = 0

    byte_order: Literal["little"] = "little"

    def text_of(self, tag: int) -> str:
        """Return the text of an attribute without padding, empty if it is absent."""
        self.consulted += 1
        record = find(self._parts, tag)
        if record is None or record.bulk is not None:
            return ""
        return self.decoded(record.raw[record.value :]).strip(" \0")

    def decoded(self, value: bytes) -> str:
        """Return stored text in the character set; undecodable bytes become U+FFFD."""
        return decode_bytes(value, list(self.encodings), set(NO_DELIMITERS))


@lru_cache(maxsize=64)
def encodings_of(raw: bytes, implicit: bool) -> tuple[str, ...]:
    """Return the Python names of the character sets that an encoded Specific Character Set names.

    Raises
    ------
    NotStreamable
        If pydicom does not understand it, or would write it in other bytes: it decodes this attribute always.
    """
    if raw and not implicit and raw[4:6] != b"CS":
        raise NotStreamable("a strange character set")
    try:
        dataset = read_dataset(BytesIO(raw), implicit, True)
        encodings = tuple(convert_encodings(dataset._character_set))
        if _rewritten(dataset, implicit) == raw:
            return encodings
    except PARSE_ERRORS:
        pass
    raise NotStreamable("a strange character set")


def _rewritten(dataset: Dataset, implicit: bool) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, implicit
    for element in dataset:
        write_data_element(buffer, element)
    return buffer.getvalue()
