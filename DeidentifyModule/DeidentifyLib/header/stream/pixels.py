"""Bytes that hide in or behind pixel data: where there are any, the reference engine blanks them."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from pydicom.filereader import read_dataset

from ...pixels.hidden_bytes import blank_behind_pixels, blank_hidden_bytes
from ...pixels.pixel_element import native_length
from .encode import SEQUENCE_DELIMITER
from .errors import NotStreamable
from .layout import Layout
from .records import Record
from .sources import ByteSource
from .window import LARGEST_ELEMENT

_SHAPE = frozenset((0x00280002, 0x00280008, 0x00280010, 0x00280011, 0x00280100))


def refuse_hidden_bytes(layout: Layout, source: ByteSource) -> None:
    """Refuse a file in whose pixel data other bytes hide.

    Native pixel data are compared with the length that rows, columns and frames need; of compressed
    pixel data all segments are looked at.

    Raises
    ------
    NotStreamable
        If there are any, or it cannot be told.
    """
    if layout.pixel_data is not None:
        _refuse(layout.pixel_data, layout, source)


def _refuse(record: Record, layout: Layout, source: ByteSource) -> None:
    if record.undefined:
        value = _value(record, source)[: -len(SEQUENCE_DELIMITER)]
        try:
            if value and blank_hidden_bytes(value) is not value:
                raise NotStreamable("bytes that hide in compressed pixel data")
        except ValueError:
            raise NotStreamable("malformed encapsulated pixel data") from None
        return
    expected = _native_length(tuple(r.raw for r in layout.select(_SHAPE)), layout.implicit)
    length = record.bulk.stop - record.bulk.start if record.bulk is not None else len(record.raw) - record.value
    if expected and length > expected:
        behind = _behind(record, source, expected, length)
        if blank_behind_pixels(behind, 1) is not behind:
            raise NotStreamable("bytes behind the pixels")


def _behind(record: Record, source: ByteSource, expected: int, length: int) -> bytes:
    """Return one byte and what stands behind the last pixel."""
    if length - expected > LARGEST_ELEMENT:
        raise NotStreamable("bytes behind the pixels")
    if record.bulk is not None:
        return b"\0" + source.read(record.bulk.start + expected, length - expected)
    return b"\0" + record.raw[record.value + expected :]


def _value(record: Record, source: ByteSource) -> bytes:
    if record.bulk is None:
        return record.raw[record.value :]
    if record.bulk.stop - record.bulk.start > LARGEST_ELEMENT:
        raise NotStreamable("compressed pixel data too large for memory")
    return source.read(record.bulk.start, record.bulk.stop - record.bulk.start)


@lru_cache(maxsize=256)
def _native_length(parts: tuple[bytes, ...], implicit: bool) -> int:
    """Return the bytes that native pixels need, 0 if the header does not tell."""
    return native_length(read_dataset(BytesIO(b"".join(parts)), implicit, True))
