"""Counting of actions by small numbers, so that a repeated element costs next to nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ...profile.actions import Action

CountKey = tuple[int, Action, str]


class CountKeys:
    """Numbers for (tag, action, reason), and for several of them together."""

    def __init__(self) -> None:
        self._meanings: list[CountKey | Counter[int]] = []
        self._numbers: dict[CountKey, int] = {}

    def number(self, tag: int, action: Action, reason: str) -> int:
        """Return the number of a key."""
        key = (tag, action, reason)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._meanings)
            self._meanings.append(key)
        return number

    def numbers(self, counts: Counter[CountKey]) -> tuple[int, ...]:
        """Return the numbers of keys, each as often as it was counted."""
        return tuple(self.number(*key) for key, count in counts.items() for _ in range(count))

    def together(self, numbers: Iterable[int]) -> int:
        """Return a new number that stands for all of these."""
        self._meanings.append(Counter(numbers))
        return len(self._meanings) - 1

    def counter(self, numbers: Iterable[int]) -> Counter[CountKey]:
        """Return how often each key occurs among numbers."""
        result: Counter[CountKey] = Counter()
        for number, count in Counter(numbers).items():
            meaning = self._meanings[number]
            if isinstance(meaning, Counter):
                for part, times in meaning.items():
                    result[self._meanings[part]] += times * count
            else:
                result[meaning] += count
        return result
