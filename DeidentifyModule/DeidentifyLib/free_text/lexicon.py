"""What words are: technical ones, links, negations, sides, units, and technical words that are also names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

from .folding import fold
from .vocabulary import Vocabulary

_DATA = Path(__file__).parent / "data"


class WordClass(IntEnum):
    """What a word is, whoever the subject is."""

    UNKNOWN = 0
    TECHNICAL = 1
    ALSO_A_NAME = 2
    """Technical, and a frequent name: stays beside another technical word."""
    NAME_BUT_FOR_PHRASES = 3
    """A frequent name that is rarely technical: stays only in a phrase."""
    LINK = 4
    """Says nothing without the words beside it."""
    NEGATION = 5
    SIDE = 6
    UNIT = 7
    LETTER = 8


def lines_of(name: str) -> list[str]:
    """Return the lines of a data file of this room without comments."""
    text = (_DATA / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _words(name: str) -> frozenset[str]:
    return frozenset(fold(word) for line in lines_of(name) for word in line.split())


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The words that can be read, by class.

    Attributes
    ----------
    vocabulary : Vocabulary
    links, negations, sides, polar : frozenset of str
        Folded.
    beside, in_phrases : frozenset of str
        Words that are also names.
    """

    vocabulary: Vocabulary
    links: frozenset[str]
    negations: frozenset[str]
    sides: frozenset[str]
    polar: frozenset[str]
    beside: frozenset[str]
    in_phrases: frozenset[str]

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Lexicon:
        """Return the lexicon of a vocabulary."""
        return cls(
            vocabulary.with_terms(lines_of("phrases_with_names.txt")),
            _words("links.txt"),
            _words("negations.txt"),
            _words("sides.txt"),
            _words("polar.txt"),
            _words("names_beside_technical.txt"),
            _words("names_in_phrases.txt"),
        )

    def word(self, folded: str) -> WordClass:
        """Return the class of a folded word of letters."""
        if folded in self.negations:
            return WordClass.NEGATION
        if folded in self.sides:
            return WordClass.SIDE
        if folded in self.links:
            return WordClass.LINK
        if folded in self.in_phrases:
            return WordClass.NAME_BUT_FOR_PHRASES
        if folded in self.beside:
            return WordClass.ALSO_A_NAME
        if folded in self.vocabulary.units:
            return WordClass.UNIT
        if len(folded) == 1:
            return WordClass.LETTER if folded.isascii() else WordClass.UNKNOWN
        return WordClass.TECHNICAL if folded in self.vocabulary.words else WordClass.UNKNOWN

    def is_name(self, folded: str) -> bool:
        """Return whether a folded word is a frequent name, too."""
        return folded in self.in_phrases or folded in self.beside

    def phrase_length(self, words: list[str], start: int) -> int:
        """Return how many words from `start` on form a phrase of the vocabulary, 0 if none does."""
        return self.vocabulary.phrase_length(words, start)


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of the package."""
    return Lexicon.of(Vocabulary.load())
