"""Clean Descriptors (PS3.15 E.3.5): what may stay of a free text. Deterministic; no language model.

A word stays only if it is in the vocabulary, a number only if it is short and has no form of a date, time,
age or phone number. The subject's own identifiers go whatever the vocabulary says: a patient named
Head loses the word head.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from .folding import fold, spellings
from .identifiers import Identifiers
from .patterns import identifying_spans
from .vocabulary import Vocabulary

_TOKEN = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_RUN = re.compile(r"[a-z]+|\d+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_CAMEL_OR_NUMBER = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_UNSAFE_SEPARATOR = re.compile(r"[^ \t\r\n\f!-/:-@\[\]^_`{|}~\xb0\xb1\xd7\u2013\u2014\u2026\xb7]+")
_RELEASE = re.compile(r"20[0-9]{2}[a-ikl]")
_SHORT_NUMBER = re.compile(r"[0-9]{1,4}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NO_IDENTIFIERS = Identifiers()

_LONGEST_NUMBER = 4
_MOST_DECIMALS = 6
_LONGEST_UNKNOWN_PREFIX = 2
_MOST_DIGITS_WITH_UNKNOWN = 3
_LONGEST_MIXED = 16
_SHORTEST_CAMEL_PART = 3


def clean_text(value: str, identifiers: Identifiers, vocabulary: Vocabulary) -> str:
    """Return what of a text does not identify.

    Parameters
    ----------
    value : str
        One value, decoded, not split at backslashes any more.
    identifiers : Identifiers
        What the subject's own data say; always removed.
    vocabulary : Vocabulary
        Words that may stay.

    Returns
    -------
    str
        Never longer than `value`; the same object if nothing had to go; empty if no word stays. Cleaning
        it again changes nothing.
    """
    while value:
        cleaned = _clean_once(value, identifiers, vocabulary)
        if cleaned == value:
            return value
        value = cleaned
    return value


def is_technical(value: str, vocabulary: Vocabulary, identifiers: Identifiers = _NO_IDENTIFIERS) -> bool:
    """Tell whether every word of a text is technical, so that cleaning it changes nothing."""
    return _clean_once(value, identifiers, vocabulary) == value


@dataclass
class TextCleaner:
    """`clean_text` for one subject, with a memory for texts that occur again.

    Parameters
    ----------
    identifiers : Identifiers
    vocabulary : Vocabulary
    """

    identifiers: Identifiers
    vocabulary: Vocabulary
    _known: dict[str, str] = field(default_factory=dict, repr=False)
    _of_equipment: Identifiers | None = field(default=None, repr=False)

    def __call__(self, value: str) -> str:
        """Return the cleaned text."""
        found = self._known.get(value)
        if found is None:
            found = self._known[value] = clean_text(value, self.identifiers, self.vocabulary)
        return found

    def equipment(self, value: str) -> str:
        """Return the name of a maker, a model, a program or a setting cleaned; see `Identifiers.of_equipment`."""
        return clean_text(value, self.of_equipment, self.vocabulary)

    @property
    def of_equipment(self) -> Identifiers:
        """What is identifying in the name of a device; see `Identifiers.of_equipment`."""
        if self._of_equipment is None:
            self._of_equipment = self.identifiers.of_equipment(self.vocabulary.words)
        return self._of_equipment

    def code_meaning(self, value: str) -> str:
        """Return a Code Meaning (0008,0104) cleaned.

        A meaning of PS3.16 stays whole, also where a word of it is a word of the subject's or an institution's
        name: it says no more than the code, which stays.
        """
        return value if fold(value) in self.vocabulary.code_meanings else self(value)


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    raw: str
    folded: str


def _clean_once(value: str, identifiers: Identifiers, vocabulary: Vocabulary) -> str:
    tokens = _tokens(value)
    if not tokens:
        return ""
    kept = _technical(value, tokens, vocabulary)
    ends = [token.end for token in tokens]
    for start, end in identifying_spans(value):
        i = bisect_right(ends, start)
        while i < len(tokens) and tokens[i].start < end:
            kept[i] = False
            i += 1
    _drop_identifiers(value, tokens, kept, identifiers)
    return _rebuilt(value, tokens, kept)


def _tokens(value: str) -> list[_Token]:
    return [_Token(*m.span(), m[0], fold(m[0])) for m in _TOKEN.finditer(value)]


def _technical(value: str, tokens: list[_Token], vocabulary: Vocabulary) -> list[bool]:
    words = [token.folded for token in tokens]
    kept = [_may_stay(value, tokens, i, vocabulary) for i in range(len(tokens))]
    for i in range(len(tokens)):
        for j in range(i, i + vocabulary.phrase_length(words, i)):
            kept[j] = True
    return kept


def _may_stay(value: str, tokens: list[_Token], i: int, vocabulary: Vocabulary) -> bool:
    token = tokens[i]
    word = token.folded
    if word in vocabulary.words:
        return True
    if not word.isascii() or not word.isalnum():
        return False
    if word.isdigit() and _is_fraction(value, tokens, i):
        return True
    if word.isdigit():
        is_year = _YEAR.fullmatch(word) and not _is_measure(value, tokens, i, vocabulary)
        return len(word) <= _LONGEST_NUMBER and not is_year
    if word.isalpha():
        return _camel_words(token.raw, vocabulary)
    return len(word) <= _LONGEST_MIXED and _mixed_may_stay(token.raw, word, vocabulary)


def _is_fraction(value: str, tokens: list[_Token], i: int) -> bool:
    """Tell whether digits are the decimals of a number such as ``0.096000``."""
    if i == 0 or len(tokens[i].folded) > _MOST_DECIMALS or value[tokens[i - 1].end : tokens[i].start] != ".":
        return False
    one_digit = _SHORT_NUMBER.fullmatch(tokens[i - 1].folded) and len(tokens[i - 1].folded) == 1
    return bool(one_digit) and value[max(tokens[i - 1].start - 1, 0)] not in ".-/:"


def _is_measure(value: str, tokens: list[_Token], i: int, vocabulary: Vocabulary) -> bool:
    """Tell whether a number that could be a year is followed by a unit or is the fraction of a number."""
    if i + 1 < len(tokens) and tokens[i + 1].folded in vocabulary.units:
        return value[tokens[i].end : tokens[i + 1].start] in ("", " ")
    before = i > 0 and tokens[i - 1].folded.isdigit() and value[tokens[i - 1].end : tokens[i].start] in (".", ",")
    return before and len(tokens[i - 1].folded) <= 1


def _camel_words(raw: str, vocabulary: Vocabulary) -> bool:
    parts = _CAMEL.findall(raw)
    return len(parts) > 1 and all(len(p) >= _SHORTEST_CAMEL_PART and p.lower() in vocabulary.words for p in parts)


def _mixed_may_stay(raw: str, word: str, vocabulary: Vocabulary) -> bool:
    runs = _RUN.findall(word)
    digits = 0
    unknown = False
    for position, run in enumerate(runs):
        if run.isdigit():
            digits += len(run)
            if len(run) > _LONGEST_NUMBER:
                return False
            following = runs[position + 1] if position + 1 < len(runs) else ""
            b_value = position > 0 and runs[position - 1] == "b" and int(run) % 50 == 0
            release = _RELEASE.fullmatch(word) is not None
            if _YEAR.fullmatch(run) and following not in vocabulary.units and not (b_value or release):
                return False
        elif run not in vocabulary.words:
            if _camel_and_numbers(raw, vocabulary):
                continue
            if len(run) > _LONGEST_UNKNOWN_PREFIX:
                return False
            unknown = True
    return not unknown or digits <= _MOST_DIGITS_WITH_UNKNOWN


def _camel_and_numbers(raw: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a token such as ``AxialT1`` is made of words; short ones count only beside a number."""
    parts = _CAMEL_OR_NUMBER.findall(raw)
    for before, part, after in zip(["", *parts], parts, [*parts[1:], ""], strict=False):
        if part.isdigit():
            continue
        if part.lower() not in vocabulary.words:
            return False
        if len(part) < _SHORTEST_CAMEL_PART and not (before.isdigit() or after.isdigit()):
            return False
    return "".join(parts) == raw


