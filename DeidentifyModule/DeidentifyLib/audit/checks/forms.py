"""Values that their VR does not allow are where text hides: a name in a number, a note in a date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .base import ERROR, Check, Entry, Found, View, stripped

_WORD = re.compile(rb"[A-Za-z\x80-\xff]{3,}")
_VRS = frozenset("DS IS DA TM AS DT".split())
_DATE_WORDS = re.compile(rb"(?i)nan|inf|infinity")


class NumbersAreNumbers(Check):
    """No number, date, time or age of the source holds words that its output still has (PS3.5 section 6.2)."""

    id = "form"
    title = "No words are hidden in values for numbers, dates, times and ages"

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Look for words in one value."""
        if entry.vr not in _VRS or not entry.output or not _WORD.search(entry.output):
            return
        if stripped(entry.output) == stripped(entry.source) and not _DATE_WORDS.fullmatch(stripped(entry.output)):
            yield Found("form.words", ERROR, "", "a value for a number or date holds words of the source")
