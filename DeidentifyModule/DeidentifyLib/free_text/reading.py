"""A text read once, whoever its subject is: its atoms, what they are, and which forms in it identify."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from .atoms import Atom, atoms_of, ends_phrase, joins_compound, measure_of
from .identifying_forms import identifying_spans
from .lexicon import Lexicon, WordClass, lexicon
from .rules import TextRule

_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_RUN = re.compile(r"[a-z]+|\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_RELEASE = re.compile(r"20[0-9]{2}[a-ikl]")
_LONGEST_NUMBER = 4
_MOST_DECIMALS = 8
_LONGEST_MIXED = 16
_SHORT = 2
_LONGEST_UNKNOWN_PREFIX = 2
_MOST_DIGITS_WITH_UNKNOWN = 3
_SHORTEST_CAMEL_PART = 3
_MEMORY = 8192
_MOST_BREAKS = 2
"""Brackets and commas that a phrase without names may have inside."""


class Kind(IntEnum):
    """What an atom is in its text."""

    UNKNOWN = 0
    CONTENT = 1
    """Says something technical of its own."""
    ALSO_A_NAME = 2
    NAME_BUT_FOR_PHRASES = 3
    LINK = 4
    NEGATION = 5
    SIDE = 6
    UNIT = 7
    LETTER = 8
    NUMBER = 9
    """A number without a unit."""
    MEASURE = 10
    """A number that has its unit, or a unit that has its number."""


_KINDS = {
    WordClass.UNKNOWN: Kind.UNKNOWN,
    WordClass.TECHNICAL: Kind.CONTENT,
    WordClass.ALSO_A_NAME: Kind.ALSO_A_NAME,
    WordClass.NAME_BUT_FOR_PHRASES: Kind.NAME_BUT_FOR_PHRASES,
    WordClass.LINK: Kind.LINK,
    WordClass.NEGATION: Kind.NEGATION,
    WordClass.SIDE: Kind.SIDE,
    WordClass.UNIT: Kind.UNIT,
    WordClass.LETTER: Kind.LETTER,
}
SAYS_SOMETHING = frozenset((Kind.CONTENT, Kind.ALSO_A_NAME, Kind.NAME_BUT_FOR_PHRASES, Kind.MEASURE, Kind.SIDE))


@dataclass(frozen=True)
class Reading:
    """A text as it is read.

    Attributes
    ----------
    text : str
    atoms : tuple of Atom
    kinds : tuple of Kind
        Of every atom.
    gone : tuple of (TextRule or None)
        For every atom the form that identifies, None where there is none.
    phrase, compound : tuple of int
        For every atom the number of its phrase, and of the name without spaces that it is a part of.
    """

    text: str
    atoms: tuple[Atom, ...]
    kinds: tuple[Kind, ...]
    gone: tuple[TextRule | None, ...]
    phrase: tuple[int, ...]
    compound: tuple[int, ...]


@lru_cache(maxsize=_MEMORY)
def read_text(text: str, words: Lexicon | None = None) -> Reading:
    """Read a text.

    Parameters
    ----------
    text : str
        One value, decoded.
    words : Lexicon, optional
        Without it, that of the package.
    """
    words = words or lexicon()
    atoms = atoms_of(text)
    phrase, compound = [0] * len(atoms), [0] * len(atoms)
    for i in range(1, len(atoms)):
        between = text[atoms[i - 1].end : atoms[i].start]
        phrase[i] = phrase[i - 1] + ends_phrase(between)
        compound[i] = compound[i - 1] + (not joins_compound(between))
    gone: list[TextRule | None] = [None] * len(atoms)
    ends = [atom.end for atom in atoms]
    for start, end, rule in identifying_spans(text):
        i = bisect_right(ends, start)
        while i < len(atoms) and atoms[i].start < end:
            gone[i] = gone[i] or rule
            i += 1
    kinds = _kinds(text, atoms, phrase, words)
    return Reading(text, atoms, tuple(kinds), tuple(gone), tuple(phrase), tuple(compound))


def _kinds(text: str, atoms: tuple[Atom, ...], phrase: list[int], words: Lexicon) -> list[Kind]:
    folded = [atom.folded for atom in atoms]
    kinds = [_kind(atom, words) for atom in atoms]
    for i in range(len(atoms)):
        last = i + words.phrase_length(folded, i) - 1
        if last > i and (phrase[last] - phrase[i] <= _MOST_BREAKS) and not _is_loose(text, atoms[i : last + 1], words):
            kinds[i : last + 1] = [Kind.CONTENT] * (last + 1 - i)
    for i in range(len(atoms) - 1):
        between = text[atoms[i].end : atoms[i + 1].start]
        if kinds[i] is Kind.NUMBER and folded[i + 1] in words.vocabulary.units and between in ("", " ", "_", "-"):
            if kinds[i + 1] in (Kind.UNIT, Kind.LETTER, Kind.CONTENT, Kind.ALSO_A_NAME) or between != "-":
                kinds[i] = kinds[i + 1] = Kind.MEASURE
    return [_unmeasured(atom, kind) for atom, kind in zip(atoms, kinds, strict=True)]


def _is_loose(text: str, atoms: tuple[Atom, ...], words: Lexicon) -> bool:
    """Return whether a phrase with a word that is also a name is not written as one: ``thorax / Li``."""
    if not any(words.is_name(atom.folded) for atom in atoms):
        return False
    return any(text[one.end : two.start] not in ("", " ", "_", "-") for one, two in pairwise(atoms))


def _unmeasured(atom: Atom, kind: Kind) -> Kind:
    """Refuse a number without a unit that may be a year or a record number."""
    if kind is not Kind.NUMBER:
        return kind
    whole = re.split(r"[.,]", atom.folded.lstrip("+-"))[0]
    if len(whole) == _LONGEST_NUMBER and (_YEAR.fullmatch(whole) or int(whole) % 50) and whole == atom.folded:
        return Kind.UNKNOWN if int(whole) not in (1024, 2048, 4096) else kind
    return kind


def _kind(atom: Atom, words: Lexicon) -> Kind:
    word = atom.folded
    if word[0] in "([":
        return Kind.MEASURE
    if atom.is_number:
        parts = re.split(r"[.,]", word.lstrip("+-"))
        most = _MOST_DECIMALS if len(parts[0]) == 1 and len(parts) == 2 else _LONGEST_NUMBER
        longest = len(parts[0]) > _LONGEST_NUMBER or any(len(part) > most for part in parts[1:])
        is_version = len(parts) > 2 and any(len(part) > 3 for part in parts)
        return Kind.UNKNOWN if longest or is_version else Kind.NUMBER
    if "/" in word:
        return Kind.NEGATION if "o" in word else Kind.LINK
    measure = measure_of(atom)
    if (
        measure is not None
        and measure[1] in words.vocabulary.units
        and len(measure[0].split(".")[0]) <= _LONGEST_NUMBER
    ):
        return Kind.MEASURE
    if not atom.raw.isascii() and word.isalpha() and len(word) <= _SHORT and atom.raw.istitle():
        return Kind.UNKNOWN  # Lê is a name, le an article
    if not word.isascii() and word.isalpha():
        return _KINDS[words.word(word)]
    if word.isalpha():
        found = _KINDS[words.word(word)]
        return Kind.CONTENT if found is Kind.UNKNOWN and is_camel(atom.raw, words) else found
    bare = word.replace(".", "")
    if len(word) > _LONGEST_MIXED or not bare.isascii() or not bare.isalnum():
        return Kind.UNKNOWN
    return Kind.CONTENT if word in words.vocabulary.words or is_mixed(atom.raw, word, words) else Kind.UNKNOWN


def is_camel(raw: str, words: Lexicon) -> bool:
    """Return whether a token is made of technical words, such as ``BrainStem``."""
    parts = _CAMEL.findall(raw)
    known = (WordClass.TECHNICAL, WordClass.ALSO_A_NAME)
    return (
        len(parts) > 1
        and all(len(part) >= _SHORTEST_CAMEL_PART and words.word(part.lower()) in known for part in parts)
        and any(words.word(part.lower()) is WordClass.TECHNICAL for part in parts)
        and "".join(parts) == raw
    )


def is_mixed(raw: str, word: str, words: Lexicon) -> bool:
    """Return whether a token of letters and digits is technical, such as ``ep2d``, ``VB17`` or ``T1``."""
    runs = _RUN.findall(word)
    digits, unknown = 0, False
    for position, run in enumerate(runs):
        if run.isdigit():
            digits += len(run)
            if len(run) > _LONGEST_NUMBER:
                return False
            following = runs[position + 1] if position + 1 < len(runs) else ""
            b_value = position > 0 and runs[position - 1] in ("b", "bval") and int(run) % 50 == 0
            if _YEAR.fullmatch(run) and following not in words.vocabulary.units:
                if not (b_value or _RELEASE.fullmatch(word)):
                    return False
        elif not _is_known(run, words):
            if _camel_and_numbers(raw, words):
                continue
            if len(run) > _LONGEST_UNKNOWN_PREFIX:
                return False
            unknown = True
    return not unknown or digits <= _MOST_DIGITS_WITH_UNKNOWN


def _is_known(run: str, words: Lexicon) -> bool:
    found = words.word(run)
    return found not in (WordClass.UNKNOWN, WordClass.NAME_BUT_FOR_PHRASES) and (
        found is not WordClass.ALSO_A_NAME or len(run) <= 4
    )


def _camel_and_numbers(raw: str, words: Lexicon) -> bool:
    """Tell whether a token such as ``AxialT1`` is made of words; short ones count only beside a number."""
    parts = _CAMEL.findall(raw)
    for before, part, after in zip(["", *parts], parts, [*parts[1:], ""], strict=False):
        if part.isdigit():
            continue
        if not _is_known(part.lower(), words):
            return False
        if len(part) < _SHORTEST_CAMEL_PART and not (before.isdigit() or after.isdigit()):
            return False
    return "".join(parts) == raw.replace(".", "")
