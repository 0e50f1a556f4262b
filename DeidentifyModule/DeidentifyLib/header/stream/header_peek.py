"""Reading of a few texts at the top of files, without the rest of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from pydicom.charset import decode_bytes

from ...dicom.elements import NO_DELIMITERS
from ...dicom.tags import SPECIFIC_CHARACTER_SET
from ...files.byte_sources import ByteSource
from .byte_siblings import encodings_of
from .errors import NotStreamable
from .records import Record
from .top_level import TopLevelReader

Decoded = Callable[[bytes, tuple[str, ...]], str]

PEEK_BYTES = 1 << 13
NOTHING: frozenset[int] = frozenset()
_LONGEST_TEXT = 1 << 12
_REMEMBERED_TEXTS = 1 << 10


class HeaderTexts:
    """Texts of one file.

    Parameters
    ----------
    records : dict of int to Record
        The elements, by tag.
    encodings : tuple of str
        Python names of the character sets.
    decoded : callable
        Decodes a stored text.
    key : tuple
        See the attribute.

    Attributes
    ----------
    key : tuple
        The same for files of which all texts are the same but those of the instance.
    """

    __slots__ = ("_decoded", "_encodings", "_records", "key")

    def __init__(
        self, records: dict[int, Record], encodings: tuple[str, ...], decoded: Decoded, key: tuple[object, ...]
    ) -> None:
        self._records = records
        self._encodings = encodings
        self._decoded = decoded
        self.key = key

    def __call__(self, tag: int) -> str:
        """Return the text of a tag without padding, empty if it is absent."""
        record = self._records.get(tag)
        return self._decoded(record.raw[record.value :], self._encodings) if record is not None else ""


class HeaderPeek:
    """Reads texts of the top level of files, one file after the other.

    Parameters
    ----------
    tags : frozenset of int
        Tags of texts that are wanted; what follows the greatest of them is not read.
    of_instance : frozenset of int
        Those that are an instance's own.
    needed : frozenset of int
        Those that every plain file has. Where one is absent, it may stand behind greater tags, where nobody looks.
    """

    def __init__(self, tags: frozenset[int], of_instance: frozenset[int], needed: frozenset[int] = NOTHING) -> None:
        self._tags = tags | {SPECIFIC_CHARACTER_SET}
        self._needed = needed
        self._of_instance = of_instance
        self._reader = TopLevelReader(PEEK_BYTES, max(tags))
        self._decoded: Decoded = lru_cache(maxsize=_REMEMBERED_TEXTS)(_decoded)

    def read(self, source: ByteSource) -> HeaderTexts:
        """Return the texts of a file.

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
        records: dict[int, Record] = {}
        key: list[object] = [layout.implicit]
        for record in layout.select(self._tags):
            tag, vr, raw, _, undefined, bulk = record
            if undefined or bulk is not None or vr == "SQ" or len(raw) > _LONGEST_TEXT:
                raise NotStreamable("a strange value")
            records[tag] = record
            if tag not in self._of_instance:
                key.append(raw)
        if not records.keys() >= self._needed:
            raise NotStreamable("an identifying attribute that is absent or out of order")
        character_set = records.get(SPECIFIC_CHARACTER_SET)
        encodings = encodings_of(character_set.raw if character_set else b"", layout.implicit)
        return HeaderTexts(records, encodings, self._decoded, tuple(key))


def _decoded(value: bytes, encodings: tuple[str, ...]) -> str:
    return decode_bytes(value, list(encodings), set(NO_DELIMITERS)).strip(" \0")
