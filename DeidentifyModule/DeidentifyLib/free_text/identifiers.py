"""What a subject's own data say about who the subject is, in a form that finds it in free text."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations

from .folding import fold, spellings

_TOKEN = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_DICOM_DATE = re.compile(r"(\d{4})[.\-/]?(\d{2})[.\-/]?(\d{2})")
_SHORTEST_SUBSTRING = 4
_SHORTEST_NUMBER = 3
_SHORTEST_PLACE_WORD = 4
_SERIAL = re.compile(r"[0-9]{5}|[^0-9][0-9]{4}|[0-9]{4}[^0-9]")
"""Five digits, or four beside letters: a word of a station's or an institution's name that no model has."""


@dataclass(frozen=True)
class Identifiers:
    """Identifying words and numbers of one subject, normalised; build them with `from_values`.

    Attributes
    ----------
    words : frozenset of str
        Folded words and numbers that are identifying as a whole, also when they are written apart.
    strings : frozenset of str
        Folded identifiers without separators that are identifying wherever they occur.
    dates : frozenset of tuple of int
        Day, month and year of every date in every order, the year also with two digits.
    days : frozenset of tuple of int
        Day and month in both orders.
    initials : frozenset of str
        Initials of the names.
    names, ids : frozenset of str
        Those of the words and strings that names say; that IDs and dates say. The others are of stations, institutions
        and addresses.
    """

    words: frozenset[str] = frozenset()
    strings: frozenset[str] = frozenset()
    dates: frozenset[tuple[int, ...]] = frozenset()
    days: frozenset[tuple[int, int]] = frozenset()
    initials: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    longest: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "longest", max(map(len, self.words), default=0))

    @classmethod
    def from_values(
        cls,
        names: Iterable[str] = (),
        ids: Iterable[str] = (),
        dates: Iterable[date | str] = (),
        others: Iterable[str] = (),
        stations: Iterable[str] = (),
    ) -> Identifiers:
        """Normalise the values of a subject's own attributes.

        Parameters
        ----------
        names : iterable of str
            Person names, in the form of PN or any other; every part of a name is identifying.
        ids : iterable of str
            Patient IDs, accession numbers, study IDs and the like; identifying with and without separators.
            Numbers of one or two digits are not taken: they would take every small number from every text.
        dates : iterable of datetime.date or str
            Dates, as such or in the form of DA or DT; found in whatever form they are written.
        others : iterable of str
            Institutions, addresses, phone numbers, e-mail addresses, URLs. Their words of four letters
            and more are identifying; shorter ones are so common (``MR``, ``of``) that they say nothing.
        stations : iterable of str
            Names of stations that are identifying as a whole like an ID, too.
        """
        of_names: set[str] = set()
        words: set[str] = set()
        strings: set[str] = set()
        initials: set[str] = set()
        for name in names:
            of_names |= _words_of_name(name)
            initials |= _initials(name)
        for value in ids:
            _add_id(value, words, strings)
        triples: set[tuple[int, ...]] = set()
        days: set[tuple[int, int]] = set()
        for written in dates:
            day = written if isinstance(written, date) else _parsed(written)
            if day is None:
                _add_id(str(written), words, strings)
                continue
            words.add(str(day.year))
            days |= {(day.day, day.month), (day.month, day.day)}
            for year in (day.year, day.year % 100):
                triples |= set(permutations((day.day, day.month, year)))
        of_ids = frozenset(words | strings)
        for value in (*stations, *others):
            _add_other(value, words, strings)
        for value in stations:
            _add_id(value, words, strings)
        words = (words | of_names) - {""}
        return cls(
            frozenset(words),
            frozenset(strings),
            frozenset(triples),
            frozenset(days),
            frozenset(initials),
            frozenset(of_names),
            of_ids,
        )

    def of_equipment(self, technical: Container[str]) -> Identifiers:
        """Return those that are identifying also in the name of a maker, a model, a program or a setting.

        Stations and institutions are often called like the maker of their devices: their words are no identifiers
        there, unless they look like a serial number. Nor are initials, single letters of a name, a day and a month
        without a year (``VB17``, ``5.1``), and IDs that are technical words (``SIEMENS``).

        Parameters
        ----------
        technical : container of str
            Folded technical words.
        """
        words = {
            word
            for word in self.words
            if (word in self.names and len(word) > 1)
            or (word not in technical and (word in self.ids or _SERIAL.search(word)))
        }
        strings = {string for string in self.strings if string in self.ids or _SERIAL.search(string)}
        return Identifiers(frozenset(words), frozenset(strings), self.dates, names=self.names, ids=self.ids)

    def __or__(self, other: Identifiers) -> Identifiers:
        return Identifiers(
            self.words | other.words,
            self.strings | other.strings,
            self.dates | other.dates,
            self.days | other.days,
            self.initials | other.initials,
            self.names | other.names,
            self.ids | other.ids,
        )


def _words_of_name(name: str) -> set[str]:
    found: set[str] = set()
    for component in re.split(r"[\^=,;]", name):
        tokens = _TOKEN.findall(component)
        for token in (*tokens, "".join(tokens)):
            found.update(spellings(token))
    return found


def _initials(name: str) -> set[str]:
    letters = [fold(token)[:1] for token in _TOKEN.findall(name)][:4]
    return {"".join(p) for size in (2, 3) for p in permutations(letters, size)}


def _add_id(value: str, words: set[str], strings: set[str]) -> None:
    tokens = [fold(token) for token in _TOKEN.findall(value)]
    compact = "".join(tokens)
    if compact.isdigit() and len(compact) < _SHORTEST_NUMBER:
        return
    if len(compact) >= _SHORTEST_SUBSTRING and any(c.isdigit() for c in compact):
        strings.add(compact)
    else:
        words.add(compact)
    if len(tokens) > 3 and all(token.isdigit() for token in tokens):
        return
    for token in tokens:
        _add_number(token, words)
        if len(token) >= _SHORTEST_PLACE_WORD and token.isalpha():
            words.add(token)


def _add_other(value: str, words: set[str], strings: set[str]) -> None:
    tokens = _TOKEN.findall(value)
    for token in tokens:
        folded = fold(token)
        _add_number(folded, words)
        if len(folded) >= _SHORTEST_PLACE_WORD and not folded.isdigit():
            words.update(spellings(token))
    digits = "".join(c for c in value if c.isdigit())
    if len(digits) > _SHORTEST_SUBSTRING:
        strings.add(digits)


def _add_number(token: str, words: set[str]) -> None:
    if token.isdigit() and len(token) >= _SHORTEST_NUMBER:
        words.add(token)
        stripped = token.lstrip("0")
        if len(stripped) >= _SHORTEST_NUMBER:
            words.add(stripped)


def _parsed(value: str) -> date | None:
    match = _DICOM_DATE.match(value.strip())
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None
