"""Runs of elements that are the same in most files of a series, and files in which such a run is no run.

An engine that takes elements which were equal in earlier files by one comparison must see all of these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from .base_series import in_some, put, reference, series, slice_of
from .engines import OPTION_SETS, assert_equal
from .generated_files import EXPLICIT, IMPLICIT, PIXEL_DATA, Element, File, Item, encode, sequence, text

SYNTAXES = pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT], ids=["explicit", "implicit"])
NEW = (0x00080014, 0x00080070, 0x00081048, 0x00100032, 0x00181040, 0x00280120, 0x00281054)


def _at(place: int, change: Callable[[list[Element], int], None]) -> Callable[[File], File]:
    """Return a change of the elements around a place, given in percent of the file."""

    def apply(file: File) -> File:
        elements = list(file.elements)
        change(elements, len(elements) * place // 100)
        return replace(file, elements=tuple(elements))

    return apply


PLACES = pytest.mark.parametrize("place", [5, 20, 35, 50, 65, 80, 95])


@SYNTAXES
@pytest.mark.parametrize("tag", NEW)
def test_an_element_is_inserted_into_a_run(tag: int, syntax: str) -> None:
    assert_equal(in_some(put(text(tag, "LO", "Jane Doe")), series(8, syntax=syntax)))


@SYNTAXES
@PLACES
def test_elements_of_a_run_are_absent(place: int, syntax: str) -> None:
    def drop(elements: list[Element], at: int) -> None:
        del elements[at]

    # where the class or UID of the object is gone, no engine can write a file
    assert_equal(in_some(_at(place, drop), series(8, syntax=syntax)), handed_over=3 if place == 5 else 0)


@SYNTAXES
@PLACES
def test_a_value_within_a_run_has_one_other_byte(place: int, syntax: str) -> None:
    def other(elements: list[Element], at: int) -> None:
        while not isinstance(elements[at].value, bytes) or elements[at].tag >> 16 == 0x0028:
            at -= 1
        elements[at] = replace(elements[at], value=b"1" + elements[at].value[1:])

    assert_equal(in_some(_at(place, other), series(8, syntax=syntax)), handed_over=3 if place == 5 else 0)


@SYNTAXES
def test_the_last_byte_of_any_element_differs(syntax: str) -> None:
    files = series(8, syntax=syntax)
    for number, element in enumerate(files[0].elements):
        if not isinstance(element.value, bytes) or element.tag in (0x00080005, 0x00080016, 0x00080018, PIXEL_DATA):
            continue

        def other(file: File, number: int = number) -> File:
            elements = list(file.elements)
            elements[number] = replace(elements[number], value=elements[number].value[:-1] + b"5")
            return replace(file, elements=tuple(elements))

        assert_equal(in_some(other, files), option_sets=OPTION_SETS[2:])


@SYNTAXES
@PLACES
def test_a_value_within_a_run_is_longer(place: int, syntax: str) -> None:
    def longer(elements: list[Element], at: int) -> None:
        while elements[at].vr not in ("LO", "SH", "CS", "DS"):
            at -= 1
        elements[at] = replace(elements[at], value=elements[at].value.strip() + b"\\1 " + b"2" * 31)

    assert_equal(in_some(_at(place, longer), series(8, syntax=syntax)), handed_over=3 if place <= 5 else 0)


@PLACES
def test_a_value_within_a_run_has_odd_length(place: int) -> None:
    def odd(elements: list[Element], at: int) -> None:
        while not isinstance(elements[at].value, bytes) or elements[at].tag == PIXEL_DATA:
            at -= 1
        elements[at] = replace(elements[at], value=elements[at].value + b"1")

    assert_equal(in_some(_at(place, odd)), handed_over=3)


@PLACES
@pytest.mark.parametrize("vr", ["UN", "LT", "OB", "PN"])
def test_an_element_of_a_run_has_another_vr_and_the_same_bytes(vr: str, place: int) -> None:
    def other(elements: list[Element], at: int) -> None:
        while not isinstance(elements[at].value, bytes) or elements[at].tag == PIXEL_DATA:
            at -= 1
        elements[at] = replace(elements[at], vr=vr)

    assert_equal(in_some(_at(place, other)), handed_over=3)


@SYNTAXES
@PLACES
def test_a_run_is_the_value_of_the_element_before_it(place: int, syntax: str) -> None:
    def swallow(elements: list[Element], at: int) -> None:
        value = encode(elements[at + 1 : at + 4], syntax == IMPLICIT)
        elements[at : at + 4] = [Element(elements[at].tag, "UN", value)]

    assert_equal(in_some(_at(place, swallow), series(8, syntax=syntax)), handed_over=3)


@SYNTAXES
@PLACES
def test_a_run_stands_in_the_value_of_a_text_and_behind_it(place: int, syntax: str) -> None:
    def double(elements: list[Element], at: int) -> None:
        value = encode(elements[at : at + 3], syntax == IMPLICIT)
        elements[at:at] = [Element(elements[at - 1].tag + 1, "UT", value)]

    assert_equal(in_some(_at(place, double), series(8, syntax=syntax)), handed_over=3)


@SYNTAXES
@PLACES
@pytest.mark.parametrize("undefined", [False, True])
def test_a_run_stands_in_an_item_instead_of_at_the_top(place: int, undefined: bool, syntax: str) -> None:
    def wrap(elements: list[Element], at: int) -> None:
        inside = Item(tuple(elements[at : at + 4]), undefined)
        elements[at : at + 4] = [Element(elements[at - 1].tag + 1, "SQ", (inside,), undefined)]

    assert_equal(in_some(_at(place, wrap), series(8, syntax=syntax)), handed_over=3)


@SYNTAXES
def test_the_same_items_stand_in_another_sequence(syntax: str) -> None:
    item = (
        text(0x00080100, "SH", "T-D1100"),
        text(0x00080102, "SH", "SRT"),
        text(0x00100020, "LO", "P-4712"),
        text(0x00181030, "LO", "Head"),
        text(0x0040A160, "UT", "Doe"),
    )
    for usual, rare in ((0x00081032, 0x00101002), (0x00400275, 0x00081032), (0x00540016, 0x00081140)):
        files = series(8, syntax=syntax)
        assert_equal(
            in_some(
                lambda f, t=usual, r=rare: put(sequence(r, item))(f.without(t)),
                [put(sequence(usual, item))(file) for file in files],
            )
        )


@PLACES
def test_tags_do_not_rise_before_in_or_behind_a_run(place: int) -> None:
    def swap(elements: list[Element], at: int) -> None:
        elements[at - 1], elements[at] = elements[at], elements[at - 1]

    def twice(elements: list[Element], at: int) -> None:
        elements.insert(at, elements[at])

    def run_twice(elements: list[Element], at: int) -> None:
        elements[at:at] = elements[at - 3 : at]

    def late(elements: list[Element], at: int) -> None:
        elements.insert(at, elements.pop(1))

    def early(elements: list[Element], at: int) -> None:
        elements.insert(at - 2, elements.pop(-2))

    for change in (swap, twice, run_twice, late, early):
        assert_equal(in_some(_at(place, change)), handed_over=3)


@SYNTAXES
def test_a_file_ends_anywhere_in_a_run(syntax: str) -> None:
    usual = series(4, syntax=syntax)
    whole = len(slice_of(4, syntax=syntax).elements)
    ended = [replace(usual[3], elements=usual[3].elements[:count]) for count in range(3, whole, 4)]
    assert_equal([*usual, *ended, usual[0]], handed_over=3)


@PLACES
def test_a_file_is_cut_within_an_element(place: int) -> None:
    for kept in (1, 5, 7, 8, 9, 11):

        def cut(file: File, kept: int = kept) -> File:
            elements = file.elements[: len(file.elements) * place // 100]
            return replace(file, elements=elements, tail=file.elements[len(elements)].encode(False)[:kept])

        assert_equal(in_some(cut), handed_over=3)


@SYNTAXES
def test_bytes_that_are_no_element_follow_the_last_one(syntax: str) -> None:
    for tail in (b"\0", b"\0" * 8, b"\0" * 40, b"DOE^JANE", b"\xfe\xff\xdd\xe0\0\0\0\0", b"\x08\0\x05\0CS\x02\0  "):
        assert_equal(in_some(lambda file, tail=tail: replace(file, tail=tail), series(8, syntax=syntax)), handed_over=3)


@pytest.mark.parametrize("first_read", [*range(480, 1700, 94), 1699, 1700, 1701])
def test_a_run_straddles_the_first_read(first_read: int) -> None:
    def longer(file: File) -> File:
        return put(text(0x00081090, "LO", "Scanner 3000 with a longer name"))(file)

    assert_equal(in_some(longer), first_read=first_read)
    assert_equal(in_some(longer, series(8, syntax=IMPLICIT)), first_read=first_read)


def test_the_header_is_longer_than_the_first_read() -> None:
    long = (
        text(0x00084000, "LT", "x" * 9000),
        text(0x00204000, "LT", "y" * 20_000),
        text(0x00324000, "LT", "z" * 30_001),
    )
    names = tuple(text(0x00181400 + i * 2, "LO", f"Head {i}" * 8) for i in range(60))
    for syntax in (EXPLICIT, IMPLICIT):
        assert_equal(in_some(put(text(0x00204000, "LT", "y" * 20_002)), series(8, (*long, *names), syntax)))


def test_references_of_a_series_grow_and_vanish() -> None:
    def references(count: int, undefined: bool = False) -> Element:
        return reference(0x00081140, *(f"1.2.3.9.{one}" for one in range(count)), undefined=undefined)

    assert_equal([slice_of(number, (references(number % 4, number % 3 == 1),)) for number in range(1, 13)])
