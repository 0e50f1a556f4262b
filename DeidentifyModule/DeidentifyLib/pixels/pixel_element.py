"""The Pixel Data element of a data set as stored."""

from __future__ import annotations

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from .hidden_bytes import blank_behind_pixels, blank_hidden_bytes

PIXEL_DATA = 0x7FE00010
_UNDEFINED_LENGTH = 0xFFFFFFFF


def blank_pixel_element(dataset: Dataset) -> bool:
    """Blank what hides in the Pixel Data of a data set that was read from a file; return whether anything did.

    Raises
    ------
    ValueError
        If compressed pixel data cannot be parsed.
    """
    element = dataset.get_item(PIXEL_DATA)
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

    Chroma subsampling (PS3.3 C.7.6.3.1.2) is not subtracted: some writers state it and do not do it.
    """
    values = [dataset.get(name) for name in ("Rows", "Columns", "BitsAllocated")]
    if not all(isinstance(value, int) and value > 0 for value in values):
        return 0
    rows, columns, bits = values
    try:
        frames = int(dataset.get("NumberOfFrames") or 1)
        samples = int(dataset.get("SamplesPerPixel") or 1)
    except (TypeError, ValueError):
        return 0
    return (rows * columns * bits * samples * frames + 7) // 8
