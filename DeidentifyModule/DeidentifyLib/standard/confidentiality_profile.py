"""Table E.1-1 of PS3.15: the action of the Basic Profile and of each option, by tag number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from .data_files import rows

OPTION_COLUMNS = (
    "safe_private",
    "uids",
    "device",
    "institution",
    "patient",
    "full_dates",
    "modified_dates",
    "descriptors",
    "structured_content",
    "graphics",
)


@dataclass(frozen=True)
class ProfileRow:
    """One row of Table E.1-1.

    Attributes
    ----------
    pattern : str
        Tag as ``GGGGEEEE``, or ``50xxxxxx``, ``60xx3000``, ``60xx4000``, ``odd``.
    keyword, vr : str
        `vr` is empty where the attribute is newer than pydicom's dictionary.
    basic : str
        Action of the Basic Profile: X, Z, D, U, K or a compound such as ``X/Z/D``.
    options : mapping of str to str
        Action (K or C) by name of the option column; only cells that are not empty.
    """

    pattern: str
    keyword: str
    vr: str
    basic: str
    options: Mapping[str, str]


@cache
def table() -> Mapping[str, ProfileRow]:
    """Return the rows of Table E.1-1 by pattern."""
    result = {}
    for row in rows("table_E.1-1.csv"):
        options = {column: row[column] for column in OPTION_COLUMNS if row[column]}
        vr = row["vr"] or extra_vr().get(row["tag"], "")
        result[row["tag"]] = ProfileRow(row["tag"], row["keyword"], vr, row["basic"], MappingProxyType(options))
    return MappingProxyType(result)


@cache
def extra_vr() -> Mapping[str, str]:
    """Return the VR of attributes that are newer than pydicom's dictionary, by ``GGGGEEEE``."""
    return MappingProxyType({row["tag"]: row["vr"] for row in rows("extra_vr.csv")})


@cache
def _by_number() -> Mapping[int, ProfileRow]:
    return MappingProxyType({int(key, 16): row for key, row in table().items() if len(key) == 8 and "x" not in key})


def row_of(tag: int) -> ProfileRow | None:
    """Return the row that covers a tag number, repeating groups included; private tags have the row ``odd``."""
    row = _by_number().get(tag)
    if row is not None:
        return row
    group, element = tag >> 16, tag & 0xFFFF
    if group & 1:
        return table()["odd"]
    if group & 0xFF00 == 0x5000:
        return table()["50xxxxxx"]
    if group & 0xFF00 == 0x6000 and element in (0x3000, 0x4000):
        return table()[f"60xx{element:04X}"]
    return None
