"""Clean Descriptors (PS3.15 E.3.5): what stays and what goes of texts as scanners write them."""

from __future__ import annotations

import pytest
from DeidentifyLib.free_text.cleaning import TextCleaner, clean_text, is_technical
from DeidentifyLib.free_text.identifiers import Identifiers
from DeidentifyLib.free_text.lexicon import Lexicon
from DeidentifyLib.free_text.vocabulary import Vocabulary

NOBODY = Identifiers()


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.load()


@pytest.mark.parametrize(
    "text",
    [
        "t1_mprage_sag_p2_iso_0.9",
        "AX T2 FLAIR FS",
        "CT Abd/Pel w 5.0 B31f",
        "ep2d_diff_mddw_20_p2_ADC",
        "AxialT1",
        "CT_5mm_120kVp",
        "3 mm x 3 mm x 5 mm",
        "TI 2000 ms",
        "oct 3D macula",
        "Schädel nativ 3.0 Hr38",
        "crâne sans injection",
        "99mTc-MDP",
        "Fluorodeoxyglucose F^18^",
        "MAGNETOM Vida",
        "syngo MR E11",
        "VA40A",
        "SIEMENS CSA HEADER",
        "GEMS_ACQU_01",
        "Circle of Willis",
        "white matter",
        "0.096000 cm-1",
        "syngo CT 2011A",
        "Attenuation Cor=NONUNI-BGSUB",
        "BLOB-OS-TF",
        "PROPCPS",
        "MR Head",
    ],
)
def test_text_of_scanners_stays_as_it_is(text: str, vocabulary: Vocabulary) -> None:
    assert clean_text(text, NOBODY, vocabulary) == text
    assert is_technical(text, vocabulary)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("John Smith brain", "brain"),
        ("Dr. Long chest", ""),
        ("Prof. Dr. med. Brown, T1 axial", "T1 axial"),
        ("Prof. Dr. Long Head T1", "T1"),
        ("chest 20240131", "chest"),
        ("chest 31.01.2024", "chest"),
        ("chest 01/31/24", "chest"),
        ("Jan 31 2024 chest", "chest"),
        ("31-JAN-24", ""),
        ("31. Januar", ""),
        ("chest_2024-01-31_pa", "chest_pa"),
        ("brain 12:30", "brain"),
        ("12h30 brain", "brain"),
        ("45 yo chest", "chest"),
        ("045Y", ""),
        ("call 044 255 11 11", ""),
        ("x.y@hospital.org brain www.hospital.org", "brain"),
        ("192.168.0.1", ""),
        ("1.2.840.113619.2.55", ""),
        ("ID: 4711 axial; brain", "brain"),
        ("DeLong", ""),
        ("Willis", ""),
        ("Stone, Green and White brain", "brain"),
        ("頭部 CT", "CT"),
        ("MRN123456 thorax", "thorax"),
        ("brain 1974", "brain"),
        ("brain 12.196000", "brain"),
        ("brain 1.2.196000", "brain"),
        ("brain 1974A", "brain"),
        ("PET-CT STUDY for Shelly Wallace", "PET-CT STUDY"),
        ("\\\\server\\share\\brain", ""),
        ("***", ""),
        ("", ""),
    ],
)
def test_persons_dates_numbers_and_addresses_go(text: str, expected: str, vocabulary: Vocabulary) -> None:
    assert clean_text(text, NOBODY, vocabulary) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Long head axial", "axial"),
        ("MÜLLER brain", "brain"),
        ("Mueller T1", "T1"),
        ("Mu\u0308ller T1", "T1"),
        ("\uff2c\uff2f\uff2e\uff27 axis", "axis"),
        ("lo-ng axis", "axis"),
        ("HeadLong T1", "T1"),
        ("long1 T1", "T1"),
        ("slice 31 1 24", "slice"),
        ("31/1 slice", "slice"),
        ("slice 12 3 4", "slice"),
        ("slice 12-34", "slice"),
        ("slice 0 0 9 0 2", "slice"),
        ("lung imaging center", "imaging center"),
    ],
)
def test_own_words_of_the_subject_go_even_where_they_are_technical(
    text: str, expected: str, vocabulary: Vocabulary
) -> None:
    own = Identifiers.from_values(
        names=["Müller^Long^Head"], ids=["1234", "00-902"], dates=["20240131"], others=["Lung Hospital"]
    )
    assert clean_text(text, own, vocabulary) == expected


def test_a_glue_word_of_the_institution_does_not_take_it_from_every_text(vocabulary: Vocabulary) -> None:
    own = Identifiers.from_values(others=["MR and CT of Anytown"])
    assert clean_text("MR and CT", own, vocabulary) == "MR and CT"


def test_what_says_how_a_data_set_was_deidentified_stays(vocabulary: Vocabulary) -> None:
    meanings = [
        "Basic Application Confidentiality Profile",
        "Clean Pixel Data Option",
        "Clean Recognizable Visual Features Option",
        "Clean Graphics Option",
        "Clean Structured Content Option",
        "Clean Descriptors Option",
        "Retain Longitudinal Temporal Information Full Dates Option",
        "Retain Longitudinal Temporal Information Modified Dates Option",
        "Retain Patient Characteristics Option",
        "Retain Device Identity Option",
        "Retain UIDs Option",
        "Retain Safe Private Option",
        "Retain Institution Identity Option",
    ]
    assert [clean_text(text, NOBODY, vocabulary) for text in meanings] == meanings


def test_a_site_can_add_words_of_its_own(vocabulary: Vocabulary) -> None:
    assert clean_text("Zebrafish brain", NOBODY, vocabulary) == "brain"
    assert clean_text("zebrafish brain", NOBODY, vocabulary.with_terms(["zebrafish"])) == "zebrafish brain"


def test_a_cleaner_answers_a_text_that_it_knows_without_cleaning_again() -> None:
    cleaner = TextCleaner(NOBODY)
    assert cleaner("Smith brain") == "brain"
    cleaner.words = Lexicon.of(Vocabulary([]))
    assert cleaner("Smith brain") == "brain"
    assert cleaner("Jones brain") == ""


@pytest.mark.timeout(60)
@pytest.mark.parametrize("part", ["a.", "1", "1 ", "/1", "id ", "1:", " ", "brain ", "@", "\\"])
def test_a_long_text_of_any_pattern_is_cleaned_in_seconds(part: str, vocabulary: Vocabulary) -> None:
    clean_text("brain " + part * 100_000, NOBODY, vocabulary)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Hüfte", "huefte"),
        ("Huefte", "Hüfte"),
        ("Le-Ad", "lead"),
        ("O' Void", "OVOID"),
        ("Mid^X", "mid-X"),
        ("Lead", "le ad"),
    ],
)
def test_a_name_is_found_in_another_transcription_or_joined(name: str, text: str, vocabulary: Vocabulary) -> None:
    assert clean_text(f"{text} axial", Identifiers.from_values(names=[name]), vocabulary) == "axial"


def test_a_code_meaning_of_the_standard_stays_and_another_stays_whole_or_not_at_all() -> None:
    own = TextCleaner(Identifiers.from_values(names=["Fontan"], others=["Anytown Imaging Center"]))
    assert own.code_meaning("Fontan Fenestration") == "Fontan Fenestration"
    assert own.code_meaning("Imaging Measurements") == "Imaging Measurements"
    assert own.code_meaning("Imaging of Fontan, breast") == ""
    assert own.code_meaning("Breast imaging with Quorvex") == ""
    assert own("Imaging Measurements") == "Measurements"
