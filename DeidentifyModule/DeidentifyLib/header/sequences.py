"""Dummy items for sequences that must not be empty."""

from __future__ import annotations

from typing import Any

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from .dummies import dummy_item


def build_dummy_items(tag: int, parent: Dataset, first: Dataset | None) -> list[Dataset]:
    """Return the items that replace those of a sequence.

    Parameters
    ----------
    tag : int
        Tag of the sequence.
    parent : pydicom.dataset.Dataset
        Data set that holds the sequence.
    first : pydicom.dataset.Dataset or None
        First original item, already de-identified; some attributes are taken from it.

    Returns
    -------
    list of pydicom.dataset.Dataset
        One dummy item; where no dummy is known for the sequence, its first de-identified item, or none.
    """
    template = dummy_item(tag)
    if template is None:
        return [first] if first is not None else []
    return [_item(template, first)]


def _item(template: dict[str, Any], first: Dataset | None) -> Dataset:
    item = Dataset()
    for key, content in template.items():
        tag = int(key, 16)
        if content == "keep":
            if first is not None and tag in first:
                item[tag] = first[tag]
            continue
        vr, value = content
        if vr == "SQ":
            item[tag] = DataElement(tag, "SQ", Sequence([_item(value, None)] if value else []))
        elif vr == "OB":
            item[tag] = DataElement(tag, "OB", bytes(2))
        elif vr == "FL":
            item[tag] = DataElement(tag, "FL", [float(part) for part in value.split("\\")])
        else:
            item[tag] = DataElement(tag, vr, value)
    return item
