"""What no machine can decide: collected for a person to look at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

from ..elements import LEVEL_ROOT, show
from ..identifiers import TEXT_VRS
from ..tables import row_of
from ..tags import BURNED_IN_ANNOTATION, IMAGE_TYPE, MODALITY, PIXEL_DATA, SERIES_INSTANCE_UID
from .base import NOTICE, Check, Entry, Found, View

_SECONDARY = "1.2.840.10008.5.1.4.1.1.7"
_STRUCTURED = "1.2.840.10008.5.1.4.1.1.88."
_ENCAPSULATED = "1.2.840.10008.5.1.4.1.1.104."
_UNUSUAL = {
    "1.2.840.10008.5.1.4.1.1.66": "raw data",
    "1.2.840.10008.5.1.4.1.1.9.": "a waveform",
    "1.2.840.10008.1.3.10": "a directory",
}
_LONG_TEXT = ("ST", "LT", "UT", "UC")
_SCREEN_WORDS = ("SCREEN", "REPORT", "DOSE", "SUMMARY", "PASTED", "RESULT", "VRT", "VOLREN")
_TEXT_MODALITIES = ("US", "ES", "XC", "SC", "OT", "GM", "SM", "DX", "CR", "MG", "XA", "RF")


class NeedsReview(Check):
    """Collect what a person should look at, once per series and reason."""

    id = "review"
    title = "What a person should look at is on the review list"

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], dict[str, Any]] = {}

    def file(self, view: View) -> Iterator[Found]:
        """Judge one file by its kind of object."""
        for reason in reasons_of(view):
            self._add(view, reason)
        return iter(())

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Collect free text that is kept."""
        if not entry.output or entry.source is None or entry.vr not in TEXT_VRS - {"CS", "AE"} or entry.tag >> 16 & 1:
            return
        row = row_of(entry.tag)
        if row is None or entry.output != entry.source:
            return
        words = len(entry.output.split())
        if row.kind == "text" and words >= 2:
            self._add(view, f"free text is kept in {show(entry.tag)} {row.name}")
            yield Found("review.text", NOTICE, "", "free text of the source is kept")
        elif row.kind == "unlisted" and entry.vr in _LONG_TEXT and words >= 4:
            self._add(view, f"free text is kept in {show(entry.tag)} {row.name}")

    def take_over(self, other: Self, first: int) -> None:
        """Take up the series of other subjects."""
        for key, item in other.items.items():
            if key in self.items:
                self.items[key]["files"] += item["files"]
            else:
                self.items[key] = item

    def _add(self, view: View, reason: str) -> None:
        series = view.output.text(SERIES_INSTANCE_UID) or view.name
        item = self.items.setdefault(
            (series, reason),
            {
                "file": view.name,
                "series": series,
                "modality": view.output.text(MODALITY),
                "reason": reason,
                "files": 0,
            },
        )
        item["files"] += 1


def reasons_of(view: View) -> Iterator[str]:
    """Yield why a person should look at one output."""
    out, sop_class = view.output, view.sop_class
    kind = out.text(IMAGE_TYPE).upper()
    modality = out.text(MODALITY)
    cleaned = out.text(BURNED_IN_ANNOTATION) == "NO" and view.expectation.clean_pixel_data
    has_pixels = (LEVEL_ROOT, PIXEL_DATA) in out.index
    if has_pixels and not cleaned:
        if sop_class.startswith(_SECONDARY) or any(word in kind for word in _SCREEN_WORDS):
            yield "a secondary capture or screen picture, which may show text or a face"
        elif out.text(BURNED_IN_ANNOTATION) == "YES":
            yield "the object says that text is burned in, and it was not cleaned"
        elif modality in _TEXT_MODALITIES:
            yield f"text may be burned in ({modality}), and it was not cleaned"
    if sop_class.startswith(_STRUCTURED):
        yield "a structured report"
    elif sop_class.startswith(_ENCAPSULATED):
        yield "a document inside the object"
    elif sop_class and not sop_class.startswith("1.2.840.10008."):
        yield "an object of a private class"
    for start, name in _UNUSUAL.items():
        if sop_class == start or (start.endswith(".") and sop_class.startswith(start)):
            yield f"an unusual object: {name}"
    if any(
        not path and tag >> 24 == 0x60 and tag & 0xFFFF == 0x3000 for path, tag, *_ in out.elements if tag >> 24 == 0x60
    ):
        yield "a graphic overlay is kept"
