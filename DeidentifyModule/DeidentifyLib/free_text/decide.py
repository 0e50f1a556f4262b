"""What of a text may be kept: the whole value first, then its phrases, single words last.

The rule, which docs/text-cleaning.md explains: a text of which everything is technical stays as it is. Otherwise what
identifies or cannot be read goes, and with it whatever would say something else without it: the side, the number and
the letter beside it, what a negation denies, the rest of a name that is written in one piece. Nothing is put in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from .identifiers import Identifiers
from .known_identity import mark_known
from .lexicon import Lexicon, lexicon
from .reading import SAYS_SOMETHING, Kind, Reading, read_text
from .rules import TextRule

_UNSAFE_SEPARATOR = re.compile(r"[^ \t\r\n\f!-/:-@\[\]^_`{|}~\xb0\xb1\xb2\xb3\xd7\u2013\u2014\u2026\xb7]+")
_NO_IDENTIFIERS = Identifiers()
_LONGEST_LONE_NUMBER = 3
_SHORTEST_PROSE = 3
_SOFT = (TextRule.UNKNOWN, TextRule.ALSO_A_NAME)
_PERSONS = (TextRule.NAME, TextRule.UNKNOWN, TextRule.ALSO_A_NAME, TextRule.TITLE)
_DEPENDENT = frozenset((Kind.NUMBER, Kind.LETTER, Kind.SIDE, Kind.LINK, Kind.UNIT))


class TextMode(Enum):
    """How much of a text may go without the rest."""

    DESCRIPTOR = "descriptor"
    """Phrases and words may go."""
    NAME = "name"
    """The name of a structure, segment or beam: whole or not at all."""


@dataclass(frozen=True)
class TextDecision:
    """What is kept of a text.

    Attributes
    ----------
    text : str
        The same object where everything stays.
    rules : tuple of TextRule
        Why something went, in the order in which they occur; empty where nothing did.
    """

    text: str
    rules: tuple[TextRule, ...] = ()


def decide_text(
    text: str,
    identifiers: Identifiers = _NO_IDENTIFIERS,
    words: Lexicon | None = None,
    mode: TextMode = TextMode.DESCRIPTOR,
) -> TextDecision:
    """Return what of a text may be kept.

    Parameters
    ----------
    text : str
        One value, decoded.
    identifiers : Identifiers
        What the data set says; it always goes.
    words : Lexicon, optional
        Words that can be read; without it, those of the package.
    mode : TextMode

    Returns
    -------
    TextDecision
        Its text is never longer than `text`; deciding on it again changes nothing.
    """
    rules: dict[TextRule, None] = {}
    kept = text
    while kept:
        gone = _gone(read_text(kept, words), identifiers, words or lexicon())
        rules.update((rule, None) for rule in gone if rule is not None)
        reading = read_text(kept, words)
        if not any(rule is None for rule in gone):
            rules.setdefault(TextRule.EMPTY)
            return TextDecision("", tuple(rules))
        if mode is TextMode.NAME and any(rule is not None for rule in gone):
            return TextDecision("", tuple(rules))
        new = rebuilt(reading, gone)
        if new == kept:
            break
        kept = new
    return TextDecision(text if kept == text else kept, tuple(rules))


def _gone(reading: Reading, identifiers: Identifiers, words: Lexicon) -> list[TextRule | None]:
    """Return for every atom the rule that takes it."""
    gone = list(reading.gone)

    def mark(i: int, rule: TextRule) -> None:
        gone[i] = gone[i] or rule

    mark_known(reading, identifiers, mark)
    for i, kind in enumerate(reading.kinds):
        if kind is Kind.UNKNOWN:
            mark(i, TextRule.UNKNOWN)
        elif kind is Kind.NAME_BUT_FOR_PHRASES:
            mark(i, TextRule.ALSO_A_NAME)
    mark_beside_persons(reading, gone, words)
    _mark_lone_names(reading, gone)
    _mark_prose(reading, gone)
    _mark_compounds(reading, gone)
    while _mark_dependent(reading, gone, words) or _mark_denied(reading, gone):
        pass
    if not _says_something(reading, gone):
        return [rule or TextRule.EMPTY for rule in gone]
    return gone


def mark_beside_persons(reading: Reading, gone: list[TextRule | None], words: Lexicon) -> None:
    """Mark words that are also names and stand beside a person's name, an unknown word or an initial with a dot."""
    for order in (range(len(gone)), range(len(gone) - 1, -1, -1)):
        for i in order:
            if gone[i] is None and words.is_name(reading.atoms[i].folded):
                beside = [j for j in (i - 1, i + 1) if 0 <= j < len(gone)]
                if any(gone[j] in _PERSONS and reading.atoms[j].raw.isalpha() for j in beside) or _has_initial(
                    reading, i
                ):
                    gone[i] = TextRule.ALSO_A_NAME


