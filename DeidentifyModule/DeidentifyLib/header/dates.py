"""Shifting of dates by whole days (PS3.15 E.3.6, Modified Dates); times of day stay."""

from __future__ import annotations

import re
from datetime import date, timedelta

_ZONE = r"(?:Z|[+-]\d{2}(?::?\d{2})?)"
_CLOCK = r"(?:[01]\d|2[0-4]|\d(?=:))(?::?[0-6]\d(?::?[0-6]\d(?:[.,]\d{0,9})?)?)?"
_DAY = re.compile(rf"(\d{{4}})([.\-/]?)(\d{{2}})\2(\d{{2}})([. ]|[T ]?{_CLOCK} ?{_ZONE}?)?", re.IGNORECASE)
"""A day and what follows: in a well-formed DT a time and a zone; other programs write ISO 8601, or the time in a DA."""
_PERIOD = re.compile(rf"((?:19|20)\d{{2}})([.\-/]?)(?:(\d{{2}}))?({_ZONE}?)", re.IGNORECASE)
_TM = re.compile(rf"T?{_CLOCK} ?{_ZONE}?", re.IGNORECASE)
_TIMEZONE = re.compile(r"[+-]\d{4}")
_SECONDS_A_DAY = 86400
_LENGTH_OF_DAY = 8
_PADDING = " \0\t\r\n\f"


def shift_value(vr: str, value: bytes, days: int) -> bytes | None:
    """Return a value with its dates shifted, or None where no date can be read in it.

    A malformed value stays malformed: the digits of its dates change, and everything else is as it was.

    Parameters
    ----------
    vr : str
        DA, DT, TM, SH (a time zone offset) or OB (a PTP timestamp, PS3.3 C.35).
    value : bytes
        Stored value, possibly with several values and padding.
    days : int
        Whole days to add.
    """
    if vr == "OB":
        return _shift_timestamp(value, days)
    shift = {"DA": _shift_dates, "DT": _shift_dates, "TM": _keep_tm, "SH": _keep_timezone}.get(vr)
    if shift is None:
        return None
    try:
        parts = [part.strip(_PADDING) for part in value.decode("ascii").split("\\")]
        return "\\".join(shift(part, days) if part else "" for part in parts).encode("ascii")
    except (ValueError, OverflowError):
        return None


def _shift_dates(text: str, days: int) -> str:
    """Shift a date, a date and time of any precision, or the two dates of a range (PS3.4 C.2.2.2.5)."""
    first, hyphen, second = text.partition("-")
    if len(first) == len(second) == _LENGTH_OF_DAY and first.isdigit() and second.isdigit():
        return f"{_shift_date(first, days)}{hyphen}{_shift_date(second, days)}"
    return _shift_date(text, days)


def _shift_date(text: str, days: int) -> str:
    match = _DAY.fullmatch(text)
    if match is not None:
        year, separator, month, day, rest = match.groups()
        new = date(int(year), int(month), int(day)) + timedelta(days)
        return f"{new.year:04d}{separator}{new.month:02d}{separator}{new.day:02d}{rest or ''}"
    return _shift_period(text, days)


def _shift_period(text: str, days: int) -> str:
    """Shift a year, or a year and month, from the middle of the period."""
    match = _PERIOD.fullmatch(text)
    if match is None or (match[2] and not match[3]):
        raise ValueError("not a date")
    year, separator, month, zone = match.groups()
    new = date(int(year), int(month or 7), 15 if month else 1) + timedelta(days)
    return f"{new.year:04d}{separator}" + (f"{new.month:02d}" if month else "") + zone


def _keep_tm(text: str, days: int) -> str:
    if _TM.fullmatch(text) is None:
        raise ValueError("not a time")
    return text


def _keep_timezone(text: str, days: int) -> str:
    if _TIMEZONE.fullmatch(text) is None:
        raise ValueError("not a time zone offset")
    return text


def _shift_timestamp(value: bytes, days: int) -> bytes | None:
    """Shift an 80-bit PTP timestamp (48 bits of seconds, 32 bits of nanoseconds, big endian)."""
    if len(value) != 10:
        return None
    seconds = int.from_bytes(value[:6], "big") + days * _SECONDS_A_DAY
    return seconds.to_bytes(6, "big") + value[6:] if seconds >= 0 else None


def is_date_value(vr: str, value: bytes) -> bool:
    """Return whether a DA, DT, TM or time zone value has the form of one (and so holds no other text)."""
    return vr not in ("DA", "DT", "TM", "SH") or shift_value(vr, value, 0) is not None
