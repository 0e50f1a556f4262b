"""Clean Descriptors (PS3.15 E.3.5): the texts of one data set, each by the rule of its attribute.

Deterministic; no language model. What is kept is decided by `decide_text` and, for equipment and coded strings, by
their own forms; docs/text-cleaning.md explains the rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from .decide import TextDecision, TextMode, decide_text
from .equipment import decide_equipment
from .folding import fold
from .identifiers import Identifiers
from .known_identity import mark_known
from .lexicon import Lexicon, lexicon
from .reading import read_text
from .rules import TextRule
from .terms import decide_term
from .vocabulary import Vocabulary

_NO_IDENTIFIERS = Identifiers()
_MOST_REMEMBERED = 4096
_ACROSS = frozenset((TextRule.NAME, TextRule.IDENTIFIER, TextRule.DATE, TextRule.RECORD))
_FEWEST_LETTERS = 3
_DIRECTIONS = frozenset("APLRHF")
_LETTER = re.compile(r"[^\W\d_]")


class TextStyle(StrEnum):
    """By which rule an attribute's text is decided."""

    DESCRIPTOR = "descriptor"
    NAME = "name"
    """Names of structures, segments, beams: whole or not at all."""
    EQUIPMENT = "equipment"
    """Makers, models, programs and settings: by form."""
    CODE_MEANING = "code meaning"
    """A meaning of PS3.16 stays; another whole or not at all."""
    TERM = "term"
    """Coded strings: known terms."""


@lru_cache(maxsize=4)
def _lexicon_of(vocabulary: Vocabulary) -> Lexicon:
    return Lexicon.of(vocabulary)


def clean_text(value: str, identifiers: Identifiers, vocabulary: Vocabulary) -> str:
    """Return what of a text does not identify.

    Parameters
    ----------
    value : str
        One value, decoded, not split at backslashes any more.
    identifiers : Identifiers
        What the data set says; always removed.
    vocabulary : Vocabulary
        Words that may stay.

    Returns
    -------
    str
        Never longer than `value`; the same object if nothing had to go; empty if nothing technical stays. Cleaning
        it again changes nothing.
    """
    return decide_text(value, identifiers, _lexicon_of(vocabulary)).text


def is_technical(value: str, vocabulary: Vocabulary, identifiers: Identifiers = _NO_IDENTIFIERS) -> bool:
    """Tell whether every word of a text is technical, so that cleaning it changes nothing."""
    return clean_text(value, identifiers, vocabulary) == value


@dataclass
class TextCleaner:
    """Decides on the texts of data sets that say the same of persons and places; remembers what occurs again.

    Parameters
    ----------
    identifiers : Identifiers
    words : Lexicon, optional
        Words that can be read; without it, those of the package.
    """

    identifiers: Identifiers
    words: Lexicon | None = None
    _known: dict[tuple[str, TextStyle], TextDecision] = field(default_factory=dict, repr=False)

    def __call__(self, value: str) -> str:
        """Return a descriptor cleaned."""
        return self.decide(value).text

    def name(self, value: str) -> str:
        """Return the name of a structure as it is, or nothing."""
        return self.decide(value, TextStyle.NAME).text

    def equipment(self, value: str) -> str:
        """Return the name of a maker, a model, a program or a setting cleaned."""
        return self.decide(value, TextStyle.EQUIPMENT).text

    def code_meaning(self, value: str) -> str:
        """Return a Code Meaning (0008,0104) as it is, or nothing.

        A meaning of PS3.16 stays, also where a word of it is a word of the subject's or an institution's name: it says
        no more than the code, which stays.
        """
        return self.decide(value, TextStyle.CODE_MEANING).text

    def decide(self, value: str, style: TextStyle = TextStyle.DESCRIPTOR) -> TextDecision:
        """Return what is kept of one value.

        Parameters
        ----------
        value : str
            One value, decoded, without padding.
        style : TextStyle
            The rule of its attribute.
        """
        key = (value, style)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._decide(value, style)
        return found

    def _decide(self, value: str, style: TextStyle) -> TextDecision:
        if style is TextStyle.EQUIPMENT:
            return decide_equipment(value, self.identifiers, self.words)
        if style is TextStyle.TERM:
            return decide_term(value, self.identifiers, self.words)
        if style is TextStyle.CODE_MEANING and fold(value) in (self.words or lexicon()).vocabulary.code_meanings:
            return TextDecision(value)
        mode = TextMode.DESCRIPTOR if style is TextStyle.DESCRIPTOR else TextMode.NAME
        return decide_text(value, self.identifiers, self.words, mode)

    def decide_all(
        self, values: Sequence[str], style: TextStyle = TextStyle.DESCRIPTOR
    ) -> tuple[list[str], tuple[TextRule, ...]]:
        """Return what is kept of the values of one element, and why something went.

        What is spread over several values (a date, an ID, a name in letters) goes from all of them.
        """
        decisions = [self.decide(value, style) for value in values]
        rules = dict.fromkeys(rule for decision in decisions for rule in decision.rules)
        kept = [decision.text for decision in decisions]
        if len(values) > 1:
            for i, rule in self._across(values):
                if kept[i]:
                    kept[i] = ""
                    rules.setdefault(rule)
        return kept, tuple(rules)

    def _across(self, values: Sequence[str]) -> list[tuple[int, TextRule]]:
        """Return the numbers of values that together say what none of them says alone."""
        joined = "\\".join(values)
        starts = [0]
        for value in values:
            starts.append(starts[-1] + len(value) + 1)
        reading = read_text(joined, self.words)
        gone = list(reading.gone)

        def mark(i: int, rule: TextRule) -> None:
            gone[i] = rule

        mark_known(reading, self.identifiers, mark)
        found = [
            (next(n for n in range(len(values)) if starts[n + 1] > atom.start), rule)
            for atom, rule in zip(reading.atoms, gone, strict=True)
            if rule in _ACROSS
        ]
        per_rule = {rule: {n for n, other in found if other is rule} for _, rule in found}
        across = [(n, rule) for n, rule in found if rule is not None and len(per_rule[rule]) > 1]
        letters = [n for n, value in enumerate(values) if _LETTER.fullmatch(value.strip())]
        if len(letters) >= _FEWEST_LETTERS and not {values[n].strip().upper() for n in letters} <= _DIRECTIONS:
            across += [(n, TextRule.NAME) for n in letters]
        return across
