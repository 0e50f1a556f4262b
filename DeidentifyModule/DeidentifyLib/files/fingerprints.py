"""A set of 64-bit numbers in one block of memory: sixteen to thirty-two bytes a number instead of a hundred."""

from __future__ import annotations

import hashlib
from array import array

_SMALLEST = 1 << 10


class Fingerprints:
    """Remembers texts by 64 bits of their hash.

    Two texts of a million have the same by chance once in 10**7 runs.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _SMALLEST))
        self._count = 0

    def add(self, text: str) -> bool:
        """Remember a text; return whether it was new."""
        if 2 * self._count >= len(self._slots):
            self._grow()
        is_new = self._put(_number(text))
        self._count += is_new
        return is_new

    def __contains__(self, text: str) -> bool:
        number = _number(text)
        slots, mask = self._slots, len(self._slots) - 1
        place = number & mask
        while slots[place]:
            if slots[place] == number:
                return True
            place = (place + 1) & mask
        return False

    def _put(self, number: int) -> bool:
        slots, mask = self._slots, len(self._slots) - 1
        place = number & mask
        while slots[place]:
            if slots[place] == number:
                return False
            place = (place + 1) & mask
        slots[place] = number
        return True

    def _grow(self) -> None:
        before, self._slots = self._slots, array("Q", bytes(16 * len(self._slots)))
        for number in before:
            if number:
                self._put(number)


def _number(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1
