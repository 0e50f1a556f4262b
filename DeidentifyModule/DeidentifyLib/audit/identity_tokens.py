"""Names and numbers of all subjects of a run as numbers in one hash set, and the tokens of a text to look up in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise, permutations

from .packed_sets import NumberSet, number_of
from .tables import word_list

LEAST_LETTERS = 5
"""A shorter part of a name is a word of many texts; it counts only beside another part."""
LEAST_NUMBER = 7
_LEAST_PAIR = 5
_WORD = re.compile(r"[^\W\d_]+")
_PIECE = re.compile(r"[^\s\\^=,;]+")
_EDGES = "\0\t\r\n.,;:'\"-_*()[]{}<>/"


def folded(text: str) -> str:
    """Return text without accents and case."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(character for character in plain if not unicodedata.combining(character))


def text_tokens(text: str) -> set[str]:
    """Return what of a text can be a name or a number of somebody: long words, pairs of words, pieces with digits."""
    text = folded(text)
    words = _WORD.findall(text)
    found = {word for word in words if _is_long(word)}
    found.update(f"{one} {two}" for one, two in pairwise(words) if len(one) + len(two) >= _LEAST_PAIR)
    for piece in _PIECE.findall(text):
        piece = piece.strip(_EDGES)
        if len(piece) >= LEAST_NUMBER and any(map(str.isdigit, piece)):
            found.add(piece)
    return found


def name_tokens(name: str) -> Iterator[str]:
    """Yield the tokens of a person's name: its long parts, and every two of its parts side by side."""
    for component in name.split("="):
        words = [word for word in _WORD.findall(folded(component)) if len(word) > 1 and not _is_common(word)]
        yield from (word for word in words if _is_long(word))
        for one, two in permutations(words[:4], 2):
            if len(one) + len(two) >= _LEAST_PAIR:
                yield f"{one} {two}"


def number_tokens(value: str) -> Iterator[str]:
    """Yield the token of an ID or accession number that is long enough to be looked for."""
    for part in folded(value).split("\\"):
        part = part.strip(" " + _EDGES)
        if len(part) >= LEAST_NUMBER and any(map(str.isdigit, part)) and len(set(part)) > 2 and " " not in part:
            yield part


def _is_long(word: str) -> bool:
    if _is_common(word):
        return False
    return len(word) >= LEAST_LETTERS or (len(word) >= 2 and all(character >= "\u3040" for character in word))


def _is_common(word: str) -> bool:
    return word in word_list("common_words.txt")


class IdentityTokens:
    """Which tokens identify a subject of the run, and whom."""

    def __init__(self) -> None:
        self._all = NumberSet()
        self._owned = NumberSet()

    def __len__(self) -> int:
        return len(self._all)

    def learn(self, token: str, owner: int) -> None:
        """Note a token of a subject, who is known by a number."""
        number = number_of(token)
        self._all.add(number)
        self._owned.add(_together(number, owner))

    def knows(self, token: str) -> bool:
        """Return whether a token is anybody's."""
        return number_of(token) in self._all

    def is_foreign(self, number: int, owner: int) -> bool:
        """Return whether the token of this number is somebody's, and not this subject's."""
        return number in self._all and _together(number, owner) not in self._owned

    def update(self, other: IdentityTokens) -> None:
        """Take up the tokens of other subjects."""
        self._all.update(other._all)
        self._owned.update(other._owned)


def _together(number: int, owner: int) -> int:
    return number_of(f"{number}|{owner}")
