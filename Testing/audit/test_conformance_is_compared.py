"""Errors that dciodvfy reports only of the output are told, without any value."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit.reference import deidentify, encode, make_slice
from DeidentifyLib.audit import AuditRequest, run_audit
from DeidentifyLib.audit.conformance import errors_of, find_validator
from DeidentifyLib.audit.editing import without

needs_dciodvfy = pytest.mark.skipif(find_validator() is None, reason="dciodvfy is not installed")


def folders(tmp_path: Path, output: bytes) -> tuple[Path, Path]:
    """Return a folder with one source and one with its output."""
    for name, content in (("in", encode(make_slice())), ("out", output)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.dcm").write_bytes(content)
    return tmp_path / "in", tmp_path / "out"


@needs_dciodvfy
def test_a_required_attribute_that_went_missing_is_told(tmp_path: Path) -> None:
    broken = without(encode(deidentify(make_slice(), {"dates": "shift"})), 0x00280004)
    source, output = folders(tmp_path, broken)
    result = run_audit(AuditRequest([source], output, options={"dates": "shift"}, canary=False))
    told = [row["text"] for row in result["findings"] if row["check"] == "conformance.error"]
    assert any("PhotometricInterpretation" in text for text in told)
    assert result["conformance_compared"] == 1


@needs_dciodvfy
def test_a_correct_output_has_no_new_error(tmp_path: Path) -> None:
    source, output = folders(tmp_path, encode(deidentify(make_slice(), {"dates": "shift"})))
    result = run_audit(AuditRequest([source], output, options={"dates": "shift"}, canary=False))
    assert not [row for row in result["findings"] if row["check"] == "conformance.error"]


@needs_dciodvfy
def test_no_value_of_a_file_is_in_an_error_line(tmp_path: Path) -> None:
    slice_ = make_slice()
    slice_.PatientSex = "HANSPETER"
    slice_.BodyPartExamined = "okonkwo lower case"
    slice_.PatientID = "x" * 70 + "QUELLENSTADT"
    source, _ = folders(tmp_path, b"")
    (source / "1.dcm").write_bytes(encode(slice_))
    lines = " ".join(errors_of(find_validator() or "", source / "1.dcm") or ())
    assert lines, "the file must have errors"
    assert not [word for word in ("HANSPETER", "okonkwo", "QUELLENSTADT") if word.casefold() in lines.casefold()]
