"""What a data set says about its subject and about other persons and places, in a form that finds it in free text."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations

from .folding import fold, spellings
from .transliteration import transliterations

_TOKEN = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_DICOM_DATE = re.compile(r"(\d{4})[.\-/]?(\d{2})[.\-/]?(\d{2})")
_SHORTEST_SUBSTRING = 4
_SHORTEST_NUMBER = 3
_SHORTEST_DIGITS = 5
_SHORTEST_PLACE_WORD = 4
_SHORTEST_NAME = 3
_MOST_PARTS = 5
_SERIAL = re.compile(r"[0-9]{5}|[^0-9][0-9]{4}|[0-9]{4}[^0-9]")
"""Five digits, or four beside letters: a word of a station's or an institution's name that no model has."""
_NO_NAME = frozenset(
    "dr prof med mr mrs ms herr frau anonymous anon anonymized unknown none null na test phantom".split()
)


@dataclass(frozen=True)
class Identifiers:
    """Identifying words and numbers of one data set, normalised; build them with `from_values`.

    Attributes
    ----------
    names : frozenset of str
        Parts of names of three letters and more, and parts written together: identifying wherever they are.
    short_names : frozenset of str
        Parts of one and two letters, identifying beside another part.
    initials : frozenset of str
        First letters of parts, identifying beside a short part.
    ids : frozenset of str
        Folded IDs and numbers that are identifying as a whole, also when they are written apart.
    id_strings : frozenset of str
        Folded IDs without separators that are identifying wherever they occur.
    id_digits : frozenset of str
        Digits of IDs that are identifying also with words between them.
    places, place_strings : frozenset of str
        Words and digits of institutions, stations, addresses and the like.
    dates : frozenset of tuple of int
        Day, month and year of every date in every order, the year also with two digits.
    days : frozenset of tuple of int
        Day and month in both orders.
    """

    names: frozenset[str] = frozenset()
    short_names: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    id_strings: frozenset[str] = frozenset()
    id_digits: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    place_strings: frozenset[str] = frozenset()
    dates: frozenset[tuple[int, ...]] = frozenset()
    days: frozenset[tuple[int, int]] = frozenset()
    initials: frozenset[str] = frozenset()
    longest: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "longest", max(map(len, self.names | self.ids | self.places), default=0))

    @property
    def words(self) -> frozenset[str]:
        """All words and numbers that are identifying as a whole."""
        return self.names | self.ids | self.places

    @property
    def strings(self) -> frozenset[str]:
        """All strings that are identifying wherever they occur."""
        return self.id_strings | self.place_strings

    @classmethod
    def from_values(
        cls,
        names: Iterable[str] = (),
        ids: Iterable[str] = (),
        dates: Iterable[date | str] = (),
        others: Iterable[str] = (),
        stations: Iterable[str] = (),
    ) -> Identifiers:
        """Normalise the values of attributes.

        Parameters
        ----------
        names : iterable of str
            Person names, in the form of PN or any other, in any script.
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
        words, short = _words_of_names(names)
        id_words: set[str] = set()
        id_strings: set[str] = set()
        digits: set[str] = set()
        for value in ids:
            _add_id(value, id_words, id_strings)
            only = "".join(c for c in value if c.isdigit())
            if len(only) >= _SHORTEST_DIGITS:
                digits.add(only)
        places: set[str] = set()
        place_strings: set[str] = set()
        for value in (*others, *stations):
            _add_other(value, places, place_strings)
        for value in stations:
            _add_id(value, places, place_strings)
        triples, days = _dates(dates, id_words, id_strings)
        return cls(
            frozenset(words),
            frozenset(short),
            frozenset(id_words - {""}),
            frozenset(id_strings),
            frozenset(digits),
            frozenset(places - {""}),
            frozenset(place_strings),
            frozenset(triples),
            frozenset(days),
            frozenset(word[0] for word in words | short if word),
        )

    def of_equipment(self, technical: Container[str]) -> Identifiers:
        """Return those that are identifying also in the name of a maker, a model, a program or a setting.

        Stations and institutions are often called like the maker of their devices: their words are no identifiers
        there, unless they look like a serial number. Nor are a day and a month without a year
        (``5.1``), and IDs that are technical words (``SIEMENS``).

        Parameters
        ----------
        technical : container of str
            Folded technical words.
        """
        return Identifiers(
            self.names,
            self.short_names,
            frozenset(word for word in self.ids if word not in technical and not (word.isdigit() and len(word) < 5)),
            self.id_strings,
            frozenset(),
            frozenset(word for word in self.places if word not in technical and _SERIAL.search(word)),
            frozenset(string for string in self.place_strings if _SERIAL.search(string)),
            frozenset(triple for triple in self.dates if len(triple) == 3 and max(triple) > 99),
            initials=self.initials,
        )

    def __or__(self, other: Identifiers) -> Identifiers:
        return Identifiers(
            self.names | other.names,
            self.short_names | other.short_names,
            self.ids | other.ids,
            self.id_strings | other.id_strings,
            self.id_digits | other.id_digits,
            self.places | other.places,
            self.place_strings | other.place_strings,
            self.dates | other.dates,
            self.days | other.days,
            self.initials | other.initials,
        )


