"""Values that their VR does not allow are where text hides: a name in a number, a note in a date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..identifiers import is_date
from ..tables import vr_in_tables
from ..tags import TIMEZONE_OFFSET_FROM_UTC
from .base import ERROR, Check, Entry, Found, View, stripped

_WORD = re.compile(rb"[A-Za-z\x80-\xff]{3,}")
_VRS = frozenset("DS IS DA TM AS DT".split())
_DATE_WORDS = re.compile(rb"(?i)nan|inf|infinity")


_TEXT = re.compile(rb"[^\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]*")
_WELL_FORMED = {
    "AE": re.compile(rb"[ -\[\]-~]{0,16}(\\[ -\[\]-~]{0,16})*"),
    "AS": re.compile(rb"\d{3}[DWMY](\\\d{3}[DWMY])*"),
    "CS": re.compile(rb"[A-Z0-9_ ]{1,16}(\\[A-Z0-9_ ]{0,16})*"),
    "DS": re.compile(rb" *[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)? *(\\ *[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)? *)*"),
    "IS": re.compile(rb" *[-+]?\d{1,12} *(\\ *[-+]?\d{1,12} *)*"),
    **dict.fromkeys(("LO", "SH", "ST", "LT", "UC", "UR", "UT", "PN"), _TEXT),
}
_TIMEZONE = TIMEZONE_OFFSET_FROM_UTC
_SIZES = {"US": 2, "SS": 2, "UL": 4, "SL": 4, "FL": 4, "FD": 8, "SV": 8, "UV": 8, "AT": 4}


def may_be_kept(entry: Entry, view: View) -> bool:
    """Return whether an option that keeps an attribute keeps this value: it is what the VR of the attribute allows.

    A malformed value may be anything, and so may one of another VR. A number that is an identifier of the subject is
    removed wherever it stands.
    """
    value = stripped(entry.source)
    known = vr_in_tables(entry.tag)
    if entry.source_vr != known and (known or entry.source_vr == "PN"):
        return False
    if entry.tag == _TIMEZONE:
        return re.fullmatch(rb"[-+]\d{4}", value) is not None
    if entry.source_vr in ("DS", "IS") and any(_may_be_id(part.strip(), view) for part in value.split(b"\\")):
        return False
    size = _SIZES.get(entry.source_vr or "")
    if size is not None:
        return len(entry.source or b"") == size
    if entry.source_vr in ("OB", "OW", "UN"):
        return not re.fullmatch(rb"[ -~]*", value)
    pattern = _WELL_FORMED.get(entry.source_vr or "")
    return pattern is None or pattern.fullmatch(value) is not None


def _may_be_id(number: bytes, view: View) -> bool:
    """Return whether a whole number is an ID or a date of the subject."""
    text = number.decode("latin-1")
    if len(text) < 5 or not text.isdigit():
        return False
    return is_date(text) or any(one.kind == "id" and text in one.text for one in view.subject.identifiers)


class NumbersAreNumbers(Check):
    """No number, date, time or age of the source holds words that its output still has (PS3.5 section 6.2)."""

    id = "form"
    title = "No words are hidden in values for numbers, dates, times and ages"

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Look for words in one value."""
        if entry.vr not in _VRS or not entry.output or not _WORD.search(entry.output):
            return
        if stripped(entry.output) == stripped(entry.source) and not _DATE_WORDS.fullmatch(stripped(entry.output)):
            yield Found("form.words", ERROR, "", "a value for a number or date holds words of the source")
