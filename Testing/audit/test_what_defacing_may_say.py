"""After face removal an output may say that it is derived, in the words of the engine, and nothing more."""

from __future__ import annotations

import pytest
from audit.reference import deidentify, encode, make_slice
from DeidentifyLib.audit.auditor import Auditor
from DeidentifyLib.audit.editing import with_element
from DeidentifyLib.audit.elements import Document
from DeidentifyLib.audit.expectation import Expectation
from DeidentifyLib.face.instance import WORDS

OPTIONS = {"dates": "shift", "keep_subject_characteristics": True, "keep_safe_private": True}
DERIVATION, IMAGE_TYPE = 0x00082111, 0x00080008


def findings(tag: int, vr: str, value: bytes, *, deface: bool, record: dict | None) -> set[str]:
    """Return the ids that the audit writes on an output with one element more, or changed."""
    source = make_slice()
    output = with_element(encode(deidentify(source, OPTIONS)), tag, vr, value)
    auditor = Auditor(Expectation.from_options({**OPTIONS, "deface": deface}))
    original = Document(encode(source))
    auditor.learn(original)
    auditor.audit("S/T/U/1.dcm", original, output, record)
    return {one.check for one in auditor.findings.items if one.check in ("added.element", "changed.text")}


def types(first: bytes) -> bytes:
    """Return the Image Type of the source with another first value."""
    return b"\\".join([first, *(value.encode() for value in make_slice().ImageType[1:])])


@pytest.mark.parametrize(
    ("tag", "vr", "value"), [(DERIVATION, "ST", WORDS.encode()), (IMAGE_TYPE, "CS", types(b"DERIVED"))]
)
def test_what_the_engine_says_is_no_finding(tag: int, vr: str, value: bytes) -> None:
    assert findings(tag, vr, value, deface=True, record={"boxes": []}) == set()


@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (DERIVATION, "ST", WORDS.encode() + b" of Ada Quedlin"),
        (DERIVATION, "ST", b"nice picture"),
        (IMAGE_TYPE, "CS", types(b"QUEDLIN")),
        (IMAGE_TYPE, "CS", types(b"DERIVED") + b"\\QUEDLIN"),
    ],
)
def test_anything_more_is_an_error(tag: int, vr: str, value: bytes) -> None:
    assert findings(tag, vr, value, deface=True, record={"boxes": []})


def test_without_the_option_nothing_of_it_may_be_said() -> None:
    assert findings(DERIVATION, "ST", WORDS.encode(), deface=False, record=None)
    assert findings(IMAGE_TYPE, "CS", types(b"DERIVED"), deface=True, record=None)
