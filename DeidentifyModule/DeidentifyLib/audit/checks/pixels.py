"""Pixels change only where the run recorded it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydicom.errors import InvalidDicomError

from .. import tags
from ..decoding import decoded
from ..elements import LEVEL_ROOT, Document, Element, show
from ..large_files import equal_parts, only_zeros
from .base import ERROR, WARNING, Check, Entry, Found, View, stripped
from .containers import without_comments

_FRAME_DESCRIPTION = frozenset(
    (
        tags.IMAGE_POSITION_PATIENT,
        tags.IMAGE_ORIENTATION_PATIENT,
        tags.PIXEL_SPACING,
        tags.RESCALE_INTERCEPT,
        tags.RESCALE_SLOPE,
        tags.SLICE_THICKNESS,
    )
)
_NATIVE = frozenset(("", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"))
_STARTS = (
    (re.compile(r"1\.2\.840\.10008\.1\.2\.4\.(5|6|7|8[01])\d*"), (b"\xff\xd8",)),
    (re.compile(r"1\.2\.840\.10008\.1\.2\.4\.(9[0-3]|20[1-3])"), (b"\xff\x4f", b"\0\0\0\x0c")),
)
"""How a frame of JPEG and JPEG-LS, or of JPEG 2000, begins (PS3.5 A.4)."""
_PIXEL_TAGS = (tags.PIXEL_DATA, tags.FLOAT_PIXEL_DATA, tags.DOUBLE_FLOAT_PIXEL_DATA, tags.WAVEFORM_DATA)
_DESCRIPTION = {
    tags.ROWS: "rows",
    tags.COLUMNS: "columns",
    tags.NUMBER_OF_FRAMES: "number of frames",
    tags.SAMPLES_PER_PIXEL: "samples per pixel",
    tags.BITS_ALLOCATED: "bits allocated",
    tags.BITS_STORED: "bits stored",
    tags.PIXEL_REPRESENTATION: "pixel representation",
    tags.PIXEL_SPACING: "pixel spacing",
    tags.IMAGE_POSITION_PATIENT: "position",
    tags.IMAGE_ORIENTATION_PATIENT: "orientation",
    tags.RESCALE_INTERCEPT: "rescale intercept",
    tags.RESCALE_SLOPE: "rescale slope",
    tags.PIXEL_PADDING_VALUE: "padding value",
}


_NUMBERS = re.compile(rb"[-+0-9.eE\\ \0]*")
_TEXT_NUMBERS = dict.fromkeys(
    (
        tags.NUMBER_OF_FRAMES,
        tags.PIXEL_SPACING,
        tags.IMAGE_POSITION_PATIENT,
        tags.IMAGE_ORIENTATION_PATIENT,
        tags.RESCALE_INTERCEPT,
        tags.RESCALE_SLOPE,
    ),
    _NUMBERS,
)


class PixelsUntouched(Check):
    """Stored bytes are identical where no pixel option touched them; differences lie inside recorded boxes or mask."""

    id = "pixel"
    title = "Pixels, geometry and scaling are the source's, except inside the regions that the run recorded"

    def file(self, view: View) -> Iterator[Found]:
        """Compare geometry, then bytes, then decoded frames when bytes differ."""
        old, new = view.source, view.output
        for tag, name in _DESCRIPTION.items():
            one, two = old.index.get((LEVEL_ROOT, tag)), new.index.get((LEVEL_ROOT, tag))
            if one is None and two is None:
                continue
            if one is None or two is None or not _same_number(old, one, new, two):
                valid = one is None or not _TEXT_NUMBERS.get(tag) or _TEXT_NUMBERS[tag].fullmatch(old.value(one))
                yield Found("pixel.geometry", ERROR if valid else WARNING, show(tag), f"the {name} changed")
        yield from self._syntax(view)
        for tag in _PIXEL_TAGS:
            one, two = old.index.get((LEVEL_ROOT, tag)), new.index.get((LEVEL_ROOT, tag))
            if two is None:
                if one is not None and one[4]:
                    yield Found(
                        "pixel.lost", ERROR if view.expectation.strict else WARNING, show(tag), "pixels are gone"
                    )
                continue
            if one is None:
                yield Found("pixel.added", ERROR, show(tag), "the source had no such pixels")
                continue
            if tag == tags.PIXEL_DATA and not new.fragments:
                yield from self._length(view, two[4])
            if not _equal(old, one, new, two):
                yield from self._changed(view, tag)
        if view.pixel_record is None and view.expectation.strict and not view.expectation.clean_pixel_data:
            yield from self._claims(view)

    def _syntax(self, view: View) -> Iterator[Found]:
        """The transfer syntax is the source's unless pixels were changed, and fits the pixels (PS3.5 section 10)."""
        old, new = view.source, view.output
        changed = bool(old.transfer_syntax) and old.transfer_syntax != new.transfer_syntax
        changed &= not {old.transfer_syntax, new.transfer_syntax} <= _NATIVE
        if changed and view.pixel_record is None and view.expectation.strict:
            yield Found("pixel.syntax", ERROR, "file meta (0002,0010)", "the transfer syntax changed")
        elif not fits_syntax(new):
            severity = WARNING if not fits_syntax(old) else ERROR
            yield Found("pixel.syntax", severity, "file meta (0002,0010)", "the pixels are not in the transfer syntax")

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Compare position, orientation, spacing and scaling of single frames (functional groups)."""
        if not entry.path or entry.tag not in _FRAME_DESCRIPTION or not view.expectation.strict or not entry.source:
            return
        if any(tag in view.expectation.site_tags for tag, _ in entry.path) or entry.tag in view.expectation.site_tags:
            return
        old, new = stripped(entry.source), stripped(entry.output)
        if old and old != new and _NUMBERS.fullmatch(old):
            name = _DESCRIPTION.get(entry.tag, "scaling")
            yield Found("pixel.geometry", ERROR, "", f"the {name} of a frame changed")

    def _length(self, view: View, length: int) -> Iterator[Found]:
        expected = expected_length(view.output)
        if expected is None:
            return
        pixels = view.output.index[LEVEL_ROOT, tags.PIXEL_DATA]
        if length > expected + 1 and not only_zeros(view.output.body, pixels[3] + expected, pixels[3] + length):
            yield Found("pixel.surplus", WARNING, show(tags.PIXEL_DATA), "bytes stand behind the last pixel")
        if length < expected:
            source = view.source.index.get((LEVEL_ROOT, tags.PIXEL_DATA))
            severity = WARNING if source is not None and source[4] < expected else ERROR
            yield Found(
                "pixel.length", severity, show(tags.PIXEL_DATA), "there are fewer pixels than rows and columns say"
            )

    def _changed(self, view: View, tag: int) -> Iterator[Found]:
        record = view.pixel_record
        if tag != tags.PIXEL_DATA:
            yield Found("pixel.changed", ERROR, show(tag), "pixel bytes changed")
            return
        if same_but_for_remarks(view.source, view.output):
            return
        try:
            old, new = decoded(view.source.data), decoded(view.output.data)
        except (ValueError, RuntimeError, AttributeError, NotImplementedError, InvalidDicomError, KeyError) as error:
            yield Found("pixel.decode", ERROR, show(tag), f"changed pixels cannot be decoded: {type(error).__name__}")
            return
        if old.shape != new.shape:
            yield Found("pixel.geometry", ERROR, show(tag), "the decoded frames have another shape")
            return
        different = old != new
        if different.ndim == 4:
            different = different.any(axis=-1)
        if not different.any():
            return
        if not record:
            yield Found("pixel.changed", ERROR, show(tag), "pixels changed though nothing is recorded")
            return
        different &= ~recorded_region(record, different.shape)
        if different.any():
            yield Found("pixel.outside", ERROR, show(tag), "pixels changed outside the recorded regions")

    def _claims(self, view: View) -> Iterator[Found]:
        for tag, name in (
            (tags.BURNED_IN_ANNOTATION, "burned-in annotation"),
            (tags.RECOGNIZABLE_VISUAL_FEATURES, "recognizable visual features"),
        ):
            if view.expectation.deface and tag == tags.RECOGNIZABLE_VISUAL_FEATURES:
                continue
            if view.output.text(tag) == "NO" and view.source.text(tag) != "NO":
                yield Found("pixel.claim", ERROR, show(tag), f"the output claims that it holds no {name}")


def fits_syntax(document: Document) -> bool:
    """Return whether Pixel Data is native or encapsulated, and begins, as the transfer syntax says."""
    pixels = document.index.get((LEVEL_ROOT, tags.PIXEL_DATA))
    if pixels is None or not pixels[4]:
        return True
    syntax = document.transfer_syntax
    if bool(document.fragments) == (syntax in _NATIVE):
        return syntax == "" and not document.meta
    for pattern, starts in _STARTS:
        if pattern.fullmatch(syntax):
            at, length = document.fragments[1] if len(document.fragments) > 1 else (0, 0)
            return not length or document.body[at : at + 4].startswith(starts)
    return True


def expected_length(document: Document) -> int | None:
    """Return how many bytes native Pixel Data has by rows, columns, samples, frames and bits; None when unknown."""
    shape = (tags.ROWS, tags.COLUMNS, tags.SAMPLES_PER_PIXEL, tags.BITS_ALLOCATED)
    numbers = [number for tag in shape if (number := _integer(document, tag)) is not None]
    if len(numbers) < len(shape) or "YBR_FULL_422" in document.text(tags.PHOTOMETRIC_INTERPRETATION):
        return None
    rows, columns, samples, bits = numbers
    frames = document.text(tags.NUMBER_OF_FRAMES)
    return (rows * columns * samples * max(1, int(frames) if frames.isdigit() else 1) * bits + 7) // 8


def same_but_for_remarks(old: Document, new: Document) -> bool:
    """Return whether pixels differ only where nothing is shown.

    That is: bytes behind the last native pixel, which became zeros, or comments in the headers of compressed frames.
    """
    if old.fragments or new.fragments:
        both = zip(old.fragments[1:], new.fragments[1:], strict=False)
        return len(old.fragments) == len(new.fragments) and all(
            without_comments(old.body[at : at + size]) == without_comments(new.body[place : place + length])
            for (at, size), (place, length) in both
        )
    expected = expected_length(old)
    one, two = (document.index.get((LEVEL_ROOT, tags.PIXEL_DATA)) for document in (old, new))
    if expected is None or one is None or two is None or old.endian != new.endian:
        return False
    if two[4] < expected or one[4] < expected or not only_zeros(new.body, two[3] + expected, two[3] + two[4]):
        return False
    return equal_parts(old.body, one[3], new.body, two[3], expected)


def recorded_region(record: dict[str, Any], shape: tuple[int, ...]) -> np.ndarray:
    """Return where a run says that it changed pixels, as bool (frame, row, column).

    `record` has ``boxes``: [[frame or null, x, y, width, height], ...] and perhaps ``mask``: a bool array of `shape`,
    or of (row, column).
    """
    region = np.zeros(shape, bool)
    for frame, x, y, width, height in record.get("boxes", ()):
        frames = slice(None) if frame is None else slice(frame, frame + 1)
        region[frames, y : y + height, x : x + width] = True
    mask = record.get("mask")
    if mask is not None:
        mask = np.asarray(mask, bool)
        region |= np.broadcast_to(mask, shape) if mask.size <= region.size else False
    return region


def _equal(old: Document, one: Element, new: Document, two: Element) -> bool:
    if abs(one[4] - two[4]) > 1:
        return False
    size = min(one[4], two[4])
    if old.endian != new.endian and one[2] != "OB":
        return False
    return equal_parts(old.body, one[3], new.body, two[3], size)


def _same_number(old: Document, one: Element, new: Document, two: Element) -> bool:
    first, second = old.value(one).strip(b" \0"), new.value(two).strip(b" \0")
    return first == second or (old.endian != new.endian and first == second[::-1])


def _integer(document: Document, tag: int) -> int | None:
    element = document.index.get((LEVEL_ROOT, tag))
    if element is None or element[4] != 2:
        return None
    return int.from_bytes(document.value(element), "big" if document.endian == ">" else "little")
