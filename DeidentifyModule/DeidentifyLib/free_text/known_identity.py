"""Where a text names what the data set says of its subject, of other persons and of places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .folding import fold, spellings
from .identifiers import Identifiers
from .reading import Kind, Reading
from .rules import TextRule

_RUN = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PART = re.compile(r"\d+")
_SHORT_NUMBER = re.compile(r"\d{1,4}")
_SHORTEST_APART = 4
_LONGEST_LINK = 6
_CLOSE = frozenset("./-_")

Mark = Callable[[int, TextRule], None]


def mark_known(reading: Reading, identifiers: Identifiers, mark: Mark) -> None:
    """Mark the atoms of a text that name something that the data set says.

    Parameters
    ----------
    reading : Reading
    identifiers : Identifiers
    mark : callable
        Receives the number of an atom and the rule that takes it.
    """
    if not (identifiers.longest or identifiers.strings or identifiers.id_digits or identifiers.dates):
        return
    for i in range(len(reading.atoms)):
        rule = _rule_of(reading, i, identifiers)
        if rule is not None:
            mark(i, rule)
    _mark_joined(reading, identifiers, mark)
    _mark_short_names(reading, identifiers, mark)
    _mark_strings(reading, identifiers, mark)
    _mark_digits(reading, identifiers, mark)
    _mark_dates(reading, identifiers, mark)


def _rule_of(reading: Reading, i: int, identifiers: Identifiers) -> TextRule | None:
    atom = reading.atoms[i]
    if atom.is_number:
        numbers = _PART.findall(atom.folded)
        if reading.kinds[i] is Kind.MEASURE and len(numbers[0]) <= 4:
            return None
        return _of_words((atom.folded, *numbers, "".join(numbers)), identifiers)
    found = _of_words(spellings(atom.raw), identifiers)
    if found is not None or atom.raw[0] in "([":
        return found
    runs = _RUN.findall(atom.folded)
    parts = [run for run in runs if len(run) > 2] if len(runs) > 1 else []
    parts += [part.lower() for part in _CAMEL.findall(atom.raw) if len(part) > 2]
    return _of_words(parts, identifiers)


def _of_words(words: tuple[str, ...] | list[str], identifiers: Identifiers) -> TextRule | None:
    for word in words:
        if word in identifiers.names:
            return TextRule.NAME
        if word in identifiers.ids:
            return TextRule.IDENTIFIER
        if word in identifiers.places:
            return TextRule.PLACE
    return None


def _plain(folded: str) -> str:
    return "".join(c for c in folded if c.isalnum())


def _mark_joined(reading: Reading, identifiers: Identifiers, mark: Mark) -> None:
    """Mark words that are written apart: ``lo-ng``, ``S M I T H``."""
    plain = [_plain(atom.folded) for atom in reading.atoms]
    for i in range(len(plain)):
        joined = plain[i]
        j = i
        while j + 1 < len(plain) and len(joined) <= identifiers.longest:
            j += 1
            joined += plain[j]
            apart = reading.compound[i] != reading.compound[j] and not joined.isdigit()
            if len(joined) < _SHORTEST_APART and apart:
                continue
            rule = _of_words((joined,), identifiers)
            if rule is not None:
                for k in range(i, j + 1):
                    mark(k, rule)


def _mark_short_names(reading: Reading, identifiers: Identifiers, mark: Mark) -> None:
    """Mark parts of a name of one and two letters that stand beside another part."""
    names, short = identifiers.names, identifiers.short_names
    if not short:
        return
    is_part = [bool({*spellings(atom.raw)} & (names | short)) for atom in reading.atoms]
    is_initial = [atom.folded in identifiers.initials and len(atom.folded) == 1 for atom in reading.atoms]
    for i in range(len(is_part) - 1):
        both = is_part[i] and is_part[i + 1] and reading.atoms[i].folded != reading.atoms[i + 1].folded
        with_initial = (is_part[i] and is_initial[i + 1]) or (is_initial[i] and is_part[i + 1])
        if (both or with_initial) and len(reading.atoms[i].folded + reading.atoms[i + 1].folded) > 2:
            mark(i, TextRule.NAME)
            mark(i + 1, TextRule.NAME)


def _mark_strings(reading: Reading, identifiers: Identifiers, mark: Mark) -> None:
    """Mark IDs that are written with other separators, or within a longer token."""
    if not identifiers.id_strings and not identifiers.place_strings:
        return
    plain = [_plain(atom.folded) for atom in reading.atoms]
    compact = "".join(plain)
    owner = [i for i, text in enumerate(plain) for _ in text]
    for strings, rule in ((identifiers.id_strings, TextRule.IDENTIFIER), (identifiers.place_strings, TextRule.PLACE)):
        for string in strings:
            at = compact.find(string)
            while at >= 0:
                for i in range(owner[at], owner[at + len(string) - 1] + 1):
                    mark(i, rule)
                at = compact.find(string, at + 1)


def _mark_digits(reading: Reading, identifiers: Identifiers, mark: Mark) -> None:
    """Mark the digits of an ID that stand with short words between them: ``8830 no 156``."""
    if not identifiers.id_digits:
        return
    for group in _number_groups(reading):
        digits = "".join("".join(_PART.findall(reading.atoms[i].folded)) for i in group)
        owner = [i for i in group for _ in "".join(_PART.findall(reading.atoms[i].folded))]
        for string in identifiers.id_digits:
            at = digits.find(string)
            if at >= 0:
                for i in range(owner[at], owner[at + len(string) - 1] + 1):
                    mark(i, TextRule.IDENTIFIER)


def _number_groups(reading: Reading) -> Iterator[list[int]]:
    """Yield numbers of atoms with digits of which no more than one short word stands between two."""
    group: list[int] = []
    for i, atom in enumerate(reading.atoms):
        if any(c.isdigit() for c in atom.folded):
            if group and (i - group[-1] > 2 or (i - group[-1] == 2 and len(reading.atoms[i - 1].raw) > _LONGEST_LINK)):
                yield group
                group = []
            group.append(i)
    if group:
        yield group


def _mark_dates(reading: Reading, identifiers: Identifiers, mark: Mark) -> None:
    if not identifiers.dates:
        return
    numbers: list[tuple[int, int, int, int]] = []  # value, atom, start and end in the text
    for i, atom in enumerate(reading.atoms):
        if reading.kinds[i] is Kind.MEASURE:
            numbers.append((-1, i, atom.start, atom.end))
            continue
        found = list(_PART.finditer(atom.raw)) if atom.is_number else []
        if not found:
            numbers.append((-1, i, atom.start, atom.end))
        for match in found:
            value = int(match[0]) if _SHORT_NUMBER.fullmatch(match[0]) else -1
            numbers.append((value, i, atom.start + match.start(), atom.start + match.end()))
    for k in range(len(numbers)):
        if tuple(n[0] for n in numbers[k : k + 3]) in identifiers.dates:
            for n in numbers[k : k + 3]:
                mark(n[1], TextRule.DATE)
        pair = numbers[k : k + 2]
        if len(pair) == 2 and (pair[0][0], pair[1][0]) in identifiers.days:
            between = reading.text[pair[0][3] : pair[1][2]]
            is_decimal = between == "." and pair[1][3] - pair[1][2] == 1
            if between in _CLOSE and not is_decimal:
                mark(pair[0][1], TextRule.DATE)
                mark(pair[1][1], TextRule.DATE)


def holds_known(text: str, identifiers: Identifiers) -> bool:
    """Return whether a coded value contains an identifying word or number."""
    folded = fold(text)
    words = "".join(character if character.isalnum() else " " for character in folded).split()
    joined = "".join(words)
    known = identifiers.words
    return (
        joined in known
        or any(word in known for word in words)
        or any(string in joined for string in identifiers.strings)
    )
