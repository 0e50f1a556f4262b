"""Secrets: unique values that a generator plants and a checker looks for."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

MUST_GO = "must_go"
DATE = "may_stay_with_option:dates=keep"
TIME = "may_stay_with_option:dates=keep,shift"
UID = "may_stay_with_option:retain_uids"
DEVICE = "may_stay_with_option:retain_device_identity"
DEVICE_DATE = "may_stay_with_option:dates=keep;retain_device_identity"
DEVICE_UID = "may_stay_with_option:retain_uids;retain_device_identity"
INSTITUTION = "may_stay_with_option:retain_institution_identity"
SUBJECT = "may_stay_with_option:keep_subject_characteristics"
ID_NAME = "may_stay_with_option:keep_id_name"
REVIEWED = "may_stay_when_reviewed"
"""Text in an attribute that Table E.1-1 does not list and that a reviewed list may call safe."""

_CONSONANTS = "bcdfghjklmnpqrstvwxz"
_VOWELS = "aeiouy"
_KANJI = "秘密病院患者太郎山田鈴木東京京都医師看護検査結果写真名前住所番号年齢性別身長体重"
_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノ"
_HANGUL = "김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허유남심노"
_HANZI = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
_CYRILLIC = "абвгдежзиклмнопрстуфхцчшщэюя"


@dataclass(frozen=True)
class Planted:
    """One secret in one place.

    Attributes
    ----------
    secret : str | bytes
        The planted value; bytes where the place holds no text.
    place : str
        Where it was planted, for a person to read.
    kind : str
        ``must_go``, ``may_stay_with_option:<option>[=<value>,...][;<option>...]`` or ``may_stay_when_reviewed``.
    forms : tuple[str | bytes, ...]
        Other ways to write the same secret; finding one of them is a leak too.
    tag : int | None
        Tag number of the element. Where `only_tag` is true, only elements of this tag are compared.
    only_tag : bool
        The value is too common to be searched for in bytes (an age, a shifted calendar day).
    """

    secret: str | bytes
    place: str
    kind: str = MUST_GO
    forms: tuple[str | bytes, ...] = ()
    tag: int | None = None
    only_tag: bool = False

    @property
    def all_forms(self) -> tuple[str | bytes, ...]:
        """Return every form to look for."""
        return (self.secret, *self.forms)

    def must_go(self, options: Mapping[str, Any]) -> bool:
        """Tell whether this secret may not survive a run with these options (names as in ``Options``)."""
        if self.kind == MUST_GO:
            return True
        if self.kind == REVIEWED:
            return False
        alternatives = self.kind.removeprefix("may_stay_with_option:").split(";")
        return not any(_is_chosen(alternative, options) for alternative in alternatives)


def _is_chosen(alternative: str, options: Mapping[str, Any]) -> bool:
    name, _, values = alternative.partition("=")
    value = options.get(name, "shift" if name == "dates" else False)
    value = getattr(value, "value", value)
    return value in values.split(",") if values else bool(value)


class Planter:
    """Makes unique secrets and remembers where they went.

    Parameters
    ----------
    seed : int
        The same seed gives the same secrets.
    first_day : datetime.date
        First of the calendar days that are used as secret dates; each date is used once.
    """

    def __init__(self, seed: int, first_day: date = date(1987, 3, 2)) -> None:
        self.random = random.Random(seed)
        self.planted: list[Planted] = []
        self._next_day = first_day
        self._used: set[str] = set()
        self.context = ""

    def plant(self, secret: str | bytes, place: str, kind: str = MUST_GO, **more: Any) -> Planted:
        """Record a secret that the caller made itself."""
        planted = Planted(secret, f"{self.context}{place}", kind, **more)
        self.planted.append(planted)
        return planted

    def word(self, syllables: int = 5) -> str:
        """Return a word that no language has, without recording it."""
        while True:
            letters = (self.random.choice(_CONSONANTS) + self.random.choice(_VOWELS) for _ in range(syllables))
            word = "".join(letters).capitalize()
            if word not in self._used and "secret" not in word.lower():
                self._used.add(word)
                return word

    def text(self, place: str, kind: str = MUST_GO) -> str:
        """Return a planted word of ten letters (fits SH and AE)."""
        word = self.word()
        self.plant(word, place, kind)
        return word

    def code(self, place: str, kind: str = MUST_GO) -> str:
        """Return a planted word in capitals (fits CS)."""
        return self.text(place, kind).upper()

    def name(self, place: str, kind: str = MUST_GO) -> str:
        """Return a planted person name of three components; each is a secret."""
        family, given, middle = (self.text(f"{place} ({part})", kind) for part in ("family", "given", "middle"))
        return f"{family}^{given}^{middle}"

    def letters(self, place: str, script: str, count: int = 6) -> str:
        """Return a planted word in ``kanji``, ``kana``, ``hangul``, ``hanzi``, ``cyrillic`` or ``latin1``."""
        pool = {"kanji": _KANJI, "kana": _KANA, "hangul": _HANGUL, "hanzi": _HANZI, "cyrillic": _CYRILLIC}
        pool["latin1"] = "äöüßéèñçøåæðþ"
        while True:
            word = "".join(self.random.choice(pool[script]) for _ in range(count))
            if word not in self._used:
                self._used.add(word)
                self.plant(word, place)
                return word

    def uid(self, place: str, kind: str = UID) -> str:
        """Return a planted instance UID."""
        uid = f"1.2.826.0.1.3680043.8.498.{self.random.randrange(10**19, 10**20)}"
        self.plant(uid, place, kind)
        return uid

    def day(self) -> date:
        """Return a calendar day that was not used before, without recording it."""
        self._next_day += timedelta(days=1)
        return self._next_day

    def date(self, place: str, tag: int | None = None, kind: str = DATE) -> str:
        """Return a planted DA value."""
        day = self.day()
        self.plant(f"{day:%Y%m%d}", place, kind, forms=written_dates(day), tag=tag, only_tag=True)
        return f"{day:%Y%m%d}"

    def time(self, place: str, kind: str = TIME) -> str:
        """Return a planted TM value that is unique by its fraction of a second."""
        clock = self.random
        value = f"{clock.randrange(24):02}{clock.randrange(60):02}{clock.randrange(60):02}.{clock.randrange(10**6):06}"
        self.plant(value, place, kind)
        return value

    def datetime(self, place: str, tag: int | None = None, kind: str = DATE) -> str:
        """Return a planted DT value; its day is the secret."""
        clock = f"{self.random.randrange(24):02}{self.random.randrange(60):02}{self.random.randrange(60):02}"
        return f"{self.date(place, tag, kind)}{clock}.{self.random.randrange(10**6):06}"

    def integer(self, place: str, kind: str = MUST_GO) -> str:
        """Return a planted IS value of ten digits."""
        value = str(self.random.randrange(10**9, 2**31 - 1))
        self.plant(value, place, kind)
        return value

    def decimal(self, place: str, kind: str = MUST_GO) -> str:
        """Return a planted DS value."""
        value = f"{self.random.randrange(10**6, 10**7)}.{self.random.randrange(10**6, 10**7)}"
        self.plant(value, place, kind)
        return value

    def blob(self, place: str, kind: str = MUST_GO, length: int = 0) -> bytes:
        """Return planted bytes that hold a word; zero-padded to an even length, or to `length`."""
        word = self.text(place, kind).encode()
        return word.ljust(max(length, len(word) + len(word) % 2), b"\0")

    def raw(self, value: bytes, place: str, kind: str = MUST_GO, word: int = 8) -> bytes:
        """Record bytes that hold numbers of `word` bytes, in either byte order, and return them."""
        swapped = b"".join(value[at : at + word][::-1] for at in range(0, len(value), word))
        self.plant(value, place, kind, forms=(swapped,))
        return value

    def forget(self, *secrets: str) -> None:
        """Drop secrets that were made but are not written."""
        self.planted = [planted for planted in self.planted if planted.secret not in secrets]


def written_dates(day: date) -> tuple[str, ...]:
    """Return ways in which people write a calendar day."""
    return (f"{day:%Y-%m-%d}", f"{day:%d.%m.%Y}", f"{day:%m/%d/%Y}", f"{day:%d-%b-%Y}", f"{day:%d %b %Y}")
