"""Properties of Clean Descriptors (PS3.15 E.3.5) that hold for any text."""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import cache

from DeidentifyLib.free_text.cleaning import clean_text, is_technical
from DeidentifyLib.free_text.folding import fold
from DeidentifyLib.free_text.identifiers import Identifiers
from DeidentifyLib.free_text.lexicon import WordClass, lexicon
from DeidentifyLib.free_text.reading import is_camel
from DeidentifyLib.free_text.vocabulary import Vocabulary
from hypothesis import given, settings
from hypothesis import strategies as st

TECHNICAL = [
    "brain",
    "axial",
    "T1",
    "mprage",
    "sag",
    "3",
    "0.9",
    "mm",
    "long",
    "head",
    "of",
    "der",
    "thorax",
    "b1000",
    "12",
]
NAMES = [
    "Long",
    "Head",
    "Brain",
    "Young",
    "Müller",
    "O'Brien",
    "Łukasz",
    "Axial",
    "de la Cruz",
    "Ångström",
    "Thorax",
    "山田",
]
SEPARATORS = [" ", "_", "-", "^", ", ", "/", ".", "\n", "\\", "\u200b", " - "]


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary.load()


def plain(text: str) -> str:
    """Return letters and digits only, in lower case and without diacritics."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    return "".join(c for c in kept.replace("ł", "l") if c.isalnum())


def words(text: str) -> list[str]:
    kept = unicodedata.normalize("NFC", text.casefold())
    return "".join(c if c.isalnum() else " " for c in kept).split()


@st.composite
def disguises(draw: st.DrawFn, word: str) -> str:
    change = draw(st.sampled_from(["upper", "lower", "title", "decomposed", "bare", "as it is"]))
    if change == "decomposed":
        return unicodedata.normalize("NFD", word)
    if change == "bare":
        return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return word if change == "as it is" else getattr(word, change)()


@st.composite
def texts(draw: st.DrawFn, secrets: list[str]) -> str:
    chosen = draw(st.lists(st.sampled_from(secrets + TECHNICAL) | st.text(max_size=4), min_size=1, max_size=8))
    parts = []
    for word in chosen:
        parts += [draw(disguises(word)) if word in secrets else word, draw(st.sampled_from(SEPARATORS))]
    return "".join(parts)


@given(st.data(), st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
@settings(max_examples=300, deadline=None)
def test_no_part_of_a_name_survives_in_any_case_order_or_diacritics(data: st.DataObject, names: list[str]) -> None:
    own = Identifiers.from_values(names=["^".join(names)])
    cleaned = clean_text(data.draw(texts(names)), own, vocabulary())
    parts = {plain(part) for name in names for part in name.replace("'", " ").split()}
    secret = {part for part in parts if len(part) > 2 or not part.isascii()}  # shorter ones count beside another part
    assert not secret & {plain(word) for word in words(cleaned)}


@given(st.data(), st.from_regex(r"\A[A-Z]{0,3}[0-9]{3,8}\Z"))
@settings(max_examples=300, deadline=None)
def test_no_id_survives_however_it_is_separated(data: st.DataObject, identifier: str) -> None:
    own = Identifiers.from_values(ids=[identifier])
    cut = data.draw(st.integers(0, len(identifier)))
    written = identifier[:cut] + data.draw(st.sampled_from(["", " ", "-", ".", "/", "_"])) + identifier[cut:]
    cleaned = clean_text(f"brain {written} axial {written.lower()}", own, vocabulary())
    assert identifier.lower() not in plain(cleaned)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["", " slice", " brain 3 mm"]))
@settings(max_examples=200, deadline=None)
def test_no_date_of_the_subject_survives_in_any_written_form(day: date, rest: str) -> None:
    own = Identifiers.from_values(dates=[day])
    forms = (
        "%Y%m%d",
        "%d.%m.%Y",
        "%m/%d/%y",
        "%b %d %Y",
        "%d %B %Y",
        "%d-%b-%y",
        "%y%m%d",
        "%d %m %y",
        "%Y-%m-%d",
        "%d/%m",
        "%B %d, %Y",
    )
    for form in forms:
        cleaned = clean_text(f"axial {day.strftime(form)}{rest}", own, vocabulary())
        assert cleaned.replace(",", "") in (f"axial{rest}", "axial", ""), form


@given(st.data(), st.text(max_size=40) | st.lists(st.sampled_from(TECHNICAL + NAMES), max_size=6).map(" ".join))
@settings(max_examples=500, deadline=None)
def test_cleaning_never_makes_a_text_longer_and_twice_is_once(data: st.DataObject, text: str) -> None:
    own = Identifiers.from_values(names=data.draw(st.lists(st.sampled_from(NAMES) | st.text(max_size=5), max_size=3)))
    cleaned = clean_text(text, own, vocabulary())
    assert len(cleaned) <= len(text)
    assert clean_text(cleaned, own, vocabulary()) == cleaned
    assert not cleaned or is_technical(cleaned, vocabulary(), own)


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll"]), min_size=3, max_size=12))
@settings(max_examples=300, deadline=None)
def test_a_word_that_nobody_listed_goes(word: str) -> None:
    if lexicon().word(fold(word)) is WordClass.UNKNOWN and not is_camel(word, lexicon()) and not word.islower():
        # of a word in lower case the whole phrase goes
        assert clean_text(f"brain {word}", Identifiers(), vocabulary()) == "brain"
