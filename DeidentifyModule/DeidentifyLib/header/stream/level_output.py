"""What stays of a data set or item while its elements are treated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from ...files.byte_sources import Range
from .errors import NotStreamable

Piece = bytes | Range


@dataclass(slots=True)
class LevelOutput:
    """What stays, so far.

    Attributes
    ----------
    pieces : list of (int, Piece)
        Encoded elements with their tag, or the first tag of several; ranges of the source.
    counted : list of int
        Numbers of what is counted.
    creators : dict of int to bytes
        Private creator elements, by tag.
    retained : set of int
        Tags of those of them that something stays of.
    """

    pieces: list[tuple[int, Piece]] = field(default_factory=list)
    counted: list[int] = field(default_factory=list)
    creators: dict[int, bytes] = field(default_factory=dict)
    retained: set[int] = field(default_factory=set)

    def result(self) -> list[tuple[int, Piece]]:
        """Return what stays in the end: private creators only with something of their block."""
        if not self.creators:
            return self.pieces
        creators, retained = self.creators, self.retained
        return [piece for piece in self.pieces if piece[0] not in creators or piece[0] in retained]


class RepeatedOutcome(NamedTuple):
    """What becomes of a stretch; see `LevelOutput`, of which it holds what the stretch adds.

    Attributes
    ----------
    number : int
        Stands for all that is counted.
    """

    pieces: tuple[tuple[int, bytes], ...]
    number: int
    creators: dict[int, bytes]
    retained: set[int]

    @classmethod
    def of(cls, treated: LevelOutput, number: int) -> RepeatedOutcome:
        """Return the outcome of a stretch that was treated element by element."""
        return cls(tuple(_joined(treated)), number, treated.creators, treated.retained)

    def add_to(self, treated: LevelOutput) -> None:
        """Add what the stretch adds."""
        treated.pieces += self.pieces
        treated.counted.append(self.number)
        if self.creators:
            treated.creators.update(self.creators)
        if self.retained:
            treated.retained |= self.retained


def _joined(treated: LevelOutput) -> list[tuple[int, bytes]]:
    """Return the pieces with neighbours joined, but for creators, which may go in the end."""
    joined: list[tuple[int, bytes]] = []
    may_grow = False
    for tag, piece in treated.pieces:
        if not isinstance(piece, bytes):
            raise NotStreamable("a value that was left in the file, in a stretch")
        is_creator = tag in treated.creators
        if may_grow and not is_creator:
            joined[-1] = joined[-1][0], joined[-1][1] + piece
        else:
            joined.append((tag, piece))
        may_grow = not is_creator
    return joined


def joined_bytes(pieces: Iterable[tuple[int, Piece]]) -> bytes:
    """Return pieces as one.

    Raises
    ------
    NotStreamable
        If a value was left in the file.
    """
    parts = []
    for _, piece in pieces:
        if not isinstance(piece, bytes):
            raise NotStreamable("a value that was left in the file")
        parts.append(piece)
    return b"".join(parts)
