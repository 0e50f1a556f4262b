"""A correct output is broken in one way at a time; the audit finds each, and nothing in the correct one."""

from __future__ import annotations

import struct
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import pytest
from audit.reference import SOURCE_ROOT, deidentify, encode, make_slice
from DeidentifyLib.audit.auditor import Auditor
from DeidentifyLib.audit.editing import element, item, with_bytes, with_element, with_meta, without
from DeidentifyLib.audit.elements import Document
from DeidentifyLib.audit.expectation import Expectation
from DeidentifyLib.audit.findings import Severity
from DeidentifyLib.audit.tags import PIXEL_DATA
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

OPTIONS = {"dates": "shift", "keep_subject_characteristics": True, "keep_safe_private": True}


@dataclass(frozen=True)
class Mutation:
    """One way to break an output: what, how, and the check that must say so."""

    title: str
    apply: Callable[[bytes], bytes]
    check: str
    modality: str = "CT"
    severity: Severity = Severity.ERROR


def put(tag: int, vr: str, value: bytes) -> Callable[[bytes], bytes]:
    """Return an edit that sets a top-level element."""
    return lambda data: with_element(data, tag, vr, value)


def drop(tag: int) -> Callable[[bytes], bytes]:
    """Return an edit that removes a top-level element."""
    return lambda data: without(data, tag)


def meta(tag: int, vr: str, value: bytes) -> Callable[[bytes], bytes]:
    """Return an edit of the file meta information."""
    return lambda data: with_meta(data, tag, vr, value)


def in_item(sequence: int, tag: int, vr: str, value: bytes) -> Callable[[bytes], bytes]:
    """Return an edit that sets a sequence with one item of one element."""
    return put(sequence, "SQ", item(element(tag, vr, value)))


def at_pixel(offset: int, value: bytes) -> Callable[[bytes], bytes]:
    """Return an edit that overwrites pixel bytes."""
    return lambda data: with_bytes(data, Document(data).index[(), PIXEL_DATA][3] + offset, value)


def private(value: bytes, vr: str = "LO", element_number: int = 0x01, creator: bytes | None = b"ACME PRIVATE"):
    """Return an edit that adds a private element."""

    def edit(data: bytes) -> bytes:
        if creator is not None:
            data = with_element(data, 0x00290010, "LO", creator)
        return with_element(data, 0x00291000 | element_number, vr, value)

    return edit


def method_codes(*codes: str) -> Callable[[bytes], bytes]:
    """Return an edit that replaces the method codes."""
    items = b"".join(
        item(element(0x00080100, "SH", code.encode()), element(0x00080102, "SH", b"DCM")) for code in codes
    )
    return put(0x00120064, "SQ", items)


