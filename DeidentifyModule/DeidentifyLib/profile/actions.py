"""The actions that an attribute can meet, and the rule that chooses one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What is done with one element (PS3.15 Table E.1-1a, made concrete)."""

    KEEP = "keep"
    """K: the stored bytes stay; the value must have the form of its VR."""
    REMOVE = "remove"
    """X"""
    EMPTY = "empty"
    """Z"""
    DUMMY = "dummy"
    """D: a fixed value that is valid for the VR."""
    UID = "new UID"
    """U"""
    SHIFT = "shift date"
    """C under Modified Dates."""
    CLEAN = "clean text"
    """C under Clean Descriptors or Patient Characteristics, and technical text that is not listed."""
    CODE = "keep code"
    """A coded value stays if it has the form of a code."""
    ENTER = "de-identify items"
    """A sequence stays and every item is de-identified."""
    CONTENT = "clean content items"
    """C under Clean Structured Content."""
    GRAPHICS = "clean graphics"
    """C under Clean Graphics."""
    SET = "set to a fixed value"
    """A site rule."""
    NEW_ID = "new ID"
    NEW_NAME = "new name"


ByType = tuple[Action, Action, Action]
"""Actions for an attribute of Type 3, 2 and 1."""


@dataclass(frozen=True)
class Rule:
    """How an attribute is treated.

    Attributes
    ----------
    action : Action or None
        None where the Type in the IOD of the object decides.
    by_type : tuple of Action
        For Type 3, 2 and 1; also what happens when `action` cannot be done with a value.
    reason : str
        Which part of the standard or of this project's review says so.
    listed : bool
        Whether Table E.1-1 lists the attribute.
    """

    action: Action | None
    by_type: ByType
    reason: str
    listed: bool = True

    def fallback(self, attribute_type: int) -> Action:
        """Return the action for an attribute of Type 1, 2 or 3."""
        return self.by_type[3 - attribute_type]


BASIC_ACTIONS: dict[str, ByType] = {
    # a removed attribute that a mandatory module demands (two of presentation states) is replaced instead
    "X": (Action.REMOVE, Action.EMPTY, Action.DUMMY),
    "Z": (Action.EMPTY, Action.EMPTY, Action.DUMMY),
    "D": (Action.DUMMY, Action.DUMMY, Action.DUMMY),
    "U": (Action.UID, Action.UID, Action.UID),
    "K": (Action.KEEP, Action.KEEP, Action.KEEP),
    "Z/D": (Action.EMPTY, Action.EMPTY, Action.DUMMY),
    "X/Z": (Action.REMOVE, Action.EMPTY, Action.DUMMY),
    "X/D": (Action.REMOVE, Action.DUMMY, Action.DUMMY),
    "X/Z/D": (Action.REMOVE, Action.EMPTY, Action.DUMMY),
    # references of Type 2 are kept with new UIDs, so that they go on resolving: Z allows a non-empty value
    "X/Z/U*": (Action.REMOVE, Action.ENTER, Action.ENTER),
}
"""Table E.1-1a: the compound codes by Type 3, 2, 1."""