def _has_initial(reading: Reading, i: int) -> bool:
    """Return whether a single letter with a dot stands before a word: ``C. Bravo``."""
    if i == 0 or len(reading.atoms[i - 1].raw) != 1 or not reading.atoms[i - 1].raw.isalpha():
        return False
    return reading.text[reading.atoms[i - 1].end : reading.atoms[i].start].startswith(".")


def _mark_lone_names(reading: Reading, gone: list[TextRule | None]) -> None:
    """Mark words that are also names and do not stand beside a technical word, links left aside."""
    saying = [i for i, kind in enumerate(reading.kinds) if kind not in (Kind.LINK, Kind.NEGATION, Kind.SIDE)]
    sure = [gone[i] is None and _is_sure(reading, i) for i in saying]
    for order in (range(1, len(saying)), range(len(saying) - 2, -1, -1)):
        step = 1 if order.step > 0 else -1
        for n in order:
            i, before = saying[n], saying[n - step]
            if not sure[n] and reading.kinds[i] is Kind.ALSO_A_NAME and gone[i] is None:
                sure[n] = sure[n - step] and reading.phrase[i] == reading.phrase[before]
    for n, i in enumerate(saying):
        if reading.kinds[i] is Kind.ALSO_A_NAME and not sure[n]:
            gone[i] = gone[i] or TextRule.ALSO_A_NAME


def _is_sure(reading: Reading, i: int) -> bool:
    kind = reading.kinds[i]
    return kind in (Kind.CONTENT, Kind.MEASURE) or (kind is Kind.NUMBER and _is_joined(reading, i))


def _is_joined(reading: Reading, i: int) -> bool:
    """Return whether an atom is part of a name in one piece."""
    compound = reading.compound
    return (i > 0 and compound[i - 1] == compound[i]) or (i + 1 < len(compound) and compound[i + 1] == compound[i])


def _mark_prose(reading: Reading, gone: list[TextRule | None]) -> None:
    """Mark the whole of a phrase of which a common word cannot be read: it may say the contrary of the rest."""
    prose = {
        reading.phrase[i]
        for i, atom in enumerate(reading.atoms)
        if gone[i] is TextRule.UNKNOWN
        and atom.raw.islower()
        and atom.raw.isalpha()
        and len(atom.raw) >= _SHORTEST_PROSE
        and not _is_joined(reading, i)
    }
    for i in range(len(gone)):
        if reading.phrase[i] in prose:
            gone[i] = gone[i] or TextRule.MEANING


def _mark_compounds(reading: Reading, gone: list[TextRule | None]) -> None:
    """Mark the rest of a name in one piece of which a part cannot be read."""
    cut = {reading.compound[i] for i, rule in enumerate(gone) if rule in _SOFT}
    for i in range(len(gone)):
        if gone[i] is None and reading.compound[i] in cut:
            gone[i] = TextRule.MEANING


def _mark_dependent(reading: Reading, gone: list[TextRule | None], words: Lexicon) -> bool:
    """Mark what says something else without the atom beside it; return whether there was such."""
    before = gone.count(None)
    for order in (range(len(gone)), range(len(gone) - 1, -1, -1)):
        for i in order:
            if gone[i] is None and _depends_on_cut(reading, gone, i, words):
                gone[i] = TextRule.MEANING
    return gone.count(None) != before


