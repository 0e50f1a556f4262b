"""Sets, maps and lists in a few blocks of memory: tens of bytes an entry instead of hundreds.

UIDs, names and inputs are known by 64 bits of their hash. Two of a million agree by chance once in 10**7 audits; the
audit then fails without cause.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import overload

_SMALLEST = 1 << 4


def number_of(text: str) -> int:
    """Return the number, never 0, that stands for a text."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


class NumberMap:
    """A map from numbers of `number_of` to numbers below 2**64, by open addressing."""

    def __init__(self) -> None:
        self._keys = array("Q", bytes(8 * _SMALLEST))
        self._values = array("Q", bytes(8 * _SMALLEST))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: int) -> bool:
        return self._keys[self._place(key)] != 0

    def get(self, key: int) -> int | None:
        """Return the value of a key, None if there is none."""
        place = self._place(key)
        return self._values[place] if self._keys[place] else None

    def setdefault(self, key: int, value: int) -> int:
        """Return the value of a key, which becomes `value` if there is none."""
        place = self._place(key)
        if self._keys[place]:
            return self._values[place]
        if 3 * self._count >= 2 * len(self._keys):
            self._grow()
            place = self._place(key)
        self._keys[place], self._values[place] = key, value
        self._count += 1
        return value

    def __setitem__(self, key: int, value: int) -> None:
        if self.setdefault(key, value) != value:
            self._values[self._place(key)] = value

    def items(self) -> Iterator[tuple[int, int]]:
        """Yield keys with their values, in no order."""
        return ((key, value) for key, value in zip(self._keys, self._values, strict=True) if key)

    def agrees_with(self, other: NumberMap) -> bool:
        """Return whether no key has another value there."""
        return all(self.get(key) in (None, value) for key, value in other.items())

    def update(self, other: NumberMap) -> None:
        """Take all keys with their values."""
        for key, value in other.items():
            self[key] = value

    def _place(self, key: int) -> int:
        """Return where a key is, or where it would go."""
        keys, mask = self._keys, len(self._keys) - 1
        place = key & mask
        while (found := keys[place]) and found != key:
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        keys, values = self._keys, self._values
        self._keys, self._values = array("Q", bytes(16 * len(keys))), array("Q", bytes(16 * len(keys)))
        for key, value in zip(keys, values, strict=True):
            if key:
                place = self._place(key)
                self._keys[place], self._values[place] = key, value


class NumberSet:
    """A set of numbers of `number_of`, by open addressing."""

    def __init__(self) -> None:
        self._keys = array("Q", bytes(8 * _SMALLEST))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: int) -> bool:
        return self._keys[self._place(key)] != 0

    def add(self, key: int) -> bool:
        """Add a number; return whether it was new."""
        place = self._place(key)
        if self._keys[place]:
            return False
        if 3 * self._count >= 2 * len(self._keys):
            keys, self._keys = self._keys, array("Q", bytes(16 * len(self._keys)))
            for one in keys:
                if one:
                    self._keys[self._place(one)] = one
            place = self._place(key)
        self._keys[place] = key
        self._count += 1
        return True

    def update(self, other: NumberSet) -> None:
        """Add all numbers of another set."""
        for key in other._keys:
            if key:
                self.add(key)

    def _place(self, key: int) -> int:
        keys, mask = self._keys, len(self._keys) - 1
        place = key & mask
        while (found := keys[place]) and found != key:
            place = (place + 1) & mask
        return place


class Texts(Sequence[str]):
    """Different texts in the order in which they were added, each known by its number in that order."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._ends = array("Q")
        self._numbers = NumberMap()

    def add(self, text: str) -> int:
        """Add a text that is not there yet; return its number."""
        number = self._numbers.setdefault(number_of(text), len(self._ends))
        if number == len(self._ends):
            self._data += text.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._data))
        return number

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and number_of(text) in self._numbers

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        end = self._ends[index]
        start = self._ends[index - 1] if index % len(self) else 0
        return self._data[start:end].decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))
