"""The fast search finds exactly what a search at every byte finds."""

from __future__ import annotations

import random

import numpy as np
import pytest
from DeidentifyLib.audit.search import ByteSearch

WORDS = ["abca", "bcab", "aaaa", "ab12", "caaab", "z-z-", "mrn-0042"]
CODECS = ("ascii", "utf-16-le", "utf-16-be")


def slow(data: bytes, words: list[str]) -> set[tuple[int, bytes, bool]]:
    """Return what a comparison at every byte finds."""
    found = set()
    for word in words:
        for codec in CODECS:
            form = word.encode(codec)
            for place in range(len(data) - len(form) + 1):
                if data[place : place + len(form)].lower() == form:
                    found.add((place, word.encode(), codec != "ascii"))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_it_finds_what_a_search_at_every_byte_finds(seed: int) -> None:
    chance = random.Random(seed)
    search = ByteSearch([word.encode() for word in WORDS], WORDS)
    for _ in range(150):
        data = bytes(chance.choice(b"abcAB12z-\0") for _ in range(chance.randint(0, 60)))
        place = chance.randint(0, len(data))
        planted = chance.choice(WORDS).upper().encode(chance.choice(CODECS))
        data = data[:place] + planted + data[place:]
        assert set(search.find(data)) == slow(data, WORDS)


@pytest.mark.parametrize("place", [0, 1, 65_530, 65_531, 65_535, 65_536, 131_071, 199_990])
@pytest.mark.parametrize("codec", CODECS)
def test_it_finds_a_word_at_the_seams_of_the_blocks(place: int, codec: str) -> None:
    pixels = bytearray(np.random.default_rng(1).integers(0, 1000, 100_020).astype("<u2").tobytes())
    form = "SmithSon".encode(codec)
    pixels[place : place + len(form)] = form
    assert (place, b"smithson", codec != "ascii") in set(ByteSearch([b"smithson"], ["smithson"]).find(bytes(pixels)))


def test_it_finds_words_of_other_scripts() -> None:
    forms = ["Иванов".encode("cp1251"), "Иванов".encode(), "山田太郎".encode("shift_jis"), "김철수".encode("euc-kr")]
    for form in forms:
        assert [place for place, *_ in ByteSearch([form]).find(b"\0\1\2" + form + b"\0")] == [3]


def test_a_pattern_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        ByteSearch([b"lee"])
