"""Table E.3.10-1 of PS3.15: private attributes known to be safe, by (creator, group, low byte)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from .data_files import rows

PrivateName = tuple[str, int, int]


@cache
def safe_private() -> Mapping[PrivateName, str]:
    """Return the VR (empty: not stated) of each safe private attribute.

    Keys are (private creator, group, low byte of the element): the block that a creator reserves
    may lie anywhere in the group (PS3.5 7.8.1).
    """
    listed = rows("table_E.3.10-1.csv")
    return MappingProxyType(
        {(row["creator"], int(row["group"], 16), int(row["low_byte"], 16)): row["vr"] for row in listed}
    )
