"""Dummy values (action D): fixed, valid for the VR, the same in every object."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

from ..dicom.value_forms import NUMBER_BYTES, STREAM_BYTES
from ..standard.data_files import DATA

_BY_VR = {
    "AE": b"REMOVED",
    "AS": b"000Y",
    "AT": b"\0\0\0\0",
    "CS": b"REMOVED",
    "DA": b"19000101",
    "DS": b"0",
    "DT": b"19000101000000",
    "FD": bytes(8),
    "FL": bytes(4),
    "IS": b"0",
    "LO": b"REMOVED",
    "LT": b"REMOVED",
    "OB": bytes(2),
    "OD": bytes(8),
    "OF": bytes(4),
    "OL": bytes(4),
    "OV": bytes(8),
    "OW": bytes(2),
    "PN": b"REMOVED",
    "SH": b"REMOVED",
    "SL": bytes(4),
    "SS": bytes(2),
    "ST": b"REMOVED",
    "SV": bytes(8),
    "TM": b"000000",
    "UC": b"REMOVED",
    "UL": bytes(4),
    "UN": bytes(2),
    "UR": b"http://removed.invalid/",
    "US": bytes(2),
    "UT": b"REMOVED",
    "UV": bytes(8),
}


_OF_NUMBERS = frozenset(("DS", "IS", *NUMBER_BYTES, *STREAM_BYTES))


@cache
def _special() -> dict[str, Any]:
    special: dict[str, Any] = json.loads((DATA / "dummies.json").read_text(encoding="utf-8"))
    return special


def dummy_value(tag: int, vr: str) -> bytes | None:
    """Return the dummy of a non-sequence attribute, None for a VR that this library does not know."""
    special: str | None = _special()["values"].get(f"{tag:08X}")
    if special is not None and vr not in _OF_NUMBERS:
        return special.encode("ascii")
    return _BY_VR.get(vr)


def dummy_item(tag: int) -> dict[str, Any] | None:
    """Return the item that replaces the items of a sequence, None if the sequence has no dummy.

    Keys are tags (``GGGGEEEE``); values are ``[vr, text]``, ``["SQ", item]``, or ``"keep"`` for an
    attribute that is taken, de-identified, from the first original item.
    """
    item: dict[str, Any] | None = _special()["items"].get(f"{tag:08X}")
    return item


def dummy_document(mime_type: str) -> bytes:
    """Return a valid document without content for a MIME type (Encapsulated Document, PS3.3 C.24.2)."""
    documents = _special()["documents"]
    return base64.b64decode(documents.get(mime_type.strip(" \0").lower(), documents["*"]))
