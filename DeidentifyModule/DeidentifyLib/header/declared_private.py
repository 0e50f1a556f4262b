"""Private attributes that an object itself declares safe or unsafe (PS3.3 C.12.1.1.7, PS3.15 E.3.10)."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydicom.dataset import Dataset

from ..dicom.elements import PARSE_ERRORS, text_of
from ..dicom.tags import (
    BLOCK_IDENTIFYING_INFORMATION_STATUS,
    DEIDENTIFICATION_ACTION,
    DEIDENTIFICATION_ACTION_SEQUENCE,
    IDENTIFYING_PRIVATE_ELEMENTS,
    NONIDENTIFYING_PRIVATE_ELEMENTS,
    PRIVATE_CREATOR_REFERENCE,
    PRIVATE_DATA_ELEMENT_CHARACTERISTICS_SEQUENCE,
    PRIVATE_GROUP_REFERENCE,
)
from ..profile.actions import Action, Rule

_ACTIONS = {"D": Action.DUMMY, "Z": Action.EMPTY, "X": Action.REMOVE, "U": Action.UID}


@dataclass(frozen=True)
class Block:
    """What one item of the Private Data Element Characteristics Sequence says of a block.

    Attributes
    ----------
    status : str
        ``SAFE``, ``UNSAFE`` or ``MIXED``.
    safe : frozenset of int
        Low bytes of safe elements; meaningful for MIXED.
    actions : dict of int to Action
        Recommended actions by low byte.
    """

    status: str
    safe: frozenset[int] = frozenset()
    actions: dict[int, Action] = field(default_factory=dict)


class DeclaredPrivate:
    """Declarations of one data set.

    Parameters
    ----------
    dataset : pydicom.dataset.Dataset
        Top level of a data set, before anything is removed from it. Items that cannot be read declare
        nothing: what they would have named is then not known to be safe.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._blocks: dict[tuple[str, int], Block] = {}
        if PRIVATE_DATA_ELEMENT_CHARACTERISTICS_SEQUENCE not in dataset:
            return
        try:
            for item in dataset[PRIVATE_DATA_ELEMENT_CHARACTERISTICS_SEQUENCE].value:
                key = (text_of(item, PRIVATE_CREATOR_REFERENCE), int(item[PRIVATE_GROUP_REFERENCE].value))
                block = _block(item)
                # two items for one block contradict each other: neither is trusted
                self._blocks[key] = Block("UNSAFE") if key in self._blocks else block
        except PARSE_ERRORS:
            self._blocks.clear()

    def rule(self, creator: str, tag: int) -> Rule | None:
        """Return the rule of a private element, None if the object says nothing of its block."""
        block = self._blocks.get((creator, tag >> 16))
        if block is None or not creator:
            return None
        low = tag & 0xFF
        by_type = (Action.REMOVE, Action.REMOVE, Action.REMOVE)
        if block.status == "SAFE" or (block.status == "MIXED" and low in block.safe):
            return Rule(Action.KEEP, by_type, "E.3.10: the object declares it safe")
        action = block.actions.get(low, Action.REMOVE)
        return Rule(action, by_type, "E.3.10: the object does not declare it safe")


def _block(item: Dataset) -> Block:
    actions: dict[int, Action] = {}
    if DEIDENTIFICATION_ACTION_SEQUENCE in item:
        for entry in item[DEIDENTIFICATION_ACTION_SEQUENCE].value:
            action = _ACTIONS.get(text_of(entry, DEIDENTIFICATION_ACTION), Action.REMOVE)
            actions.update(dict.fromkeys(_numbers(entry, IDENTIFYING_PRIVATE_ELEMENTS), action))
    return Block(
        text_of(item, BLOCK_IDENTIFYING_INFORMATION_STATUS),
        frozenset(_numbers(item, NONIDENTIFYING_PRIVATE_ELEMENTS)),
        actions,
    )


def _numbers(item: Dataset, tag: int) -> list[int]:
    if tag not in item:
        return []
    value = item[tag].value
    return [int(one) & 0xFF for one in (value if not isinstance(value, int) else [value])]
