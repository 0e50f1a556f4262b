"""Reading of a few texts at the top of files, without the rest of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from pydicom.charset import decode_bytes

from .errors import NotStreamable
from .layout import LayoutReader
from .siblings import CHARACTER_SET, encodings_of
from .sources import ByteSource

PEEK_BYTES = 1 << 13
_LONGEST_TEXT = 1 << 12
_REMEMBERED_TEXTS = 1 << 10


class Peek:
    """Reads texts of the top level of files, one file after the other.

    Parameters
    ----------
    tags : frozenset of int
        Tags of texts that are wanted; what follows the greatest of them is not read.
    """

    def __init__(self, tags: frozenset[int]) -> None:
        self._tags = tags | {CHARACTER_SET}
        self._reader = LayoutReader(PEEK_BYTES, max(tags))
        self._decoded = lru_cache(maxsize=_REMEMBERED_TEXTS)(_decoded)

    def read(self, source: ByteSource) -> Callable[[int], str]:
        """Return what gives the text of a tag without padding, empty if it is absent.

        Parameters
        ----------
        source : ByteSource
            The file.

        Raises
        ------
        NotStreamable
            If the file is not plain up to there.
        """
        layout = self._reader.read(source)
        self._reader.learn(layout)
        records = {record.tag: record for record in layout.select(self._tags)}
        for record in records.values():
            if record.undefined or record.vr == "SQ" or record.bulk is not None or len(record.raw) > _LONGEST_TEXT:
                raise NotStreamable("a strange value")
        character_set = records.get(CHARACTER_SET)
        encodings = encodings_of(character_set.raw if character_set else b"", layout.implicit)

        def text_of(tag: int) -> str:
            record = records.get(tag)
            return self._decoded(record.raw[record.value :], encodings) if record is not None else ""

        return text_of


def _decoded(value: bytes, encodings: tuple[str, ...]) -> str:
    return decode_bytes(value, list(encodings), {"\\", "^", "="}).strip(" \0")
