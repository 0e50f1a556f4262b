"""Dates and times: one shift per subject, everything else about time unchanged (PS3.15 E.3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from .. import tags
from ..elements import Document, show
from ..identifiers import TEXT_VRS, is_date
from ..tables import row_of, vr_in_tables
from .base import ERROR, WARNING, Check, Entry, Found, View, inside_replaced, stripped

_DATE_VRS = frozenset(("DA", "DT", "TM"))
_BEGINS_WITH_DAY = re.compile(rb"(\d{4})([-./]?)(\d\d)\2(\d\d)")
_PART_OF_DATE = re.compile(rb"((?:19|20)\d\d)([-./]?(?:0[1-9]|1[0-2]))?(?:[-+]\d\d:?\d\d|Z)?", re.IGNORECASE)
_TIME = re.compile(rb"T?(\d\d?)(:?\d\d)?(:?\d\d([.,]\d*)?)?\s?(Z|[-+]\d\d(:?\d\d)?)?", re.IGNORECASE)
_SECOND_OF_RANGE = re.compile(rb"-\d{8}")
_PADDING = b" \0\t\r\n\f"
_NUL_OR_ZEROS = re.compile(rb"[0\0 .:]*")


def is_date_attribute(tag: int) -> bool:
    """Return whether an attribute holds a date, a time or both, whatever VR a data set gives it."""
    return vr_in_tables(tag) in _DATE_VRS


@lru_cache(maxsize=4096)
def _read(text: bytes) -> tuple[date, bytes] | None:
    """Return the day with which a value begins and what follows it, None if it begins with none."""
    found = _BEGINS_WITH_DAY.match(text)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4])), text[found.end() :]
    except ValueError:
        return None


def _is_readable(text: bytes, vr: str) -> bool:
    """Return whether a person reads a date in a value, or a time in a TM."""
    if vr == "TM":
        return _TIME.fullmatch(text) is not None
    return _read(text) is not None or _PART_OF_DATE.fullmatch(text) is not None


class DateShift(Check):
    """All dates of a subject move by one whole number of days that is not 0, and times of day stay."""

    id = "time"
    title = "Each subject has one date shift; intervals, times of day and time zones are those of the source"

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Compare one date, time or date and time."""
        row = row_of(entry.tag)
        written = entry.source_vr or entry.vr
        vr = vr_in_tables(entry.tag) or written
        if vr not in _DATE_VRS or not stripped(entry.source) or entry.tag >> 16 & 1:
            return
        listed = row is not None and row.basic not in ("-",)
        if row is not None and listed and not row.options.get("M"):
            return  # birth date and the like: no option keeps them, the check of actions looks
        mode = view.expectation.dates
        if mode == "remove" or mode == "any":
            return
        is_text = written in (_DATE_VRS | TEXT_VRS | {"PN"}) - {"CS"}
        if not (is_text and is_date_attribute(entry.tag)) and stripped(entry.source) != stripped(entry.output):
            return  # a date in a place or a VR where nobody reads one: what became of it is no date of the subject
        if not (entry.output or b"").strip(_PADDING):
            is_lost = listed and view.expectation.strict and not inside_replaced(entry, view)
            if is_lost and all(_well_formed(old.strip(_PADDING), vr) for old in (entry.source or b"").split(b"\\")):
                yield Found("time.lost", WARNING, "", "a date or time that the options keep is gone")
            return
        for old, new in zip((entry.source or b"").split(b"\\"), (entry.output or b"").split(b"\\"), strict=False):
            yield from self._value(old.strip(_PADDING), new.strip(_PADDING), vr, view, mode, listed)

    def _value(self, old: bytes, new: bytes, vr: str, view: View, mode: str, listed: bool) -> Iterator[Found]:
        if not _is_readable(old, vr):
            if new == old and not _NUL_OR_ZEROS.fullmatch(old):
                severity = ERROR if view.expectation.strict else WARNING
                yield Found("time.form", severity, "", "a value that is no date or time is left in the place of one")
            return
        if mode == "keep" or vr == "TM":
            if old != new:
                yield Found("time.of-day" if vr == "TM" else "time.changed", ERROR, "", "a date or time was changed")
            return
        before, after = _read(old), _read(new)
        if before is None:
            if old == new:
                yield Found("time.not-shifted", ERROR if listed else WARNING, "", "a year or month was not shifted")
            return
        if after is None:
            yield Found("time.form", ERROR if view.expectation.strict else WARNING, "", "a date became something else")
            return
        if _SECOND_OF_RANGE.fullmatch(before[1]) and _SECOND_OF_RANGE.fullmatch(after[1]):
            yield from self._value(before[1][1:], after[1][1:], vr, view, mode, listed)
        elif before[1] != after[1]:
            yield Found("time.of-day", ERROR, "", "the time of day or the time zone was changed")
        yield from self._shift(before[0], after[0], view, listed)

    def _shift(self, before: date, after: date, view: View, listed: bool) -> Iterator[Found]:
        shift = (after - before).days
        if shift == 0:
            if is_date(f"{before:%Y%m%d}") or view.subject.shift:
                yield Found("time.not-shifted", ERROR if listed else WARNING, "", "a date was not shifted")
            return
        if view.subject.shift is None:
            view.subject.shift = shift
        elif view.subject.shift != shift:
            yield Found(
                "time.shift", ERROR, "", "a date is shifted by another number of days than the subject's others"
            )


