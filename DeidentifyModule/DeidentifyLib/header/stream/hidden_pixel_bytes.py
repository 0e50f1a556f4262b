"""Bytes that hide in or behind pixel data: they are blanked where the pixel data are copied to the output."""

from __future__ import annotations

from array import array
from functools import lru_cache
from io import BytesIO

from pydicom.filereader import read_dataset

from ...dicom.tags import BITS_ALLOCATED, COLUMNS, NUMBER_OF_FRAMES, ROWS, SAMPLES_PER_PIXEL
from ...files.byte_sources import Blanked, ByteSource, MemorySource, Range, chunks
from ...pixels.pixel_element import native_length
from .encapsulated_frames import hidden_in_fragments
from .errors import NotStreamable
from .records import Record
from .top_level import TopLevel

_SHAPE = frozenset((SAMPLES_PER_PIXEL, NUMBER_OF_FRAMES, ROWS, COLUMNS, BITS_ALLOCATED))


def blank_pixel_data(layout: TopLevel, source: ByteSource) -> bool:
    """Blank what hides in the pixel data of a file; return whether anything did.

    Of native pixel data that is what lies behind the length that rows, columns and frames need; of compressed
    pixel data all segments are looked at. Nothing is changed but the record of the pixel data in the layout.

    Raises
    ------
    NotStreamable
        If it cannot be told.
    """
    record = layout.pixel_data
    if record is None:
        return False
    blanked = _blanked(record, layout, source)
    if blanked is None:
        return False
    layout.parts[layout.parts.index(record)] = layout.pixel_data = blanked
    return True


def _blanked(record: Record, layout: TopLevel, source: ByteSource) -> Record | None:
    """Return the record of pixel data without what hides there, None if nothing does."""
    value = record.bulk or Range(record.value, len(record.raw))
    if record.vr not in (None, "OB", "OW"):
        raise NotStreamable("pixel data with a strange VR")  # pydicom writes them in other bytes
    if record.undefined:
        try:
            hidden = hidden_in_fragments(source, value)
        except ValueError:
            raise NotStreamable("malformed encapsulated pixel data") from None
    else:
        expected = _native_length(tuple(r.raw for r in layout.select(_SHAPE)), layout.implicit)
        if (value.stop - value.start) % 2:
            raise NotStreamable("pixel data of odd length")
        if not expected or value.stop - value.start <= expected:
            return None
        hidden = hidden_behind(source if record.bulk else MemorySource(record.raw), value, expected)
    if not hidden:
        return None
    if record.bulk is None:
        return record._replace(raw=Blanked(0, len(record.raw), hidden).in_memory(record.raw))
    return record._replace(bulk=Blanked(value.start, value.stop, hidden))


def hidden_behind(source: ByteSource, value: Range, expected: int) -> array[int]:
    """Return where bytes hide behind native pixels, as `Blanked` states it.

    Parameters
    ----------
    source : ByteSource
    value : Range
        Value of native Pixel Data.
    expected : int
        Bytes that the pixels need; 0 if that is not known.
    """
    behind = Range(value.start + expected, value.stop)
    if not expected or behind.start >= behind.stop:
        return array("Q")
    if any(part.count(0) != len(part) for part in chunks(source, behind)):
        return array("Q", (behind.start, behind.stop, 0))
    return array("Q")


@lru_cache(maxsize=256)
def _native_length(parts: tuple[bytes, ...], implicit: bool) -> int:
    """Return the bytes that native pixels need, 0 if the header does not tell."""
    return native_length(read_dataset(BytesIO(b"".join(parts)), implicit, True))
