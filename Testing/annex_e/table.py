"""The tests' own copy of Table E.1-1 of PS3.15, read by other code than the engine's."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
REMOVED = {"dates": "remove"}
COLUMNS: dict[str, dict[str, Any]] = {
    "basic": {},
    "safe_priv": {},
    "uids": {"retain_uids": True},
    "dev": {"retain_device_identity": True},
    "inst": {"retain_institution_identity": True},
    "pat": {"keep_subject_characteristics": True},
    "full": {"dates": "keep"},
    "modif": {"dates": "shift"},
    "desc": {"clean_descriptors": True},
    "struct": {"clean_structured_content": True},
    "graph": {"clean_graphics": True},
}
"""Columns of the table and the options that choose them; every column but the first keeps safe private attributes."""


@dataclass(frozen=True)
class Row:
    """One row of the table.

    Attributes
    ----------
    tag : str
        Eight hexadecimal digits, a pattern with ``x``, or ``private``.
    vr : str
        Value representation; assumed where `known` is false.
    actions : dict[str, str]
        Action of the Basic Profile and of every option, empty where the option says nothing.
    """

    tag: str
    vr: str
    known: bool
    name: str
    actions: dict[str, str]

    def action(self, column: str) -> str:
        """Return the action when this column's option is chosen."""
        return self.actions[column] or self.actions["basic"]

    @property
    def numbers(self) -> list[int]:
        """Return the tag numbers to try for this row."""
        if self.tag.startswith("50xx"):
            return [0x50003000, 0x500E3000, 0x501E3000]
        if self.tag.startswith("60xx"):
            return [int(f"60{group}{self.tag[4:]}", 16) for group in ("00", "02", "1E")]
        return [int(self.tag, 16)]


def options_of(column: str) -> dict[str, Any]:
    """Return the options of a run for one column."""
    return {**REMOVED, **({} if column == "basic" else {"keep_safe_private": True}), **COLUMNS[column]}


def _lines(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


@cache
def rows() -> tuple[Row, ...]:
    """Return all rows of the table."""
    return tuple(
        Row(
            line["tag"],
            line["vr"].upper(),
            line["vr"].isupper(),
            line["name"],
            {column: line[column] for column in COLUMNS},
        )
        for line in _lines("table_e1_1_2026d.csv")
    )


@cache
def iod_types() -> dict[str, dict[int, str]]:
    """Return {SOP Class UID: {tag number: Types}} of attributes with a compound action."""
    found: dict[str, dict[int, str]] = {}
    for line in _lines("iod_types.csv"):
        found.setdefault(line["sop_class"], {})[int(line["tag"], 16)] = line["types"]
    return found


def outcomes(action: str, types: str | None) -> set[str]:
    """Return the simple actions that fulfil `action` for an attribute of these Types (None: place unknown).

    The Type decides (Table E.1-1a): X where the attribute may be absent, Z where it may be empty, D where it
    must have a value.
    """
    parts = set(action.replace("U*", "U").split("/"))
    if len(parts) == 1:
        return parts
    if types is None or "U" in parts or "C" in types or "|" in types:
        return parts
    fitting = {"3": "XZD", "2": "ZDX", "1": "DZX"}[types]
    best = next(letter for letter in fitting if letter in parts)
    return {"Z", "D"} & parts if best == "Z" and types == "2" else {best}
