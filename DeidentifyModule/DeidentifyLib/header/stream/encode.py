"""Encoding of elements, items and file meta information (PS3.5 7.1, PS3.10 7.1)."""

from __future__ import annotations

import struct
from functools import lru_cache

from ...dicom import tags
from ...dicom.dicom_file import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from ...dicom.elements import padded
from .errors import NotStreamable
from .walk import LONG_VRS

_ITEM = b"\xfe\xff\x00\xe0"
_ITEM_END = b"\xfe\xff\x0d\xe0\0\0\0\0"
SEQUENCE_DELIMITER = b"\xfe\xff\xdd\xe0\0\0\0\0"
_UNDEFINED = b"\xff\xff\xff\xff"


def encode_element(tag: int, vr: str, value: bytes, implicit: bool) -> bytes:
    """Encode an element, padded to even length.

    Raises
    ------
    NotStreamable
        If the value is too long for its VR.
    """
    value = padded(vr, value)
    group, element = tag >> 16, tag & 0xFFFF
    if implicit:
        return struct.pack("<HHL", group, element, len(value)) + value
    if vr in LONG_VRS:
        return struct.pack("<HH2sHL", group, element, vr.encode("ascii"), 0, len(value)) + value
    if len(value) > 0xFFFF:
        raise NotStreamable("a new value that is too long for its VR")
    return struct.pack("<HH2sH", group, element, vr.encode("ascii"), len(value)) + value


def encode_item(content: bytes, undefined: bool) -> bytes:
    """Encode a sequence item."""
    if undefined:
        return _ITEM + _UNDEFINED + content + _ITEM_END
    return _ITEM + struct.pack("<L", len(content)) + content


def encode_sequence(tag: int, content: bytes, undefined: bool, implicit: bool) -> bytes:
    """Encode a sequence of encoded items."""
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + (b"" if implicit else b"SQ\0\0")
    if undefined:
        return head + _UNDEFINED + content + SEQUENCE_DELIMITER
    return head + struct.pack("<L", len(content)) + content


@lru_cache(maxsize=256)
def _meta_parts(sop_class: str, transfer_syntax: str) -> tuple[bytes, bytes]:
    before = encode_element(tags.FILE_META_INFORMATION_VERSION, "OB", b"\0\1", False) + _uid(
        tags.MEDIA_STORAGE_SOP_CLASS_UID, sop_class
    )
    after = (
        _uid(tags.TRANSFER_SYNTAX_UID, transfer_syntax)
        + _uid(tags.IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_CLASS_UID)
        + encode_element(tags.IMPLEMENTATION_VERSION_NAME, "SH", IMPLEMENTATION_VERSION_NAME.encode("ascii"), False)
    )
    return before, after


def file_start(sop_class: str, sop_instance: str, transfer_syntax: str) -> bytes:
    """Return preamble, prefix and file meta information of an output file."""
    before, after = _meta_parts(sop_class, transfer_syntax)
    meta = before + _uid(tags.MEDIA_STORAGE_SOP_INSTANCE_UID, sop_instance) + after
    return (
        bytes(128)
        + b"DICM"
        + encode_element(tags.FILE_META_INFORMATION_GROUP_LENGTH, "UL", struct.pack("<L", len(meta)), False)
        + meta
    )


def _uid(tag: int, uid: str) -> bytes:
    return encode_element(tag, "UI", uid.encode("ascii"), False)
