"""Data sets for the reference engine whose pixel data stay in their file, so that their size costs no memory.

pydicom skips large values when it reads. A placeholder stands for the pixel data in the data set; in the encoded
result it is replaced by the range of the file that holds them.
"""

from __future__ import annotations

import io
import secrets
import struct
from array import array
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from pydicom.dataelem import RawDataElement
from pydicom.dataset import FileDataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from ..dicom.dicom_file import read
from ..dicom.tags import DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA, PIXEL_DATA
from ..files.byte_sources import Blanked, ByteSource, MemorySource, Range, SourceFile
from ..pixels.pixel_element import blank_pixel_element, native_length
from .stream.encapsulated_frames import end_of_fragments, hidden_in_fragments
from .stream.errors import NotStreamable
from .stream.hidden_pixel_bytes import hidden_behind
from .stream.walk import UNDEFINED

MINIMUM_DEFERRED_BYTES = 1 << 20
"""Bytes of a value that is left in the file."""

_PIXELS = frozenset((FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA, PIXEL_DATA))
_VRS = frozenset((None, "OB", "OW", "OF", "OD"))
_NATIVE = frozenset(("", ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian))
_ITEM_OF_32_BYTES = b"\xfe\xff\x00\xe0\x20\0\0\0"
_DELIMITER = 8


class _InPlace(NamedTuple):
    """What replaces a placeholder and the length before it."""

    placeholder: bytes
    length_of_placeholder: bytes
    length: bytes
    value: Range
    padding: bytes


class DeferredPixels:
    """The pixel data of a data set: where they are in its file, if they were not read.

    Attributes
    ----------
    source : ByteSource or None
        The file; None if the data set is whole.
    hid_bytes : bool
        Whether bytes were blanked that hid in or behind the pixels.
    """

    def __init__(self, source: ByteSource | None = None, hid_bytes: bool = False) -> None:
        self.source = source
        self.hid_bytes = hid_bytes
        self._placeholders: list[_InPlace] = []

    def defer(self, dataset: FileDataset, element: RawDataElement, value: Range) -> None:
        """Put a placeholder in the place of an element whose value stays in the file."""
        placeholder = _ITEM_OF_32_BYTES + secrets.token_bytes(32)
        if element.length == UNDEFINED:
            in_place = _InPlace(placeholder, b"", b"", value, b"")
        else:
            size, order = value.stop - value.start, "<L" if element.is_little_endian else ">L"
            length = struct.pack(order, len(placeholder))
            in_place = _InPlace(placeholder, length, struct.pack(order, size + size % 2), value, bytes(size % 2))
        length_of_element = len(placeholder) if in_place.length else UNDEFINED
        _set_raw(dataset, element._replace(value=placeholder, length=length_of_element))
        self._placeholders.append(in_place)

    def pieces(self, encoded: bytes) -> Iterator[bytes | Range]:
        """Yield an encoded data set with the pixel data in their place, where their element is still there.

        Raises
        ------
        ValueError
            If the element was changed.
        """
        position = 0
        before = b""
        for one in self._placeholders:
            at = encoded.find(one.placeholder, position)
            if at >= 0:
                if not encoded.endswith(one.length_of_placeholder, position, at):
                    raise ValueError("the element of the pixel data was changed")
                yield before + encoded[position : at - len(one.length_of_placeholder)] + one.length
                yield one.value
                before, position = one.padding, at + len(one.placeholder)
        yield before + encoded[position:]


def read_deferred(
    source: ByteSource, minimum: int | None = MINIMUM_DEFERRED_BYTES
) -> tuple[FileDataset, DeferredPixels]:
    """Read a data set with hidden bytes blanked, but leave large pixel data in the file.

    Parameters
    ----------
    source : ByteSource
        The file.
    minimum : int or None
        Only values with more bytes are left; with None nothing is.

    Raises
    ------
    NotDicom, CannotDeidentify
        See `dicom_file.read`.
    ValueError
        If compressed pixel data cannot be parsed.
    """
    if minimum is not None:
        dataset = read(_file(source), minimum)
        deferred = _defer_pixels(dataset, source, minimum)
        if deferred is not None:
            return dataset, deferred
    dataset, deferred = read_whole(source)
    element = dataset.get_item(PIXEL_DATA, keep_deferred=True)
    if isinstance(element, RawDataElement) and element.length == UNDEFINED and len(element.value) % 2:
        value = Range(0, len(element.value))
        if _may_be_deferred(element, value, dataset):
            # pydicom would put a byte behind the last item, where no reader expects one
            deferred = DeferredPixels(MemorySource(element.value), deferred.hid_bytes)
            deferred.defer(dataset, element, value)
    return dataset, deferred


