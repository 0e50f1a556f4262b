"""Private blocks of one data set: who reserves them and which stay (PS3.5 7.8.1)."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from .elements import stored_bytes, stored_element


class PrivateBlocks:
    """Private creators of one data set or item.

    Parameters
    ----------
    dataset : pydicom.dataset.Dataset
        Before anything is removed from it.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._creators: dict[int, str] = {}
        self._retained: set[int] = set()
        for tag in dataset.keys():
            number = int(tag)
            if number >> 16 & 1 and 0x10 <= number & 0xFFFF <= 0xFF:
                self._creators[number] = _text(dataset, number)

    def is_creator(self, tag: int) -> bool:
        """Return whether an element reserves a block."""
        return tag in self._creators

    def creator(self, tag: int) -> str:
        """Return the private creator of an element, empty if nobody reserved its block."""
        return self._creators.get(_creator_tag(tag), "")

    def retain(self, tag: int) -> None:
        """Note that an element stays, and so its creator."""
        self._retained.add(_creator_tag(tag))

    def unused_creators(self) -> list[int]:
        """Return the creator elements of which nothing is left."""
        return [tag for tag in self._creators if tag not in self._retained]


def _creator_tag(tag: int) -> int:
    return (tag & 0xFFFF0000) | (tag >> 8 & 0xFF)


def _text(dataset: Dataset, tag: int) -> str:
    element = stored_element(dataset, tag)
    try:
        return stored_bytes(element).strip(b" \0").decode("ascii", "replace") if element is not None else ""
    except ValueError:
        return ""


def holds_private(dataset: Dataset) -> bool:
    """Return whether private elements are left in an item, at any depth."""
    for tag in dataset.keys():
        if int(tag) >> 16 & 1:
            return True
        element = dataset.get_item(tag)
        if isinstance(element.value, Sequence) and any(holds_private(item) for item in element.value):
            return True
    return False
