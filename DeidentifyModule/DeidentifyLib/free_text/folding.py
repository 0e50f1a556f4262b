"""One spelling for words that are written in many ways: case, diacritics, ligatures, full width."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "þ": "th",
        "\u0131": "i",
        "ħ": "h",
        "ŋ": "n",
        "μ": "u",
    }
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})


def fold(text: str) -> str:
    """Return the text in lower case without diacritics, in letters of ASCII as far as there are any."""
    return text.lower() if text.isascii() else _fold_unicode(text)


@lru_cache(maxsize=65536)
def _fold_unicode(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LETTERS)


def spellings(text: str) -> tuple[str, ...]:
    """Return the folded text, and its other transcription where it has one (``müller``: muller, mueller)."""
    folded = fold(text)
    if text.isascii():
        return (folded,)
    other = fold(unicodedata.normalize("NFC", text.casefold()).translate(_UMLAUTS))
    return (folded,) if other == folded else (folded, other)
