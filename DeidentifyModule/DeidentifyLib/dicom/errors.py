"""Why a data set cannot be de-identified; the messages hold no value of the data set."""

from __future__ import annotations


class CannotDeidentify(ValueError):
    """The data set as a whole is rejected or withheld.

    Attributes
    ----------
    reason : str
        One sentence for a person, without PHI.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Withheld(CannotDeidentify):
    """The instance could be de-identified in its header, but not in its pixels as the options ask."""