def _depends_on_cut(reading: Reading, gone: list[TextRule | None], i: int, words: Lexicon) -> bool:
    kind = reading.kinds[i]
    cut = [
        j
        for j in (i - 1, i + 1)
        if 0 <= j < len(gone) and gone[j] is not None and reading.phrase[j] == reading.phrase[i]
    ]
    if not cut:
        return False
    if kind in _DEPENDENT or (kind is Kind.MEASURE and any(_are_one_measure(reading, i, j) for j in cut)):
        return True
    return reading.atoms[i].folded in words.polar and any(gone[j] in (*_SOFT, TextRule.MEANING) for j in cut)


def _are_one_measure(reading: Reading, i: int, j: int) -> bool:
    one, other = reading.atoms[min(i, j)], reading.atoms[max(i, j)]
    return reading.kinds[j] is Kind.MEASURE and one.is_number and not other.is_number


def _mark_denied(reading: Reading, gone: list[TextRule | None]) -> bool:
    """Mark what a negation denies where it, or something before it in the same phrase, is cut."""
    before = gone.count(None)
    denied = cut = False
    for i, kind in enumerate(reading.kinds):
        if i == 0 or reading.phrase[i] != reading.phrase[i - 1]:
            denied = cut = False
        if denied and cut and gone[i] is None:
            gone[i] = TextRule.MEANING
        denied = denied or kind is Kind.NEGATION
        cut = denied and (cut or gone[i] is not None)
    says = False
    for i in range(len(gone) - 1, -1, -1):
        if i + 1 == len(gone) or reading.phrase[i] != reading.phrase[i + 1]:
            says = False
        if gone[i] is None and reading.kinds[i] is Kind.NEGATION and not says and before < len(gone):
            gone[i] = TextRule.MEANING
        says = says or (gone[i] is None and reading.kinds[i] in SAYS_SOMETHING)
    return gone.count(None) != before


def _says_something(reading: Reading, gone: list[TextRule | None]) -> bool:
    """Return whether what is left says anything technical."""
    left = [i for i, rule in enumerate(gone) if rule is None]
    if any(reading.kinds[i] in SAYS_SOMETHING and reading.kinds[i] is not Kind.SIDE for i in left):
        return True
    if len(left) != len(gone):
        return False
    kinds = {reading.kinds[i] for i in left}
    if kinds <= {Kind.SIDE, Kind.UNIT, Kind.LINK, Kind.NUMBER, Kind.NEGATION} and len(kinds - {Kind.LINK}) == 1:
        if Kind.NUMBER not in kinds:
            return len(left) == 1
    digits = sum(c.isdigit() for atom in reading.atoms for c in atom.raw)
    return bool(left) and kinds <= {Kind.NUMBER} and digits <= _LONGEST_LONE_NUMBER


def rebuilt(reading: Reading, gone: list[TextRule | None]) -> str:
    """Return the text without the atoms that go."""
    text, atoms = reading.text, reading.atoms
    whole = all(rule is None for rule in gone)
    gap = " " if " " in text or "_" not in text else "_"
    parts = [_separator(text[: atoms[0].start])] if whole else []
    last = -1
    for i, atom in enumerate(atoms):
        if gone[i] is not None:
            continue
        if last >= 0:
            between = _separator(text[atoms[last].end : atom.start]) if last == i - 1 else _gap(reading, last, i, gap)
            parts.append(between)
        parts.append(atom.raw)
        last = i
    if whole:
        parts.append(_separator(text[atoms[-1].end :]))
    return "".join(parts)


def _gap(reading: Reading, before: int, after: int, gap: str) -> str:
    """Return what is put between two atoms of which some between went: phrases stay apart."""
    if reading.phrase[before] == reading.phrase[after]:
        return gap
    between = reading.text[reading.atoms[before].end : reading.atoms[after].start]
    mark = next((c for c in between if c in ",;\n|"), ",")
    return "\n" if mark == "\n" else f"{mark} "


def _separator(text: str) -> str:
    return _UNSAFE_SEPARATOR.sub(" ", text)
