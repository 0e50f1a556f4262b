"""Each id that a check can write is raised by a test; here are those that need a source of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from audit.reference import deidentify, encode, make_slice
from DeidentifyLib import audit as audit_package
from DeidentifyLib.audit.auditor import Auditor
from DeidentifyLib.audit.editing import element, item, with_element, with_meta
from DeidentifyLib.audit.elements import Document
from DeidentifyLib.audit.expectation import Expectation
from DeidentifyLib.audit.findings import Severity

OPTIONS = {"dates": "shift", "keep_subject_characteristics": True, "keep_safe_private": True}
Edit = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Case:
    """Edits of source and output, the options, and what must be found."""

    check: str
    severity: Severity
    source: Edit
    output: Edit
    options: dict[str, Any] = field(default_factory=lambda: OPTIONS)


def put(tag: int, vr: str, value: bytes) -> Edit:
    """Return an edit that sets a top-level element."""
    return lambda data: with_element(data, tag, vr, value)


def meta(tag: int, vr: str, value: bytes) -> Edit:
    """Return an edit of the file meta information."""
    return lambda data: with_meta(data, tag, vr, value)


def same(data: bytes) -> bytes:
    """Change nothing."""
    return data


def claim(data: bytes) -> bytes:
    """Claim clean pixel data without the statement on burned-in text."""
    codes = b"".join(
        item(element(0x00080100, "SH", code), element(0x00080102, "SH", b"DCM"))
        for code in (b"113100", b"113101", b"113107", b"113108", b"113111")
    )
    return with_element(data, 0x00120064, "SQ", codes)


CASES = [
    Case("action.text", Severity.NOTICE, same, same),
    Case(
        "action.date",
        Severity.WARNING,
        put(0x00144078, "DA", b"20240315"),
        put(0x00144078, "DA", b"20240315"),
        {"dates": "remove"},
    ),
    Case("action.person", Severity.ERROR, put(0x00142006, "PN", b"Quedlin^Ada"), put(0x00142006, "PN", b"Quedlin^Ada")),
    Case("action.directory", Severity.WARNING, put(0x00041130, "CS", b"QVSET"), put(0x00041130, "CS", b"QVSET")),
    Case("action.empty", Severity.WARNING, put(0x00120010, "LO", b"Acme Trials"), put(0x00120010, "LO", b"")),
    Case(
        "changed.document",
        Severity.ERROR,
        put(0x00420011, "OB", b"%PDF-1.4 original"),
        put(0x00420011, "OB", b"%PDF-1.4 another report of somebody"),
    ),
    Case(
        "changed.document",
        Severity.ERROR,
        put(0x00420011, "OB", b"%PDF-1.4 original"),
        put(0x00420011, "OB", b"\1\2" * 4000),
    ),
    Case("meta.application", Severity.WARNING, same, meta(0x00020017, "AE", b"ARCHIVE")),
    Case("meta.application", Severity.ERROR, meta(0x00020017, "AE", b"ARCHIVE"), meta(0x00020017, "AE", b"ARCHIVE")),
    Case("meta.implementation", Severity.NOTICE, meta(0x00020013, "SH", b"ACME_7"), meta(0x00020013, "SH", b"ACME_7")),
    Case("method.pixel", Severity.ERROR, same, claim, {**OPTIONS, "clean_pixel_data": True}),
    Case(
        "review.text",
        Severity.NOTICE,
        put(0x00181400, "LO", b"soft kernel"),
        put(0x00181400, "LO", b"soft kernel"),
        {**OPTIONS, "clean_descriptors": True},
    ),
    Case("uid.not-kept", Severity.WARNING, same, same, {**OPTIONS, "retain_uids": True}),
    Case(
        "pixel.geometry",
        Severity.ERROR,
        put(0x52009230, "SQ", item(element(0x00209113, "SQ", item(element(0x00200032, "DS", b"1\\2\\3"))))),
        put(0x52009230, "SQ", item(element(0x00209113, "SQ", item(element(0x00200032, "DS", b"1\\2\\4"))))),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.check for case in CASES])
def test_the_finding_is_raised(case: Case) -> None:
    source = make_slice()
    made_with = {**case.options, "retain_uids": False}
    before, after = case.source(encode(source)), case.output(encode(deidentify(source, made_with)))
    auditor = Auditor(Expectation.from_options(case.options))
    original = Document(before)
    auditor.learn(original)
    auditor.audit("S/T/U/1.dcm", original, after)
    found = {(one.check, one.severity) for one in auditor.findings.items}
    assert (case.check, case.severity) in found, found


def test_one_subject_with_two_new_ids_is_found() -> None:
    auditor = Auditor(Expectation.from_options(OPTIONS))
    for number, new in ((1, b"FIRST01"), (2, b"SECOND02")):
        source = make_slice(number)
        output = with_element(encode(deidentify(source, OPTIONS)), 0x00100020, "LO", new)
        auditor.audit(f"S/T/U/{number}.dcm", Document(encode(source)), output)
    assert "pseudonym.two" in {one.check for one in auditor.findings.items}


def test_a_series_that_moves_to_another_study_is_found() -> None:
    auditor = Auditor(Expectation.from_options(OPTIONS))
    for number, study in ((1, b"2.25.11"), (2, b"2.25.12")):
        source = make_slice(number)
        output = with_element(encode(deidentify(source, OPTIONS)), 0x0020000D, "UI", study)
        auditor.audit(f"S/T/U/{number}.dcm", Document(encode(source)), output)
    assert "uid.tree" in {one.check for one in auditor.findings.items}


def test_every_id_of_a_finding_is_named_in_a_test() -> None:
    folder = Path(audit_package.__file__).parent
    pattern = re.compile(r'(?:Found|Finding)\(\s*"([a-z]+\.[a-z.-]+)"|_not_checked\([^"]*"([a-z.]+)"')
    ids = {one or two for path in folder.rglob("*.py") for one, two in pattern.findall(path.read_text("utf-8"))}
    assert len(ids) > 70
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parents[1].rglob("test_*.py"))
    assert sorted(name for name in ids if f'"{name}' not in tests) == []
