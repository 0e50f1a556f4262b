"""References between the items of one SR content tree (PS3.3 C.17.3.2.5), kept right when items go."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset

from ..dicom.tags import CONTENT_SEQUENCE, REFERENCED_CONTENT_ITEM_IDENTIFIER

Position = tuple[int, ...]


class ContentReferences:
    """Which item of a content tree refers to which, noted before items are removed.

    Parameters
    ----------
    root : pydicom.dataset.Dataset
        The data set of the SR document, with all its items.
    """

    def __init__(self, root: Dataset) -> None:
        items = dict(_items(root, (1,)))
        self._targets: list[tuple[Dataset, Dataset | None]] = [
            (item, items.get(position)) for item in items.values() if (position := _reference(item)) is not None
        ]

    def restore(self, root: Dataset) -> int:
        """Let every reference name the new position of its target, and drop those whose target is gone.

        A content sequence that has no item left is dropped as well: it is Type 1C and must not be empty.

        Parameters
        ----------
        root : pydicom.dataset.Dataset
            The same data set, in which items were removed and none was replaced by another object.

        Returns
        -------
        int
            How many references were dropped.
        """
        dropped = 0
        remaining = self._targets
        while True:
            positions = {id(item): position for position, item in _items(root, (1,))}
            alive = [pair for pair in remaining if id(pair[0]) in positions]
            broken = {id(item) for item, target in alive if target is None or id(target) not in positions}
            if not broken:
                break
            dropped += len(broken)
            _drop(root, broken)
            remaining = [pair for pair in alive if id(pair[0]) not in broken]
        _drop(root, set())
        for item, target in alive:
            value = list(positions[id(target)])
            item[REFERENCED_CONTENT_ITEM_IDENTIFIER] = DataElement(REFERENCED_CONTENT_ITEM_IDENTIFIER, "UL", value)
        return dropped


def _items(dataset: Dataset, position: Position) -> Iterator[tuple[Position, Dataset]]:
    yield position, dataset
    if CONTENT_SEQUENCE in dataset:
        for number, item in enumerate(dataset[CONTENT_SEQUENCE].value or (), start=1):
            yield from _items(item, (*position, number))


def _reference(item: Dataset) -> Position | None:
    """Return the position that an item refers to, without decoding the element in place."""
    element = item.get_item(REFERENCED_CONTENT_ITEM_IDENTIFIER)
    if element is None:
        return None
    if isinstance(element, RawDataElement):
        value = element.value or b""
        order = "<" if element.is_little_endian else ">"
        return struct.unpack(f"{order}{len(value) // 4}L", value[: len(value) // 4 * 4])
    value = element.value
    return (value,) if isinstance(value, int) else tuple(value or ())


def _drop(dataset: Dataset, broken: set[int]) -> None:
    if CONTENT_SEQUENCE not in dataset:
        return
    items = dataset[CONTENT_SEQUENCE].value
    for i in reversed(range(len(items))):
        if id(items[i]) in broken:
            del items[i]
        else:
            _drop(items[i], broken)
    if not len(items):
        del dataset[CONTENT_SEQUENCE]