LEAKS = [
    Mutation("family name in a comment", put(0x00104000, "LT", b"for MUELLERSTEIN"), "leak.value"),
    Mutation("family name in Latin-1", put(0x00104000, "LT", "Frau Müllerstein".encode("latin-1")), "leak.value"),
    Mutation("family name in UTF-8", put(0x00104000, "LT", "Frau MÜLLERSTEIN".encode()), "leak.value"),
    Mutation("family name without its accent", put(0x00081030, "LO", b"mullerstein"), "leak.value"),
    Mutation("given name joined to other letters", put(0x00181030, "LO", b"XHANSPETERX"), "leak.value"),
    Mutation(
        "given name in UTF-16, little endian", put(0x7FE10010, "OB", "Hanspeter".encode("utf-16-le")), "leak.value"
    ),
    Mutation(
        "given name in UTF-16, big endian, odd offset",
        put(0x7FE10010, "OB", b"\7" + "HansPeter".encode("utf-16-be")),
        "leak.value",
    ),
    Mutation("patient ID in a description", put(0x0008103E, "LO", b"old no. mrn-4077119"), "leak.value"),
    Mutation("digits of the patient ID in a series description", put(0x0008103E, "LO", b"ACC991817"), "leak.value"),
    Mutation("referring physician", put(0x00080090, "PN", b"Okonkwo^A"), "leak.value"),
    Mutation(
        "short operator name in a text",
        put(0x00204000, "LT", b"scanned by LEE twice"),
        "leak.word",
        severity=Severity.WARNING,
    ),
    Mutation("short operator name alone", put(0x00181030, "LO", b"Lee"), "leak.word"),
    Mutation("institution", put(0x00081040, "LO", b"sankt veronika klinikum quellenstadt"), "leak.value"),
    Mutation(
        "town of the institution", put(0x00080081, "ST", b"near Quellenstadt"), "leak.value", severity=Severity.WARNING
    ),
    Mutation("station name in a kept attribute", put(0x00181210, "SH", b"QVKCT07"), "leak.value"),
    Mutation("station name in a maker", put(0x00080070, "LO", b"Acme QVKCT07"), "leak.value"),
    Mutation(
        "institution in a software version",
        put(0x00181020, "LO", b"Sankt Veronika Klinikum"),
        "leak.value",
        severity=Severity.WARNING,
    ),
    Mutation("serial number in a kept attribute", put(0x00181210, "SH", b"SN8812730"), "leak.value"),
    Mutation("birth date in free text", put(0x00181210, "SH", b"1957-08-23"), "leak.value"),
    Mutation("birth date in German", put(0x00204000, "LT", b"geb. 23.08.1957"), "leak.value"),
    Mutation("study date in free text", put(0x00181210, "SH", b"on 03/15/2024"), "leak.value"),
    Mutation("study description", put(0x00321060, "LO", b"Staging thorax for Dr Okonkwo"), "leak.value"),
    Mutation("name in the preamble", lambda data: with_bytes(data, 20, b"Hanspeter"), "leak"),
    Mutation(
        "any text in the preamble",
        lambda data: with_bytes(data, 20, b"II*\0"),
        "leak.preamble",
        severity=Severity.WARNING,
    ),
    Mutation("AE title in the file meta information", meta(0x00020016, "AE", b"QVKCT07"), "leak.value"),
    Mutation("private information in the file meta", meta(0x00020102, "OB", b"Hanspeter!"), "leak.value"),
    Mutation("name after the last element", lambda data: data + element(0xFFFCFFFC, "OB", b"Hanspeter"), "leak.value"),
    Mutation("padding after the last element", lambda data: data + element(0xFFFCFFFC, "OB", b"\1\2\3\4"), "leak.rest"),
    Mutation("name in a private element", private(b"Hanspeter"), "leak.value"),
    Mutation("name among the pixels", at_pixel(333, b"HANSPETER"), "leak.value"),
    Mutation(
        "five letters of a name as words among the pixels", at_pixel(300, b" ** Lindenallee 17 ** "), "leak.value"
    ),
    Mutation("name in a nested sequence", in_item(0x00400275, 0x00321060, "LO", b"Hanspeter"), "leak.value"),
    Mutation(
        "name two sequences deep",
        put(0x00400275, "SQ", item(element(0x00321064, "SQ", item(element(0x00080104, "LO", b"Hanspeter"))))),
        "leak.value",
    ),
    Mutation("directory element", put(0x00041500, "CS", b"DIR"), "leak.group4"),
]
UIDS = [
    Mutation("study UID of the source", put(0x0020000D, "UI", f"{SOURCE_ROOT}.200001.20240315".encode()), "uid.source"),
    Mutation(
        "frame of reference of the source",
        put(0x00200052, "UI", f"{SOURCE_ROOT}.200001.20240315.77".encode()),
        "uid.source",
    ),
    Mutation(
        "instance UID of the source in an unlisted attribute",
        put(0x00083010, "UI", f"{SOURCE_ROOT}.300001.20240315.1.1".encode()),
        "uid.source",
    ),
    Mutation(
        "study UID of the source in a reference",
        in_item(0x00081110, 0x00081155, "UI", f"{SOURCE_ROOT}.200001.20240315".encode()),
        "uid.source",
    ),
    Mutation(
        "UID of the source in text", put(0x00104000, "LT", f"see {SOURCE_ROOT}.200001.20240315".encode()), "leak.value"
    ),
    Mutation("other instance UID in the file meta", meta(0x00020003, "UI", b"2.25.4711"), "meta.disagrees"),
    Mutation(
        "other SOP class in the file meta", meta(0x00020002, "UI", b"1.2.840.10008.5.1.4.1.1.4"), "meta.disagrees"
    ),
    Mutation("instance UID with a leading zero", put(0x0020000E, "UI", b"2.25.012"), "uid.form"),
    Mutation("UID of more than 64 characters", put(0x0020000E, "UI", b"2.25." + b"1" * 70), "uid.form"),
    Mutation("no instance UID", drop(0x00080018), "uid.missing"),
    Mutation("no study UID", drop(0x0020000D), "uid.missing"),
    Mutation("SOP class changed", put(0x00080016, "UI", b"1.2.840.10008.5.1.4.1.1.4"), "uid.well-known"),
]
TIMES = [
    Mutation("study date of the source", put(0x00080020, "DA", b"20240315"), "time.not-shifted"),
    Mutation("study date shifted by another number of days", put(0x00080020, "DA", b"20230124"), "time.shift"),
    Mutation("acquisition time changed", put(0x00080032, "TM", b"101501"), "time.of-day"),
    Mutation("time of day of a date and time changed", put(0x0008002A, "DT", b"20230123101500.26+0100"), "time.of-day"),
    Mutation("time zone of a date and time lost", put(0x0008002A, "DT", b"20230123101500.25"), "time.of-day"),
    Mutation("study date became text", put(0x00080020, "DA", b"REMOVED"), "time.form"),
    Mutation("series date lost", drop(0x00080021), "time.lost", severity=Severity.WARNING),
    Mutation("birth date kept", put(0x00100030, "DA", b"19570823"), "action.kept"),
    Mutation("dose changed", lambda data: data.replace(b"350000000 ", b"350000001 "), "time.suv", "PT"),
    Mutation("half life changed", lambda data: data.replace(b"6586.2", b"6586.3"), "time.suv", "PT"),
    Mutation(
        "injection time changed",
        lambda data: data.replace(b"TM\x06\x00091500", b"TM\x06\x00091501"),
        "time.of-day",
        "PT",
    ),
    Mutation(
        "dose lost",
        lambda data: data.replace(b"DS\x0a\x00350000000 ", b"DS\x0a\x00          "),
        "time.suv",
        "PT",
    ),
    Mutation("weight changed", put(0x00101030, "DS", b"80"), "time.suv", "PT"),
    Mutation("statement on dates wrong", put(0x00280303, "CS", b"REMOVED"), "method.temporal"),
    Mutation("statement on dates missing", drop(0x00280303), "method.temporal"),
]
ACTIONS = [
    Mutation("patient sex kept", put(0x00100040, "CS", b"F"), "action.not-kept", severity=Severity.WARNING),
    Mutation("weight lost", drop(0x00101030), "action.not-kept", severity=Severity.WARNING),
    Mutation("accession number kept", put(0x00080050, "SH", b"ACC991817"), "action.kept"),
    Mutation("study ID kept", put(0x00200010, "SH", b"88123"), "action.kept"),
    Mutation("series description kept", put(0x0008103E, "LO", b"Thorax 2.0 kernel soft"), "action.kept"),
    Mutation("a new series description", put(0x0008103E, "LO", b"Thorax"), "action.not-removed"),
    Mutation("birth date in words", put(0x00104000, "LT", b"born in August of fifty seven"), "action.not-removed"),
    Mutation("a comment with a birth date in words", put(0x00102180, "SH", b"born in August"), "added.element"),
    Mutation("request kept", in_item(0x00400275, 0x00401001, "SH", b"RP447120"), "action.kept"),
    Mutation("patient name removed", drop(0x00100010), "action.removed", severity=Severity.WARNING),
    Mutation("patient ID removed", drop(0x00100020), "type.2"),
    Mutation("accession number removed", drop(0x00080050), "action.removed", severity=Severity.WARNING),
    Mutation("tube voltage changed", put(0x00180060, "DS", b"140"), "changed.number"),
    Mutation("text added", put(0x00204000, "LT", b"nice picture"), "added.element"),
    Mutation("frame comments added", put(0x00209158, "LT", b"nice picture"), "added.element"),
    Mutation("a graphic text added", in_item(0x00700001, 0x00700006, "ST", b"nice picture"), "added.element"),
    Mutation("an overlay added", put(0x60003000, "OW", b"\1\2\3\4"), "added.element"),
    Mutation("overlay comments added", put(0x60004000, "LT", b"nice picture"), "added.element"),
    Mutation("a curve added", put(0x50003000, "OW", b"\1\2\3\4"), "added.element"),
    Mutation("an icon added", in_item(0x00880200, 0x7FE00010, "OW", b"\1\2\3\4"), "added.element"),
    Mutation("an ICC profile added", put(0x00282000, "OB", b"\1\2\3\4"), "added.element"),
    Mutation("a waveform text added", in_item(0x0040B020, 0x00700006, "ST", b"nice picture"), "added.element"),
    Mutation("a content item added", in_item(0x0040A730, 0x0040A160, "UT", b"nice picture"), "added.element"),
    Mutation("a code added", in_item(0x00082218, 0x00080100, "SH", b"T-D1100"), "added.element"),
    Mutation("a number added", put(0x00181151, "IS", b"205"), "added.element"),
    Mutation("a binary number added", put(0x00189073, "FD", struct.pack("<d", 2.5)), "added.element"),
    Mutation("an issuer added", put(0x00100021, "LO", b"Quellen"), "added.element"),
    Mutation("encrypted attributes added", in_item(0x04000500, 0x04000520, "OB", b"\1\2"), "leak.rest"),
    Mutation("modality changed", put(0x00080060, "CS", b"MR"), "changed.text"),
    Mutation("instance number changed", put(0x00200013, "IS", b"17"), "changed.number"),
    Mutation("sex changed", put(0x00100040, "CS", b"F"), "changed.text"),
    Mutation("image type changed", put(0x00080008, "CS", b"DERIVED\\SECONDARY"), "changed.text"),
    Mutation("body part changed", put(0x00180015, "CS", b"HEAD"), "changed.text"),
    Mutation("manufacturer changed", put(0x00080070, "LO", b"Other Imaging"), "changed.text"),
    Mutation("a code of a kept sequence changed", put(0x00185100, "CS", b"FFS"), "changed.text"),
    Mutation("series number changed", put(0x00200011, "IS", b"4"), "changed.number"),
    Mutation("foreign text as dummy", put(0x00080050, "SH", b"Quedlin"), "changed.text"),
    Mutation("foreign name as referring physician", put(0x00080090, "PN", b"Quedlin^Ada"), "changed.text"),
    Mutation("photometric interpretation changed", put(0x00280004, "CS", b"MONOCHROME1"), "changed.text"),
    Mutation("high bit changed", put(0x00280102, "US", struct.pack("<H", 15)), "changed.number"),
    Mutation("identity not said to be removed", put(0x00120062, "CS", b"NO"), "method.identity"),
    Mutation("no statement on identity", drop(0x00120062), "method.identity"),
    Mutation("no method at all", lambda data: without(without(data, 0x00120063), 0x00120064), "method.missing"),
    Mutation("a code of an option missing", method_codes("113100", "113108", "113111"), "method.code-missing"),
    Mutation(
        "a code of an option too many",
        method_codes("113100", "113107", "113108", "113111", "113110"),
        "method.code-untrue",
    ),
    Mutation(
        "pixel cleaning claimed",
        lambda data: put(0x00280301, "CS", b"NO")(method_codes("113100", "113101", "113107", "113108", "113111")(data)),
        "method.code-untrue",
    ),
    Mutation("burned-in text said to be absent", put(0x00280301, "CS", b"NO"), "pixel.claim"),
    Mutation("faces said to be absent", put(0x00280302, "CS", b"NO"), "pixel.claim"),
]
PRIVATE = [
    Mutation("unsafe private element", private(b"something"), "private.unsafe"),
    Mutation("private element without creator", private(b"something", creator=None), "private.creator"),
    Mutation("safe number that holds text", put(0x0019100C, "IS", b"B1000x"), "private.type"),
    Mutation("impostor of a safe creator", private(b"1", "IS", 0x0C, b"SIEMENS MR HEADER "), "private.unsafe"),
    Mutation(
        "creator without elements", put(0x00310010, "LO", b"SIEMENS"), "private.orphan", severity=Severity.WARNING
    ),
    Mutation("safe private element lost", drop(0x0019100C), "private.lost", severity=Severity.NOTICE),
    Mutation("private element in a sequence", in_item(0x00081140, 0x00291001, "LO", b"x"), "private.creator"),
]
PIXELS = [
    Mutation(
        "one bit of one pixel",
        lambda data: at_pixel(64, bytes([data[Document(data).index[(), PIXEL_DATA][3] + 64] ^ 1]))(data),
        "pixel.changed",
    ),
    Mutation("pixels cut", lambda data: with_element(data, PIXEL_DATA, "OW", b"\0\0" * 4000), "pixel.length"),
    Mutation("pixels gone", drop(PIXEL_DATA), "pixel.lost"),
    Mutation("float pixels added", put(0x7FE00008, "OF", b"\0\0\0\0"), "pixel.added"),
    Mutation("rows changed", put(0x00280010, "US", struct.pack("<H", 63)), "pixel.geometry"),
    Mutation("slope changed", put(0x00281053, "DS", b"2"), "pixel.geometry"),
    Mutation("position changed", put(0x00200032, "DS", b"-100\\-100\\2"), "pixel.geometry"),
    Mutation("spacing lost", drop(0x00280030), "pixel.geometry"),
    Mutation("transfer syntax of compressed pixels", meta(0x00020010, "UI", b"1.2.840.10008.1.2.4.50"), "pixel.syntax"),
    Mutation("decay correction lost", drop(0x00541102), "time.suv", "PT"),
    Mutation("unit changed", put(0x00541001, "CS", b"CNTS"), "time.suv", "PT"),
]
FILES = [
    Mutation("cut in the middle", lambda data: data[: len(data) // 2], "file.unreadable"),
    Mutation("not DICOM", lambda data: b"hello" * 100, "file.unreadable"),
    Mutation("empty", lambda data: b"", "file.unreadable"),
    Mutation("no file meta information", lambda data: data[Document(data).body_start :], "meta.missing"),
    Mutation("no patient ID", drop(0x00100020), "pseudonym.missing"),
    Mutation("new patient ID too long", put(0x00100020, "LO", b"A" * 66), "pseudonym.form", severity=Severity.WARNING),
]
ALL = LEAKS + UIDS + TIMES + ACTIONS + PRIVATE + PIXELS + FILES


def audit(source: Dataset, output: bytes, name: str = "S/T/U/1.dcm") -> Auditor:
    """Return the auditor after one file, with the subject's other study learnt first."""
    auditor = Auditor(Expectation.from_options(OPTIONS))
    original = Document(encode(source))
    auditor.learn(original)
    auditor.audit("S/T/U/0.dcm", original, encode(deidentify(source, OPTIONS)))
    auditor.audit(name, original, output)
    return auditor


def test_there_are_at_least_sixty_mutations_and_no_two_are_the_same() -> None:
    assert len(ALL) >= 60
    assert len({mutation.title for mutation in ALL}) == len(ALL)


@pytest.mark.parametrize("modality", ["CT", "PT"])
def test_the_correct_output_has_no_error_and_no_warning(modality: str) -> None:
    source = make_slice(1, modality)
    auditor = audit(source, encode(deidentify(source, OPTIONS)))
    assert [
        row for row in auditor.findings.grouped() if row["severity"] != "notice" and row["check"] != "uid.twice"
    ] == []


@pytest.mark.parametrize("mutation", ALL, ids=[mutation.title for mutation in ALL])
def test_the_mutation_is_found(mutation: Mutation) -> None:
    source = make_slice(1, mutation.modality)
    clean = encode(deidentify(source, OPTIONS))
    broken = mutation.apply(clean)
    assert broken != clean, "the mutation must change something"
    found = audit(source, broken).findings.items
    assert any(item.check.startswith(mutation.check) and item.severity is mutation.severity for item in found), [
        (item.check, item.severity.value, item.place) for item in found
    ]


@pytest.mark.parametrize("mutation", ALL, ids=[mutation.title for mutation in ALL])
def test_no_finding_repeats_a_value_of_the_source(mutation: Mutation) -> None:
    source = make_slice(1, mutation.modality)
    auditor = audit(source, mutation.apply(encode(deidentify(source, OPTIONS))))
    words = ("llerstein", "hanspeter", "okonkwo", "quellenstadt", "acc991817", "qvkct07", "4077119", SOURCE_ROOT)
    told = " ".join(f"{item.text} {item.place}" for item in auditor.findings.items).casefold()
    assert not [word for word in words if word in told]


def test_a_name_in_a_folder_is_found() -> None:
    source = make_slice()
    found = audit(source, encode(deidentify(source, OPTIONS)), "Hanspeter/1.dcm").findings.items
    assert any(item.check == "leak.path" for item in found)


def test_an_instance_uid_as_file_name_is_found() -> None:
    source = make_slice()
    found = audit(source, encode(deidentify(source, OPTIONS)), f"S/{source.SOPInstanceUID}.dcm").findings.items
    assert any(item.check == "leak.path" for item in found)


def test_one_uid_with_two_replacements_is_found() -> None:
    source, other = make_slice(1), make_slice(2)
    auditor = audit(source, encode(deidentify(source, OPTIONS)))
    auditor.audit(
        "S/T/U/2.dcm",
        Document(encode(other)),
        with_element(encode(deidentify(other, OPTIONS)), 0x0020000D, "UI", b"2.25.7"),
    )
    checks = {item.check for item in auditor.findings.items}
    assert "uid.inconsistent" in checks


def test_two_instances_that_became_one_are_found() -> None:
    source, other = make_slice(1), make_slice(2)
    auditor = audit(source, encode(deidentify(source, OPTIONS)))
    merged = deidentify(other, OPTIONS)
    merged.SOPInstanceUID = deidentify(source, OPTIONS).SOPInstanceUID
    auditor.audit("S/T/U/2.dcm", Document(encode(other)), encode(merged))
    assert {"uid.merged", "uid.twice"} <= {item.check for item in auditor.findings.items}


def test_two_subjects_with_one_new_id_are_found() -> None:
    first, second = make_slice(patient=1), make_slice(patient=2)
    auditor = audit(first, encode(deidentify(first, OPTIONS)))
    same = deidentify(second, OPTIONS)
    same.PatientID = deidentify(first, OPTIONS).PatientID
    auditor.audit("S/T/U/9.dcm", Document(encode(second)), encode(same))
    assert "pseudonym.shared" in {item.check for item in auditor.findings.items}


def test_two_studies_with_different_shifts_are_found() -> None:
    first, second = make_slice(day="20240315"), make_slice(day="20240901")
    auditor = audit(first, encode(deidentify(first, OPTIONS)))
    other = deidentify(second, OPTIONS)
    for name in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"):
        setattr(other, name, "20230101")
    auditor.audit("S/V/U/9.dcm", Document(encode(second)), encode(other))
    assert "time.shift" in {item.check for item in auditor.findings.items}


def test_a_reference_that_points_elsewhere_is_found() -> None:
    source, other = make_slice(1), make_slice(2)
    auditor = audit(source, encode(deidentify(source, OPTIONS)))
    broken = deidentify(other, OPTIONS)
    for old in deepcopy(other.SourceImageSequence):
        inner = Dataset()
        inner.ReferencedSOPClassUID, inner.ReferencedSOPInstanceUID = old.ReferencedSOPClassUID, "2.25.123"
        broken.SourceImageSequence = Sequence([inner])
    # the reference table action X/Z/U* lets the sequence stay with new UIDs
    auditor.audit("S/T/U/2.dcm", Document(encode(other)), encode(broken))
    assert {item.check for item in auditor.findings.items} & {"uid.inconsistent", "uid.reference"}


def test_a_name_learnt_from_a_later_file_is_found_in_an_earlier_one() -> None:
    first, second = make_slice(1), make_slice(2)
    second.OtherPatientNames = "Zwischenbrugger^Eva"
    leaky = deidentify(first, OPTIONS)
    leaky.ImageComments = "with Zwischenbrugger"
    auditor = Auditor(Expectation.from_options(OPTIONS))
    view = auditor.audit("S/1.dcm", Document(encode(first)), encode(leaky))
    before = view.subject.generation
    auditor.audit("S/2.dcm", Document(encode(second)), encode(deidentify(second, OPTIONS)))
    assert view.subject.generation > before
    auditor.search_again("S/1.dcm", Document(encode(first)), encode(leaky))
    assert any(item.check == "leak.value" and item.file == "S/1.dcm" for item in auditor.findings.items)


def told_beside(station: str, institution: str, before: str, after: str) -> set[Severity]:
    """Return how bad leaks in a model name are where station and institution are called so."""
    source = make_slice()
    source.StationName, source.InstitutionName, source.ManufacturerModelName = station, institution, before
    output = deidentify(source, OPTIONS)
    output.ManufacturerModelName = after
    found = audit(source, encode(output)).findings.items
    return {item.severity for item in found if item.check.startswith("leak")}


@pytest.mark.parametrize(
    ("station", "institution", "before", "after"),
    [
        ("SPECTRA", "Spectra Clinic", "Spectra 64", "Spectra 64"),
        ("SPECTRA", "Acme Clinic", "Spectra Q-Xvyr", "Spectra"),
        ("SPECTRA64", "Spectra Clinic", "SPECTRA64", "SPECTRA64"),
    ],
    ids=["whole", "cleaned", "with digits"],
)
def test_a_model_that_a_station_is_called_like_is_no_leak(
    station: str, institution: str, before: str, after: str
) -> None:
    assert told_beside(station, institution, before, after) <= {Severity.NOTICE}


def test_a_serial_number_in_a_version_and_a_word_that_the_source_has_not_are_leaks() -> None:
    source = make_slice()
    source.StationName, source.SoftwareVersions = "QVKCT4711", "QVKCT4711"
    output = deidentify(source, OPTIONS)
    output.SoftwareVersions = "QVKCT4711"
    found = audit(source, encode(output)).findings.items
    assert any(item.severity is Severity.ERROR and "0018,1020" in item.place for item in found)
    assert Severity.ERROR in told_beside("QVKSPECTRA", "Acme Clinic", "Spectra 64", "QVKSPECTRA 64")
