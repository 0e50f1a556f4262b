"""In a text without a digit, forms that need one are not looked for: none of them would be found."""

from __future__ import annotations

from DeidentifyLib.free_text import identifying_forms
from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = [
    "may", "May", "juin", "oct", "of", "de", "st", "th", "er", "º", "年", "月", "日", "h", "uhr", "am",
    "p.m.", "y", "y.o.", "years", "old", "age", "d", "w", "-", ".", "/", "_", " ", ",", ":", "(", ")", "+", "=",
    "\\", "ten", "st.", "x",
]
PATTERNS = [pattern for pattern, _, needs_digit in identifying_forms._patterns() if needs_digit]


@settings(max_examples=2000, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join))
def test_no_form_that_needs_a_digit_is_in_a_text_without_one(text: str) -> None:
    assert not any(pattern.search(text) for pattern in PATTERNS)


def test_each_of_these_forms_has_a_text_with_digits_that_holds_it() -> None:
    texts = [
        "10.11.12.130", "2021-03-04", "04-03-2021", "04-03-21", "21-03-04", "2021-03", "03-2021", "2021年3月4日",
        "04/03", "04.03.", "4 may 2021", "4 june", "4may21", "may 4, 2021", "june 4", "may 2021", "10:11:12", "10h11",
        "10 am",
        "45 years old", "60 anos", "60 lat", "3 months old", "45歳", "045Y", "age 45", "F 87", "87 M",
        "12.VII.87", "1987 VII 12",
        "2021 W 12", "87年3月4日", "12/87", "12/07", "2021 June", "pt 8830 no 156", "no 156", "#4711",
        "subject 12", "sub-abc1",
    ]
    for pattern in PATTERNS:
        assert any(pattern.search(text) for text in texts), pattern.pattern
        found = next(text for text in texts if pattern.search(text))
        assert identifying_forms.identifying_spans(found)
