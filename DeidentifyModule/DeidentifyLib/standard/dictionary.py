"""VR and multiplicity of standard attributes, by tag number."""

from __future__ import annotations

from functools import cache

from pydicom.datadict import dictionary_keyword, dictionary_VM, dictionary_VR

from .confidentiality_profile import row_of


@cache
def vr_of(tag: int) -> str:
    """Return the VR of a standard attribute, empty if the tag is unknown.

    Where the standard allows several (``US or SS``), the first.
    """
    try:
        return dictionary_VR(tag).split(" ")[0]
    except KeyError:
        row = None if tag >> 16 & 1 else row_of(tag)
        return row.vr if row else ""


@cache
def allowed_vrs(tag: int) -> tuple[str, ...]:
    """Return all VRs that the standard allows for an attribute; empty if the tag is unknown."""
    try:
        return tuple(dictionary_VR(tag).split(" or "))
    except KeyError:
        vr = vr_of(tag)
        return (vr,) if vr else ()


@cache
def maximum_values(tag: int) -> int | None:
    """Return the greatest multiplicity of an attribute, None if it has none or the tag is unknown."""
    try:
        last = dictionary_VM(tag).split("-")[-1]
    except KeyError:
        return None
    return int(last) if last.isdigit() else None


def name_of(tag: int) -> str:
    """Return the keyword of an attribute, or its number where it has none."""
    row = None if tag >> 16 & 1 else row_of(tag)
    if row is not None and len(row.pattern) == 8 and "x" not in row.pattern:
        return row.keyword
    try:
        return dictionary_keyword(tag) or f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
    except KeyError:
        return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
