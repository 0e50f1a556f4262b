"""The words that may stay in a cleaned text."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from .folding import fold

_DATA = Path(__file__).parent.parent / "standard" / "data"
_WORD = re.compile(r"[a-z0-9]+")


class Vocabulary:
    """Technical words, and phrases whose words may stay only together.

    Parameters
    ----------
    terms : iterable of str
        A term of one word allows that word. A term of several words is a phrase: it allows these words
        only in this order, so that ``circle of willis`` does not let the name Willis pass.
    units : iterable of str
        Words that make the number before them a measure, so that ``2000 ms`` is not taken for a year.
    """

    def __init__(self, terms: Iterable[str], units: Iterable[str] = ()) -> None:
        words: set[str] = set()
        phrases: dict[str, list[tuple[str, ...]]] = {}
        for term in terms:
            parts = tuple(_WORD.findall(fold(term)))
            if len(parts) == 1:
                words.add(parts[0])
            elif parts:
                phrases.setdefault(parts[0], []).append(parts)
        for candidates in phrases.values():
            candidates.sort(key=len, reverse=True)
        self.units = frozenset(fold(unit) for unit in units)
        self.words = frozenset(words) | self.units
        self._phrases = phrases

    @classmethod
    def load(cls, *files: Path) -> Vocabulary:
        """Read terms from text files: one a line, ``#`` starts a comment.

        Parameters
        ----------
        *files : Path
            Without any, the files ``vocabulary*.txt`` of the package. A file whose name ends in
            ``_units.txt`` holds units.
        """
        paths = files or sorted(_DATA.glob("vocabulary*.txt"))
        units = [path for path in paths if path.stem.endswith("_units")]
        return cls(
            (term for path in paths if path not in units for term in _terms(path)),
            (term for path in units for term in _terms(path)),
        )

    def with_terms(self, terms: Iterable[str]) -> Vocabulary:
        """Return a vocabulary that has more terms: a site's own words."""
        known = (*self.words, *(" ".join(p) for group in self._phrases.values() for p in group))
        return Vocabulary((*known, *terms), self.units)

    @cached_property
    def code_meanings(self) -> frozenset[str]:
        """Meanings of the codes of PS3.16, folded: public text, whatever its words."""
        text = gzip.decompress((_DATA / "code_meanings.txt.gz").read_bytes()).decode("utf-8")
        return frozenset(fold(line) for line in text.splitlines() if not line.startswith("#"))

    def phrase_length(self, words: list[str], start: int) -> int:
        """Return how many words from `start` on form a phrase, 0 if none does."""
        for phrase in self._phrases.get(words[start], ()):
            if tuple(words[start : start + len(phrase)]) == phrase:
                return len(phrase)
        return 0


def _terms(path: Path) -> Iterable[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        term = line.split("#", 1)[0].strip()
        if term:
            yield term
