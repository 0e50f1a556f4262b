"""Stretches of elements that are the same in file after file of a series: recognised by one comparison of bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import final

from ...dicom.tags import PIXEL_DATA, SOP_INSTANCE_UID
from ..deidentification_method import METHOD_TAGS
from .records import Record

_ALONE = frozenset((SOP_INSTANCE_UID, PIXEL_DATA))
"""Tags that the engine looks for; none stands in a stretch."""
_LONGEST_STRETCH = 1 << 16
_SPARE = 6
_LONGEST_PAUSE = 64
_SERVED_LONG = 16
"""After so many files that were as expected, one that is not begins another series."""


@final
class RepeatedElements:
    """Elements that follow each other.

    Parameters
    ----------
    records : sequence of Record
        At least one; none with its value left in the file.

    Attributes
    ----------
    records : sequence of Record
    raw : bytes
        The encoded elements.
    first, last : int
        First and last tag.
    needs : tuple of int
        Blocks of private elements whose creator stands before the stretch, as (group, 00xx).
    """

    __slots__ = ("_by_tag", "_selected", "first", "last", "needs", "raw", "records")

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self.raw = b"".join(record.raw for record in records)
        self.first, self.last = records[0].tag, records[-1].tag
        self.needs = _blocks_without_creator(records)
        self._by_tag = {record.tag: record for record in records}
        self._selected: dict[frozenset[int], tuple[Record, ...]] = {}

    def get(self, tag: int) -> Record | None:
        """Return the element of a tag."""
        return self._by_tag.get(tag)

    def select(self, tags: frozenset[int]) -> tuple[Record, ...]:
        """Return the elements of some tags; remembered, as it is asked for every file."""
        found = self._selected.get(tags)
        if found is None:
            found = self._selected[tags] = tuple(record for record in self.records if record.tag in tags)
        return found


class RepeatLearner:
    """Learns from the files of a series which elements do not change.

    What was learned never decides what an element is: a stretch stands for elements that were walked one
    by one in an earlier file, and is taken only where a file has exactly its bytes.

    Parameters
    ----------
    written : frozenset of int
        Tags that are written into every file: none is in a stretch, and no stretch reaches across the place of one.

    Attributes
    ----------
    by_start : dict of bytes to RepeatedElements
        The stretches by their first four bytes, which are the tag.
    """

    def __init__(self, written: frozenset[int] = METHOD_TAGS) -> None:
        self._written = written
        self.by_start: dict[bytes, RepeatedElements] = {}
        self._forget()

    def _forget(self) -> None:
        """Forget everything, as another series follows."""
        self.by_start.clear()
        self._before: dict[int, bytes] | None = None
        self._changing: set[int] = set()
        self._tolerated = self._served = self._pause = self._files_to_pause = 0

    def learn(self, parts: Sequence[Record | RepeatedElements], singles: int, changing: Iterable[int]) -> None:
        """Compare a file with an earlier one, if it had more single elements than expected.

        Parameters
        ----------
        parts : sequence of Record or RepeatedElements
            The top level of the file.
        singles : int
            Number of elements of it that are not in a stretch.
        changing : iterable of int
            Tags that have to be looked at in every file.
        """
        if singles <= self._tolerated:
            self._served += 1
        elif self._served >= _SERVED_LONG:
            self._forget()
            self._before = _by_tag(expanded(parts))
        elif self._files_to_pause:
            self._files_to_pause -= 1
        else:
            self._compare(list(expanded(parts)), changing)

    def _compare(self, records: list[Record], changing: Iterable[int]) -> None:
        before, self._before = self._before, _by_tag(records)
        if before is None:
            return
        self._changing.update(changing)
        self._changing.update(record.tag for record in records if before.get(record.tag, record.raw) != record.raw)
        same = {record.tag for record in records if record.tag in before} - self._changing
        stretches = [RepeatedElements(part) for part in _stretches(records, same, self._written)]
        self.by_start = {stretch.raw[:4]: stretch for stretch in stretches}
        self._tolerated = len(records) - sum(len(stretch.records) for stretch in stretches) + _SPARE
        self._files_to_pause = self._pause
        self._pause = min(_LONGEST_PAUSE, 2 * self._pause + 1)
        self._served = 0


def _by_tag(records: Iterable[Record]) -> dict[int, bytes]:
    return {record.tag: record.raw for record in records}


def expanded(parts: Iterable[Record | RepeatedElements]) -> Iterator[Record]:
    """Yield the elements, those of stretches too."""
    for part in parts:
        if type(part) is RepeatedElements:
            yield from part.records
        else:
            yield part


def find(parts: Iterable[Record | RepeatedElements], tag: int) -> Record | None:
    """Return the element of a tag."""
    for part in parts:
        if type(part) is RepeatedElements:
            if part.first <= tag <= part.last:
                return part.get(tag)
        elif part.tag == tag:
            return part
    return None


def _stretches(records: Iterable[Record], same: set[int], written: frozenset[int]) -> Iterator[Sequence[Record]]:
    """Yield the longest stretches of at least two elements that may be taken together."""
    stretch: list[Record] = []
    length = 0
    for record in records:
        tag = record.tag
        fits = tag in same and record.bulk is None and tag not in _ALONE and tag not in written
        length += len(record.raw)
        if not fits or length > _LONGEST_STRETCH or (stretch and _any_between(stretch[-1].tag, tag, written)):
            if len(stretch) > 1:
                yield stretch
            stretch, length = [], len(record.raw)
        if fits and length <= _LONGEST_STRETCH:
            stretch.append(record)
    if len(stretch) > 1:
        yield stretch


def _any_between(first: int, last: int, tags: frozenset[int]) -> bool:
    return any(first < tag < last for tag in tags)


def _blocks_without_creator(records: Iterable[Record]) -> tuple[int, ...]:
    creators: set[int] = set()
    needed: dict[int, None] = {}
    for tag in (record.tag for record in records if record.tag & 0x10000):
        if 0x10 <= tag & 0xFFFF <= 0xFF:
            creators.add(tag)
        elif block_of(tag) not in creators:
            needed[block_of(tag)] = None
    return tuple(needed)


def block_of(tag: int) -> int:
    """Return the tag of the private creator element to whose block a private element belongs (PS3.5 7.8.1)."""
    return (tag & 0xFFFF0000) | (tag >> 8 & 0xFF)