def _well_formed(text: bytes, vr: str) -> bool:
    """Return whether a value is one that a shift cannot fail at: of a malformed one the engine may give up."""
    if vr == "TM":
        return bool(re.fullmatch(rb"([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?", text))
    form = rb"(19|20)\d{6}(\d\d([0-5]\d([0-5]\d(\.\d{1,6})?)?)?)?([-+]\d{4})?"
    return _read(text) is not None and re.fullmatch(form, text) is not None


class SuvInputs(Check):
    """What a standardised uptake value needs is there and gives the same number (PS3.3 C.8.9.1, C.8.9.2)."""

    id = "time.suv"
    title = "The inputs of SUV in PET give the same decay time, dose and weight as before"

    def file(self, view: View) -> Iterator[Found]:
        """Compare the inputs, when the options keep them and the source had them."""
        if view.source.text(tags.MODALITY) not in ("PT", "NM") or view.expectation.dates not in ("shift", "keep"):
            return
        old, new = suv_inputs(view.source), suv_inputs(view.output)
        if "P" not in view.expectation.letters:
            old.pop("weight", None)
        for name, value in old.items():
            found = new.get(name)
            if value is None or found == value:
                continue
            severity = ERROR if view.expectation.strict else WARNING
            text = (
                f"the {name} for SUV differs from the source's" if found is not None else f"the {name} for SUV is lost"
            )
            yield Found(self.id, severity, show(tags.RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE), text)


def suv_inputs(document: Document) -> dict[str, object]:
    """Return decay time in seconds, injected dose, half life, weight, units and decay correction; None when absent."""
    item = ((tags.RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE, 0),)
    if document.text(tags.MODALITY) == "NM" and (item, tags.RADIONUCLIDE_TOTAL_DOSE) not in document.index:
        return {}
    dated = _moment(document.text(tags.RADIOPHARMACEUTICAL_START_DATE_TIME, item))
    timed = _moment(document.text(tags.SERIES_DATE) + document.text(tags.RADIOPHARMACEUTICAL_START_TIME, item))
    scan = _moment(document.text(tags.SERIES_DATE) + document.text(tags.SERIES_TIME))
    acquired = _moment(document.text(tags.ACQUISITION_DATE) + document.text(tags.ACQUISITION_TIME))
    return {
        "decay time of the series by date and time": _seconds(dated, scan),
        "decay time of the acquisition by date and time": _seconds(dated, acquired),
        "decay time of the series by time": _seconds(timed, scan),
        "decay time of the acquisition by time": _seconds(timed, acquired),
        "dose": document.text(tags.RADIONUCLIDE_TOTAL_DOSE, item) or None,
        "half life": document.text(tags.RADIONUCLIDE_HALF_LIFE, item) or None,
        "weight": document.text(tags.PATIENT_WEIGHT) or None,
        "unit": document.text(tags.UNITS) or None,
        "decay correction": document.text(tags.DECAY_CORRECTION) or None,
    }


def _moment(text: str) -> datetime | None:
    found = re.match(r"(\d{8})(\d{2})(\d{2})(\d{2})?(\.\d{1,6})?", text)
    if not found:
        return None
    try:
        whole = datetime.strptime(found[1] + found[2] + found[3] + (found[4] or "00"), "%Y%m%d%H%M%S")
    except ValueError:
        return None
    return whole + timedelta(seconds=float(found[5] or 0))


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    if start is None or end is None:
        return None
    return round((end - start).total_seconds(), 3)
