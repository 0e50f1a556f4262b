"""Why a file is handed to the reference engine."""

from __future__ import annotations


class NotStreamable(Exception):
    """The file holds something that the stream engine leaves to the reference engine.

    Attributes
    ----------
    reason : str
        A few words without PHI; the report counts files by it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
