"""Files of one series whose bytes are nearly the same, but mean another thing because of what else is in the file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from DeidentifyLib.options import Dates, Options

from .base_series import code, in_some, put, series, slice_of
from .engines import assert_equal, compare, compare_scans
from .generated_files import EXPLICIT, IMPLICIT, Element, File, sequence, text

NAME, PATIENT_ID, BIRTH_DATE = 0x00100010, 0x00100020, 0x00100030
DESCRIPTION = 0x0008103E
SYNTAXES = pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT], ids=["explicit", "implicit"])


@SYNTAXES
@pytest.mark.parametrize("name", ["Doe^Jane^^", "ROE^RICHARD", "AXIAL^HEAD", "", "DOE^JANE\\ROE^RICHARD", "DOE^JANE\0"])
def test_the_patient_has_another_name(name: str, syntax: str) -> None:
    assert_equal(in_some(put(text(NAME, "PN", name)), series(8, syntax=syntax)))


@SYNTAXES
@pytest.mark.parametrize("patient_id", ["p-4711 ", "P-4712", "", "1.0", "HEAD"])
def test_the_patient_has_another_id(patient_id: str, syntax: str) -> None:
    ids = sequence(0x00101002, (text(PATIENT_ID, "LO", "P-4711"), text(0x00100022, "CS", "TEXT")))
    assert_equal(in_some(put(text(PATIENT_ID, "LO", patient_id)), series(8, (ids,), syntax)))


def test_name_id_or_birth_date_are_absent() -> None:
    for tag in (NAME, PATIENT_ID, BIRTH_DATE):
        assert_equal(in_some(lambda file, tag=tag: file.without(tag)))


@pytest.mark.parametrize("vr", ["UN", "LO", "SH", "OB"])
def test_the_name_has_another_vr(vr: str) -> None:
    assert_equal(in_some(put(Element(NAME, vr, b"ROE^RICHARD "))))


def test_another_person_appears_whose_name_is_in_the_texts() -> None:
    files = series(8, (text(DESCRIPTION, "LO", "Axial for Osler"), text(0x00181030, "LO", "Osler routine")))
    for element in (text(0x00081070, "PN", "OSLER^WILLIAM"), text(0x00080080, "LO", "Osler Clinic")):
        assert_equal(in_some(put(element), files))
        assert_equal(in_some(lambda file, tag=element.tag: file.without(tag), series(8, (*files[0].elements, element))))


@SYNTAXES
@pytest.mark.parametrize("terms", ["ISO_IR 192", "\\ISO 2022 IR 87", "ISO_IR 13", "GB18030", ""])
def test_the_character_set_changes_and_the_texts_do_not(terms: str, syntax: str) -> None:
    more = (text(DESCRIPTION, "LO", b"Kopf M\xc3\xbcller \xb1\xb2"), text(NAME, "PN", b"M\xc3\xbcLLER^\xb1\xb2"))
    assert_equal(in_some(put(text(0x00080005, "CS", terms)), series(8, more, syntax)))
    assert_equal(in_some(lambda file: file.without(0x00080005), series(8, more, syntax)))


@pytest.mark.parametrize(
    "terms", [b"ISO_IR 999", b"ISO_IR 100\0\0", b"iso_ir 100", b"ISO_IR 100 ", b"ISO_IR 100\\ISO_IR 100 "]
)
def test_strange_character_sets_do_not_stay_for_the_next_file(terms: bytes) -> None:
    assert_equal(in_some(put(Element(0x00080005, "CS", terms))), handed_over=3)


def test_a_character_set_with_another_vr_is_handed_over() -> None:
    for vr in ("UI", "AE", "LO", "UN", "DS"):
        assert_equal(in_some(put(Element(0x00080005, vr, b"ISO_IR 100"))), handed_over=3)


@pytest.mark.parametrize(
    "sop_class", ["1.2.840.10008.5.1.4.1.1.128", "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.88.11"]
)
def test_the_object_is_of_another_class_so_types_differ(sop_class: str) -> None:
    assert_equal(in_some(put(text(0x00080016, "UI", sop_class))))


def test_a_voice_recording_among_images_is_withheld() -> None:
    assert_equal(in_some(put(text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.9.4.1"))), handed_over=3)


@pytest.mark.parametrize("zone", ["-0500", "Doe", ""])
def test_the_time_zone_changes_beside_equal_dates(zone: str) -> None:
    dated = (text(0x0008002A, "DT", "20200229235959.5+0100"), text(0x00189074, "DT", "2020\\202002"))
    assert_equal(in_some(put(text(0x00080201, "SH", zone)), series(8, dated)))


@pytest.mark.parametrize("day", ["20200301", "2020.03.01", "20200229\\20200301", "", "20201341", "Doe"])
def test_a_date_changes_beside_equal_times(day: str) -> None:
    for tag in (0x00080021, 0x00080023, 0x00181200, 0x00400244):
        assert_equal(in_some(put(text(tag, "DA", day))))


def test_a_coding_scheme_changes_beside_an_equal_code() -> None:
    for scheme in ("99LOCAL", "SRT", "DOE", ""):
        top = (text(0x00080100, "SH", "T-D1100"), text(0x00080102, "SH", scheme), text(0x00080104, "LO", "Head"))
        usual = (top[0], text(0x00080102, "SH", "DCM"), top[2])
        assert_equal(in_some(put(*top), series(8, usual)))
        assert_equal(in_some(put(code(0x00081032, "T-D1100", scheme, "Head"))))


def test_a_document_has_another_type() -> None:
    document = (text(0x00420011, "OB", b"%PDF Jane Doe"), text(0x00420012, "LO", "application/pdf"))
    files = series(8, (*document, text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.104.1")))
    assert_equal(in_some(put(text(0x00420012, "LO", "text/xml")), files))


@pytest.mark.parametrize("tag", [0x00120062, 0x00120063, 0x00280301, 0x00280303])
def test_some_files_were_de_identified_before(tag: int) -> None:
    vr, values = ("LO", ["Other tool", "Other\\Two"]) if tag == 0x00120063 else ("CS", ["YES", "NO", "REMOVED"])
    for value in values:
        assert_equal(in_some(put(text(tag, vr, value))))
        assert_equal(in_some(lambda file: file.without(tag), series(8, (text(tag, vr, value),))))
    assert_equal(in_some(put(text(tag, vr, values[0])), series(8, (text(tag, vr, values[1]),))))


def test_the_codes_of_an_earlier_de_identification_differ() -> None:
    codes = code(0x00120064, "113100", "DCM", "Basic Application Confidentiality Profile")
    other = code(0x00120064, "113109", "DCM", "Retain Device Identity Option", undefined=True)
    for usual, rare in ((codes, other), (other, codes)):
        assert_equal(
            in_some(put(rare, text(0x00120062, "CS", "NO")), series(8, (usual, text(0x00120062, "CS", "YES"))))
        )


def test_tasks_of_different_subjects_follow_each_other_in_one_worker() -> None:
    ids = sequence(0x00101002, (text(PATIENT_ID, "LO", "P-4711"),), (text(PATIENT_ID, "LO", "P-4712"),))
    for options in (Options(), Options(dates=Dates.KEEP, retain_uids=True, clean_descriptors=True)):
        tally = compare(series(4, (ids,)), options, subjects=("P-4711", "P-4712", "P-4711"))
        assert tally["streamed"] == 12


def test_the_transfer_syntax_changes_within_the_series() -> None:
    assert_equal([slice_of(number, syntax=IMPLICIT if number in (3, 5, 6) else EXPLICIT) for number in range(1, 9)])


def test_every_file_has_a_context_of_its_own() -> None:
    files: list[File] = []
    for number, file in enumerate(series(12)):
        files.append(put(text(NAME, "PN", f"DOE{number % 5}^JANE"), text(0x00101090, "LO", f"{number}"))(file))
    assert_equal([*files, *files])


def test_a_scan_groups_files_whose_tags_do_not_rise_as_pydicom_does() -> None:
    def late(file: File) -> File:
        identity = [one for one in file.elements if one.tag in (NAME, PATIENT_ID, 0x0020000D)]
        others = [one for one in file.elements if one.tag not in (NAME, PATIENT_ID, 0x0020000D)]
        return replace(file, elements=(*others, *identity))

    assert compare_scans(in_some(late))["peeked"] == 5


@pytest.mark.parametrize("padding", [b"\0", b"\0\0", b" ", b"  "])
def test_uids_of_the_object_are_padded_in_a_strange_way(padding: bytes) -> None:
    for tag in (0x00080016, 0x00080018):
        usual = slice_of(4).get(tag)
        assert_equal(in_some(put(replace(usual, value=usual.value + padding))), handed_over=3)
