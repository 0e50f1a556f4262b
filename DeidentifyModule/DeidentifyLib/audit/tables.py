"""The audit's own copy of PS3.15 Annex E: what each attribute's action is under given options.

The files under ``data`` are made by ``Testing/audit/make_audit_tables.py``, a parser that the engine does not share.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from pydicom.datadict import dictionary_has_tag, dictionary_VR


class Row(NamedTuple):
    """What the tables say of one attribute.

    `basic` is the action of the Basic Profile, '-' when Table E.1-1 does not list the attribute; `options` maps the
    letter of an option column to K or C; `kind` says what sort of identifier the attribute holds.
    """

    vr: str
    basic: str
    options: dict[str, str]
    kind: str
    name: str


def _lines(name: str) -> Iterator[list[str]]:
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    for line in text.splitlines()[2:]:
        yield line.split("\t")


@lru_cache(maxsize=1)
def action_rows() -> dict[int | str, Row]:
    """Return the rows of Table E.1-1 and the unlisted text, date and UID attributes, by tag number or pattern."""
    rows: dict[int | str, Row] = {}
    for tag, vr, basic, options, kind, name in _lines("actions.tsv"):
        choices = dict(part.split(":") for part in options.split(",") if part)
        rows[tag if "x" in tag else int(tag, 16)] = Row(vr, basic, choices, kind, name)
    return rows


def row_of(tag: int) -> Row | None:
    """Return what the tables say of a tag; None when nothing."""
    rows = action_rows()
    found = rows.get(tag)
    if found is None and tag >> 24 == 0x50 and not tag >> 16 & 1:
        found = rows["50xxxxxx"]
    elif found is None and tag >> 24 == 0x60 and not tag >> 16 & 1 and tag & 0xFFFF in (0x3000, 0x4000):
        found = rows[f"60xx{tag & 0xFFFF:04X}"]
    return None if found is None or (tag >> 16 > 0x50FF and found is rows["50xxxxxx"]) else found


@lru_cache(maxsize=4096)
def vr_in_tables(tag: int) -> str:
    """Return the VR that PS3.6 gives an attribute; of those newer than pydicom's dictionary only whether it is a DT."""
    row = row_of(tag)
    if row is not None and row.vr:
        return row.vr
    if dictionary_has_tag(tag):
        return dictionary_VR(tag).split(" ")[0]
    return "DT" if row is not None and "DateTime" in row.name else ""


@lru_cache(maxsize=1)
def safe_private() -> dict[tuple[str, int, int], str]:
    """Return VR by (creator, group, low byte of the element) of Table E.3.10-1."""
    return {(creator, int(group, 16), int(low, 16)): vr for creator, group, low, vr in _lines("safe_private.tsv")}


@lru_cache(maxsize=1)
def method_codes() -> dict[str, str]:
    """Return the code meanings of CID 7050 by code value."""
    return dict(_lines("method_codes.tsv"))


@lru_cache(maxsize=1)
def required_types() -> dict[str, dict[int, str]]:
    """Return, by SOP class, the Type (1 or 2) of the attributes whose action depends on it."""
    found: dict[str, dict[int, str]] = {}
    for tag, kind, classes in _lines("types.tsv"):
        for sop_class in classes.split(" "):
            found.setdefault("1.2.840.10008." + sop_class, {})[int(tag, 16)] = kind
    return found


@lru_cache(maxsize=16)
def word_list(name: str) -> frozenset[str]:
    """Return the words of a list under ``data``, in lower case; ``#`` starts a comment."""
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    lines = (line.split("#")[0].strip().lower() for line in text.splitlines())
    return frozenset(line for line in lines if line)
