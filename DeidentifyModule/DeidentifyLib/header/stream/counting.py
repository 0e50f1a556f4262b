"""Counting of actions by small numbers, so that a repeated element costs next to nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ...profile.actions import Action

CountKey = tuple[int, Action, str]


class CountKeys:
    """Numbers for (tag, action, reason), and negative numbers for several of them together."""

    def __init__(self) -> None:
        self._keys: list[CountKey] = []
        self._numbers: dict[CountKey, int] = {}
        self._together: list[Counter[int]] = []

    def number(self, tag: int, action: Action, reason: str) -> int:
        """Return the number of a key."""
        key = (tag, action, reason)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._keys)
            self._keys.append(key)
        return number

    def numbers(self, counts: Counter[CountKey]) -> tuple[int, ...]:
        """Return the numbers of keys, each as often as it was counted."""
        return tuple(self.number(*key) for key, count in counts.items() for _ in range(count))

    def together(self, numbers: Iterable[int]) -> int:
        """Return a new number that stands for all of these, until `forget_together`."""
        self._together.append(Counter(numbers))
        return -len(self._together)

    def forget_together(self) -> None:
        """Forget the numbers that stand for several."""
        self._together.clear()

    def counter(self, numbers: Iterable[int]) -> Counter[CountKey]:
        """Return how often each key occurs among numbers."""
        result: Counter[CountKey] = Counter()
        for number, count in Counter(numbers).items():
            if number >= 0:
                result[self._keys[number]] += count
            else:
                for part, times in self._together[-number - 1].items():
                    result[self._keys[part]] += times * count
        return result
