"""One element of the top level of a file."""

from __future__ import annotations

from typing import NamedTuple

from ...files.byte_sources import Range


class Record(NamedTuple):
    """One element of the top level, or of an item.

    Attributes
    ----------
    tag : int
    vr : str or None
        None in implicit VR.
    raw : bytes
        The encoded element; of bulk data only what stands before the value.
    value : int
        Where in `raw` the value begins.
    undefined : bool
        Whether the length is undefined.
    bulk : Range or None
        Where in the file a value lies that was not read, its delimiter included.
    """

    tag: int
    vr: str | None
    raw: bytes
    value: int
    undefined: bool
    bulk: Range | None