def _drop_identifiers(value: str, tokens: list[_Token], kept: list[bool], identifiers: Identifiers) -> None:
    for i, token in enumerate(tokens):
        if kept[i] and _names_subject(token.raw, identifiers):
            kept[i] = False
        joined = token.folded
        j = i
        while len(joined) <= identifiers.longest:
            if joined in identifiers.words:
                kept[i : j + 1] = [False] * (j + 1 - i)
            j += 1
            if j == len(tokens):
                break
            joined += tokens[j].folded
    _drop_strings(tokens, kept, identifiers)
    _drop_dates(value, tokens, kept, identifiers)


def _names_subject(raw: str, identifiers: Identifiers) -> bool:
    words = identifiers.words
    if any(spelling in words for spelling in spellings(raw)):
        return True
    runs = _RUN.findall(fold(raw))
    letters = [run for run in runs if run.isalpha()]
    if any(part.lower() in words for part in _CAMEL.findall(raw)):
        return True
    if any(run in words for run in letters if len(run) > 1):
        return True
    return len(runs) > 1 and any(run in identifiers.initials for run in letters)


def _drop_strings(tokens: list[_Token], kept: list[bool], identifiers: Identifiers) -> None:
    if not identifiers.strings:
        return
    compact = "".join(token.folded for token in tokens)
    owner = [i for i, token in enumerate(tokens) for _ in token.folded]
    for string in identifiers.strings:
        at = compact.find(string)
        while at >= 0:
            for i in range(owner[at], owner[at + len(string) - 1] + 1):
                kept[i] = False
            at = compact.find(string, at + 1)


def _drop_dates(value: str, tokens: list[_Token], kept: list[bool], identifiers: Identifiers) -> None:
    if not identifiers.dates:
        return
    numbers = [int(t.folded) if _SHORT_NUMBER.fullmatch(t.folded) else -1 for t in tokens]
    for i in range(len(tokens)):
        if tuple(numbers[i : i + 3]) in identifiers.dates:
            kept[i : i + 3] = [False] * 3
        close = i + 1 < len(tokens) and value[tokens[i].end : tokens[i + 1].start] in (".", "/", "-", "_")
        if close and tuple(numbers[i : i + 2]) in identifiers.days:
            kept[i : i + 2] = [False] * 2


def _rebuilt(value: str, tokens: list[_Token], kept: list[bool]) -> str:
    whole = all(kept)
    gap = " " if " " in value or "_" not in value else "_"
    parts = [_separator(value[: tokens[0].start])] if whole else []
    last = -1
    for i, token in enumerate(tokens):
        if not kept[i]:
            continue
        if last >= 0:
            parts.append(_separator(value[tokens[last].end : token.start]) if last == i - 1 else gap)
        parts.append(token.raw)
        last = i
    if whole:
        parts.append(_separator(value[tokens[-1].end :]))
    return "".join(parts)


def _separator(text: str) -> str:
    return _UNSAFE_SEPARATOR.sub(" ", text)
