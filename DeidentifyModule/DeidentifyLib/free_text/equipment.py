"""Names of makers, models, programs and settings of devices: judged by lists of them and by the form of versions."""

from __future__ import annotations

import re
from functools import lru_cache

from .atoms import Atom
from .decide import TextDecision, rebuilt
from .folding import fold
from .identifiers import Identifiers
from .identifying_forms import is_record_in_groups
from .known_identity import mark_known
from .lexicon import Lexicon, WordClass, lexicon, lines_of
from .reading import Kind, Reading, read_text
from .rules import TextRule

_VERSION = re.compile(r"[a-z]{0,16}\d{1,5}(?:[.,][a-z]{0,3}\d{1,6}){0,6}(?:[a-z]{1,3}\d{0,4}){0,2}")
_LETTERS = re.compile(r"[a-z]+")
_LONGEST_UNKNOWN = 3
_LONGEST_KEY = 7
_MOST_DIGITS = 8
_MOST_DIGITS_IN_A_RUN = 5
_YEAR_MONTH_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_CAPITAL = re.compile(r"[^\W\d_a-z][^\W\d_]*(?:[-&.][^\W\d_]+)*")
_WORDS = re.compile(r"[^\W_]+")
_FORMS = frozenset((TextRule.DATE, TextRule.CONTACT, TextRule.TITLE, TextRule.SPELLED, TextRule.RECORD))
_WITH_YEAR = re.compile(r"(?:19|20)\d\d")
_MEMORY = 4096


@lru_cache(maxsize=1)
def _makers() -> frozenset[str]:
    return frozenset(_plain(line) for line in lines_of("makers.txt"))


@lru_cache(maxsize=1)
def _equipment_words() -> frozenset[str]:
    """Return words of equipment; of the names of makers only those in one word, which Carl Zeiss is not."""
    known = lexicon()
    makers = {_plain(line) for line in lines_of("makers.txt") if len(line.split()) == 1}
    makers -= known.in_phrases
    words = {fold(word) for line in lines_of("equipment_words.txt") for word in line.split()}
    return frozenset(word for word in words | makers if len(word) > 1)


@lru_cache(maxsize=1)
def _company_words() -> frozenset[str]:
    return frozenset(fold(word) for line in lines_of("company_words.txt") for word in line.split())


def _plain(text: str) -> str:
    return " ".join(_WORDS.findall(fold(text)))


def decide_equipment(text: str, identifiers: Identifiers, words: Lexicon | None = None) -> TextDecision:
    """Return what may be kept of the name of a maker, a model, a program or a setting.

    Words of stations and institutions do not count: they are often called like the maker of their devices. A person's
    name does, and an ID that is no technical word.

    Parameters
    ----------
    text : str
        One value, decoded.
    identifiers : Identifiers
        What the data set says.
    words : Lexicon, optional
        Words that can be read; without it, those of the package.
    """
    if not text.strip():
        return TextDecision(text)
    gone = list(_unreadable(text, words))
    reading = read_text(text, words)

    def mark(i: int, rule: TextRule) -> None:
        if rule is not TextRule.IDENTIFIER or not _is_technical_word(reading.atoms[i], words or lexicon()):
            gone[i] = rule

    mark_known(reading, of_equipment(identifiers), mark)
    rules = tuple(dict.fromkeys(rule for rule in gone if rule is not None))
    if not rules:
        return TextDecision(text)
    _mark_pieces(reading, gone)
    if all(rule is not None for rule in gone) or not _says_something(reading, gone):
        return TextDecision("", (*rules, TextRule.EMPTY))
    return TextDecision(rebuilt(reading, gone), rules)


@lru_cache(maxsize=512)
def of_equipment(identifiers: Identifiers) -> Identifiers:
    """Return those identifiers that count in the names of equipment, too."""
    known = lexicon().vocabulary.words | _equipment_words()
    return identifiers.of_equipment(known)


def _is_technical_word(atom: Atom, words: Lexicon) -> bool:
    return atom.folded.isalpha() and (atom.folded in words.vocabulary.words or atom.folded in _equipment_words())


@lru_cache(maxsize=_MEMORY)
def _unreadable(text: str, words: Lexicon | None) -> tuple[TextRule | None, ...]:
    """Return for every atom why it cannot stay, whoever the subject is."""
    reading = read_text(text, words)
    if _plain(text) in _makers():
        return (None,) * len(reading.atoms)
    company = is_company(text)
    found: list[TextRule | None] = []
    for i, rule in enumerate(reading.gone):
        if rule in _FORMS and not _is_release(reading, i):
            found.append(rule)
        elif company or _is_readable(reading, i, words or lexicon()):
            found.append(None)
        else:
            known = reading.kinds[i] in (Kind.ALSO_A_NAME, Kind.NAME_BUT_FOR_PHRASES)
            found.append(TextRule.ALSO_A_NAME if known else TextRule.UNKNOWN)
    dated = {reading.phrase[i] for i, rule in enumerate(found) if rule is TextRule.DATE}
    return tuple(rule or (TextRule.DATE if reading.phrase[i] in dated else None) for i, rule in enumerate(found))


