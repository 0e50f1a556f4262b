"""Whether stored bytes have the form of their VR (PS3.5 6.2): what has not may be anything, whatever its tag says."""

from __future__ import annotations

import re

TEXT_VRS = frozenset(("AE", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))
NUMBER_BYTES = {"US": 2, "SS": 2, "UL": 4, "SL": 4, "FL": 4, "FD": 8, "SV": 8, "UV": 8, "AT": 4}
STREAM_BYTES = {"OB": 1, "OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}

_STRINGS = {
    "AS": re.compile(rb"(?:[0-9]{3}[DWMY](?:\\(?![ \0]*$)|))*[ \0]*"),
    "CS": re.compile(rb"[A-Z0-9_ ]{0,16}(?:\\[A-Z0-9_ ]{0,16})*[ \0]*"),
    "DA": re.compile(rb"[0-9.\\ \0]*"),
    "DS": re.compile(rb"[0-9+\-.eE\\ \0]*"),
    "DT": re.compile(rb"[0-9+\-.\\ \0]*"),
    "IS": re.compile(rb"[0-9+\-.\\ \0]*"),
    "TM": re.compile(rb"[0-9:.\\ \0]*"),
    "UI": re.compile(rb"[0-9.\\ \0\t\r\n]*"),
}
_DATES = frozenset(("DA", "DT", "TM"))
_FIVE_DIGITS = re.compile(rb"[0-9]{5}")
_LIKE_DATE = re.compile(rb"[0-9.:/+\-TZtz,\\ \0\t\r\n]*")
_SHORT = 64
_READABLE = 4096
_LETTERS = re.compile(rb"[A-Za-z]{3}")
_ONLY_LETTERS = re.compile(rb"[A-Za-z]{4}")
_PRINTABLE = re.compile(rb"[\x20-\x7e]{6,}\x00{0,2}")


def has_form(vr: str, value: bytes, maximum_values: int | None = None) -> bool:
    """Return whether a value can be what its VR says.

    Parameters
    ----------
    vr : str
        Value Representation.
    value : bytes
        Stored value.
    maximum_values : int, optional
        Greatest multiplicity that the standard allows.

    Notes
    -----
    Numbers that spell readable text have not the form of numbers: six or more printable characters
    with a run of letters do not occur by chance in a few values. In long arrays (lookup tables) they
    do, so there only a value that is readable as a whole is refused. Four letters alone are refused, too: as a
    number they are beyond what is measured.
    """
    pattern = _STRINGS.get(vr)
    if pattern is not None:
        return pattern.fullmatch(value) is not None
    size = NUMBER_BYTES.get(vr)
    if size is None:
        return True
    if len(value) % size or (maximum_values is not None and len(value) > maximum_values * size):
        return False
    find = _PRINTABLE.search if len(value) <= _SHORT else _PRINTABLE.fullmatch
    text = find(value)
    return not (text and _LETTERS.search(text[0])) and not _ONLY_LETTERS.fullmatch(value)


def is_readable(value: bytes) -> bool:
    """Return whether a short value of bytes spells text from its begin to its end."""
    return len(value) <= _READABLE and _PRINTABLE.fullmatch(value) is not None and _LETTERS.search(value) is not None


def agrees_with_dictionary(vr: str, allowed: tuple[str, ...], value: bytes) -> bool:
    """Return whether a value of a VR that the standard does not foresee is harmless all the same.

    A number that was written as text is, unless it is long enough for an ID or a date; text in the place of a number
    is not. A date, an age, a UID or a name is only where one belongs: elsewhere nobody would replace it.
    """
    if not allowed or vr in allowed:
        return True
    if vr in _DATES:
        return any(other in _DATES for other in allowed)
    if vr in ("AS", "UI"):
        return False
    if vr == "PN" and _LETTERS.search(value):
        return False
    if vr in STREAM_BYTES:
        return any(
            other in STREAM_BYTES or (other in (*NUMBER_BYTES, *_STRINGS) and has_form(other, value))
            for other in allowed
        )
    if vr in TEXT_VRS:
        return any(other in TEXT_VRS or _is_written_as_text(other, value) for other in allowed)
    return True


def _is_written_as_text(vr: str, value: bytes) -> bool:
    """Return whether a text is what an attribute of another VR may hold."""
    if vr in _DATES:
        return _LIKE_DATE.fullmatch(value) is not None
    if vr not in _STRINGS or not has_form(vr, value):
        return False
    return vr == "UI" or not _FIVE_DIGITS.search(value)
