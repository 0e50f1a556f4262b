"""A tiny JPEG image and places in a JPEG stream where text can hide."""

from __future__ import annotations

import base64
import struct

TINY = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAACgAKAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19i"
    "Z2hnPk1xeXBkeFxlZ2P/wgALCAAQABABAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABAIF/9oACAEBAAAAAcx1O//EABUQAQEAAAAA"
    "AAAAAAAAAAAAAAIA/9oACAEBAAEFAgICAgL/xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAY/Ah//xAAUEAEAAAAAAAAAAAAA"
    "AAAAAAAg/9oACAEBAAE/IQAf/9oACAEBAAAAEA//xAAWEAADAAAAAAAAAAAAAAAAAAAAITH/2gAIAQEAAT8QgiCIIgj/2Q=="
)
"""Baseline JPEG, 16 x 16, one component, 8 bits."""


def with_segment(stream: bytes, marker: int, content: bytes) -> bytes:
    """Return the stream with a marker segment (0xFE comment, 0xE1 APP1, ...) put in after SOI."""
    segment = bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content
    return stream[:2] + segment + stream[2:]


def with_j2k_comment(stream: bytes, content: bytes) -> bytes:
    """Return a JPEG 2000 codestream with a comment segment (COM, Rcom 1) after its SIZ segment."""
    size = struct.unpack(">H", stream[4:6])[0]
    end = 4 + size
    segment = b"\xff\x64" + struct.pack(">HH", len(content) + 4, 1) + content
    return stream[:end] + segment + stream[end:]
