"""What a text says, read by the grammar of Clean Descriptors: to compare a text before and after it was cleaned."""

from __future__ import annotations

from DeidentifyLib.free_text.reading import Kind, Reading, read_text

Statement = tuple[object, ...]
_WORDS = frozenset((Kind.CONTENT, Kind.ALSO_A_NAME, Kind.NAME_BUT_FOR_PHRASES))


def statements_of(text: str) -> frozenset[Statement]:
    """Return the statements of a text.

    A word says itself, and whether it is denied. A number says what stands beside it; so does a side. A measure is a
    number with its unit.
    """
    reading = read_text(text)
    found: set[Statement] = set()
    denied = False
    for i, kind in enumerate(reading.kinds):
        if i == 0 or reading.phrase[i] != reading.phrase[i - 1]:
            denied = False
        word = reading.atoms[i].folded
        if kind in _WORDS:
            found.add(("word", word, denied))
        elif kind is Kind.NUMBER:
            found.add(("number", word, _beside(reading, i, -1), _beside(reading, i, 1)))
        elif kind is Kind.SIDE:
            found.add(("side", word, _beside(reading, i, -1), _beside(reading, i, 1)))
        elif kind is Kind.MEASURE:
            found.add(("measure", word, _unit(reading, i), denied))
        denied = denied or kind is Kind.NEGATION
    return frozenset(found)


def says_nothing_new(before: str, after: str) -> bool:
    """Return whether all that the cleaned text says was said by the original."""
    return statements_of(after) <= statements_of(before)


def _beside(reading: Reading, i: int, step: int) -> str:
    j = i + step
    if 0 <= j < len(reading.atoms) and reading.phrase[j] == reading.phrase[i]:
        return reading.atoms[j].folded
    return ""


def _unit(reading: Reading, i: int) -> str:
    if not reading.atoms[i].is_number or i + 1 >= len(reading.atoms):
        return ""
    return reading.atoms[i + 1].folded if reading.kinds[i + 1] is Kind.MEASURE else ""
