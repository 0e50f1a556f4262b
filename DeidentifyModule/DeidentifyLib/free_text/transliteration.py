"""Names of other scripts in Latin letters, as they are commonly written: Cyrillic, Greek, kana and Hangul."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "transliteration.tsv"
_MOST = 12
_HANGUL, _LAST_HANGUL = 0xAC00, 0xD7A3
_INITIALS = "g kk n d tt r m b pp s ss _ j jj ch k t p h".split()
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_FINALS = "_ k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split()


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, ...]]:
    table = {}
    for line in _DATA.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            letter, *latin = line.split("\t")
            table[letter] = tuple("" if one == "_" else one for one in latin)
    return table


@lru_cache(maxsize=4096)
def transliterations(word: str) -> tuple[str, ...]:
    """Return how a word of another script is written in Latin letters; empty if it is Latin or not known."""
    if word.isascii():
        return ()
    choices: list[tuple[str, ...]] = []
    for letter in word.casefold():
        if _HANGUL <= ord(letter) <= _LAST_HANGUL:
            choices.append((_syllable(ord(letter) - _HANGUL),))
        elif letter in _table():
            choices.append(_table()[letter])
        elif letter.isascii():
            choices.append((letter,))
        else:
            return ()
    first = ["".join(some[0] for some in choices), "".join(some[-1] for some in choices)]
    for some in product(*choices):
        if len(first) >= _MOST:
            break
        first.append("".join(some))
    return tuple(dict.fromkeys(first))


def _syllable(number: int) -> str:
    initial, rest = divmod(number, 588)
    vowel, final = divmod(rest, 28)
    return (_INITIALS[initial] + _VOWELS[vowel] + _FINALS[final]).replace("_", "")
