"""What happens to attributes that Table E.1-1 does not list: a reviewed file, with a default by VR."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from .data_files import rows
from .dictionary import vr_of

_DECIDED_IF_UNKNOWN = frozenset(("recurse", "date", "uid", "descriptor", "subject"))


@cache
def _reviewed() -> tuple[Mapping[str, str], Mapping[str, str]]:
    by_tag, by_vr = {}, {}
    for row in rows("unlisted.csv"):
        if row["tag"] == "default":
            by_vr[row["vr"]] = row["class"]
        else:
            by_tag[row["tag"]] = row["class"]
    return MappingProxyType(by_tag), MappingProxyType(by_vr)


def class_of(tag: int, vr: str) -> str:
    """Return the class of an attribute that Table E.1-1 does not list.

    The classes are explained in the header of ``unlisted.csv``. Of a tag that neither that file nor
    pydicom's dictionary knows, nothing stays as it is: a number of unknown meaning may be an identifier.

    Parameters
    ----------
    tag : int
        Tag number of a standard attribute.
    vr : str
        VR in the data set; decides only where the dictionary does not know the tag.
    """
    by_tag, by_vr = _reviewed()
    text = f"{tag:08X}"
    found = by_tag.get(text) or by_tag.get(f"{text[:2]}xx{text[4:]}")
    if found:
        return found
    known = vr_of(tag)
    if known:
        return by_vr.get(known, "remove")
    found = by_vr.get(vr, "remove")
    return found if found in _DECIDED_IF_UNKNOWN else "remove"


def is_equipment(tag: int) -> bool:
    """Return whether an attribute names a maker, a model, software or a setting of a device."""
    return _reviewed()[0].get(f"{tag:08X}") == "equipment"
