"""Pixel data, what stands behind them, large values, and odd kinds of sequences that change within a series."""

from __future__ import annotations

from dataclasses import replace

import pytest

from .base_series import code, in_some, put, series, slice_of
from .engines import assert_equal
from .generated_files import EXPLICIT, IMPLICIT, JPEG, PIXEL_DATA, Element, File, Item, fragments, sequence, text

SYNTAXES = pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT], ids=["explicit", "implicit"])


@SYNTAXES
def test_native_pixels_are_absent_empty_longer_or_odd(syntax: str) -> None:
    files = series(8, syntax=syntax)
    assert_equal(in_some(lambda file: file.without(PIXEL_DATA), files))
    for length in (0, 31, 33, 40):
        assert_equal(in_some(put(Element(PIXEL_DATA, "OW", b"\0" * length)), files), handed_over=3)
    assert_equal(in_some(put(Element(PIXEL_DATA, "OW", bytes(32) + b"DOE^JANE")), files), handed_over=3)
    assert_equal(in_some(put(Element(PIXEL_DATA, "OW", bytes(32) + bytes(40))), files))


@pytest.mark.parametrize("vr", ["OB", "UN", "US", "OF", "LO", "UT"])
def test_pixels_have_another_vr(vr: str) -> None:
    assert_equal(in_some(put(Element(PIXEL_DATA, vr, bytes(32)))), handed_over=0 if vr == "OB" else 3)
    assert_equal(in_some(put(Element(PIXEL_DATA, vr))), handed_over=0 if vr == "OB" else 3)


@SYNTAXES
@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (0x00280010, "US", b"\2\0"),
        (0x00280002, "US", b"\3\0"),
        (0x00280008, "IS", b"2 "),
        (0x00280100, "US", b"\x08\0"),
        (0x00280103, "US", b"\1\0"),
    ],
)
def test_the_shape_of_the_pixels_changes_and_their_bytes_do_not(tag: int, vr: str, value: bytes, syntax: str) -> None:
    pixels = Element(PIXEL_DATA, "OW", b"DOE^JANE" * 4)
    assert_equal(in_some(put(Element(tag, vr, value)), series(8, (pixels,), syntax)), handed_over=3)


@pytest.mark.parametrize("pixel_representation", [b"", b"\1", b"\1\0\0\0", b"\0\1"])
def test_pixel_representation_is_strange(pixel_representation: bytes) -> None:
    assert_equal(in_some(put(Element(0x00280103, "US", pixel_representation))), handed_over=3)
    assert_equal(in_some(put(Element(0x00280103, "FD", pixel_representation))), handed_over=3)


def test_pixel_representation_stays_beside_sequences_without_value() -> None:
    signed = Element(0x00280103, "US", b"\1\0")
    for empty in (Element(0x00081041, "UN"), Element(0x00081041, "SQ"), Element(0x00081041, "SQ", (), True)):
        assert_equal(in_some(put(empty), series(8, (signed,))))


def test_fragments_and_offset_tables_differ() -> None:
    files = [put(fragments(b"\1\2\3\4"))(file) for file in series(8, syntax=JPEG)]
    for other in (
        fragments(),
        fragments(b"\1\2", b"\3\4"),
        fragments(b"\1\2\3\4", offsets=bytes(4)),
        fragments(b"\1" * 40_000),
    ):
        assert_equal(in_some(put(other), files))
    hidden = b"\xff\xd8\xff\xfe\0\x0aDOE JANE\xff\xd9"
    assert_equal(in_some(put(fragments(hidden)), files), handed_over=3)
    assert_equal(in_some(put(Element(PIXEL_DATA, "OB", bytes(32))), files), handed_over=3)
    assert_equal(in_some(put(fragments(b"\1\2"))), handed_over=3)


def test_what_stands_behind_the_pixels_comes_and_goes() -> None:
    behind = (
        Element(0xFFFCFFFC, "OB", b"DOE^JANE" * 9),
        text(0x7FE11001, "LO", "Jane Doe"),
        sequence(0xFFFAFFFA, (text(0x04000005, "US", b"\1\0"), text(0x04000100, "UI", "1.2.3.4"))),
    )
    for element in behind:
        assert_equal(in_some(put(element)))
        assert_equal(in_some(lambda file: file.without(*(one.tag for one in behind)), series(8, behind)))


