"""A text that was cut says nothing that the original did not say (the rule of docs/text-cleaning.md)."""

from __future__ import annotations

import pytest
from benchmarks.text_statements import says_nothing_new, statements_of
from DeidentifyLib.free_text.cleaning import TextCleaner
from DeidentifyLib.free_text.decide import decide_text
from DeidentifyLib.free_text.identifiers import Identifiers
from DeidentifyLib.free_text.rules import TextRule
from hypothesis import given, settings
from hypothesis import strategies as st

OWN = Identifiers.from_values(
    names=["Quarrendon^Isolde", "Brain^Left"],
    ids=["8830-156", "MR1234567"],
    dates=["19410712"],
    others=["Pemberley Head"],
)
PARTS = (
    "W/O without no kein sans contrast CONTRAST brain kidney left L R links 5 mm 5mm 3 1000 b 120 kV T1 T2 phase "
    "early late flair axis long short OpticNrv_L PTV_60 tfMRI_WM_PA Quarrendon isolde Smith foo of and with post pre "
    "Head Pemberley 8830 156 12.07.41 MR1234567 (0.000,-0.895,0.445) 2.5x2.5x3 Max Left"
).split()
SEPARATORS = [" ", " ", " ", "_", "-", ", ", "; ", ". ", "\n", "/", "^"]


@st.composite
def texts(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=9))
    return "".join(piece for part in parts for piece in (part, draw(st.sampled_from(SEPARATORS))))


@given(texts())
@settings(max_examples=1500, deadline=None, derandomize=True)
def test_no_word_side_number_or_negation_is_made_by_a_cut(text: str) -> None:
    kept = decide_text(text, OWN).text
    assert says_nothing_new(text, kept), (text, kept, statements_of(kept) - statements_of(text))


@given(texts())
@settings(max_examples=500, deadline=None, derandomize=True)
def test_a_structure_name_stays_whole_or_goes(text: str) -> None:
    assert TextCleaner(OWN).name(text) in (text, "")


@pytest.mark.parametrize(
    ("before", "after"),
    [("W/O CONTRAST", "O CONTRAST"), ("no contrast", "contrast"), ("kidney L", "L"), ("5 mm", "mm"), ("b 1000", "b")],
)
def test_a_cut_that_changes_the_meaning_is_seen(before: str, after: str) -> None:
    assert not says_nothing_new(before, after) or not statements_of(after)


@pytest.mark.parametrize(
    "text",
    [
        "W/O CONTRAST", "T1 T2", "KNEE L", "5 mm", "b=1500(0.000,-0.895,0.445)", "tfMRI_WM_PA", "OpticNrv_L",
        "Glnd_Submand_L", "Cochlea_L", "BrachialPlex_R", "Bowel_Bag", "PTVp_6600", "GTVn", "SpinalCord_PRV05",
        "Parotid_R", "A_Aorta", "anat-T1w_acq-mprage_run-01", "func-bold_task-rest_dir-AP", "ep2d_diff_mddw_20_p2_ADC",
        "t2_tse_tra_448", "CT HEAD WITHOUT CONTRAST", "Thorax nativ 1.0 Br64", "99mTc-MDP", "F-18 FDG", "3.0T",
    ],
)  # fmt: skip
def test_what_is_technical_as_a_whole_stays_whole(text: str) -> None:
    stranger = Identifiers.from_values(names=["Wolfenstein^L T W"], ids=["47"], dates=["20050107"])
    assert decide_text(text, stranger).text == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("W/O contrast Isolde", "W/O contrast"),
        ("no Isolde contrast", ""),
        ("Isolde kidney", "kidney"),
        ("left Isolde kidney", "kidney"),
        ("Isolde 5 mm", "5 mm"),
        ("chest 5 Isolde", "chest"),
        ("Gurgle_L", ""),
        ("no gurgle, brain", "brain"),
        ("pt 8830 no 156, brain", "brain"),
        ("head_12_07_41", "head"),
        ("dob 12 07 41", ""),
        ("12.VII.87", ""),
        ("8830_156", ""),
        ("F 87", ""),
        ("I S O L D E brain", "brain"),
    ],
)
def test_what_depends_on_a_word_goes_with_it(text: str, kept: str) -> None:
    own = Identifiers.from_values(names=["Quarrendon^Isolde"], ids=["8830-156"])
    assert decide_text(text, own).text == kept


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Isolde brain", TextRule.NAME),
        ("brain 12.07.1941", TextRule.DATE),
        ("brain Gurgle", TextRule.UNKNOWN),
        ("brain Rose", TextRule.ALSO_A_NAME),
        ("brain tel (212) 555-1234", TextRule.CONTACT),
        ("brain F 87", TextRule.AGE),
        ("Pemberley brain", TextRule.PLACE),
        ("brain MR1234567", TextRule.CONTACT),
    ],
)
def test_the_decision_says_which_rule_took_something(text: str, rule: TextRule) -> None:
    assert rule in decide_text(text, OWN).rules


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        (["19", "07", "41"], ["", "", ""]),
        (["I", "B", "S", "E", "N"], ["", "", "", "", ""]),
        (["12", "syngo", "MR"], ["12", "syngo", "MR"]),
        (["Quarren", "axial", "Isolde"], ["", "axial", ""]),
    ],
)
def test_what_is_spread_over_values_goes_from_all_of_them(values: list[str], kept: list[str]) -> None:
    assert TextCleaner(OWN).decide_all(values)[0] == kept
