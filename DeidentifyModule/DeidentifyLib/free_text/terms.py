"""Coded strings (CS): known terms stay, unknown words go."""

from __future__ import annotations

from functools import lru_cache

from .decide import TextDecision
from .identifiers import Identifiers
from .known_identity import holds_known
from .lexicon import Lexicon, lines_of
from .reading import Kind, read_text
from .rules import TextRule

_SHORT = 2
_LONGEST_NUMBER = 4
_MEMORY = 4096


@lru_cache(maxsize=1)
def _defined_terms() -> frozenset[str]:
    return frozenset(lines_of("terms.txt"))


@lru_cache(maxsize=1)
def open_enumerations() -> frozenset[int]:
    """Return the tags of coded strings of which makers have terms of their own."""
    return frozenset(int(line.split()[0], 16) for line in lines_of("open_enumerations.txt"))


@lru_cache(maxsize=_MEMORY)
def is_term(text: str, words: Lexicon | None = None) -> bool:
    """Return whether a coded string is a known term, or made of words that are technical.

    Parameters
    ----------
    text : str
        One value without padding.
    words : Lexicon, optional
        Words that can be read; without it, those of the package.
    """
    if text in _defined_terms() or (len(text) <= _SHORT and text.isascii()):
        return True
    reading = read_text(text, words)
    digits = max((len(run) for run in "".join(c if c.isdigit() else " " for c in text).split()), default=0)
    return digits <= _LONGEST_NUMBER and not any(
        kind in (Kind.UNKNOWN, Kind.NAME_BUT_FOR_PHRASES) and not (atom.is_number and len(atom.raw) <= _LONGEST_NUMBER)
        for atom, kind in zip(reading.atoms, reading.kinds, strict=True)
    )


def decide_term(text: str, identifiers: Identifiers, words: Lexicon | None = None) -> TextDecision:
    """Return what may be kept of one value of a coded string: all or nothing.

    A term such as PANCREAS is nobody's although a name or an ID of the data set holds the word.
    """
    if is_term(text, words):
        return TextDecision(text)
    rule = TextRule.IDENTIFIER if holds_known(text, identifiers) else TextRule.UNKNOWN
    return TextDecision("", (rule,))
