"""Private blocks that differ between the files of a series while the bytes of their elements are the same."""

from __future__ import annotations

import pytest

from .base_series import in_some, put, series
from .engines import assert_equal
from .generated_files import EXPLICIT, IMPLICIT, Element, File, sequence, text

SAFE = "ELSCINT1"
BLOCK = (text(0x00E11021, "DS", "5.0"), text(0x00E11022, "LO", "Jane Doe"), text(0x00E11050, "DS", "1"))
SYNTAXES = pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT], ids=["explicit", "implicit"])


def _creator(name: str | bytes, number: int = 0x10) -> Element:
    return text(0x00E10000 | number, "LO", name)


def _moved(number: int) -> tuple[Element, ...]:
    return tuple(Element((one.tag & 0xFFFF00FF) | number << 8, one.vr, one.value) for one in BLOCK)


def _without_block(file: File) -> File:
    return file.without(*(one.tag for one in BLOCK))


@SYNTAXES
@pytest.mark.parametrize(
    "name", ["ACME", "ELSCINT1  ", " ELSCINT1", "elscint1", "", "ELSCINT1\\ACME", "ELSCINT1\0\0", b"\xff"]
)
def test_another_creator_owns_the_same_elements(name: str | bytes, syntax: str) -> None:
    assert_equal(in_some(put(_creator(name)), series(8, (_creator(SAFE), *BLOCK), syntax)))
    assert_equal(in_some(put(_creator(SAFE)), series(8, (_creator(name), *BLOCK), syntax)))


@SYNTAXES
def test_the_creator_is_absent(syntax: str) -> None:
    assert_equal(in_some(lambda file: file.without(0x00E10010), series(8, (_creator(SAFE), *BLOCK), syntax)))
    assert_equal(in_some(put(_creator(SAFE)), series(8, BLOCK, syntax)))


@pytest.mark.parametrize("vr", ["UN", "SH", "OB", "UT"])
def test_the_creator_has_another_vr(vr: str) -> None:
    assert_equal(in_some(put(Element(0x00E10010, vr, b"ELSCINT1")), series(8, (_creator(SAFE), *BLOCK))))


def test_the_block_moves_to_another_number() -> None:
    def move(file: File) -> File:
        return put(_creator(SAFE, 0x11), *_moved(0x11))(_without_block(file).without(0x00E10010))

    assert_equal(in_some(move, series(8, (_creator(SAFE), *BLOCK))))


def test_two_creators_exchange_their_blocks() -> None:
    files = series(8, (_creator(SAFE), _creator("ACME", 0x11), *BLOCK, *_moved(0x11)))
    assert_equal(in_some(put(_creator("ACME"), _creator(SAFE, 0x11)), files))


def test_one_creator_reserves_two_blocks_in_some_files() -> None:
    files = series(8, (_creator(SAFE), _creator("ACME", 0x11), *BLOCK, *_moved(0x11)))
    assert_equal(in_some(put(_creator(SAFE, 0x11)), files))


def test_a_creator_is_left_without_elements() -> None:
    assert_equal(in_some(_without_block, series(8, (_creator(SAFE), *BLOCK))))
    assert_equal(in_some(put(*BLOCK), series(8, (_creator(SAFE),))))


def test_only_the_kept_element_of_a_block_disappears() -> None:
    safe = [one.tag for one in BLOCK if one.vr == "DS"]
    assert_equal(in_some(lambda file: file.without(*safe), series(8, (_creator(SAFE), *BLOCK))))
    assert_equal(in_some(lambda file: file.without(safe[0]), series(8, (_creator(SAFE), *BLOCK))))


def test_a_kept_private_value_is_no_longer_what_it_should_be() -> None:
    for value in ("Jane Doe", "P-4711", "5.0\\6.0", "", "\0\0"):
        assert_equal(in_some(put(text(0x00E11021, "DS", value)), series(8, (_creator(SAFE), *BLOCK))))
    for vr in ("LO", "UN", "OB", "FD"):
        assert_equal(in_some(put(Element(0x00E11021, vr, b"5.0 ")), series(8, (_creator(SAFE), *BLOCK))))


def test_the_name_of_the_patient_stands_in_a_kept_private_text() -> None:
    block = (
        text(0x20010010, "LO", "Philips Imaging DD 001"),
        text(0x20011010, "CS", "DOE"),
        text(0x20011013, "SL", b"\1\0\0\0"),
    )
    assert_equal(in_some(put(text(0x00100010, "PN", "ROE^R")), series(8, block)))


def test_a_private_block_in_an_item_has_another_creator_than_outside() -> None:
    def nested(name: str) -> Element:
        return sequence(0x00081140, (_creator(name), *BLOCK), BLOCK, (_creator("ACME"), *BLOCK))

    files = series(8, (_creator(SAFE), *BLOCK, nested(SAFE)))
    assert_equal(in_some(put(nested("ACME")), files))
    assert_equal(in_some(put(_creator("ACME")), files))


def test_a_private_sequence_has_other_items() -> None:
    def with_items(*items: tuple[Element, ...], undefined: bool = False) -> Element:
        return sequence(0x00E11023, *items, undefined=undefined)

    usual = (_creator(SAFE), *BLOCK)
    files = series(8, (_creator(SAFE), with_items(usual)))
    for items in ((), (BLOCK,), (usual, usual), ((text(0x00100010, "PN", "DOE^JANE"),),)):
        assert_equal(in_some(put(with_items(*items)), files))
        assert_equal(in_some(put(with_items(*items, undefined=True), _creator("ACME")), files))


def test_large_private_values_differ_in_their_last_byte_only() -> None:
    values = [text(0x00E11024, "OB", bytes(20_000) + bytes([last, 0])) for last in (1, 2)]
    assert_equal(in_some(put(values[1]), series(8, (_creator(SAFE), *BLOCK, values[0]))))


def test_private_elements_behind_the_pixels_change_their_creator() -> None:
    behind = (text(0x7FE10010, "LO", "ACME"), text(0x7FE11001, "LO", "Jane Doe"))
    assert_equal(in_some(put(text(0x7FE10010, "LO", SAFE)), series(8, behind)))
    assert_equal(in_some(lambda file: file.without(0x7FE10010), series(8, behind)))


@pytest.mark.parametrize("tag", [0x00E10001, 0x00E1000F, 0x00E100FF, 0x00E1FFFF, 0x00E10000])
def test_elements_that_belong_to_no_block_appear(tag: int) -> None:
    assert_equal(in_some(put(text(tag, "LO", "Jane Doe")), series(8, (_creator(SAFE), *BLOCK))))