@SYNTAXES
@pytest.mark.parametrize("vr", ["OW", "OB", "UT", "UN"])
def test_large_values_have_the_same_head_and_another_end(vr: str, syntax: str) -> None:
    for tag in (0x00283006, 0x0040A160, 0x60003000, 0x00420011):
        usual, rare = (Element(tag, vr, b"x" * 20_000 + last) for last in (b"x ", b"DO"))
        assert_equal(in_some(put(rare), series(8, (usual,), syntax)), handed_over=8)


@SYNTAXES
def test_group_lengths_differ(syntax: str) -> None:
    lengths = tuple(Element(group << 16, "UL", b"\x10\0\0\0") for group in (0x0008, 0x0010, 0x0028, 0x7FE0))
    assert_equal(in_some(put(Element(0x00100000, "UL", b"\x12\0\0\0")), series(8, lengths, syntax)))
    assert_equal(in_some(lambda file: file.without(0x00280000), series(8, lengths, syntax)))


@SYNTAXES
def test_sequences_have_other_lengths_items_or_vr(syntax: str) -> None:
    item = Item((text(0x00080100, "SH", "T-D1100"), text(0x00080102, "SH", "SRT"), text(0x00080104, "LO", "Head")))
    open_item = replace(item, undefined=True)
    forms = [(), (item,), (open_item,), (item, open_item), (Item(), item), (Item((), True),)]
    for tag in (0x00081032, 0x00400275, 0x00540016):
        for items in forms:
            for vr in ("SQ", "UN"):
                for undefined in (False, True):
                    rare = Element(tag, vr, items, undefined)
                    assert_equal([slice_of(1), slice_of(2), put(rare)(slice_of(3)), slice_of(4)], handed_over=1)


def test_a_nested_element_changes_deep_inside() -> None:
    def deep(value: str) -> Element:
        element = text(0x00081080, "LO", value)
        for tag in (0x00081032, 0x00400275, 0x00081140):
            content = sorted((text(0x00100020, "LO", "P-4711"), element), key=lambda one: one.tag)
            element = sequence(tag, content, undefined=tag == 0x00400275)
        return element

    assert_equal(in_some(put(deep("Jane Doe")), series(8, (deep("Head"),))))


def test_a_character_set_stands_in_an_item_of_some_files() -> None:
    for charset in (text(0x00080005, "CS", "ISO_IR 192"), Element(0x00080005, "AT", b"ISO_IR 100")):
        for undefined in (False, True):
            for item_undefined in (False, True):
                item = Item((charset, text(0x00081030, "LO", "Kopf")), item_undefined)
                assert_equal(in_some(put(Element(0x00081140, "SQ", (item,), undefined))), handed_over=3)
                assert_equal(in_some(put(Element(0x00081032, "SQ", (item,), undefined))), handed_over=3)


def test_icons_and_overlays_come_and_go() -> None:
    def icon(representation: int) -> Element:
        names = (0x00280002, 0x00280010, 0x00280011, 0x00280100, PIXEL_DATA)
        inside = [one for one in slice_of(1).elements if one.tag in names]
        return sequence(
            0x00880200,
            sorted([*inside, Element(0x00280103, "US", bytes([representation, 0]))], key=lambda one: one.tag),
        )

    overlay = (Element(0x60000010, "US", b"\4\0"), text(0x60000040, "CS", "G"), text(0x60003000, "OW", bytes(2)))
    assert_equal(in_some(put(icon(1), *overlay), series(8, (icon(0),))), handed_over=3)
    files = series(8, (icon(1), *overlay))
    assert_equal(in_some(put(text(0x60000040, "CS", "R")), files), handed_over=8)
    assert_equal(in_some(lambda file: file.without(0x60000040), files), handed_over=8)


def test_a_file_that_is_handed_over_leaves_nothing_behind() -> None:
    strange: list[File] = [
        put(Element(0x00189999, "ZZ", b"\0\0"))(slice_of(3)),
        replace(slice_of(3), elements=slice_of(3).elements[::-1]),
        put(sequence(0x00081032, (text(0x00080005, "CS", "GB18030"),)))(slice_of(3)),
        put(Element(0x00081032, "SQ", b"\xfe\xff\0\xe0\x40\0\0\0DOE"))(slice_of(3)),
        slice_of(3).without(0x00080018),
    ]
    for file in strange:
        assert_equal([slice_of(1), slice_of(2), file, slice_of(4), file, slice_of(5)], handed_over=2)


def test_code_meanings_follow_their_schemes_in_items() -> None:
    for usual, rare in (("SRT", "99LOCAL"), ("DCM", "DOE")):
        files = series(8, (code(0x00400275, "121326", usual, "Head of Jane Doe"),))
        assert_equal(in_some(put(code(0x00400275, "121326", rare, "Head of Jane Doe")), files))