def read_whole(source: ByteSource) -> tuple[FileDataset, DeferredPixels]:
    """Read a data set as `read_deferred` does, but with all of its pixel data."""
    dataset = read(_file(source))
    return dataset, DeferredPixels(hid_bytes=blank_pixel_element(dataset))


def _file(source: ByteSource) -> BinaryIO:
    return io.BufferedReader(SourceFile(source))


def _defer_pixels(dataset: FileDataset, source: ByteSource, minimum: int) -> DeferredPixels | None:
    """Complete a data set of which large values were skipped; return None if only all of the file tells how."""
    skipped = [element for element in _raw_elements(dataset) if element.value is None and element.length > minimum]
    ranges = [_range_of(element, source) for element in skipped]
    if not all(_may_be_deferred(element, value, dataset) for element, value in zip(skipped, ranges, strict=True)):
        return None
    left: list[tuple[RawDataElement, Range]] = []
    for element, value in zip(skipped, ranges, strict=True):
        if value.stop > source.size:
            _set_raw(dataset, element._replace(value=b""))  # the engine refuses it as truncated
        elif element.tag in _PIXELS:
            left.append((element, value))
        else:
            _set_raw(dataset, element._replace(value=source.read(value.start, element.length)))
    was_read = not any(element.tag == PIXEL_DATA for element in skipped)
    deferred = DeferredPixels(source, was_read and blank_pixel_element(dataset))
    for element, value in left:
        hidden = _hidden(element, value, dataset, source)
        deferred.hid_bytes |= bool(hidden)
        deferred.defer(dataset, element, Blanked(value.start, value.stop, hidden) if hidden else value)
    return deferred


def _hidden(element: RawDataElement, value: Range, dataset: FileDataset, source: ByteSource) -> array[int]:
    if element.tag != PIXEL_DATA:
        return array("Q")
    if element.length == UNDEFINED:
        return hidden_in_fragments(source, value)
    return hidden_behind(source, value, native_length(dataset))


def _raw_elements(dataset: FileDataset) -> Iterator[RawDataElement]:
    for tag in sorted(dataset.keys()):
        element = dataset.get_item(tag, keep_deferred=True)
        if isinstance(element, RawDataElement):
            yield element


def _set_raw(dataset: FileDataset, element: RawDataElement) -> None:
    """Set an element as if it had been read so; the operator of pydicom decodes private ones."""
    dataset._dict[element.tag] = element


def _range_of(element: RawDataElement, source: ByteSource) -> Range:
    """Return where the value of an element lies in the file; an empty range if it cannot be told."""
    start = element.value_tell
    if element.length != UNDEFINED:
        return Range(start, start + element.length)
    try:
        return Range(start, end_of_fragments(source, start) - _DELIMITER)
    except NotStreamable:
        return Range(start, start)


def _may_be_deferred(element: RawDataElement, value: Range, dataset: FileDataset) -> bool:
    """Return whether what pydicom skipped may be left in the file or read later.

    Where encoding and transfer syntax contradict each other, pydicom writes pixel data otherwise than they are.
    """
    syntax = UID(dataset.file_meta.get("TransferSyntaxUID") or "")
    if element.length == UNDEFINED:
        compressed = syntax.is_transfer_syntax and not syntax.is_private and syntax.is_compressed
        return element.tag == PIXEL_DATA and compressed and element.VR in _VRS and value.start < value.stop
    if element.tag not in _PIXELS:
        return syntax != DeflatedExplicitVRLittleEndian  # there, pydicom tells positions in the inflated bytes
    return syntax in _NATIVE and element.VR in _VRS and (element.length % 2 == 0 or element.tag == PIXEL_DATA)
