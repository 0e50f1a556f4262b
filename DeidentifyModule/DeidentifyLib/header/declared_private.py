"""Private attributes that an object itself declares safe or unsafe (PS3.3 C.12.1.1.7, PS3.15 E.3.10)."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydicom.dataset import Dataset

from ..dicom.elements import PARSE_ERRORS, text_of
from ..profile.actions import Action, Rule

CHARACTERISTICS_SEQUENCE = 0x00080300
_GROUP = 0x00080301
_CREATOR = 0x00080302
_STATUS = 0x00080303
_SAFE_ELEMENTS = 0x00080304
_ACTION_SEQUENCE = 0x00080305
_IDENTIFYING_ELEMENTS = 0x00080306
_ACTION = 0x00080307

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
        if CHARACTERISTICS_SEQUENCE not in dataset:
            return
        try:
            for item in dataset[CHARACTERISTICS_SEQUENCE].value:
                key = (text_of(item, _CREATOR), int(item[_GROUP].value))
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
    if _ACTION_SEQUENCE in item:
        for entry in item[_ACTION_SEQUENCE].value:
            action = _ACTIONS.get(text_of(entry, _ACTION), Action.REMOVE)
            actions.update(dict.fromkeys(_numbers(entry, _IDENTIFYING_ELEMENTS), action))
    return Block(text_of(item, _STATUS), frozenset(_numbers(item, _SAFE_ELEMENTS)), actions)


def _numbers(item: Dataset, tag: int) -> list[int]:
    if tag not in item:
        return []
    value = item[tag].value
    return [int(one) & 0xFF for one in (value if not isinstance(value, int) else [value])]
