"""Pairs by subject and by series, as numbers among all pairs."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from .journal import JournalPairs
from .pairing import Pair, PairList, Pairs


class SubjectGroup(Pairs):
    """Pairs that belong together, by their numbers among all.

    Attributes
    ----------
    folder : str
        First folder of the outputs, '' where they lie in none.
    """

    def __init__(self, pairs: Pairs, numbers: np.ndarray, folder: str) -> None:
        self._pairs = pairs
        self._numbers = numbers
        self.folder = folder

    def apart(self) -> SubjectGroup:
        """Return the group without the pairs of others, so that it can be sent to another process."""
        numbers = self._numbers.tolist()
        pairs = self._pairs
        some = pairs.part(numbers) if isinstance(pairs, JournalPairs) else PairList(pairs.take(numbers))
        return SubjectGroup(some, np.arange(len(numbers), dtype=np.uint32), self.folder)

    def __len__(self) -> int:
        return len(self._numbers)

    def take(self, numbers: Iterable[int]) -> Iterator[Pair]:
        """Yield the pairs of some numbers of the group."""
        return self._pairs.take(int(self._numbers[number]) for number in numbers)


def groups_of(pairs: Iterable[Pair]) -> Iterator[SubjectGroup]:
    """Yield the pairs by the first folder of the output, which is the subject in a run's own output."""
    pairs = pairs if isinstance(pairs, Pairs) else PairList(pairs)
    folders: dict[str, int] = {}
    owners = array("L")
    for pair in pairs:
        folder = pair.output.split("/")[0] if "/" in pair.output else ""
        owners.append(folders.setdefault(folder, len(folders)))
    order = np.argsort(np.array(owners), kind="stable").astype(np.uint32)
    start = 0
    for folder, count in zip(folders, np.bincount(np.array(owners, np.int64)).tolist(), strict=True):
        yield SubjectGroup(pairs, order[start : start + count], folder)
        start += count


def samples_of(group: Pairs) -> Iterator[Pair]:
    """Yield the first and last pair of each folder of the output, which is a series in a run's own output."""
    folders: dict[str, list[int]] = {}
    for number, pair in enumerate(group):
        ends = folders.setdefault(pair.output.rpartition("/")[0], [number, number])
        ends[1] = number
    return group.take(number for ends in folders.values() for number in ends)
