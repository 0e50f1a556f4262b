"""Series whose files begin in other ways, have longer headers, or of which a new kind begins after many files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from .base_series import in_some, put, series, slice_of
from .engines import assert_equal, assert_equal_one_after_the_other
from .generated_files import EXPLICIT, IMPLICIT, JPEG, Element, File, fragments, sequence, text, usual_meta

SYNTAXES = pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT], ids=["explicit", "implicit"])


def _meta(change: Callable[[list[Element]], object]) -> Callable[[File], File]:
    def apply(file: File) -> File:
        elements = list(usual_meta(file))
        change(elements)
        return replace(file, meta=tuple(elements))

    return apply


def test_preambles_differ() -> None:
    assert_equal(in_some(lambda file: replace(file, preamble=b"DOE^JANE" * 16)))


@pytest.mark.parametrize("length", [1, 2, 17, 63, 64, 65, 300])
def test_the_uid_in_the_file_meta_information_has_another_length(length: int) -> None:
    uid = text(0x00020003, "UI", "1." * (length // 2) + "1" * (length % 2))
    assert_equal(in_some(_meta(lambda elements: elements.__setitem__(2, uid))))


def test_elements_of_the_file_meta_information_are_absent_twice_or_more() -> None:
    for number in range(6):
        missing_syntax = 3 if number == 3 else 0
        assert_equal(in_some(_meta(lambda elements, n=number: elements.pop(n))), handed_over=missing_syntax)
        assert_equal(in_some(_meta(lambda elements, n=number: elements.insert(n, elements[n]))))
    more = (text(0x00020100, "UI", "1.2.3.4"), text(0x00020102, "OB", b"Jane Doe" * 9))
    assert_equal(in_some(_meta(lambda elements: elements.extend(more))))


def test_the_file_meta_information_is_longer_than_what_is_read_at_once() -> None:
    for length, handed_over in ((5_000, 0), (40_000, 0), (300_000, 3)):
        long = text(0x00020102, "OB", b"x" * length)
        assert_equal(in_some(_meta(lambda elements, one=long: elements.append(one))), handed_over)


def test_the_file_meta_information_names_another_syntax_than_that_of_the_elements() -> None:
    for syntax in (IMPLICIT, JPEG, "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.3", ""):
        other = text(0x00020010, "UI", syntax)
        assert_equal(in_some(_meta(lambda elements, one=other: elements.__setitem__(3, one))), handed_over=3)


def test_native_and_compressed_files_take_turns() -> None:
    files = series(8)
    for number in (1, 2, 5, 7):
        files[number] = put(fragments(b"\1\2\3\4"))(slice_of(number, syntax=JPEG))
    assert_equal(files)


@SYNTAXES
@pytest.mark.parametrize("length", [3_900, 8_000, 17_000, 40_000, 64_000])
def test_some_headers_are_much_longer(length: int, syntax: str) -> None:
    long = tuple(text(tag, "LT", "x" * length) for tag in (0x00104000, 0x00204000))
    assert_equal(in_some(put(*long), series(8, syntax=syntax)))
    assert_equal(in_some(lambda file: file.without(*(one.tag for one in long)), series(8, long, syntax)))


@SYNTAXES
def test_another_kind_of_file_begins_after_many_of_one_kind(syntax: str) -> None:
    more = (text(0x00E10010, "LO", "ELSCINT1"), text(0x00E11021, "DS", "5.0"), text(0x00181400, "LO", "Jane Doe"))
    usual = series(24, more, syntax)

    def other(file: File) -> File:
        changed = put(text(0x00E10010, "LO", "ACME"), text(0x00100010, "PN", "ROE^R"))(file)
        return changed.without(*(one.tag for one in file.elements[10:30] if one.tag >> 16 not in (0x0008, 0x0010)))

    files = [*usual[:20], *map(other, usual[:6]), *usual[20:], *map(other, usual[6:8])]
    assert_equal(files)


def test_elements_change_one_after_the_other_in_a_long_series() -> None:
    files = series(24)
    for number, file in enumerate(files):
        elements = list(file.elements)
        at = 6 + number * 2
        if isinstance(elements[at].value, bytes) and elements[at].vr in ("LO", "SH", "DS", "CS"):
            elements[at] = replace(elements[at], value=b"7" * (2 + number % 3 * 2))
        files[number] = replace(file, elements=tuple(elements))
    assert_equal(files)


def test_some_files_declare_their_private_attributes() -> None:
    block = (text(0x00E10010, "LO", "ELSCINT1"), text(0x00E11021, "DS", "5.0"), text(0x00E11022, "LO", "Jane"))
    declared = sequence(
        0x00080300,
        (Element(0x00080301, "US", b"\xe1\0"), text(0x00080302, "LO", "ELSCINT1"), text(0x00080303, "CS", "UNSAFE")),
    )
    assert_equal(in_some(put(declared), series(8, block)), handed_over=3)
    assert_equal(in_some(lambda file: file.without(0x00080300), series(8, (*block, declared))), handed_over=5)


def test_series_of_different_kinds_and_subjects_follow_each_other_in_one_worker() -> None:
    block = (text(0x00E10010, "LO", "ELSCINT1"), text(0x00E11021, "DS", "5.0"), text(0x00E11022, "LO", "Jane"))
    other = [
        put(text(0x00E10010, "LO", "ACME"), text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.128"))(file)
        for file in series(4, block)
    ]
    named = [put(text(0x00100010, "PN", "HEAD^ROE"), text(0x00080005, "CS", "ISO_IR 192"))(file) for file in series(4)]
    marked = [
        put(text(0x00120063, "LO", "Other tool"), text(0x00120062, "CS", "NO"))(file) for file in series(4, block)
    ]
    kinds = [series(5, block), other, named, marked, series(4, block, IMPLICIT), series(3)]
    subjects = ["P-4711", "P-4712"]
    tasks = [(files, subjects[number % 2]) for number, files in enumerate([*kinds, *reversed(kinds), *kinds[1:4]])]
    assert_equal_one_after_the_other(tasks)