def _words_of_names(names: Iterable[str]) -> tuple[set[str], set[str]]:
    words: set[str] = set()
    short: set[str] = set()
    for name in names:
        for group in name.split("="):
            parts = [token for token in _TOKEN.findall(group) if fold(token) not in _NO_NAME]
            for token in parts:
                for spelling in (*spellings(token), *transliterations(token)):
                    is_short = len(spelling) < _SHORTEST_NAME and spelling.isascii()
                    (short if is_short else words).add(spelling)
            words |= _together(parts)
            for component in re.split(r"[\^,;]", group):
                tokens = _TOKEN.findall(component)
                if len(tokens) > 1:
                    words.update(s for s in spellings("".join(tokens)) if len(s) >= _SHORTEST_NAME)
    return words - {""}, short - {""}


def _together(parts: list[str]) -> set[str]:
    """Return two and three parts of a name written together, in every order."""
    folded = [fold(part) for part in parts[:_MOST_PARTS] if part.isalpha()]
    return {
        "".join(some)
        for size in (2, 3)
        for some in permutations(folded, size)
        if len("".join(some)) >= _SHORTEST_SUBSTRING
    }


def _dates(
    values: Iterable[date | str], words: set[str], strings: set[str]
) -> tuple[set[tuple[int, ...]], set[tuple[int, int]]]:
    triples: set[tuple[int, ...]] = set()
    days: set[tuple[int, int]] = set()
    for value in values:
        day = value if isinstance(value, date) else _parsed(value)
        if day is None:
            _add_id(str(value), words, strings)
            continue
        words.add(str(day.year))
        days |= {(day.day, day.month), (day.month, day.day)}
        for year in (day.year, day.year % 100):
            triples |= set(permutations((day.day, day.month, year)))
    return triples, days


def _add_id(value: str, words: set[str], strings: set[str]) -> None:
    tokens = [fold(token) for token in _TOKEN.findall(value)]
    compact = "".join(tokens)
    if not compact or (compact.isdigit() and len(compact) < _SHORTEST_NUMBER):
        return
    if len(compact) >= _SHORTEST_SUBSTRING and any(c.isdigit() for c in compact):
        strings.add(compact)
    elif len(compact) >= _SHORTEST_NUMBER:
        words.add(compact)
    if len(tokens) > 3 and all(token.isdigit() for token in tokens):
        return
    for token in tokens:
        _add_number(token, words)
        if len(token) >= _SHORTEST_PLACE_WORD and token.isalpha():
            words.add(token)


def _add_other(value: str, words: set[str], strings: set[str]) -> None:
    for token in _TOKEN.findall(value):
        folded = fold(token)
        _add_number(folded, words)
        if len(folded) >= _SHORTEST_PLACE_WORD and not folded.isdigit():
            words.update(spellings(token))
            words.update(transliterations(token))
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
