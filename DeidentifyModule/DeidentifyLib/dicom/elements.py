"""Stored elements as both engines see them: tag, VR and bytes."""

from __future__ import annotations

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.multival import MultiValue
from pydicom.tag import Tag
from pydicom.valuerep import VR, PersonName

PARSE_ERRORS = (
    ValueError,
    EOFError,
    LookupError,
    BytesLengthException,
    TypeError,
    AttributeError,
    NotImplementedError,
    OverflowError,
    RecursionError,
)
"""What pydicom raises on malformed values."""

VRS = frozenset(str(vr) for vr in VR if " " not in str(vr))
"""VRs of PS3.5 6.2."""

NO_DELIMITERS: frozenset[int] = frozenset()
"""For `decode_bytes`: no character returns to the first character set, as pydicom does not repeat escape sequences."""

_NUL_PADDED = frozenset(("UI", "OB", "UN"))


def effective_vr(stored: str | None, known: str) -> str:
    """Return the VR that decides: as stored, else as the standard says, else UN."""
    if stored is None or stored == "UN" or stored not in VRS:
        return known or "UN"
    return stored


def padded(vr: str, value: bytes) -> bytes:
    """Return a value of even length (PS3.5 6.2)."""
    if len(value) % 2 == 0:
        return value
    return value + (b"\0" if vr in _NUL_PADDED else b" ")


def raw_element(dataset: Dataset, tag: int, vr: str | None, value: bytes) -> RawDataElement:
    """Return an element in the encoding of a data set that was read from a file."""
    is_implicit, is_little_endian = dataset.original_encoding
    value = padded(vr or "UN", value)
    return RawDataElement(
        Tag(tag), None if is_implicit else vr, len(value), value, 0, bool(is_implicit), bool(is_little_endian)
    )


def stored_bytes(element: DataElement | RawDataElement) -> bytes:
    """Return the stored value of a non-sequence element.

    Raises
    ------
    ValueError
        If the value was decoded already and is neither text nor bytes.
    """
    value = element.value
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("ascii", "replace")
    if isinstance(value, PersonName):
        return value.encode()
    if isinstance(value, list | tuple | MultiValue) and all(isinstance(part, str) for part in value):
        return "\\".join(value).encode("ascii", "replace")
    raise ValueError("the value is decoded")


def decoded(value: bytes, dataset: Dataset) -> str:
    """Return stored text in the character set of a data set (PS3.5 6.1); undecodable bytes become U+FFFD."""
    encodings = convert_encodings(dataset._character_set)
    return decode_bytes(value, encodings, set(NO_DELIMITERS))


def stored_element(dataset: Dataset, tag: int) -> DataElement | RawDataElement | None:
    """Return an element as it is stored, None if it is absent.

    `Dataset.get_item` alone decodes one without a value, and with an empty sequence Pixel Representation.
    """
    return dataset.get_item(tag, keep_deferred=True)


def text_of(dataset: Dataset, tag: int) -> str:
    """Return the text of an attribute without padding, empty if it is absent or no text."""
    element = stored_element(dataset, tag)
    if element is None:
        return ""
    try:
        return decoded(stored_bytes(element), dataset).strip(" \0")
    except PARSE_ERRORS:
        return ""