def _is_release(reading: Reading, i: int) -> bool:
    """Return whether what looks like a date without year, or like a phone number, is a version: ``12.0.4.17``."""
    rule, atom = reading.gone[i], reading.atoms[i]
    if rule is TextRule.RECORD:
        return not is_record_in_groups(reading.text)
    dotted = any("." in one.folded for k, one in enumerate(reading.atoms) if reading.compound[k] == reading.compound[i])
    if not dotted or not (is_version(atom) or (atom.folded.isalpha() and len(atom.folded) <= _LONGEST_UNKNOWN)):
        return False
    if atom.folded.startswith("0") or atom.folded.startswith(("10.", "192.168.", "172.")):
        return False
    return rule is TextRule.CONTACT or (rule is TextRule.DATE and not _WITH_YEAR.search(atom.folded))


def _is_key(reading: Reading, i: int) -> bool:
    """Return whether a short word names the version behind it: ``BKY:1.8.2.9``."""
    if i + 1 >= len(reading.atoms) or not reading.atoms[i].raw.isalpha() or len(reading.atoms[i].raw) > _LONGEST_KEY:
        return False
    between = reading.text[reading.atoms[i].end : reading.atoms[i + 1].start]
    return between in (":", "=") and is_version(reading.atoms[i + 1])


def _is_readable(reading: Reading, i: int, words: Lexicon) -> bool:
    atom, kind = reading.atoms[i], reading.kinds[i]
    if atom.folded in _equipment_words() or is_version(atom) or _is_key(reading, i):
        return True
    if kind in (Kind.UNKNOWN, Kind.NAME_BUT_FOR_PHRASES):
        return kind is Kind.UNKNOWN and len(atom.folded) <= 2 and atom.folded.isascii()
    if kind is not Kind.ALSO_A_NAME or words.word(atom.folded) is WordClass.UNIT:
        return True
    return any(
        k != i and (other.folded in _equipment_words() or reading.kinds[k] is Kind.CONTENT)
        for k, other in enumerate(reading.atoms)
    )


def is_version(atom: Atom) -> bool:
    """Return whether an atom has the form of a version or a model number: ``VB17A``, ``R01``, ``12.4.2``."""
    word = atom.folded.lstrip("+-")
    if not _VERSION.fullmatch(word) or _YEAR_MONTH_DAY.search(word):
        return False
    digits = re.findall(r"\d+", word)
    letters = _LETTERS.findall(word)
    known = lexicon()
    return (
        sum(map(len, digits)) <= _MOST_DIGITS
        and max(map(len, digits)) <= (_MOST_DIGITS_IN_A_RUN if len(digits) > 1 or letters else 4)
        and all(
            len(run) <= _LONGEST_UNKNOWN or run in _equipment_words() or known.word(run) is WordClass.TECHNICAL
            for run in letters
        )
    )


def is_company(text: str) -> bool:
    """Return whether a text has the form of the name of a company: capital words before a word such as ``GmbH``.

    Words of hospitals and practices are none: these are places of care, not makers.
    """
    parts = text.replace(",", " ").replace("(", " ").replace(")", " ").split()
    names = [i for i, part in enumerate(parts) if fold(part).strip(".") not in _company_words()]
    if not parts or len(names) in (0, len(parts)) or len(names) > 3:
        return False
    return all(_CAPITAL.fullmatch(parts[i]) and i < len(parts) - 1 and parts[i].isascii() for i in names) and any(
        fold(part).strip(".") in _company_words() for part in parts[max(names) + 1 :]
    )


def _mark_pieces(reading: Reading, gone: list[TextRule | None]) -> None:
    """Mark the rest of what is written in one piece with something that goes."""
    cut = {reading.compound[i] for i, rule in enumerate(gone) if rule is not None}
    for i in range(len(gone)):
        if gone[i] is None and reading.compound[i] in cut:
            gone[i] = TextRule.MEANING


def _says_something(reading: Reading, gone: list[TextRule | None]) -> bool:
    """Return whether what is left is more than numbers, links and words that every company has."""
    return any(
        rule is None
        and atom.folded not in _company_words()
        and kind not in (Kind.LINK, Kind.LETTER, Kind.SIDE, Kind.NUMBER)
        for atom, kind, rule in zip(reading.atoms, reading.kinds, gone, strict=True)
    )
