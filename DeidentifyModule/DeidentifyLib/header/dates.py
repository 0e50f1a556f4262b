"""Shifting of dates by whole days (PS3.15 E.3.6, Modified Dates); times of day stay."""

from __future__ import annotations

import re
from datetime import date, timedelta

_DA = re.compile(r"(\d{4})(\.?)(\d{2})\2(\d{2})")
_DT = re.compile(r"(\d{4})(?:(\d{2})(?:(\d{2})(\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?)?)?)?([+-]\d{4})?")
_TM = re.compile(r"\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d{1,6})?)?)?")
_TIMEZONE = re.compile(r"[+-]\d{4}")
_SECONDS_A_DAY = 86400


def shift_value(vr: str, value: bytes, days: int) -> bytes | None:
    """Return a value with its dates shifted, or None if it does not have the form of a date.

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
    shift = {"DA": _shift_da, "DT": _shift_dt, "TM": _keep_tm, "SH": _keep_timezone}.get(vr)
    if shift is None:
        return None
    try:
        parts = [part.strip(" \0") for part in value.decode("ascii").split("\\")]
        return "\\".join(shift(part, days) if part else "" for part in parts).encode("ascii")
    except (ValueError, OverflowError):
        return None


def _shift_da(text: str, days: int) -> str:
    match = _DA.fullmatch(text)
    if match is None:
        raise ValueError("not a date")
    new = date(int(match[1]), int(match[3]), int(match[4])) + timedelta(days)
    return f"{new.year:04d}{match[2]}{new.month:02d}{match[2]}{new.day:02d}"


def _shift_dt(text: str, days: int) -> str:
    """Shift a DT of any precision; where month or day are not stated, from the middle of the period."""
    match = _DT.fullmatch(text)
    if match is None:
        raise ValueError("not a date and time")
    year, month, day, time, zone = match.groups()
    new = date(int(year), int(month or 7), int(day or (15 if month else 1))) + timedelta(days)
    result = f"{new.year:04d}"
    if month:
        result += f"{new.month:02d}"
    if day:
        result += f"{new.day:02d}"
    return result + (time or "") + (zone or "")


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
