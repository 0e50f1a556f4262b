"""The Pixel Data element of a data set as stored."""

from __future__ import annotations

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from ..dicom.tags import BITS_ALLOCATED, COLUMNS, NUMBER_OF_FRAMES, PIXEL_DATA, ROWS, SAMPLES_PER_PIXEL
from .hidden_bytes import blank_behind_pixels, blank_hidden_bytes

_UNDEFINED_LENGTH = 0xFFFFFFFF


def blank_pixel_element(dataset: Dataset) -> bool:
    """Blank what hides in the Pixel Data of a data set that was read from a file; return whether anything did.

    Raises
    ------
    ValueError
        If compressed pixel data cannot be parsed.
    """
    element = dataset.get_item(PIXEL_DATA, keep_deferred=True)
    if not isinstance(element, RawDataElement) or not element.value:
        return False
    if element.length == _UNDEFINED_LENGTH:
        new = blank_hidden_bytes(element.value)
    else:
        new = blank_behind_pixels(element.value, native_length(dataset))
    if new is element.value:
        return False
    dataset[PIXEL_DATA] = element._replace(value=new)
    return True


def native_length(dataset: Dataset) -> int:
    """Return the number of bytes that native pixels need, 0 if the header does not tell.

    To be asked before anything is removed from the data set. Chroma subsampling (PS3.3 C.7.6.3.1.2) is not
    subtracted: some writers state it and do not do it.
    """
    rows, columns, bits = (_number(dataset, tag, 0) for tag in (ROWS, COLUMNS, BITS_ALLOCATED))
    samples, frames = _number(dataset, SAMPLES_PER_PIXEL, 1), _number(dataset, NUMBER_OF_FRAMES, 1)
    return (rows * columns * bits * samples * frames + 7) // 8


def _number(dataset: Dataset, tag: int, absent: int) -> int:
    """Return a positive number without decoding the element in place; 0 if it is none."""
    element = dataset.get_item(tag, keep_deferred=True)
    if element is None:
        return absent
    if not isinstance(element, RawDataElement) or element.value is None:
        return 0
    if tag == NUMBER_OF_FRAMES:
        text = element.value.strip(b" \0")
        return int(text) if text.isdigit() else 0
    if len(element.value) != 2:
        return 0
    return int.from_bytes(element.value, "little" if element.is_little_endian else "big")
