"""Dates and times: one shift per subject, everything else about time unchanged (PS3.15 E.3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from .. import tags
from ..elements import Document, show
from ..identifiers import is_date
from ..tables import row_of
from .base import ERROR, WARNING, Check, Entry, Found, View, stripped

_FORMS = {
    "DA": re.compile(rb"(19|20)\d{6}"),
    "TM": re.compile(rb"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?"),
    "DT": re.compile(rb"(19|20)\d{6}[0-9.+-]*"),
}


@lru_cache(maxsize=4096)
def _day(text: bytes) -> date | None:
    if not re.fullmatch(rb"\d{8}", text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


class DateShift(Check):
    """All dates of a subject move by one whole number of days that is not 0, and times of day stay."""

    id = "time"
    title = "Each subject has one date shift; intervals, times of day and time zones are those of the source"

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Compare one date, time or date and time."""
        row = row_of(entry.tag)
        vr = entry.source_vr or entry.vr
        if vr not in ("DA", "DT", "TM") or not stripped(entry.source) or entry.tag >> 16 & 1:
            return
        listed = row is not None and row.basic not in ("-",)
        if row is not None and listed and not row.options.get("M"):
            return  # birth date and the like: no option keeps them, the check of actions looks
        mode = view.expectation.dates
        if mode == "remove" or mode == "any":
            return
        if entry.output is None or not stripped(entry.output):
            if listed and view.expectation.strict and _FORMS[vr].fullmatch(stripped(entry.source)):
                yield Found("time.lost", WARNING, "", "a date or time that the options keep is gone")
            return
        for old, new in zip(stripped(entry.source).split(b"\\"), stripped(entry.output).split(b"\\"), strict=False):
            yield from self._value(old.strip(), new.strip(), vr, view, mode, listed)

    def _value(self, old: bytes, new: bytes, vr: str, view: View, mode: str, listed: bool) -> Iterator[Found]:
        if mode == "keep" or vr == "TM":
            if old != new and _FORMS[vr].fullmatch(old):
                yield Found("time.of-day" if vr == "TM" else "time.changed", ERROR, "", "a date or time was changed")
            return
        before, after = _day(old[:8]), _day(new[:8])
        if before is None:
            return
        if after is None:
            yield Found("time.form", ERROR if view.expectation.strict else WARNING, "", "a date became something else")
            return
        if vr == "DT" and old[8:] != new[8:]:
            yield Found("time.of-day", ERROR, "", "the time of day or the time zone was changed")
        shift = (after - before).days
        if shift == 0:
            if is_date(old[:8].decode()) or view.subject.shift:
                yield Found("time.not-shifted", ERROR if listed else WARNING, "", "a date was not shifted")
            return
        if view.subject.shift is None:
            view.subject.shift = shift
        elif view.subject.shift != shift:
            yield Found(
                "time.shift", ERROR, "", "a date is shifted by another number of days than the subject's others"
            )


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
