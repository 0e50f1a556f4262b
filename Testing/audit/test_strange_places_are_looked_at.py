"""Places that few tools look at, and what is put on the review list."""

from __future__ import annotations

from copy import deepcopy

import pytest
from audit.reference import deidentify, encode, make_slice
from DeidentifyLib.audit.auditor import Auditor
from DeidentifyLib.audit.checks import NeedsReview, default_checks
from DeidentifyLib.audit.checks.containers import frame_comments, without_comments
from DeidentifyLib.audit.editing import element, item, with_bytes, with_element
from DeidentifyLib.audit.elements import Document
from DeidentifyLib.audit.expectation import Expectation
from DeidentifyLib.audit.tags import PIXEL_DATA
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit

OPTIONS = {"dates": "shift"}
COMMENT = b"\xff\xfe\x00\x0cward seven"
FRAME = b"\xff\xd8" + COMMENT + b"\xff\xdb\x00\x04\0\1" + b"\xff\xda\x00\x02" + b"\x12\x34" * 20 + b"\xff\xd9"


def found(source: bytes, output: bytes, **more: str) -> set[tuple[str, str]]:
    """Return (check, severity) of all findings."""
    auditor = Auditor(Expectation.from_options({**OPTIONS, **more}))
    auditor.audit("S/1.dcm", Document(source), output)
    return {(row["check"], row["severity"]) for row in auditor.findings.grouped()}


def pair() -> tuple[bytes, bytes]:
    """Return a source and its correct output."""
    source = make_slice()
    return encode(source), encode(deidentify(source, OPTIONS))


@pytest.mark.parametrize(
    ("tag", "vr"), [(0x00180060, "DS"), (0x00200012, "IS"), (0x00181012, "DA"), (0x00101010, "AS")]
)
def test_words_in_a_number_or_date_are_found(tag: int, vr: str) -> None:
    source, output = (with_element(data, tag, vr, b"ask Petra") for data in pair())
    assert ("form.words", "error") in found(source, output)


def test_a_comment_in_a_compressed_frame_is_found_and_its_removal_is_no_change_of_pixels() -> None:
    source = make_slice()
    source.PixelData = encapsulate([FRAME])
    source["PixelData"].VR = "OB"
    source["PixelData"].is_undefined_length = True
    output = deidentify(source, OPTIONS)
    old = encode(source, TransferSyntaxUID=JPEGBaseline8Bit)
    kept = encode(output, TransferSyntaxUID=JPEGBaseline8Bit)
    assert ("leak.frame", "warning") in found(old, kept)
    blank = kept.replace(b"ward seven", b" " * 10)
    assert not {check for check, severity in found(old, blank) if check.startswith(("leak", "pixel"))}
    other = kept.replace(b"\x12\x34\x12\x34", b"\x12\x35\x12\x34", 1)
    assert {check for check, severity in found(old, other) if severity == "error"} & {"pixel.changed", "pixel.decode"}


def test_comments_are_told_from_the_coded_image() -> None:
    assert list(frame_comments(FRAME)) == [b"ward seven"]
    assert without_comments(FRAME) == FRAME.replace(COMMENT, b"")
    assert list(frame_comments(FRAME.replace(b"ward seven", b"          "))) == []
    assert list(frame_comments(b"\xff\x4f\xff\x64\x00\x0e\x00\x01ward seven\xff\x90")) == [b"ward seven"]


def test_bytes_behind_the_last_pixel_are_found_and_zeros_there_are_not() -> None:
    source, output = pair()
    pixels = Document(output).value(Document(output).index[(), PIXEL_DATA])
    longer = with_element(source, PIXEL_DATA, "OW", pixels + b"ward 7 a")
    assert ("pixel.surplus", "warning") in found(longer, with_element(output, PIXEL_DATA, "OW", pixels + b"ward 7 a"))
    clean = found(longer, with_element(output, PIXEL_DATA, "OW", pixels + b"\0" * 8))
    assert not {check for check, _ in clean if check.startswith("pixel")}


def test_encrypted_attributes_of_the_original_are_told() -> None:
    content = item(element(0x04000510, "UI", b"1.2.840.10008.1.2.1"), element(0x04000520, "OB", b"\1\2\3\4"))
    source, output = (with_element(data, 0x04000500, "SQ", content) for data in pair())
    assert ("leak.rest", "error") in found(source, output)


def test_text_inside_a_sequence_that_is_to_be_replaced_is_found() -> None:
    content = item(element(0x0040A040, "CS", b"TEXT"), element(0x0040A160, "UT", b"lives next door"))
    source, output = (with_element(data, 0x0040A730, "SQ", content) for data in pair())
    assert ("action.kept", "error") in found(source, output)


@pytest.mark.parametrize("word", [b"LEE", b"lee ", b"12345678", b"1\x002\x003\x004\x005\x006\x007\x008\x00"])
def test_what_pixels_spell_by_chance_is_no_finding(word: bytes) -> None:
    source = make_slice()
    source.PatientID = "12345678"
    old, new = encode(source), encode(deidentify(source, OPTIONS))
    places = [Document(data).index[(), PIXEL_DATA][3] + 200 for data in (old, new)]
    spelled = found(with_bytes(old, places[0], word), with_bytes(new, places[1], word))
    assert not {check for check, severity in spelled if severity == "error"}


def test_a_number_that_is_no_ramp_is_found_among_pixels() -> None:
    source = make_slice()
    source.PatientID = "84120973"
    old, new = encode(source), encode(deidentify(source, OPTIONS))
    places = [Document(data).index[(), PIXEL_DATA][3] + 200 for data in (old, new)]
    spelled = found(with_bytes(old, places[0], b"84120973"), with_bytes(new, places[1], b"84120973"))
    assert ("leak.value", "error") in spelled


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "secondary capture"),
        ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, "secondary capture"),
        ({"BurnedInAnnotation": "YES"}, "burned in"),
        ({"Modality": "US"}, "burned in"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.33"}, "structured report"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.104.1"}, "document"),
        ({"SOPClassUID": "1.2.3.4"}, "private class"),
    ],
)
def test_what_no_rule_can_decide_is_put_on_the_review_list(changes: dict, reason: str) -> None:
    source = make_slice()
    for name, value in changes.items():
        setattr(source, name, value)
    checks = default_checks()
    auditor = Auditor(Expectation.from_options(OPTIONS), checks)
    for number in (1, 2):
        auditor.audit(f"S/{number}.dcm", Document(encode(source)), encode(deidentify(deepcopy(source), OPTIONS)))
    (review,) = (check for check in checks if isinstance(check, NeedsReview))
    reasons = [entry for entry in review.items.values() if reason in entry["reason"]]
    assert [entry["files"] for entry in reasons] == [2], "one item for a series"


def test_an_ordinary_slice_is_not_on_the_review_list() -> None:
    checks = default_checks()
    auditor = Auditor(Expectation.from_options(OPTIONS), checks)
    source, output = pair()
    auditor.audit("S/1.dcm", Document(source), output)
    assert not next(check for check in checks if isinstance(check, NeedsReview)).items
