"""What happens to attributes that Table E.1-1 does not list: a reviewed file, and a default by VR."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from .data_files import rows
from .dictionary import vr_of

_KNOWN_DEFAULTS = {
    **dict.fromkeys(("US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "AT", "IS", "DS", "OF", "OD", "OL", "OV", "OW"), "keep"),
    "CS": "enum",
    "SQ": "recurse",
    "UI": "uid_instance",
    **dict.fromkeys(("DA", "DT", "TM"), "date"),
}
_UNKNOWN_DEFAULTS = {
    **dict.fromkeys(("US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "AT"), "keep"),
    "SQ": "recurse",
    "UI": "uid_instance",
    **dict.fromkeys(("DA", "DT", "TM"), "date"),
}


@cache
def _reviewed() -> Mapping[str, str]:
    return MappingProxyType({row["tag"]: row["class"] for row in rows("unlisted.csv")})


def class_of(tag: int, vr: str) -> str:
    """Return the class of an attribute that Table E.1-1 does not list.

    The classes are explained in the header of ``unlisted.csv``. A tag that neither that file nor
    pydicom's dictionary knows is kept only if its VR cannot hold text.
    """
    reviewed = _reviewed()
    text = f"{tag:08X}"
    found = reviewed.get(text) or reviewed.get(f"{text[:2]}xx{text[4:]}")
    if found:
        return found
    known = vr_of(tag)
    if known:
        return _KNOWN_DEFAULTS.get(known, "remove")
    return _UNKNOWN_DEFAULTS.get(vr, "remove")
